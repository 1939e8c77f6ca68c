/**
 * Run the TypeScript unit tests: js/**\/*.test.ts(x), bundled by esbuild and given to Node's test runner.
 */
import { spawnSync } from 'node:child_process';
import { globSync, rmSync } from 'node:fs';
import { argv, execPath, exit } from 'node:process';

import * as esbuild from 'esbuild';

const OUT = 'lib/test';

const entryPoints = globSync('js/**/*.test.{ts,tsx}');
if (entryPoints.length === 0) {
  console.error('No js/**/*.test.ts was found: nothing has been tested.');
  exit(1);
}
rmSync(OUT, { recursive: true, force: true });
await esbuild.build({
  entryPoints,
  outdir: OUT,
  outbase: 'js',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.svg': 'text' },
  sourcemap: 'inline',
  logLevel: 'warning'
});
const run = spawnSync(
  execPath,
  ['--enable-source-maps', '--test', ...argv.slice(2), `${OUT}/**/*.test.mjs`],
  { stdio: 'inherit' }
);
exit(run.status ?? 1);
