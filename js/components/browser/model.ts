/**
 * The tree without its looks: what is known of the files, what is open, what is chosen, and the lines that follow.
 *
 * Levels are asked for when they are opened. A reply that comes after its level was forgotten (a refresh, a file that
 * changed, a folder that was left) is dropped.
 */

import { entriesOf, type Entry } from './entries';
import { filterOf } from './filter';
import { filtered, type Known, type Level, type Line } from './lines';
import type { Source } from './listing';
import { unread } from './search';
import { Selection } from './selection';

export type { EntryLine, Line, NoteLine } from './lines';

/** What is restored after a reload. */
export interface Kept {
  open: string[];
  selected: string | null;
}

/** So many levels at a time are read for a filter, which looks into what has not been opened. */
const SEARCHED = 8;
/** Files of xAOD split hundreds of branches: fewer of those, as long as not so much is known, so that previews come first. */
const SEARCHED_BRANCHES = 2;
const MOST = 64;

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

  /** The line that has the focus. */
  get selected(): Entry | null {
    return this._selection.focus;
  }

  /** All lines that are chosen, in the order of the tree. */
  get chosen(): Entry[] {
    return this._selection.size < 2
      ? this.selected
        ? [this.selected]
        : []
      : this._entries().filter(entry => this._selection.has(entry.id));
  }

  isChosen(id: string): boolean {
    return this._selection.has(id);
  }

  get filter(): string {
    return this._filter;
  }

  /** Whether there may be several files in it, of which a filter looks into those that are open. */
  get many(): boolean {
    const first = (entry: Entry) => {
      const level = this._known.level(entry);
      return level?.status === 'ready' ? level.entries[0]?.row.kind : undefined;
    };
    const kind = this.single ? this._roots.map(first)[0] : 'file';
    return kind === 'file' || kind === 'folder';
  }

  get loading(): boolean {
    return [...this._levels.values()].some(level => level.status === 'loading');
  }

  get kept(): Kept {
    return { open: [...this._open], selected: this.selected?.id ?? null };
  }

  /** Open and choose again what was, as soon as it is there. */
  restore(kept: Kept): void {
    for (const id of kept.open) {
      this._open.add(id);
    }
    this._awaited = kept.selected;
    this.setRoots(this._roots);
    for (const level of this._levels.values()) {
      if (level.status === 'ready') {
        this._found(level.entries);
      }
    }
    this._changed();
  }

  /** The files that are shown. What is known of a file stays known unless its version differs. */
  setRoots(roots: Entry[]): void {
    const versions = new Map(roots.map(root => [root.file, root.version]));
    const { focus } = this._selection;
    for (const root of this._roots) {
      if (versions.get(root.file) !== root.version) {
        this._forget(root.file);
        if (focus?.file === root.file && versions.has(root.file)) {
          this._awaited ??= focus.id;
        }
      }
    }
    this._roots = roots;
    if (focus && !versions.has(focus.file)) {
      this._selection.set(null);
    }
    for (const root of roots) {
      if (this.single || this._open.has(root.id)) {
        this._open.add(root.id);
        this._want(root);
      }
    }
    this._found(roots);
    this._changed();
  }

  setFilter(text: string): void {
    this._filter = text;
    this._search();
    this._changed();
  }

  select(entry: Entry | null): void {
    if (entry?.id !== this.selected?.id || this._selection.size > 1) {
      this._awaited = null;
      this._selection.set(entry);
      this._changed();
    }
  }

  /** Choose one more, or one less. */
  toggleChosen(entry: Entry): void {
    this._selection.toggle(entry, this._entries());
    this._changed();
  }

  /** Choose all from where the choice began to here. */
  extendTo(entry: Entry): void {
    this._selection.extend(entry, this._entries());
    this._changed();
  }

  open(entry: Entry): void {
    if (entry.row.expandable && !this._open.has(entry.id)) {
      this._open.add(entry.id);
      // What could not be read may be readable now.
      this.retry(entry);
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

  /** Stop waiting for what is below the entry. */
  cancel(entry: Entry): void {
    const level = this._levels.get(entry.id);
    if (level?.status === 'loading') {
      level.abort.abort();
      this._levels.set(entry.id, { status: 'failed', error: 'Stopped.' });
      this._changed();
    }
  }

  /** Ask again for what could not be read. */
  retry(entry: Entry): void {
    if (this._levels.get(entry.id)?.status === 'failed') {
      this._levels.delete(entry.id);
    }
    this._want(entry);
    this._changed();
  }

  /** Ask again for everything that is open. */
  refresh(): void {
    for (const id of [...this._levels.keys()]) {
      this._forget(id);
    }
    if (this.selected) {
      this._awaited ??= this.selected.id;
    }
    for (const root of this._roots) {
      if (this._open.has(root.id)) {
        this._want(root);
      }
    }
    this._changed();
  }

  /** Why what is below the entry cannot be shown, or not all of it. */
  problem(entry: Entry): string | null {
    const level = this._known.level(entry);
    return level && level.status !== 'loading' ? level.error : null;
  }

  /** What is to be seen, from the top. */
  lines(): Line[] {
    this._lines ??= filtered(this._known, this._filter);
    return this._lines;
  }

  private _entries(): Entry[] {
    return this.lines()
      .filter(line => line.kind === 'entry')
      .map(line => line.entry);
  }

  private get _known(): Known {
    return {
      roots: this._roots,
      single: this.single,
      isOpen: id => this._open.has(id),
      level: entry =>
        entry.members
          ? { status: 'ready', entries: entry.members, error: null }
          : this._levels.get(entry.id)
    };
  }

  private _want(entry: Entry): void {
    if (entry.members) {
      this._found(entry.members);
      return;
    }
    if (this._levels.has(entry.id)) {
      return;
    }
    const abort = new AbortController();
    const asked: Level = { status: 'loading', since: Date.now(), abort };
    this._levels.set(entry.id, asked);
    const settle = (level: Level) => {
      if (this._levels.get(entry.id) === asked) {
        this._levels.set(entry.id, level);
        if (level.status === 'ready') {
          this._found(level.entries);
        }
        this._search();
        this._changed();
      }
    };
    this.source.list(entry.file, entry.row.path, abort.signal).then(
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

  /** Entries have come: open those that are open, choose the one that is awaited. */
  private _found(entries: Entry[]): void {
    for (const entry of entries) {
      if (entry.id === this._awaited) {
        this._awaited = null;
        this._selection.set(entry);
      }
      const reopened = entry.row.expandable && this._open.has(entry.id);
      if (reopened || entry.members) {
        this._want(entry);
      }
    }
  }

  /** Read what a filter has to look into, a few levels at a time. */
  private _search(): void {
    if (filterOf(this._filter) === null) {
      return;
    }
    const reading = [...this._levels.values()].filter(
      level => level.status === 'loading'
    ).length;
    const { places, branches } = unread(this._known);
    const next =
      places.length > 0
        ? places.slice(0, Math.max(0, SEARCHED - reading))
        : this._levels.size < MOST
          ? branches.slice(0, Math.max(0, SEARCHED_BRANCHES - reading))
          : [];
    next.forEach(entry => this._want(entry));
  }

  private _forget(file: string): void {
    for (const [id, level] of this._levels) {
      if (id === file || id.startsWith(`${file}\0`)) {
        if (level.status === 'loading') {
          level.abort.abort();
        }
        this._levels.delete(id);
      }
    }
  }

  private _changed(): void {
    this._lines = null;
    this._listeners.forEach(listener => listener());
  }

  private _roots: Entry[] = [];
  private _levels = new Map<string, Level>();
  private _open = new Set<string>();
  private _selection = new Selection();
  private _awaited: string | null = null;
  private _filter = '';
  private _lines: Line[] | null = null;
  private _listeners = new Set<() => void>();
}
