/** What can be taken hold of over a plot: an edge of a cut, and a window as a whole. Both are drawn by the overlay. */

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';

import { gridValue, nearestIndex, shown, type Grid } from '../brush/grid';
import { along, valueAt } from './dashboardDraw';
import type { Actions, Frame, Handle } from './dashboardTypes';
import { OWN_KEYS } from './keys';
import { useLive, type Live } from './live';

/** Steps made with the keyboard within this time are one edit. */
const KEYBOARD_PAUSE = 300;

const KEYS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10
};

function clamp(grid: Grid, k: number): number {
  return Math.min(grid.stop, Math.max(grid.start, k));
}

/** Keys of something that moves; one edit for those that follow each other quickly. */
function useKeys(
  step: string,
  actions: Actions,
  by: (steps: number) => void
): (event: KeyboardEvent) => void {
  const later = useRef(0);
  return event => {
    const steps = KEYS[event.key];
    const removes = event.key === 'Delete' || event.key === 'Backspace';
    if (steps === undefined && !removes && event.key !== 'Escape') {
      return; // what was moved is still let go
    }
    window.clearTimeout(later.current);
    event.preventDefault();
    if (steps !== undefined) {
      by(steps * (event.shiftKey ? 10 : 1));
      later.current = window.setTimeout(actions.release, KEYBOARD_PAUSE);
      return;
    }
    actions.cancel();
    if (removes) {
      void actions.edit({ op: 'remove', name: step }, step);
    } else {
      letGo(event.currentTarget as HTMLElement);
    }
  };
}

/** Take hold of something with the pointer. */
function press(event: PointerEvent & { currentTarget: HTMLElement }): void {
  const { currentTarget, pointerId } = event;
  currentTarget.setPointerCapture(pointerId);
  currentTarget.dataset.pointer = String(pointerId);
  currentTarget.focus();
  event.preventDefault();
}

function letGo(element: HTMLElement): void {
  const pointer = Number(element.dataset.pointer ?? -1);
  if (element.hasPointerCapture(pointer)) {
    element.releasePointerCapture(pointer);
  }
}

interface Common {
  frame: Frame;
  live: Live;
  actions: Actions;
  onHover(on: boolean): void;
  onFocused(on: boolean): void;
}

/** By pointer or keyboard: the tile of a handle is asked for before it moves. */
function attention(
  handle: Handle,
  { actions, onHover, onFocused }: Common
): Pick<
  JSX.HTMLAttributes<HTMLDivElement>,
  'onPointerEnter' | 'onPointerLeave' | 'onFocus' | 'onBlur'
> {
  return {
    onPointerEnter: () => {
      actions.prepare(handle);
      onHover(true);
    },
    onPointerLeave: () => onHover(false),
    onFocus: () => {
      actions.prepare(handle);
      onFocused(true);
    },
    onBlur: () => onFocused(false)
  };
}

interface EdgeProps extends Common {
  handle: Handle;
}

export function Edge(props: EdgeProps) {
  const { handle, frame, live, actions } = props;
  const grid = handle.grid as Grid;
  const value = useLive(live, ({ valueOf }) => valueOf(handle)) as number;
  // From where it is now: keys follow each other faster than what they did is written.
  const keys = useKeys(handle.step, actions, steps => {
    const now = nearestIndex(grid, live.valueOf(handle) ?? value);
    actions.move(handle, gridValue(grid, clamp(grid, now + steps)));
  });
  return (
    <div
      {...OWN_KEYS}
      class="heplens-edge"
      role="slider"
      tabIndex={0}
      aria-label={`${handle.step}: ${handle.label}`}
      aria-valuemin={gridValue(grid, grid.start)}
      aria-valuemax={gridValue(grid, grid.stop)}
      aria-valuenow={value}
      data-edge={handle.id}
      style={{ left: `${100 * along(frame, value)}%` }}
      {...attention(handle, props)}
      onPointerDown={event => {
        press(event);
      }}
      onPointerMove={event => {
        const { currentTarget } = event;
        if (currentTarget.hasPointerCapture(event.pointerId)) {
          const over = currentTarget.parentElement as HTMLElement;
          const x = valueAt(frame, event.clientX, over);
          actions.move(handle, gridValue(grid, nearestIndex(grid, x)));
        }
      }}
      onLostPointerCapture={() => actions.release()}
      onKeyDown={keys}
    />
  );
}

interface BandProps extends Common {
  low: Handle;
  high: Handle;
}

/** The strip above a window: moves it as a whole, and takes it away. */
export function Band(props: BandProps) {
  const { low, high, frame, live, actions } = props;
  const grid = low.grid as Grid;
  const from = useLive(live, ({ valueOf }) => valueOf(low)) as number;
  const to = useLive(live, ({ valueOf }) => valueOf(high)) as number;
  const held = useRef({ x: 0, low: 0, high: 0 });
  /** Both edges by the same number of steps of the grid, neither beyond its end. */
  const shift = (start: { low: number; high: number }, steps: number): void => {
    const by = Math.min(
      grid.stop - start.high,
      Math.max(grid.start - start.low, steps)
    );
    actions.move(low, gridValue(grid, start.low + by), {
      handle: high,
      value: gridValue(grid, start.high + by)
    });
  };
  /** Where it is now, which may not be written yet. */
  const now = () => ({
    low: nearestIndex(grid, live.valueOf(low) ?? from),
    high: nearestIndex(grid, live.valueOf(high) ?? to)
  });
  const keys = useKeys(low.step, actions, steps => shift(now(), steps));
  const left = 100 * along(frame, from);
  return (
    <div
      {...OWN_KEYS}
      class="heplens-window"
      role="slider"
      tabIndex={0}
      aria-label={`${low.step}: move the window`}
      aria-valuemin={gridValue(grid, grid.start)}
      aria-valuemax={gridValue(grid, grid.stop)}
      aria-valuenow={from}
      aria-valuetext={`${shown(from)} to ${shown(to)}`}
      title={`${low.step}: drag to move, Delete to remove`}
      data-band={low.step}
      style={{ left: `${left}%`, width: `${100 * along(frame, to) - left}%` }}
      {...attention(low, props)}
      onPointerDown={event => {
        if (event.target !== event.currentTarget) {
          return; // the button in it
        }
        press(event);
        held.current = { ...now(), x: event.clientX };
      }}
      onPointerMove={event => {
        const { currentTarget, clientX } = event;
        if (currentTarget.hasPointerCapture(event.pointerId)) {
          const moved =
            ((clientX - held.current.x) / frame.width) *
            (frame.end - frame.start);
          shift(held.current, Math.round(moved / gridValue(grid, 1)));
        }
      }}
      onLostPointerCapture={() => actions.release()}
      onKeyDown={keys}
    >
      <button
        {...OWN_KEYS}
        type="button"
        tabIndex={-1}
        class="heplens-window-remove"
        aria-label={`Remove ${low.step}`}
        title={`Remove ${low.step}`}
        onClick={() =>
          void actions.edit({ op: 'remove', name: low.step }, low.step)
        }
      >
        ×
      </button>
    </div>
  );
}
