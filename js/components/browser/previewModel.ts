/** The figure of the chosen branch, histogram, graph or tree: asked for when the choice rests, the last answer wins. */

import type { Entry } from './entries';
import type { Figure, Source } from './listing';

export type PreviewState =
  | { status: 'none' }
  | { status: 'loading' }
  | { status: 'ready'; figure: Figure }
  | { status: 'failed'; error: string };

/** Milliseconds that a choice has to last, so that walking through a list with the arrow keys asks for nothing. */
const REST = 120;

export class PreviewModel {
  constructor(readonly source: Source) {}

  get state(): PreviewState {
    return this._state;
  }

  /** Whether counts are drawn on a logarithmic scale; stays from one choice to the next. */
  get log(): boolean {
    return this._log;
  }

  /** Call `listener` after every change; returns what ends that. */
  subscribe(listener: () => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /** Show this one. Choosing the same again does nothing. */
  choose(entry: Entry | null): void {
    const key = entry ? `${entry.id}\0${entry.version}` : '';
    if (key === this._key) {
      return;
    }
    this._key = key;
    this._entry = entry && hasPreview(entry) ? entry : null;
    this._abort.abort();
    clearTimeout(this._timer);
    if (this._entry === null) {
      this._set({ status: 'none' });
    } else {
      this._set({ status: 'loading' });
      this._timer = setTimeout(() => this._ask(), REST);
    }
  }

  setLog(log: boolean): void {
    this._log = log;
    if (this._entry) {
      this._ask();
    }
    this._announce();
  }

  /** Ask again, after a failure. */
  retry(): void {
    this._set({ status: 'loading' });
    this._ask();
  }

  private _ask(): void {
    const entry = this._entry;
    if (!entry) {
      return;
    }
    this._abort.abort();
    const { signal } = (this._abort = new AbortController());
    this.source.figure(entry.file, entry.row.path, this._log, signal).then(
      figure => {
        if (!signal.aborted) {
          this._set({ status: 'ready', figure });
        }
      },
      (error: unknown) => {
        if (!signal.aborted) {
          this._set({
            status: 'failed',
            error: error instanceof Error ? error.message : String(error)
          });
        }
      }
    );
  }

  private _set(state: PreviewState): void {
    this._state = state;
    this._announce();
  }

  private _announce(): void {
    this._listeners.forEach(listener => listener());
  }

  private _key = '';
  private _entry: Entry | null = null;
  private _log = false;
  private _state: PreviewState = { status: 'none' };
  private _abort = new AbortController();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _listeners = new Set<() => void>();
}

/** Whether there is something to draw, or rows to show. */
export function hasPreview({ row, members }: Entry): boolean {
  return (
    row.error === null &&
    members === undefined &&
    ((row.kind === 'branch' && !row.expandable) ||
      ['histogram', 'graph', 'tree', 'ntuple'].includes(row.kind))
  );
}
