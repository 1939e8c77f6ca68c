/** Listings and figures from a kernel, over the comm of a widget. */

import { inflate } from '../components/bokeh/bokehjs';
import {
  checked,
  PROTOCOL,
  type Figure,
  type Listing,
  type Source
} from '../components/browser/listing';
import type { Answers, Reply, Request } from './browseMessages';
import { bytes } from './messages';
import type { Channel } from './requests';

interface Pending {
  resolve(answer: { reply: Reply; buffers: DataView[] }): void;
  reject(error: Error): void;
}

const GONE =
  'The kernel that fed this browser is gone. Run the cell again to go on.';

export class KernelSource implements Source {
  private readonly pending = new Map<string, Pending>();
  private readonly client = crypto.randomUUID().slice(0, 8);
  private next = 0;
  private gone = false;

  constructor(private readonly channel: Channel) {
    channel.on('msg:custom', this.receive);
  }

  async list(
    file: string,
    node: string,
    signal: AbortSignal
  ): Promise<Listing> {
    const { reply } = await this.ask({ kind: 'listing', file, node }, signal);
    return checked(reply.document);
  }

  async figure(
    file: string,
    object: string,
    log: boolean,
    signal: AbortSignal
  ): Promise<Figure> {
    const { reply } = await this.ask(
      { kind: 'figure', file, object, log },
      signal
    );
    return checked(reply.document);
  }

  async bokeh(version: string): Promise<string> {
    const { buffers } = await this.ask({ kind: 'bokeh', version });
    return inflate(bytes(buffers[0]));
  }

  choose(file: string, path: string): void {
    // What is chosen here stays chosen, whether or not the kernel hears of it.
    this.ask({ kind: 'choose', file, path }).catch(() => undefined);
  }

  /** The kernel is gone: whoever waits is told, and whoever will ask. */
  disconnect(): void {
    this.gone = true;
    for (const { reject } of this.pending.values()) {
      reject(new Error(GONE));
    }
    this.pending.clear();
  }

  close(): void {
    this.channel.off('msg:custom', this.receive);
    this.disconnect();
  }

  private ask<R extends Request>(
    request: R,
    signal?: AbortSignal
  ): Promise<{
    reply: Reply & Answers[R['kind']];
    buffers: DataView[];
  }> {
    const id = `${this.client}.${this.next++}`;
    return new Promise((resolve, reject) => {
      if (this.gone) {
        reject(new Error(GONE));
        return;
      }
      this.pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.channel.send({ protocol: PROTOCOL, id, ...request });
      signal?.addEventListener('abort', () => {
        if (this.pending.delete(id)) {
          reject(new Error('Stopped.'));
          this.channel.send({ protocol: PROTOCOL, id, kind: 'cancel' });
        }
      });
    });
  }

  private readonly receive = (content: unknown, buffers: DataView[]): void => {
    const reply = content as Reply;
    const pending = this.pending.get(reply?.id);
    if (!pending) {
      return; // of another page, or of a request that nobody waits for any more
    }
    this.pending.delete(reply.id);
    if (reply.kind === 'failed') {
      const reason = String(reply.reason);
      pending.reject(
        new Error(reason.charAt(0).toUpperCase() + reason.slice(1))
      );
    } else {
      pending.resolve({ reply, buffers });
    }
  };
}
