import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pictures } from './pictures';
import type { Store } from './store';

/** What a picture needs of a store, and the pictures that were sent. */
class Kernel {
  settled = true;
  dead = false;
  state = { revision: 1, log: [], region: '' };
  readonly sent: number[] = [];
  readonly requests = {
    ask: async (_: string, { revision }: { revision: number }) => {
      this.sent.push(revision);
    }
  };
}

test('a picture that a hand has moved meanwhile is not kept, and drawn again later', async () => {
  const kernel = new Kernel();
  const pictures = new Pictures(kernel as unknown as Store);
  const drawn = async () => new ArrayBuffer(1);
  const soon = () => new Promise(resolve => setTimeout(resolve));

  pictures.keep(async () => {
    kernel.settled = false; // a handle is taken hold of while the plots are drawn
    return drawn();
  });
  await soon();
  assert.deepEqual(kernel.sent, []);
  kernel.settled = true;
  pictures.keep(drawn);
  pictures.keep(drawn);
  await soon();
  assert.deepEqual(kernel.sent, [1], 'one of a revision');
});
