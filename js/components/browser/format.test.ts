import assert from 'node:assert/strict';
import { test } from 'node:test';

import { caption } from './details';
import { measure, resolved } from './format';
import type { Figure } from './listing';
import { readout } from './readout';

const figure: Figure = {
  protocol: 1,
  kind: 'histogram',
  title: 'pt',
  flow: { underflow: 0, overflow: 3 },
  entries: 100000,
  entries_used: 7,
  summary: { nan: 2, mean: 0.5 },
  note: '',
  bokeh: '',
  document: null,
  columns: [],
  rows: []
};

test('numbers', () => {
  assert.deepEqual(
    [0, 91.1876, 1e-5, -2.5e7, NaN, null].map(n => measure(n)),
    ['0', '91.19', '1e-5', '-2.5e7', '–', '–']
  );
});

test('numbers have the digits in which the values differ', () => {
  assert.equal(resolved(3000000001.996, 1.41), '3000000001.996');
  assert.equal(resolved(-0.00115, 1), '-0.00115');
  assert.equal(resolved(91.18764, 2.5), '91.188');
  assert.equal(resolved(2.5e7, undefined), '2.5e7');
  assert.equal(resolved(0, 0), '0');
});

test('what was left out is said', () => {
  assert.equal(
    caption(figure),
    'first 7 of 100,000 entries · overflow 3 · nan 2 · mean 0.5'
  );
});

test('the bin, the cell or the point under the pointer', () => {
  const of = (name: string, data: Record<string, number[]>) => ({
    data: (wanted: string) => (wanted === name ? data : null)
  });
  const bins = { c0: [0, 1], c1: [1, 2], c3: [4, 0], c4: [2, 0] };
  assert.equal(readout(of('rows', bins), [0.5, 0]), '0 – 1: 4 ± 2');
  assert.equal(readout(of('rows', bins), [1, 0]), '1 – 2: 0');
  assert.equal(readout(of('rows', bins), [2, 0]), null);
  const points = { c0: [0, 10], c1: [0, 10], c3: [4, 5], c4: [NaN, NaN] };
  assert.equal(readout(of('rows', points), [6, 0]), '10: 5');
  const cells = { c0: [0], c1: [1], c2: [5], c3: [6], c4: [7] };
  assert.equal(readout(of('rectangles', cells), [0.5, 5]), '0 – 1, 5 – 6: 7');
  assert.equal(readout(of('rectangles', cells), [0.5, 6]), null);
});
