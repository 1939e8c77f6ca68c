/** Every message between a `hl.browse` and the kernel; twin of `heplens.widgets.browser_messages`. */

import type { Figure, Listing } from '../components/browser/listing';
import type { BokehReply } from './messages';
import type { Ending } from './protocol';

export type Request =
  | { kind: 'listing'; file: string; node: string }
  | { kind: 'figure'; file: string; object: string; log: boolean }
  | { kind: 'bokeh'; version: string }
  | { kind: 'choose'; file: string; path: string }
  | { kind: 'cancel' };

export type Reply =
  | Ending
  | { kind: 'listing'; document: Listing }
  | { kind: 'figure'; document: Figure }
  | BokehReply
  | { kind: 'accepted' };

/** The one synced trait, written by Python only. */
export interface State {
  protocol: number;
  revision: number;
  roots: { path: string; name: string }[];
  /** The current folder, when it is what is shown. */
  folder: string;
  selected: { file: string; path: string } | null;
}
