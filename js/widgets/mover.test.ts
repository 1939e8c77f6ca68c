/** The handle that is held, against a kernel whose answers are given by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Handle, State } from './messages';
import { Mover } from './mover';
import { Reader, type Whole } from './reader';
import { PROTOCOL } from './protocol';
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

function setup() {
  const kernel = new Kernel();
  const state = { revision: 1 } as State;
  /** What is said at steps and plots. */
  const told: string[] = [];
  const whole: Whole = {
    requests: new Requests(kernel),
    state,
    changed: () => {},
    moved: () => {},
    fail: error => assert.ok(error instanceof Stale, String(error)),
    judge: (about, error) => told.push(`${about}: ${String(error)}`)
  };
  const reader = new Reader(whole);
  return { kernel, reader, state, told, mover: new Mover(whole, reader) };
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
    needs_job: false,
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

/** What a whole count of a revision tells of one handle. */
const whole = (revision: number, ...handles: Handle[]) =>
  ({
    key: 'reference',
    revision,
    handles,
    cutflow: [{ name: 'all', passed: 0, weighted: null }]
  }) as unknown as Reader['numbers'];

test('a tile that came for another revision is not taken for that of this one', async () => {
  const { kernel, mover, reader, state } = setup();
  const before = handle('a', 'old');
  reader.numbers = whole(1, before);
  // Another cut was moved: the revision is known, its numbers are not.
  state.revision = 2;
  mover.move(before, 1);
  await kernel.answer(kernel.sent[0], 'tile', { ...TILE, key: 'new' }, BUFFERS);
  assert.equal(mover.drag?.slice, null);
  reader.numbers = whole(2, handle('a', 'new'));
  mover.finish();
  assert.ok(mover.drag?.slice, 'the tile is there already');
  assert.equal(kernel.sent.length, 1);
  // Taken back: the tile of then was never made.
  mover.drop();
  mover.move(before, 1);
  assert.equal(mover.drag?.slice, null);
  assert.equal(kernel.sent[1].kind, 'tile');
});

test('a tile of a revision that is over is asked for again while its handle is held', async () => {
  const { kernel, mover, state } = setup();
  mover.move(handle('a', 'k'), 1);
  state.revision = 2; // what has changed there does not change the tile
  await kernel.answer(kernel.sent[0], 'stale', { revision: 2 });
  assert.equal(kernel.sent[1]?.kind, 'tile');
  await kernel.answer(kernel.sent[1], 'tile', TILE, BUFFERS);
  assert.ok(mover.drag?.slice);
  assert.equal(kernel.sent.length, 2);
});

test('a handle that is held moves on with the tile of what has changed meanwhile', async () => {
  const { kernel, mover, reader, state } = setup();
  const before = handle('a', 'old');
  reader.numbers = whole(1, before);
  mover.move(before, 1);
  await kernel.answer(kernel.sent[0], 'tile', { ...TILE, key: 'old' }, BUFFERS);
  assert.equal(mover.cutflow()[0].passed, 3);
  state.revision = 2;
  const now = handle('a', 'new');
  reader.numbers = whole(2, now);
  mover.finish();
  assert.equal(mover.drag?.slice, null, 'not with numbers of another cut');
  assert.equal(mover.valueOf(now), 1);
  await kernel.answer(kernel.sent[1], 'tile', { ...TILE, key: 'new' }, BUFFERS);
  assert.equal(mover.cutflow()[0].passed, 3);
  // And with nothing when its step has gone.
  reader.numbers = whole(3);
  mover.finish();
  assert.equal(mover.drag, null);
});

test('a window that is refused is told at its plot, until it is given up or the edit itself is answered', async () => {
  const { kernel, mover, told } = setup();
  const no = { reason: 'it needs a number', position: null };
  const said = 'mass: Error: it needs a number';
  mover.propose({ op: 'add_window' }, 'mass');
  await kernel.answer(kernel.sent[0], 'failed', no);
  assert.deepEqual(told.splice(0), [said]);
  mover.propose({ op: 'add_window' }, 'mass');
  await kernel.answer(kernel.sent[1], 'counts', { key: 'k', ...numbers(1) });
  assert.deepEqual(told.splice(0), ['mass: null'], 'this one can be made');
  mover.propose({ op: 'add_window' }, 'mass');
  await kernel.answer(kernel.sent[2], 'failed', no);
  mover.drop();
  assert.deepEqual(told.splice(0), [said, 'mass: null']);
  mover.propose({ op: 'add_window' }, 'mass');
  mover.settle();
  await kernel.answer(kernel.sent[3], 'failed', no);
  assert.deepEqual(told, []);
});
