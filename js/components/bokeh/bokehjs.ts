/**
 * BokehJS, once per page and version, from the wheel of whoever made the figures: the kernel, or the Jupyter server.
 *
 * Shared by everything on the page through a symbol on `globalThis`, never as `window.Bokeh`: another extension may
 * have put its own there.
 */

import { inflated } from '../../brush/inflate';

// BokehJS has types, but from another build system than ours; these are the few things used here.
/* eslint-disable @typescript-eslint/no-explicit-any */
export interface Bokeh {
  version: string;
  require(path: string): any;
}
export type BokehModel = any;
/* eslint-enable @typescript-eslint/no-explicit-any */

const KEY = Symbol.for('heplens.bokeh');

interface Shared {
  versions: Map<string, Promise<Bokeh>>;
  /** How often the script was evaluated on this page; a test holds that it is once. */
  loads: number;
}

function shared(): Shared {
  const page = globalThis as unknown as Record<symbol, Shared | undefined>;
  return (page[KEY] ??= { versions: new Map(), loads: 0 });
}

/** The BokehJS of `version`; `script` fetches its text when the page does not have it yet. */
export function bokehjs(
  version: string,
  script: () => Promise<string>
): Promise<Bokeh> {
  const { versions } = shared();
  let promise = versions.get(version);
  if (!promise) {
    promise = script().then(evaluate);
    versions.set(version, promise);
    // A kernel or server that died while sending must not leave the page without plots for good.
    promise.catch(() => versions.delete(version));
  }
  return promise;
}

/**
 * Load the first BokehJS of a page before anyone knows what to draw with it, and therefore which version is needed.
 *
 * Resolves when it is there; another version that is asked for meanwhile does not wait.
 */
export async function foresee(
  script: () => Promise<{ version: string; text: string }>
): Promise<void> {
  if (shared().versions.size === 0) {
    const { version, text } = await script();
    await bokehjs(version, () => Promise.resolve(text));
  }
}

/** The text of a script that was sent compressed by zlib. */
export function inflate(deflated: Uint8Array<ArrayBuffer>): Promise<string> {
  return inflated(deflated).text();
}

async function evaluate(script: string): Promise<Bokeh> {
  // BokehJS hangs itself on `this`. Its plots also listen to `visualViewport` for good, which would keep every closed
  // plot alive: they see none, and whoever shows plots listens in their place.
  const source = `const host = {};
(function (visualViewport, define, module, exports) {
${script}
}).call(host, null);
export default host.Bokeh;`;
  const url = URL.createObjectURL(
    new Blob([source], { type: 'text/javascript' })
  );
  try {
    const module = (await import(
      /* webpackIgnore: true */ /* @vite-ignore */ url
    )) as { default: Bokeh };
    shared().loads += 1;
    for (const change of [withoutStyles, withSteadySheets, withoutPlaces]) {
      attempt(change, module.default);
    }
    return module.default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * BokehJS asks the page's style sheets for `--bk-…` on every paint, once for each colour, width and font of every model,
 * and each question may make the browser work out all styles anew. Nothing here sets any, and this copy is ours alone.
 */
function withoutStyles(bokeh: Bokeh): void {
  const { VisualProperties } = bokeh.require('core/visuals/visual');
  replace(VisualProperties.prototype, '_get_css_value', () => () => '');
}

/**
 * With every paint BokehJS writes the place of each axis and glyph into a style sheet of its own; the browser then works
 * out styles before the next label is drawn, which takes longer than all the rest of the paint. Sheets are written when
 * they change, and the empty elements of glyphs have no place.
 */
function withSteadySheets(bokeh: Bokeh): void {
  const { InlineStyleSheet } = bokeh.require('core/dom');
  replace(
    InlineStyleSheet.prototype,
    '_update',
    update =>
      function (this: { css?: string }, css) {
        if (this.css !== css) {
          update.call(this, css);
        }
      }
  );
}

function withoutPlaces(bokeh: Bokeh): void {
  const { GlyphRendererView } = bokeh.require(
    'models/renderers/glyph_renderer'
  );
  replace(
    GlyphRendererView.prototype,
    'update_position',
    () =>
      function (this: BokehModel) {
        this.position.replace(':host { display: none; }');
      }
  );
}

type Method = (this: BokehModel, ...given: unknown[]) => unknown;

/** Another version of BokehJS may not have what is made faster here: then it is left as it is, and slower. */
function replace(
  prototype: Record<string, unknown>,
  name: string,
  made: (old: Method) => Method
): void {
  const old = prototype[name];
  if (typeof old === 'function') {
    prototype[name] = made(old as Method);
  }
}

function attempt(change: (bokeh: Bokeh) => void, bokeh: Bokeh): void {
  try {
    change(bokeh);
  } catch (error) {
    console.debug('heplens: this BokehJS draws slower than others', error);
  }
}
