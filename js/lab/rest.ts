/** Listings and previews from the Jupyter server. Whatever goes wrong becomes one readable sentence. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import {
  checked,
  type Figure,
  type Listing,
  type Preview,
  type Source
} from '../components/browser/listing';
import type { KeptJob } from '../components/jobsModel';

export class RestSource implements Source {
  constructor(private settings: ServerConnection.ISettings) {}

  list(file: string, node: string, signal: AbortSignal): Promise<Listing> {
    return this._get<Listing>('listing', { path: file, node }, signal);
  }

  figure(
    file: string,
    object: string,
    log: boolean,
    signal: AbortSignal
  ): Promise<Figure> {
    const query = { path: file, object, log: log ? '1' : '0' };
    return this._get<Figure>('figure', query, signal);
  }

  /** The numbers themselves. */
  preview(file: string, object: string): Promise<Preview> {
    const { signal } = new AbortController();
    return this._get<Preview>('preview', { path: file, object }, signal);
  }

  /** The job directories below the server's root. */
  jobs(): Promise<{ protocol: number; jobs: KeptJob[]; whole: boolean }> {
    return this._get('jobs', {}, new AbortController().signal);
  }

  async bokeh(version: string): Promise<string> {
    const response = await this._ask(`bokeh/${encodeURIComponent(version)}.js`);
    if (!response.ok) {
      throw new Error(sentence(response.status, await body(response)));
    }
    return response.text();
  }

  private async _get<T extends { protocol: number }>(
    endpoint: string,
    query: Record<string, string>,
    signal: AbortSignal
  ): Promise<T> {
    const address = endpoint + URLExt.objectToQueryString(query);
    const response = await this._ask(address, signal);
    const reply = await body(response);
    if (!response.ok) {
      throw new Error(sentence(response.status, reply));
    }
    return checked(reply as unknown as T);
  }

  private async _ask(address: string, signal?: AbortSignal): Promise<Response> {
    const url = URLExt.join(this.settings.baseUrl, 'heplens') + `/${address}`;
    try {
      return await ServerConnection.makeRequest(url, { signal }, this.settings);
    } catch {
      throw new Error(
        'The Jupyter server does not answer. Is it still running?'
      );
    }
  }
}

async function body(
  response: Response
): Promise<Record<string, unknown> | null> {
  try {
    return (await response.json()) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}

/** Our own server says why, with its protocol's number; a page of somebody else's says nothing to a user. */
function sentence(
  status: number,
  reply: Record<string, unknown> | null
): string {
  const message = reply?.message;
  if (typeof reply?.protocol === 'number' && typeof message === 'string') {
    return message.charAt(0).toUpperCase() + message.slice(1);
  }
  if (status === 404) {
    return (
      'This Jupyter server does not have the heplens server extension. Install heplens in the environment that ' +
      'JupyterLab was started from and restart it (“jupyter server extension list” shows whether it is enabled).'
    );
  }
  if (status === 401 || status === 403) {
    return 'The Jupyter server refused: log in again, then reload the page.';
  }
  return `The Jupyter server could not do this (status ${status}). Its log says why.`;
}
