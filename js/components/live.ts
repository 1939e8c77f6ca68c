/** What follows a handle while it moves: small parts of the page that bring themselves up to date, and nothing else. */

import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

import type { Counts } from '../brush/tile';
import type {
  CutflowRow,
  Handle,
  LeftOut,
  PlotModels
} from '../widgets/messages';

/** What depends on where the handles stand. */
export interface Live {
  valueOf(handle: Handle): number | null;
  /** The numbers that the caption of a plot is about. */
  counts(plot: PlotModels): Counts | undefined;
  /** What a histogram leaves out; null while a handle moves, as only the kernel counts it. */
  leftOut(plot: PlotModels): LeftOut | null;
  cutflow(): CutflowRow[];
  /** Counts up with everything that changes what plots show. */
  sequence(): number;
  /** Be called soon after a handle has moved, as often as numbers can be read; returns how to stop. */
  follow(update: () => void): () => void;
  /** Be called in each frame in which a handle has moved, for what must stay under the pointer. */
  followFrames(update: () => void): () => void;
}

/** What `read` gives now; the component alone is drawn again when that changes as a handle moves. */
export function useLive<T extends number | string | null>(
  live: Live,
  read: (live: Live) => T
): T {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const drawn = useRef<{ value: T; read: (live: Live) => T } | null>(null);
  const value = read(live);
  drawn.current = { value, read };
  useLayoutEffect(
    () =>
      live.follow(() => {
        const { current } = drawn;
        if (current && current.read(live) !== current.value) {
          redraw(0);
        }
      }),
    [live]
  );
  return value;
}
