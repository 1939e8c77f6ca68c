/** The preview of the chosen branch, histogram or graph: asked for when the choice rests, the last answer wins. */

import type { Entry } from './entries';
import type { Preview, Source } from './listing';

export type PreviewState =
  | { status: 'none' }
  | { status: 'loading' }
  | { status: 'ready'; preview: Preview }
  | { status: 'failed'; error: string };

/** Milliseconds that a choice has to last, so that walking through a list with the arrow keys asks for nothing. */
const REST = 120;

export class PreviewModel {
  constructor(readonly source: Source) {}

  get state(): PreviewState {
    return this._state;
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
    clearTimeout(this._timer);
    if (entry === null || !hasPreview(entry)) {
      this._set(key, { status: 'none' });
      return;
    }
    this._set(key, { status: 'loading' });
    this._timer = setTimeout(() => {
      this.source.preview(entry.file, entry.row.path).then(
        preview => this._set(key, { status: 'ready', preview }),
        (error: unknown) =>
          this._set(key, {
            status: 'failed',
            error: error instanceof Error ? error.message : String(error)
          })
      );
    }, REST);
  }

  private _set(key: string, state: PreviewState): void {
    if (key === this._key) {
      this._state = state;
      this._listeners.forEach(listener => listener());
    }
  }

  private _key = '';
  private _state: PreviewState = { status: 'none' };
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _listeners = new Set<() => void>();
}

/** Whether there are numbers to draw. */
export function hasPreview({ row }: Entry): boolean {
  return (
    row.error === null &&
    ((row.kind === 'branch' && !row.expandable) ||
      row.kind === 'histogram' ||
      row.kind === 'graph')
  );
}
