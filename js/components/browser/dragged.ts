/** What a drag from a browser carries for those who know it, beside the text and the cell for all others. */

import type { Entry } from './entries';

/** The data is a `DraggedEntry[]`, in Lumino's drags (`event.mimeData.getData`). */
export const ENTRIES_MIME = 'application/vnd.heplens.entries';

export interface DraggedEntry {
  /** The file as its source names it: from the root of the Jupyter server. */
  file: string;
  /** The path of its tree in the file, or null. */
  tree: string | null;
  path: string;
  name: string;
  kind: Entry['row']['kind'];
  type: string;
}
