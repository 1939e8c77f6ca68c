/**
 * Slices and columns of bytes that Python wrote, when `HEPLENS_TILE` names its folder: the answers go beside them and
 * pytest compares. See tests/widgets/test_same_bytes.py.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { columnsFor, fillColumns } from './columns';
import { inflated } from './inflate';
import { Table, type TableHeader } from './packing';
import { Boundaries, Cells } from './tile';

interface Question {
  rows: number;
  plot: {
    bins: number;
    counts: TableHeader;
    sums?: TableHeader;
    squares?: TableHeader;
  };
  encoding: string;
  /** The form "range": operators and windows; else the values of a handle. */
  low: string;
  high: string;
  windows: [number, number][];
  values: number[];
}

const folder = process.env.HEPLENS_TILE;

function read(name: string): ArrayBuffer {
  const file = readFileSync(`${folder}/${name}`);
  return file.buffer.slice(
    file.byteOffset,
    file.byteOffset + file.byteLength
  ) as ArrayBuffer;
}

async function answer(question: Question): Promise<number[]> {
  const { rows, plot } = question;
  const boundaries = new Boundaries(
    new Float64Array(read('boundaries')),
    new Uint8Array(read('kinds'))
  );
  const sent = new Uint8Array(read('cells'));
  const buffer = question.encoding
    ? new Uint8Array(await inflated(sent).arrayBuffer())
    : sent;
  const table = (header: TableHeader): Table =>
    Table.read(buffer, rows, plot.bins, header);
  const cells = new Cells(
    plot.bins,
    table(plot.counts),
    plot.sums ? table(plot.sums) : null,
    plot.squares ? table(plot.squares) : null
  );
  const slices: [number | null, number | null][] = [
    ...question.windows.map(
      ([low, high]) =>
        [
          boundaries.first(question.low, low),
          boundaries.last(question.high, high)
        ] as [number | null, number | null]
    ),
    ...question.values.map(
      value =>
        [0, (boundaries.position(value) ?? NaN) + 1] as [number, number | null]
    )
  ];
  const drawn = columnsFor(new Float64Array(read('edges')));
  const all: number[] = [];
  for (const [first, last] of slices) {
    assert.ok(first !== null && last !== null);
    const counts = cells.between(first, last, cells.space());
    fillColumns(drawn, counts);
    all.push(...counts.values, ...counts.variances);
    for (const column of Object.values(drawn.outline)) {
      all.push(...column);
    }
    for (const column of Object.values(drawn.rows)) {
      all.push(...column);
    }
  }
  return all;
}

if (folder) {
  test('slices and columns of the bytes that Python wrote', async () => {
    const question = JSON.parse(
      readFileSync(`${folder}/question.json`, 'utf8')
    ) as Question;
    writeFileSync(`${folder}/answer`, new Float64Array(await answer(question)));
  });
}
