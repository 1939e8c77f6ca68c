/** The colours and fonts of JupyterLab, for canvases, which cannot read CSS variables by themselves. */

export interface Theme {
  text: string;
  faint: string;
  grid: string;
  line: string;
  paper: string;
  font: string;
}

export function themeOf(el: Element): Theme {
  const style = getComputedStyle(el);
  const read = (name: string, otherwise: string): string =>
    style.getPropertyValue(name).trim() || otherwise;
  return {
    text: read('--jp-ui-font-color1', '#222'),
    faint: read('--jp-ui-font-color2', '#666'),
    grid: read('--jp-border-color2', '#ddd'),
    line: read('--jp-brand-color1', '#1f5fa8'),
    paper: read('--jp-layout-color1', '#fff'),
    font: read('--jp-ui-font-family', 'sans-serif')
  };
}

/** Calls back when JupyterLab changes its theme; returns how to stop. */
export function onTheme(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light']
  });
  return () => observer.disconnect();
}
