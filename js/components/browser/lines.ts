/** From what is known of the files to the lines of the tree, from the top. */

import type { Entry } from './entries';
import { type Filter, filterOf } from './filter';

/** What is known of what is below an entry. */
export type Level =
  | { status: 'loading'; since: number; abort: AbortController }
  | { status: 'ready'; entries: Entry[]; error: string | null }
  | { status: 'failed'; error: string };

export interface EntryLine {
  kind: 'entry';
  id: string;
  entry: Entry;
  depth: number;
  /** null for what cannot be opened. */
  open: boolean | null;
  loading: boolean;
  /** Place among its siblings, for assistive technology. */
  position: number;
  siblings: number;
  parent: string | null;
}

export interface NoteLine {
  kind: 'note';
  id: string;
  tone: 'loading' | 'empty' | 'error';
  text: string;
  /** Of a reading under way: when it began. */
  since: number;
  depth: number;
  parent: string | null;
  /** What it is about. */
  entry: Entry;
}

export type Line = EntryLine | NoteLine;

/** What a model knows. */
export interface Known {
  roots: Entry[];
  /** The one root is not a line itself: its children are the top. */
  single: boolean;
  isOpen(id: string): boolean;
  level(entry: Entry): Level | undefined;
}

/** The lines for what is typed in the filter. */
export function filtered(known: Known, text: string): Line[] {
  const lines = linesOf(known, filterOf(text));
  return lines.some(line => line.kind === 'entry')
    ? lines
    : linesOf(known, filterOf(text, true));
}

function linesOf(known: Known, filter: Filter | null): Line[] {
  const lines: Line[] = [];

  const add = (
    entries: Entry[],
    depth: number,
    parent: string | null,
    filter: Filter | null
  ) => {
    const shown = filter
      ? ordered(
          entries.filter(entry => survives(known, entry, filter)),
          filter
        )
      : entries;
    shown.forEach((entry, index) => {
      // While filtering, what was found further down shows, whether its parents were opened or not.
      const deeper = filter !== null && hides(known, entry, filter);
      const open = known.isOpen(entry.id) || deeper;
      lines.push({
        kind: 'entry',
        id: entry.id,
        entry,
        depth,
        open: entry.row.expandable ? open : null,
        loading: known.level(entry)?.status === 'loading',
        position: index + 1,
        siblings: shown.length,
        parent
      });
      if (entry.row.expandable && open) {
        below(entry, depth + 1, entry.id, deeper ? filter : null);
      }
    });
  };

  const below = (
    entry: Entry,
    depth: number,
    parent: string | null,
    filter: Filter | null
  ) => {
    const level = known.level(entry);
    const note = (tone: NoteLine['tone'], text: string, since = 0) =>
      lines.push({
        kind: 'note',
        id: `${entry.id}\0\0\0${tone}`,
        tone,
        text,
        since,
        depth,
        parent,
        entry
      });
    if (level === undefined) {
      note('loading', 'Reading …');
    } else if (level.status === 'loading') {
      note('loading', 'Reading …', level.since);
    } else if (level.status === 'failed') {
      note('error', level.error);
    } else {
      if (level.error !== null) {
        note('error', level.error);
      } else if (level.entries.length === 0) {
        note('empty', entry.row.kind === 'file' ? 'Empty file' : 'Empty');
      }
      add(level.entries, depth, parent, filter);
    }
  };

  if (known.single) {
    known.roots.forEach(root => below(root, 0, null, filter));
  } else {
    add(known.roots, 0, null, filter);
  }
  return lines;
}

/** What is called as was typed comes first, then what begins so; else as it is stored. */
function ordered(entries: Entry[], filter: Filter): Entry[] {
  const rank = ({ row, field }: Entry) =>
    filter.rank([row.name, field ?? row.name]);
  return entries
    .map(entry => ({ entry, rank: rank(entry) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);
}

function survives(known: Known, entry: Entry, filter: Filter): boolean {
  return filter.matches(entry.row) || hides(known, entry, filter);
}

/** Whether anything below the entry, as far as it is known, matches. */
function hides(known: Known, entry: Entry, filter: Filter): boolean {
  const level = known.level(entry);
  return (
    level?.status === 'ready' &&
    level.entries.some(child => survives(known, child, filter))
  );
}
