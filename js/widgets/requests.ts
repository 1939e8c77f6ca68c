/** Requests to the kernel, each answered once, by id, after any number of partial replies. */

import {
  PROTOCOL,
  mismatch,
  type AnswerOf,
  type Common,
  type Ending
} from './protocol';

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
    readonly position: number | null,
    /** All that was answered. */
    readonly reply: unknown = null
  ) {
    super(message);
  }

  /** Only another job can tell the numbers. */
  get needsJob(): boolean {
    return (this.reply as { needs_job?: boolean } | null)?.needs_job === true;
  }
}

/** The answer is of no use any more: something newer was asked for, or the state has moved on. */
export class Stale extends Error {}

/** The model is gone, or its kernel. */
export class Closed extends Error {
  constructor() {
    super('The kernel has gone: run the cell again.');
  }
}

type Kinds = { kind: string };

interface Pending<R extends Kinds> {
  expected: string;
  since: number;
  partial?: (answer: AnswerOf<R, 'partial'>) => void;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

interface Options {
  buffers?: ArrayBuffer[];
  /** Aborted when nobody waits any more; the kernel is told by `cancel`. */
  signal?: AbortSignal;
}

/** The requests `Q` that a page can make, and the replies `R` that it gets. */
export class Requests<Q extends Kinds, R extends Kinds> {
  private readonly pending = new Map<string, Pending<R>>();
  private readonly client = crypto.randomUUID().slice(0, 8);
  private next = 0;
  private closed = false;

  constructor(private readonly channel: Channel) {
    channel.on('msg:custom', this.receive);
  }

  /** `partial` is called with what is found before the answer. */
  ask<K extends R['kind']>(
    expected: K,
    request: Q,
    partial?: (answer: AnswerOf<R, 'partial'>) => void,
    { buffers, signal }: Options = {}
  ): Promise<AnswerOf<R, K>> {
    const id = `${this.client}.${this.next++}`;
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new Closed());
        return;
      }
      const since = performance.now();
      const done = resolve as (answer: unknown) => void;
      this.pending.set(id, { expected, since, partial, resolve: done, reject });
      this.send(id, request, buffers);
      signal?.addEventListener('abort', () => {
        if (this.pending.delete(id)) {
          reject(new Stale('stopped'));
          this.send(id, { kind: 'cancel' });
        }
      });
    });
  }

  /** How long the oldest unanswered request has waited, in milliseconds; 0 when none waits. */
  waiting(now: number): number {
    for (const { since } of this.pending.values()) {
      return now - since;
    }
    return 0;
  }

  /** Whoever waits is told, and whoever will ask. */
  close(): void {
    this.closed = true;
    this.channel.off('msg:custom', this.receive);
    for (const { reject } of this.pending.values()) {
      reject(new Closed());
    }
    this.pending.clear();
  }

  private send(id: string, content: Kinds, buffers?: ArrayBuffer[]): void {
    this.channel.send(
      { protocol: PROTOCOL, id, ...content },
      undefined,
      buffers
    );
  }

  private readonly receive = (content: unknown, buffers: DataView[]): void => {
    const reply = content as Common & (Ending | { kind: string });
    const pending = this.pending.get(reply?.id);
    if (!pending) {
      return; // of another page, or of a request that nobody waits for any more
    }
    const answer = { reply, buffers } as unknown;
    if (reply.kind === 'partial' && reply.protocol === PROTOCOL) {
      pending.partial?.(answer as AnswerOf<R, 'partial'>);
      return;
    }
    this.pending.delete(reply.id);
    if (reply.protocol !== PROTOCOL) {
      pending.reject(new Refusal('failed', mismatch(reply.protocol), null));
    } else if ('reason' in reply) {
      const { kind, reason, position } = reply;
      pending.reject(new Refusal(kind, reason, position, reply));
    } else if (reply.kind === 'stale') {
      pending.reject(new Stale('stale'));
    } else if (reply.kind !== pending.expected) {
      const found = `The kernel answered ${reply.kind} to ${pending.expected}.`;
      pending.reject(new Refusal('failed', found, null));
    } else {
      pending.resolve(answer);
    }
  };
}
