/** Listings and figures from a kernel, over the comm of a widget. */

import { inflate } from '../components/bokeh/bokehjs';
import {
  checked,
  type Figure,
  type Listing,
  type Source
} from '../components/browser/listing';
import type { Reply, Request } from './browseMessages';
import { bytes } from './protocol';
import { Closed, Requests, Stale, type Channel } from './requests';

const GONE =
  'The kernel that fed this browser is gone. Run the cell again to go on.';

export class KernelSource implements Source {
  private readonly requests: Requests<Request, Reply>;

  constructor(channel: Channel) {
    this.requests = new Requests(channel);
  }

  async list(
    file: string,
    node: string,
    signal: AbortSignal
  ): Promise<Listing> {
    const { reply } = await this.requests
      .ask('listing', { kind: 'listing', file, node }, undefined, { signal })
      .catch(inWords);
    return checked(reply.document);
  }

  async figure(
    file: string,
    object: string,
    log: boolean,
    signal: AbortSignal
  ): Promise<Figure> {
    const request = { kind: 'figure' as const, file, object, log };
    const { reply } = await this.requests
      .ask('figure', request, undefined, { signal })
      .catch(inWords);
    return checked(reply.document);
  }

  async bokeh(version: string): Promise<string> {
    const { buffers } = await this.requests
      .ask('bokeh', { kind: 'bokeh', version })
      .catch(inWords);
    return inflate(bytes(buffers[0]));
  }

  choose(file: string, path: string): void {
    // What is chosen here stays chosen, whether or not the kernel hears of it.
    this.requests
      .ask('accepted', { kind: 'choose', file, path })
      .catch(() => undefined);
  }

  /** The kernel is gone, or the widget: whoever waits is told, and whoever will ask. */
  close(): void {
    this.requests.close();
  }
}

/** What went wrong, as a sentence that can stand alone. */
function inWords(error: Error): never {
  if (error instanceof Closed) {
    throw new Error(GONE);
  }
  if (error instanceof Stale) {
    throw new Error('Stopped.');
  }
  const { message } = error;
  throw new Error(message.charAt(0).toUpperCase() + message.slice(1));
}
