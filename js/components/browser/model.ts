/**
 * The tree without its looks: what is known of the files, what is open, what is chosen, and the lines that follow.
 *
 * Levels are asked for when they are opened. A reply that comes after its level was forgotten (a refresh, a file that
 * changed, a folder that was left) is dropped.
 */

import { entriesOf, type Entry } from './entries';
import { filterOf, type Matches } from './filter';
import type { Source } from './listing';

type Level =
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
  depth: number;
  parent: string | null;
  /** What it is about. */
  entry: Entry;
}

export type Line = EntryLine | NoteLine;

export class TreeModel {
  /** With `single`, the one root is not a line itself: its children are the top (the document of one file). */
  constructor(
    readonly source: Source,
    readonly single = false
  ) {}

  /** Call `listener` after every change; returns what ends that. */
  subscribe(listener: () => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  get selected(): Entry | null {
    return this._selected;
  }

  get filter(): string {
    return this._filter;
  }

  get loading(): boolean {
    return [...this._levels.values()].some(level => level.status === 'loading');
  }

  /** The files that are shown. What is known of a file stays known unless its version differs. */
  setRoots(roots: Entry[]): void {
    const versions = new Map(roots.map(root => [root.file, root.version]));
    for (const root of this._roots) {
      if (versions.get(root.file) !== root.version) {
        this._forget(root.file);
      }
    }
    this._roots = roots;
    if (this._selected && !versions.has(this._selected.file)) {
      this._selected = null;
    }
    for (const root of roots) {
      if (this.single || this._open.has(root.id)) {
        this._open.add(root.id);
        this._want(root);
      }
    }
    this._changed();
  }

  setFilter(text: string): void {
    this._filter = text;
    this._changed();
  }

  select(entry: Entry | null): void {
    if (entry?.id !== this._selected?.id) {
      this._selected = entry;
      this._changed();
    }
  }

  open(entry: Entry): void {
    if (entry.row.expandable && !this._open.has(entry.id)) {
      this._open.add(entry.id);
      // What could not be read may be readable now.
      if (this._levels.get(entry.id)?.status === 'failed') {
        this._levels.delete(entry.id);
      }
      this._want(entry);
      this._changed();
    }
  }

  close(entry: Entry): void {
    if (this._open.delete(entry.id)) {
      this._changed();
    }
  }

  toggle(entry: Entry): void {
    if (this._open.has(entry.id)) {
      this.close(entry);
    } else {
      this.open(entry);
    }
  }

  /** Ask again for everything that is open. */
  refresh(): void {
    for (const root of this._roots) {
      this._forget(root.file);
      if (this._open.has(root.id)) {
        this._want(root);
      }
    }
    this._changed();
  }

  /** Why what is below the entry cannot be shown, or not all of it. */
  problem(entry: Entry): string | null {
    const level = this._level(entry);
    return level && level.status !== 'loading' ? level.error : null;
  }

  /** What is to be seen, from the top. */
  lines(): Line[] {
    const lines: Line[] = [];
    const matches = filterOf(this._filter);
    if (this.single) {
      for (const root of this._roots) {
        this._below(root, 0, null, matches, lines);
      }
    } else {
      this._entries(this._roots, 0, null, matches, lines);
    }
    return lines;
  }

  private _entries(
    entries: Entry[],
    depth: number,
    parent: string | null,
    matches: Matches | null,
    lines: Line[]
  ): void {
    const shown = matches
      ? entries.filter(entry => this._survives(entry, matches))
      : entries;
    shown.forEach((entry, index) => {
      // While filtering, what was found further down shows, whether its parents were opened or not.
      const deeper = matches !== null && this._hides(entry, matches);
      const open = this._open.has(entry.id) || deeper;
      const level = this._levels.get(entry.id);
      lines.push({
        kind: 'entry',
        id: entry.id,
        entry,
        depth,
        open: entry.row.expandable ? open : null,
        loading: level?.status === 'loading',
        position: index + 1,
        siblings: shown.length,
        parent
      });
      if (entry.row.expandable && open) {
        const below = deeper ? matches : null;
        this._below(entry, depth + 1, entry.id, below, lines);
      }
    });
  }

  private _below(
    entry: Entry,
    depth: number,
    parent: string | null,
    matches: Matches | null,
    lines: Line[]
  ): void {
    const level = this._level(entry);
    const note = (tone: NoteLine['tone'], text: string) =>
      lines.push({
        kind: 'note',
        id: `${entry.id}\0\0\0${tone}`,
        tone,
        text,
        depth,
        parent,
        entry
      });
    if (level === undefined || level.status === 'loading') {
      note('loading', 'Reading …');
    } else if (level.status === 'failed') {
      note('error', level.error);
    } else {
      if (level.error !== null) {
        note('error', level.error);
      } else if (level.entries.length === 0) {
        note('empty', entry.row.kind === 'file' ? 'Empty file' : 'Empty');
      }
      this._entries(level.entries, depth, parent, matches, lines);
    }
  }

  private _survives(entry: Entry, matches: Matches): boolean {
    return matches(entry.row) || this._hides(entry, matches);
  }

  /** Whether anything below the entry, as far as it is known, matches. */
  private _hides(entry: Entry, matches: Matches): boolean {
    const level = this._level(entry);
    return (
      level?.status === 'ready' &&
      level.entries.some(child => this._survives(child, matches))
    );
  }

  private _level(entry: Entry): Level | undefined {
    return entry.members
      ? { status: 'ready', entries: entry.members, error: null }
      : this._levels.get(entry.id);
  }

  private _want(entry: Entry): void {
    if (entry.members) {
      for (const member of entry.members) {
        this._reopen(member);
      }
      return;
    }
    if (this._levels.has(entry.id)) {
      return;
    }
    const asked = {
      status: 'loading' as const,
      since: Date.now(),
      abort: new AbortController()
    };
    this._levels.set(entry.id, asked);
    const settle = (level: Level) => {
      if (this._levels.get(entry.id) === asked) {
        this._levels.set(entry.id, level);
        if (level.status === 'ready') {
          level.entries.forEach(child => this._reopen(child));
        }
        this._changed();
      }
    };
    this.source.list(entry.file, entry.row.path, asked.abort.signal).then(
      listing =>
        settle({
          status: 'ready',
          entries: entriesOf(entry, listing.rows),
          error: listing.error
        }),
      (error: unknown) =>
        settle({
          status: 'failed',
          error: error instanceof Error ? error.message : String(error)
        })
    );
  }

  private _reopen(entry: Entry): void {
    if (entry.row.expandable && this._open.has(entry.id)) {
      this._want(entry);
    }
  }

  private _forget(file: string): void {
    for (const id of this._levels.keys()) {
      if (id === file || id.startsWith(`${file}\0`)) {
        this._levels.delete(id);
      }
    }
  }

  private _changed(): void {
    this._listeners.forEach(listener => listener());
  }

  private _roots: Entry[] = [];
  private _levels = new Map<string, Level>();
  private _open = new Set<string>();
  private _selected: Entry | null = null;
  private _filter = '';
  private _listeners = new Set<() => void>();
}
