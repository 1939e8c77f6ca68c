import assert from 'node:assert/strict';
import { test } from 'node:test';

import { columnsFor, fillColumns, steadyRange, valueRange } from './columns';
import { gridValue, nearestIndex, type Grid } from './grid';
import { Table } from './packing';
import { Boundaries, Cells } from './tile';

/** A table of small whole numbers, of units of 2**exponent. */
function table(bins: number, numbers: number[], exponent?: number): Table {
  const rows = numbers.length / bins;
  const bytes = new DataView(new ArrayBuffer(numbers.length + 2 * bins));
  numbers.forEach((n, i) => bytes.setInt8(i, n));
  for (let b = 0; b < bins; b++) {
    bytes.setInt16(numbers.length + 2 * b, exponent ?? 0, true);
  }
  const header = { at: 0, width: 1, exponents: numbers.length };
  return Table.read(new Uint8Array(bytes.buffer), rows, bins, header);
}

test('a grid value is the number that its decimal text is', () => {
  const grid: Grid = { start: 0, stop: 500, unit: 1, exponent: -1 };
  assert.equal(gridValue(grid, 3), 0.3);
  assert.equal(gridValue(grid, 7), 0.7);
  assert.equal(String(gridValue(grid, 353)), '35.3');
});

test('the nearest step of every grid value is itself', () => {
  const grid: Grid = { start: -240, stop: 240, unit: 2, exponent: -2 };
  for (let k = grid.start; k <= grid.stop; k++) {
    assert.equal(nearestIndex(grid, gridValue(grid, k)), k);
  }
  assert.equal(nearestIndex(grid, 1e9), grid.stop);
  assert.equal(nearestIndex(grid, -1e9), grid.start);
});

test('boundaries are found by value and side', () => {
  const boundaries = new Boundaries(
    new Float64Array([1, 1, 2, 2]),
    new Uint8Array([0, 1, 0, 1])
  );
  assert.equal(boundaries.first('>=', 1), 1);
  assert.equal(boundaries.first('>', 1), 2);
  assert.equal(boundaries.last('<', 2), 3);
  assert.equal(boundaries.last('<=', 2), 4);
  assert.equal(boundaries.first('>=', 1.5), null);
  assert.equal(boundaries.first('==', 1), null);
});

test('rows add up, and the wrong way round they hold nothing', () => {
  const sums = table(2, [1, 2, 3, 4, -5, 6]);
  assert.deepEqual([sums.between(0, 2, 0), sums.between(0, 3, 1)], [4, 12]);
  assert.deepEqual([sums.between(2, 3, 0), sums.between(2, 1, 0)], [-5, 0]);
});

test('a bin that nothing fell into is exactly zero', () => {
  const cells = new Cells(
    1,
    table(1, [2, -2]),
    table(1, [3, -2], -4),
    table(1, [3, -2], -8)
  );
  const { values, variances } = cells.between(0, 2, cells.space());
  assert.deepEqual([values[0], variances[0]], [0, 0]);
});

test('negative weights keep their sign and never a negative variance', () => {
  const cells = new Cells(
    1,
    table(1, [2, 1]),
    table(1, [-1, 1], -1),
    table(1, [3, -1], -1)
  );
  const { values, variances } = cells.between(0, 1, cells.space());
  assert.deepEqual([values[0], variances[0]], [-0.5, 1.5]);
  assert.equal(cells.between(1, 2, cells.space()).variances[0], 0);
});

test('a place is found by value alone where each value is one', () => {
  const boundaries = new Boundaries(
    new Float64Array([1, 2.5]),
    new Uint8Array([0, 0])
  );
  assert.equal(boundaries.position(2.5), 1);
  assert.equal(boundaries.position(2), null);
});

test('an outline rises at the first edge and falls at the last', () => {
  const drawn = columnsFor(new Float64Array([0, 1, 3]));
  const counts = {
    values: new Float64Array([9, 4, 0, 7]),
    variances: new Float64Array([9, 4, 0, 7])
  };
  fillColumns(drawn, counts);
  assert.deepEqual([...drawn.outline.c0], [0, 0, 1, 3]);
  assert.deepEqual([...drawn.outline.c1], [0, 4, 0, 0]);
  assert.deepEqual([...drawn.rows.c5], [2, NaN]);
  assert.deepEqual(valueRange(counts), [0, 6 * 1.08]);
});

test('an axis grows at once and shrinks late', () => {
  assert.deepEqual(steadyRange([0, 10], [0, 12]), [0, 15]);
  assert.deepEqual(steadyRange([0, 10], [-4, 8]), [-7, 8]);
  assert.deepEqual(steadyRange([2, 10], [1, 9]), [1, 9]);
  assert.deepEqual(steadyRange([0, 10], [0, 8]), [0, 10]);
  assert.deepEqual(steadyRange([0, 10], [0, 2]), [0, 2]);
});
