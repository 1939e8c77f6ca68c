/** The handle that is held, against a kernel whose answers are given by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PROTOCOL, type Handle, type State } from './messages';
import { Mover } from './mover';
import { Reader, type Whole } from './reader';
import { Requests, Stale, type Channel } from './requests';

type Sent = {
  id: string;
  kind: string;
  edit?: { value: number };
  handle?: string;
};

/** The other end of the wire. */
class Kernel implements Channel {
  readonly sent: Sent[] = [];
  private receive: (content: unknown, buffers: DataView[]) => void = () => {};

  send(content: unknown): void {
    this.sent.push(content as Sent);
  }

  on(_: string, receive: typeof this.receive): void {
    this.receive = receive;
  }

  off(): void {}

  async answer(
    to: Sent,
    kind: string,
    fields: object,
    buffers: DataView[] = []
  ): Promise<void> {
    const reply = {
      protocol: PROTOCOL,
      id: to.id,
      kind,
      revision: 1,
      ...fields
    };
    this.receive(reply, buffers);
    await new Promise(resolve => setTimeout(resolve));
  }
}

const numbers = (passed: number): object => ({
  plots: [],
  cutflow: [{ name: 'all', passed }],
  shape: 's',
  complete: false,
  memory: {}
});

function setup(): { kernel: Kernel; mover: Mover; reader: Reader } {
  const kernel = new Kernel();
  const whole: Whole = {
    requests: new Requests(kernel),
    state: { revision: 1 } as State,
    changed: () => {},
    moved: () => {},
    fail: error => assert.ok(error instanceof Stale, String(error))
  };
  const reader = new Reader(whole);
  return { kernel, reader, mover: new Mover(whole, reader) };
}

function handle(id: string, tile: string | null): Handle {
  return {
    id,
    step: id,
    edge: 'literal',
    index: 0,
    operator: '>',
    value: 0,
    label: '',
    variable: 'x',
    grid: { start: 0, stop: 9, unit: 1, exponent: 0 },
    tile,
    reason: tile ? '' : 'too many bins',
    plots: []
  };
}

const view = (array: Float64Array | Uint8Array): DataView =>
  new DataView(array.buffer as ArrayBuffer);

/** A tile of positions 0, 1 and 2 at which 5, 3 and 2 events pass. */
const TILE = {
  key: 'k',
  form: 'steps',
  rows: 3,
  plots: [],
  cutflow: [
    {
      name: 'all',
      fields: ['passed'],
      counts: { at: 0, width: 1 },
      sums: { at: 3, width: 1, exponents: 9 }
    }
  ],
  encoding: '',
  memory: {}
};
const BUFFERS = [
  view(new Float64Array([0, 1, 2])),
  view(new Uint8Array(3)),
  view(Uint8Array.from([5, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
];

test('of positions that wait only the last is counted', async () => {
  const { kernel, mover, reader } = setup();
  const held = handle('a', null);
  for (const value of [1, 2, 3]) {
    mover.move(held, value);
  }
  assert.deepEqual(
    kernel.sent.map(r => r.edit?.value),
    [1]
  );
  await kernel.answer(kernel.sent[0], 'counts', {
    key: 'preview',
    ...numbers(9)
  });
  assert.deepEqual(
    kernel.sent.map(r => r.edit?.value),
    [1, 3]
  );
  assert.equal(reader.shown?.cutflow[0].passed, 9);
});

test('a position that has shown its first block makes room for a newer one', async () => {
  const { kernel, mover, reader } = setup();
  const held = handle('a', null);
  mover.move(held, 1);
  const part = { done: 1, total: 4, numbers: numbers(2) };
  await kernel.answer(kernel.sent[0], 'partial', part);
  assert.deepEqual(reader.progress, { done: 1, total: 4 });
  assert.equal(reader.shown?.cutflow[0].passed, 2);
  mover.move(held, 2);
  assert.deepEqual(
    kernel.sent.map(r => r.edit?.value),
    [1, 2]
  );
  await kernel.answer(kernel.sent[0], 'stale', {});
  mover.move(held, 3);
  assert.equal(kernel.sent.length, 2, 'the second has not shown anything yet');
  await kernel.answer(kernel.sent[1], 'partial', part);
  assert.equal(kernel.sent[2].edit?.value, 3);
});

test('with a tile nothing is asked, and between its positions the kernel is', async () => {
  const { kernel, mover, reader } = setup();
  const held = handle('a', 'k');
  mover.prepare(held);
  mover.prepare(held);
  await kernel.answer(kernel.sent[0], 'tile', TILE, BUFFERS);
  reader.numbers = {
    cutflow: [{ name: 'all', passed: 0, weighted: null }]
  } as unknown as typeof reader.numbers;
  const seen = [0, 1, 2].map(value => {
    mover.move(held, value);
    return mover.cutflow()[0].passed;
  });
  assert.deepEqual(seen, [5, 3, 2]);
  assert.equal(kernel.sent.length, 1);
  mover.move(held, 1.5);
  assert.equal(kernel.sent[1].kind, 'counts');
  mover.move(held, 1);
  assert.equal(mover.cutflow()[0].passed, 3, 'a late answer does not hide it');
});

test('a tile that was given up for another is asked for again while its handle is held', async () => {
  const { kernel, mover } = setup();
  const [held, other] = [handle('a', 'k'), handle('b', 'l')];
  mover.move(held, 1);
  mover.prepare(other);
  await kernel.answer(kernel.sent[0], 'stale', {});
  assert.deepEqual(
    kernel.sent.map(r => r.handle),
    ['a', 'b']
  );
  await kernel.answer(kernel.sent[1], 'tile', { ...TILE, key: 'l' }, BUFFERS);
  assert.equal(kernel.sent[2].handle, 'a');
  await kernel.answer(kernel.sent[2], 'tile', TILE, BUFFERS);
  assert.ok(mover.drag?.slice);
});

test('a tile that cannot be made leaves its handle to the kernel and says why', async () => {
  const { kernel, mover } = setup();
  const held = handle('a', 'k');
  mover.move(held, 1);
  await kernel.answer(kernel.sent[0], 'failed', {
    reason: 'a weight is infinite',
    position: null
  });
  assert.equal(mover.tiled(held), false);
  assert.equal(mover.reason(held), 'a weight is infinite');
  assert.equal(kernel.sent[1].kind, 'counts');
});
