/** Which files are ROOT files, by their names: `a.root`, and the numbered `a.root.1`, `DAOD.pool.root.1` of ATLAS. */

/** For JupyterLab's file types, which match against the whole name. */
export const ROOT_PATTERN = '\\.root(\\.\\d+)?$';

const pattern = new RegExp(ROOT_PATTERN, 'i');

export function isRootName(name: string): boolean {
  return pattern.test(name);
}
