import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  columnsFor,
  fillColumns,
  fillMap,
  logRange,
  mapColumnsFor
} from './columns';
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
  assert.equal(fillMap(columns, values, 2, 1), 1);
  assert.deepEqual([...columns.c4], [1, NaN]);
  assert.deepEqual([...columns.c3], [5, 5]);
});
