/**
 * Bundle what the browser runs: `node js/bundle.mjs [lab] [widgets] [--watch]`.
 *
 * lab      js/lab/index.ts into lib/, with Preact inside and JupyterLab's own packages left out;
 *          `jupyter-builder` then makes the labextension of it.
 * widgets  every module of js/widgets with a default export (an anywidget) into one file of
 *          src/heplens/static, its style sheet beside it.
 *
 * Types are checked apart from this (`npm run check`), so that an installation does not wait for them.
 */
import { globSync, rmSync } from 'node:fs';
import { argv } from 'node:process';

import * as esbuild from 'esbuild';

const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.svg': 'text' },
  charset: 'utf8',
  logLevel: 'warning'
};

const lab = {
  ...common,
  entryPoints: ['js/lab/index.ts'],
  outdir: 'lib/lab',
  external: ['@jupyterlab/*', '@lumino/*', '@jupyter/*']
};

async function widgets() {
  const modules = globSync('js/widgets/*.{ts,tsx}').filter(
    path => !/\.(test|d)\.tsx?$/.test(path)
  );
  const { metafile } = await esbuild.build({
    ...common,
    entryPoints: modules,
    outdir: 'lib/exports',
    bundle: false,
    metafile: true,
    write: false
  });
  const widgets = Object.values(metafile.outputs)
    .filter(output => output.exports.includes('default'))
    .map(output => output.entryPoint);
  return {
    ...common,
    entryPoints: [...widgets, ...globSync('js/widgets/*.css')],
    outdir: 'src/heplens/static',
    minify: true,
    // A page holds a copy of this text for every widget: without other characters it takes one byte each, not two.
    charset: 'ascii'
  };
}

const wanted = ['lab', 'widgets'].filter(name => argv.includes(name));
const names = wanted.length > 0 ? wanted : ['lab', 'widgets'];
for (const name of names) {
  const options = name === 'lab' ? lab : await widgets();
  if (argv.includes('--watch')) {
    await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
  } else {
    rmSync(options.outdir, { recursive: true, force: true });
    await esbuild.build(options);
  }
}
