import assert from 'node:assert/strict';
import { test } from 'node:test';

import { caption } from './details';
import { bytes, measure, ticks } from './format';
import type { Preview } from './listing';
import { range, steps } from './shapes';

const preview: Preview = {
  protocol: 1,
  kind: 'histogram',
  title: 'pt',
  x_label: '',
  edges: [0, 1, 2],
  values: [4, null],
  variances: [4, 0],
  flow: { underflow: 0, overflow: 3 },
  entries: 100000,
  entries_used: 7,
  summary: { nan: 2, mean: 0.5 }
};

test('numbers', () => {
  assert.deepEqual([0, 999, 1000, 217945, 1.5e9].map(bytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '218 kB',
    '1.5 GB'
  ]);
  assert.deepEqual([0, 91.1876, 1e-5, -2.5e7, NaN, null].map(measure), [
    '0',
    '91.19',
    '1e-5',
    '-2.5e7',
    '–',
    '–'
  ]);
  assert.deepEqual(ticks(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(ticks(-0.3, 0.3, 3), [-0.2, 0, 0.2]);
  assert.deepEqual(ticks(1, 1, 3), []);
});

test('what was left out is said', () => {
  assert.equal(
    caption(preview),
    'first 7 of 100,000 entries · overflow 3 · nan 2 · mean 0.5'
  );
});

test('a histogram is a closed outline from zero', () => {
  const [x, y] = range(preview, false);
  assert.deepEqual(x, [0, 2]);
  assert.equal(y[0], 0);
  assert.ok(y[1] > 6, 'room for the error bar');
  const scale = { low: 0, log: false, at: (v: number) => v, ticks: () => [] };
  const frame = { left: 0, right: 2, top: 0, bottom: 0 };
  assert.equal(
    steps(preview, scale, scale, frame),
    'M0.0,0.0V4.0H1.0V0.0H2.0V0.0Z'
  );
});
