/** What the server, or a kernel, says of a file: twin of `heplens.files.listing` and `heplens.figures.preview`. */

/** Version of these documents. A reader of another version says so instead of guessing. */
export const PROTOCOL = 1;

export type Kind =
  | 'folder'
  | 'file'
  | 'directory'
  | 'tree'
  | 'ntuple'
  | 'branch'
  | 'collection'
  | 'histogram'
  | 'graph'
  | 'canvas'
  | 'other';

/** One thing in a file. `path` is its identity there, `name` any text at all. */
export interface Row {
  path: string;
  name: string;
  kind: Kind;
  type: string;
  title: string;
  entries: number | null;
  bytes: number | null;
  uncompressed_bytes: number | null;
  compression: string;
  baskets: number | null;
  cycle: number;
  expandable: boolean;
  group: string;
  error: string | null;
}

/** One level of a file. */
export interface Listing {
  protocol: number;
  path: string;
  node: string;
  rows: Row[];
  error: string | null;
}

/** A bounded look at the data of one object: a drawing for BokehJS, or a table, and what is to be said beside it. */
export interface Figure {
  protocol: number;
  kind: 'histogram' | 'histogram2d' | 'profile' | 'graph' | 'table';
  title: string;
  flow: Record<string, number | null>;
  entries: number | null;
  entries_used: number | null;
  summary: Record<string, unknown>;
  note: string;
  /** The version of BokehJS that `document` is for. */
  bokeh: string;
  document: Record<string, unknown> | null;
  columns: { name: string; type: string; error: string | null }[];
  rows: string[][];
}

/** The bins of a preview, as far as they are used as numbers: of one axis. */
export interface Preview {
  protocol: number;
  edges: unknown[];
  labels: string[] | null;
}

/**
 * Where listings and figures come from: the server's REST API, or a kernel. Failures reject with a sentence; an aborted
 * signal says that nobody waits for the answer any more.
 */
export interface Source {
  list(file: string, node: string, signal: AbortSignal): Promise<Listing>;
  figure(
    file: string,
    object: string,
    log: boolean,
    signal: AbortSignal
  ): Promise<Figure>;
  /** The script of BokehJS of a version that a figure named. */
  bokeh(version: string): Promise<string>;
}

/** The reply itself, or an error that says which side is older. */
export function checked<T extends { protocol: number }>(reply: T): T {
  if (
    typeof reply !== 'object' ||
    reply === null ||
    reply.protocol !== PROTOCOL
  ) {
    const found = (reply as T | null)?.protocol;
    throw new Error(
      `The server speaks version ${found ?? '?'} of the heplens protocol and this page version ${PROTOCOL}: ` +
        'install the same heplens in the environment that runs JupyterLab, then reload the page.'
    );
  }
  return reply;
}
