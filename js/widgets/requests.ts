/** Requests to the kernel, each answered once, by id, after any number of partial replies. */

import {
  PROTOCOL,
  mismatch,
  type Answer,
  type Reply,
  type Request
} from './messages';

/** The part of an anywidget model that carries messages. */
export interface Channel {
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(
    event: 'msg:custom',
    callback: (content: unknown, buffers: DataView[]) => void
  ): void;
  off(
    event: 'msg:custom',
    callback: (content: unknown, buffers: DataView[]) => void
  ): void;
}

/** The kernel's answer was a refusal or a failure; `position` is the offending character. */
export class Refusal extends Error {
  constructor(
    readonly kind: 'refused' | 'failed',
    message: string,
    readonly position: number | null
  ) {
    super(message);
  }
}

/** The answer is of no use any more: something newer was asked for, or the state has moved on. */
export class Stale extends Error {}

/** The model is gone. */
export class Closed extends Error {}

interface Pending {
  expected: Reply['kind'];
  since: number;
  partial?: (answer: Answer<'partial'>) => void;
  resolve(answer: { reply: Reply; buffers: DataView[] }): void;
  reject(error: Error): void;
}

export class Requests {
  private readonly pending = new Map<string, Pending>();
  private readonly client = crypto.randomUUID().slice(0, 8);
  private next = 0;

  constructor(private readonly channel: Channel) {
    channel.on('msg:custom', this.receive);
  }

  ask<K extends Reply['kind']>(
    expected: K,
    request: Request,
    partial?: (answer: Answer<'partial'>) => void,
    buffers?: ArrayBuffer[]
  ): Promise<Answer<K>> {
    const id = `${this.client}.${this.next++}`;
    return new Promise((resolve, reject) => {
      this.pending.set(id, {
        expected,
        since: performance.now(),
        partial,
        resolve: resolve as Pending['resolve'],
        reject
      });
      this.channel.send(
        { protocol: PROTOCOL, id, ...request },
        undefined,
        buffers
      );
    });
  }

  /** How long the oldest unanswered request has waited, in milliseconds; 0 when none waits. */
  waiting(now: number): number {
    for (const { since } of this.pending.values()) {
      return now - since;
    }
    return 0;
  }

  close(): void {
    this.channel.off('msg:custom', this.receive);
    for (const { reject } of this.pending.values()) {
      reject(new Closed('closed'));
    }
    this.pending.clear();
  }

  private readonly receive = (content: unknown, buffers: DataView[]): void => {
    const reply = content as Reply;
    const pending = this.pending.get(reply?.id);
    if (!pending) {
      return; // of another page, or of a request that nobody waits for any more
    }
    if (reply.kind === 'partial' && reply.protocol === PROTOCOL) {
      pending.partial?.({ reply, buffers });
      return;
    }
    this.pending.delete(reply.id);
    if (reply.protocol !== PROTOCOL) {
      pending.reject(new Refusal('failed', mismatch(reply.protocol), null));
    } else if (reply.kind === 'refused' || reply.kind === 'failed') {
      pending.reject(new Refusal(reply.kind, reply.reason, reply.position));
    } else if (reply.kind === 'stale') {
      pending.reject(new Stale('stale'));
    } else if (reply.kind !== pending.expected) {
      pending.reject(
        new Refusal(
          'failed',
          `The kernel answered ${reply.kind} to ${pending.expected}.`,
          null
        )
      );
    } else {
      pending.resolve({ reply, buffers });
    }
  };
}
