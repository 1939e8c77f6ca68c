/**
 * Slices and columns of bytes that Python wrote, when `HEPLENS_TILE` names its folder: the answers go beside them and
 * pytest compares. See tests/widgets/test_same_bytes.py.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { columnsFor, fillColumns } from './columns';
import { Boundaries, Cells } from './tile';

interface Question {
  pixels: number;
  bins: number;
  weighted: boolean;
  low: string;
  high: string;
  windows: [number, number][];
}

const folder = process.env.HEPLENS_TILE;

function read(name: string): ArrayBuffer {
  const file = readFileSync(`${folder}/${name}`);
  return file.buffer.slice(
    file.byteOffset,
    file.byteOffset + file.byteLength
  ) as ArrayBuffer;
}

function answer(question: Question): number[] {
  const { pixels, bins, weighted } = question;
  const boundaries = new Boundaries(
    new Float64Array(read('boundaries')),
    new Uint8Array(read('kinds'))
  );
  const cells = new Cells(
    'h',
    pixels,
    bins,
    new Uint32Array(read('counts')),
    weighted ? new Float64Array(read('sums')) : null,
    weighted ? new Float64Array(read('squares')) : null
  );
  const drawn = columnsFor(new Float64Array(read('edges')));
  const all: number[] = [];
  for (const [low, high] of question.windows) {
    const first = boundaries.first(question.low, low);
    const last = boundaries.last(question.high, high);
    assert.ok(first !== null && last !== null);
    const counts = cells.slice(first, last, cells.space());
    fillColumns(drawn, counts);
    all.push(...counts.values, ...counts.variances);
    all.push(...drawn.outline.c0, ...drawn.outline.c1);
    for (const column of Object.values(drawn.rows)) {
      all.push(...column);
    }
  }
  return all;
}

if (folder) {
  test('slices and columns of the bytes that Python wrote', () => {
    const question = JSON.parse(
      readFileSync(`${folder}/question.json`, 'utf8')
    ) as Question;
    writeFileSync(`${folder}/answer`, new Float64Array(answer(question)));
  });
}
