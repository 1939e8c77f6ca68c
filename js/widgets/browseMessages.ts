/** Every message between a `hl.browse` and the kernel; twin of `heplens.widgets.browser_messages`. */

import type { Figure, Listing } from '../components/browser/listing';

export type Request =
  | { kind: 'listing'; file: string; node: string }
  | { kind: 'figure'; file: string; object: string; log: boolean }
  | { kind: 'bokeh'; version: string }
  | { kind: 'choose'; file: string; path: string };

/** What a request of a kind is answered with; all of them may be answered by `failed`. */
export interface Answers {
  listing: { document: Listing };
  figure: { document: Figure };
  bokeh: { version: string };
  choose: object;
}

export type Reply = { protocol: number; id: string; kind: string } & Record<
  string,
  unknown
>;

/** The one synced trait, written by Python only. */
export interface State {
  protocol: number;
  revision: number;
  roots: { path: string; name: string }[];
  /** The current folder, when it is what is shown. */
  folder: string;
  selected: { file: string; path: string } | null;
}
