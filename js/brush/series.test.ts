import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  colourRange,
  columnsFor,
  fillColumns,
  fillMap,
  logRange,
  mapColumnsFor
} from './columns';
import { betweenDecades } from './decades';
import { countsOf } from './series';

const flat = new Float64Array([1, 2, 3, 4, 10, 20, 30, 40]);

test('datasets of one region are added up', () => {
  const all = { values: flat, variances: flat };
  const place = { size: 2, regions: 2, region: 1 };
  assert.deepEqual([...countsOf(all, [0, 1], place).values], [33, 44]);
  assert.deepEqual([...countsOf(all, [1], place).variances], [30, 40]);
  assert.deepEqual([...countsOf(all, [], place).values], [0, 0]);
});

test('a stacked area stands on what is below it', () => {
  const drawn = columnsFor(new Float64Array([0, 1, 2]));
  const counts = {
    values: new Float64Array([0, 3, 4, 0]),
    variances: new Float64Array([0, 3, 4, 0])
  };
  fillColumns(drawn, counts, new Float64Array([9, 10, 20, 9]));
  assert.deepEqual([...drawn.outline.c1], [0, 13, 24, 0]);
  assert.deepEqual([...drawn.outline.c2], [0, 10, 20, 0]);
});

test('nothing is drawn below the floor of a logarithmic axis', () => {
  const drawn = columnsFor(new Float64Array([0, 1, 2, 3]));
  const counts = {
    values: new Float64Array([0, 100, 0, -2, 0]),
    variances: new Float64Array([0, 100, 0, 1, 0])
  };
  const [floor, top] = logRange(counts);
  assert.deepEqual([floor, top], [50, 275]);
  fillColumns(drawn, counts, null, floor);
  assert.deepEqual([...drawn.outline.c1], [50, 100, 50, 50, 50]);
  assert.deepEqual([...drawn.rows.c5], [90, NaN, 50]);
  assert.deepEqual([...drawn.rows.c7], [100, NaN, NaN]);
  assert.deepEqual([...drawn.rows.c3], [100, 0, -2], 'what is told is not cut');
});

test('cells of a map are without the flow around them', () => {
  const columns = mapColumnsFor(
    new Float64Array([0, 1, 2]),
    new Float64Array([0, 5])
  );
  const values = new Float64Array([9, 9, 9, 9, 1, 9, 9, 0, 9, 9, 9, 9]);
  assert.deepEqual(fillMap(columns, values, 2, 1), [1, 1]);
  assert.deepEqual([...columns.c4], [1, NaN]);
  assert.deepEqual([...columns.c3], [5, 5]);
});

test('logarithmic colours leave what is not above zero empty', () => {
  const edges = new Float64Array([0, 1, 2, 3]);
  const columns = mapColumnsFor(edges, new Float64Array([0, 1]));
  const values = new Float64Array(15);
  [values[4], values[7], values[10]] = [-3, 0.5, 80];
  assert.deepEqual(fillMap(columns, values, 3, 1), [-3, 80]);
  assert.deepEqual([...columns.c4], [-3, 0.5, 80]);
  assert.deepEqual(fillMap(columns, values, 3, 1, true), [0.5, 80]);
  assert.deepEqual([...columns.c4], [NaN, 0.5, 80]);
  const none = fillMap(columns, new Float64Array(15), 3, 1, true);
  assert.deepEqual(colourRange(none, true), [0.1, 1]);
  assert.deepEqual(colourRange(none, false), [0, 1]);
  assert.deepEqual(colourRange([4, 4], true), [4, 40]);
  assert.deepEqual(colourRange([-3, 80], false), [-3, 80]);
  assert.deepEqual(colourRange([1e-12, 8], true), [8e-7, 8]);
});

test('between one decade and two there are ticks at 1, 2 and 5', () => {
  assert.equal(betweenDecades(1, 9), null);
  assert.equal(betweenDecades(1, 100), null);
  assert.equal(betweenDecades(0, 5), null);
  assert.deepEqual(betweenDecades(0.03, 1), {
    major: [0.05, 0.1, 0.2, 0.5, 1],
    minor: [0.03, 0.04, 0.06, 0.07, 0.08, 0.09, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]
  });
});
