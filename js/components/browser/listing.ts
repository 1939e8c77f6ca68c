/** What the server, or a kernel, says of a file: twin of `heplens.files.listing` and `heplens.files.preview`. */

/** Version of these documents. A reader of another version says so instead of guessing. */
export const PROTOCOL = 1;

export type Kind =
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

/** A bounded look at the data of one object. With two axes `edges` is a pair and `values` is nested `[x][y]`. */
export interface Preview {
  protocol: number;
  kind: 'histogram' | 'histogram2d' | 'profile' | 'graph';
  title: string;
  x_label: string;
  y_label?: string;
  edges: number[] | [number[], number[]];
  values: (number | null)[] | (number | null)[][];
  variances: (number | null)[] | (number | null)[][] | null;
  labels?: string[] | null;
  flow: Record<string, number | null>;
  entries: number | null;
  entries_used: number | null;
  summary: Record<string, unknown>;
  note?: string;
}

/** Where listings and previews come from: the server's REST API, or a kernel. Failures reject with a sentence. */
export interface Source {
  list(file: string, node: string): Promise<Listing>;
  preview(file: string, object: string): Promise<Preview>;
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
