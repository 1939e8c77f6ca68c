/** Icons are imported as text and given to JupyterLab's `LabIcon`. */
declare module '*.svg' {
  const text: string;
  export default text;
}
