/**
 * BokehJS, once per page and version, from the kernel's own wheel.
 *
 * Shared by all widgets of the page through a symbol on `globalThis`, never as `window.Bokeh`: another extension may
 * have put its own there.
 */

import { bytes, type Answer } from './messages';

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

/** The BokehJS of `version`; `ask` fetches its bytes when the page does not have it yet. */
export function bokehjs(
  version: string,
  ask: () => Promise<Answer<'bokeh'>>
): Promise<Bokeh> {
  const { versions } = shared();
  let promise = versions.get(version);
  if (!promise) {
    promise = ask().then(({ buffers }) => evaluate(bytes(buffers[0])));
    versions.set(version, promise);
    // A kernel that died while sending must not leave the page without plots for good.
    promise.catch(() => versions.delete(version));
  }
  return promise;
}

async function evaluate(deflated: Uint8Array<ArrayBuffer>): Promise<Bokeh> {
  const stream = new Blob([deflated])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  const script = await new Response(stream).text();
  // BokehJS hangs itself on `this`. Its plots also listen to `visualViewport` for good, which would keep every closed
  // plot alive: they see none, and `plots.ts` listens in their place.
  const source = `const host = {};
(function (visualViewport, define, module, exports) {
${script}
}).call(host, null);
export default host.Bokeh;`;
  const url = URL.createObjectURL(
    new Blob([source], { type: 'text/javascript' })
  );
  try {
    const module = (await import(/* @vite-ignore */ url)) as { default: Bokeh };
    shared().loads += 1;
    return module.default;
  } finally {
    URL.revokeObjectURL(url);
  }
}
