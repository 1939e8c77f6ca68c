import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Reader, type Whole } from './reader';

/** A kernel whose documents come when the test lets them. */
class Kernel {
  readonly waiting: ((shape: string) => void)[] = [];
  readonly state = { revision: 1 };
  readonly requests = {
    ask: () =>
      new Promise(resolve =>
        this.waiting.push(shape =>
          resolve({ reply: { shape, plots: [] }, buffers: [] })
        )
      )
  };
  changed(): void {}
  async answer(shape: string): Promise<void> {
    this.waiting.shift()?.(shape);
    await new Promise(resolve => setTimeout(resolve));
  }
}

test('numbers of other plots come while a document is on its way: it is asked for again', async () => {
  const kernel = new Kernel();
  const reader = new Reader(kernel as unknown as Whole);
  void reader.readSnapshot();
  void reader.readSnapshot('two plots'); // numbers have come
  await kernel.answer('one plot');
  assert.equal(kernel.waiting.length, 1);
  await kernel.answer('two plots');
  assert.equal(reader.snapshot?.shape, 'two plots');
  assert.equal(kernel.waiting.length, 0);
});

test('a document that is ahead of the numbers is not asked for again', async () => {
  const kernel = new Kernel();
  const reader = new Reader(kernel as unknown as Whole);
  void reader.readSnapshot('two plots');
  await kernel.answer('three plots');
  assert.equal(kernel.waiting.length, 0);
  void reader.readSnapshot('three plots'); // numbers have come
  assert.equal(kernel.waiting.length, 0);
});
