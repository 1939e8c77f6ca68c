import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Model } from './anywidget';
import type { JobRequest, JobState } from './jobMessages';
import { JobStore } from './jobStore';
import { PROTOCOL } from './protocol';

const ALL = Array.from({ length: 450 }, (_, i) => ({ file: `${i}.root` }));

/** A kernel that tells failures, one answer at a time. */
class Kernel {
  readonly sent: (JobRequest & { id: string })[] = [];
  private receive: (content: unknown, buffers: DataView[]) => void = () => {};

  get(): JobState {
    return { protocol: PROTOCOL, revision: 1, failures: 1 } as JobState;
  }
  send(content: unknown): void {
    const request = content as JobRequest & { id: string };
    if (request.kind === 'failures') {
      this.sent.push(request);
    }
  }
  on(_: string, receive: typeof this.receive): void {
    this.receive = receive;
  }
  off(): void {}
  async answer(): Promise<void> {
    const request = this.sent[this.sent.length - 1];
    assert.equal(request.kind, 'failures');
    this.receive(
      {
        ...{ protocol: PROTOCOL, id: request.id, kind: 'failures', number: 1 },
        failures: ALL.slice(0, request.most),
        failed: ALL.length
      },
      []
    );
    await new Promise(resolve => setTimeout(resolve));
  }
}

test('more failures are listed on request', async () => {
  const kernel = new Kernel();
  const store = new JobStore(kernel as unknown as Model<JobState>);
  store.attach();
  await kernel.answer();
  assert.deepEqual([store.failures.length, store.failed], [200, 450]);
  store.listMore();
  store.listMore(); // before the answer
  await kernel.answer();
  await kernel.answer();
  assert.equal(store.failures.length, 450);
  assert.equal(kernel.sent.length, 3);
});
