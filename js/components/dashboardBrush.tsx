/** What lies over a plot: the edges of the cuts on its variable, and the window that is being drawn. */

import { useRef } from 'preact/hooks';

import { gridValue, nearestIndex, shown, type Grid } from '../brush/grid';
import { along, DrawLayer, valueAt } from './dashboardDraw';
import type { Actions, Frame, Handle } from './dashboardTypes';
import { OWN_KEYS } from './keys';
import { useLive, type Live } from './live';

/** Steps made with the keyboard within this time are one edit. */
const KEYBOARD_PAUSE = 300;

interface Props {
  plot: string;
  frame: Frame;
  grid: Grid | null;
  handles: Handle[];
  live: Live;
  actions: Actions;
}

export function Brush(props: Props) {
  const { plot, frame, grid, handles, live, actions } = props;
  const placed = handles.filter(h => h.grid && live.valueOf(h) !== null);
  return (
    <div
      class="heplens-brush"
      style={{
        left: `${frame.left}px`,
        top: `${frame.top}px`,
        width: `${frame.width}px`,
        height: `${frame.height}px`
      }}
    >
      {placed.map(handle => (
        <Dim key={handle.id} handle={handle} frame={frame} live={live} />
      ))}
      {grid && (
        <DrawLayer plot={plot} frame={frame} grid={grid} actions={actions} />
      )}
      {windowsOf(placed).map(([low, high]) => (
        <Band
          key={low.id}
          low={low}
          high={high}
          frame={frame}
          live={live}
          actions={actions}
        />
      ))}
      {placed.map(handle => (
        <Edge
          key={handle.id}
          handle={handle}
          frame={frame}
          live={live}
          actions={actions}
        />
      ))}
    </div>
  );
}

interface DimProps {
  handle: Handle;
  frame: Frame;
  live: Live;
}

/** What a handle cuts away. */
function Dim({ handle, frame, live }: DimProps) {
  const value = useLive(live, ({ valueOf }) => valueOf(handle)) as number;
  const at = 100 * along(frame, value);
  const style = handle.operator.startsWith('>')
    ? { left: 0, width: `${at}%` }
    : { left: `${at}%`, right: 0 };
  return <div class="heplens-dim" style={style} />;
}

/** Lower and upper edges that belong together. */
function windowsOf(handles: Handle[]): [Handle, Handle][] {
  return handles
    .filter(h => h.operator.startsWith('>'))
    .flatMap(low => {
      const high = handles.find(
        h =>
          h.step === low.step &&
          h.variable === low.variable &&
          h.operator.startsWith('<')
      );
      return high ? [[low, high] as [Handle, Handle]] : [];
    });
}

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
    window.clearTimeout(later.current);
    if (steps !== undefined) {
      by(steps * (event.shiftKey ? 10 : 1));
      later.current = window.setTimeout(actions.release, KEYBOARD_PAUSE);
    } else if (event.key === 'Escape') {
      actions.cancel();
      letGo(event.currentTarget as HTMLElement);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      actions.cancel();
      void actions.edit({ op: 'remove', name: step }, step);
    } else {
      return;
    }
    event.preventDefault();
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

interface EdgeProps extends DimProps {
  actions: Actions;
}

function Edge({ handle, frame, live, actions }: EdgeProps) {
  const grid = handle.grid as Grid;
  const value = useLive(live, ({ valueOf }) => valueOf(handle)) as number;
  const keys = useKeys(handle.step, actions, steps =>
    actions.move(
      handle,
      gridValue(grid, clamp(grid, nearestIndex(grid, value) + steps))
    )
  );
  const at = 100 * along(frame, value);
  return (
    <div
      {...OWN_KEYS}
      class={
        'heplens-edge' +
        (handle.operator.startsWith('>') ? ' heplens-low' : ' heplens-high') +
        (at > 80 ? ' heplens-left' : '')
      }
      role="slider"
      tabIndex={0}
      aria-label={`${handle.step}: ${handle.label}`}
      aria-valuemin={gridValue(grid, grid.start)}
      aria-valuemax={gridValue(grid, grid.stop)}
      aria-valuenow={value}
      data-edge={handle.id}
      style={{ left: `${at}%` }}
      onPointerEnter={() => actions.prepare(handle)}
      onFocus={() => actions.prepare(handle)}
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
    >
      <span class="heplens-edge-value">{shown(value)}</span>
    </div>
  );
}

interface BandProps {
  low: Handle;
  high: Handle;
  frame: Frame;
  live: Live;
  actions: Actions;
}

/** The strip above a window: moves it as a whole, and takes it away. */
function Band({ low, high, frame, live, actions }: BandProps) {
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
  const now = { low: nearestIndex(grid, from), high: nearestIndex(grid, to) };
  const keys = useKeys(low.step, actions, steps => shift(now, steps));
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
      onPointerEnter={() => actions.prepare(low)}
      onFocus={() => actions.prepare(low)}
      onPointerDown={event => {
        if (event.target !== event.currentTarget) {
          return; // the button in it
        }
        press(event);
        held.current = { ...now, x: event.clientX };
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
