/** Which line a key of the keyboard leads to, after the tree pattern of the ARIA practices. */

import type { EntryLine, Line } from './model';

export type Action =
  | { do: 'select'; index: number }
  | { do: 'open' | 'close' | 'activate'; index: number };

/** What `key` does when line `at` is chosen (-1: none); null when the key is not ours. */
export function keyAction(
  key: string,
  lines: Line[],
  at: number,
  page: number
): Action | null {
  const entries = lines
    .map((line, index) => ({ line, index }))
    .filter(({ line }) => line.kind === 'entry')
    .map(({ index }) => index);
  if (entries.length === 0) {
    return null;
  }
  const place = entries.indexOf(at);
  const go = (to: number): Action => ({
    do: 'select',
    index: entries[Math.min(entries.length - 1, Math.max(0, to))]
  });
  const line = at >= 0 ? (lines[at] as EntryLine) : null;
  switch (key) {
    case 'ArrowDown':
      return go(place + 1);
    case 'ArrowUp':
      return go(place < 0 ? entries.length - 1 : place - 1);
    case 'PageDown':
      return go(place + page);
    case 'PageUp':
      return go(place - page);
    case 'Home':
      return go(0);
    case 'End':
      return go(entries.length - 1);
    case 'ArrowRight':
      if (line?.open === false) {
        return { do: 'open', index: at };
      }
      return line?.open && lines[at + 1]?.kind === 'entry'
        ? go(place + 1)
        : null;
    case 'ArrowLeft': {
      if (line?.open) {
        return { do: 'close', index: at };
      }
      const parent = lines.findIndex(
        other => other.kind === 'entry' && other.id === line?.parent
      );
      return parent >= 0 ? { do: 'select', index: parent } : null;
    }
    case 'Enter':
    case ' ':
      return line ? { do: 'activate', index: at } : null;
    default:
      return null;
  }
}
