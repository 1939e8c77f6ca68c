/** Drawing a window on a plot: with the pointer, or with Enter and the arrow keys. */

import { useEffect, useRef, useState } from 'preact/hooks';

import { gridValue, nearestIndex, shown, type Grid } from '../brush/grid';
import type { Actions, Frame, Operation } from './dashboardTypes';
import { OWN_KEYS } from './keys';

/** A press that moves less than this is a click, not a window; pixels. */
const CLICK = 4;

/** How far along the axis a value lies, from 0 to 1. */
export function along(frame: Frame, value: number): number {
  const at = (value - frame.start) / (frame.end - frame.start);
  return Math.min(1, Math.max(0, at));
}

/** The value under the pointer, given the element that covers the axes. */
export function valueAt(frame: Frame, x: number, over: Element): number {
  const { left, width } = over.getBoundingClientRect();
  return frame.start + ((x - left) / width) * (frame.end - frame.start);
}

interface Props {
  plot: string;
  frame: Frame;
  grid: Grid;
  actions: Actions;
}

/** Both ends in steps of the grid, in the order in which they were set. */
interface Draft {
  from: number;
  to: number;
}

export function DrawLayer({ plot, frame, grid, actions }: Props) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const pressed = useRef<{ x: number } | null>(null);
  const drawing = useRef(false);
  drawing.current = draft !== null;
  useEffect(
    () => () => {
      if (drawing.current) {
        actions.cancel();
      }
    },
    []
  );
  const draw = (next: Draft): void => {
    setDraft(next);
    const edit = operation(plot, grid, next);
    if (edit) {
      actions.propose(edit, plot);
    }
  };
  const end = (commit: boolean): void => {
    const edit = draft && operation(plot, grid, draft);
    setDraft(null);
    if (commit && edit) {
      actions.commitProposed(edit, plot);
    } else if (draft) {
      actions.cancel();
    }
  };
  const at = (event: PointerEvent & { currentTarget: HTMLElement }): number =>
    nearestIndex(grid, valueAt(frame, event.clientX, event.currentTarget));
  return (
    <div
      {...OWN_KEYS}
      class="heplens-draw"
      role="group"
      tabIndex={0}
      aria-label={
        `${plot}: drag to cut. Enter draws a window, the arrows move its upper edge, ` +
        'with Shift its lower; Enter again makes the cut, Escape takes it back.'
      }
      data-draw={plot}
      onPointerDown={event => {
        if (event.button === 0) {
          event.currentTarget.setPointerCapture(event.pointerId);
          event.currentTarget.focus();
          event.preventDefault();
          pressed.current = { x: event.clientX };
        }
      }}
      onPointerMove={event => {
        const { current } = pressed;
        if (!current) {
          return;
        }
        if (draft) {
          draw({ ...draft, to: at(event) });
        } else if (Math.abs(event.clientX - current.x) >= CLICK) {
          const from = valueAt(frame, current.x, event.currentTarget);
          draw({ from: nearestIndex(grid, from), to: at(event) });
        }
      }}
      onLostPointerCapture={() => {
        if (pressed.current) {
          pressed.current = null;
          end(true);
        }
      }}
      onBlur={() => !pressed.current && end(false)}
      onKeyDown={event => {
        const moved = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (event.key === 'Enter') {
          const span = grid.stop - grid.start;
          const middle = {
            from: grid.start + Math.round(span / 4),
            to: grid.stop - Math.round(span / 4)
          };
          if (draft) {
            end(true);
          } else {
            draw(middle);
          }
        } else if (event.key === 'Escape' && draft) {
          pressed.current = null;
          end(false);
        } else if (moved && draft) {
          const key = event.shiftKey ? 'from' : 'to';
          const next = Math.min(
            grid.stop,
            Math.max(grid.start, draft[key] + moved)
          );
          draw({ ...draft, [key]: next });
        } else {
          return;
        }
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {draft && <Drawn frame={frame} grid={grid} draft={draft} />}
    </div>
  );
}

function Drawn({
  frame,
  grid,
  draft
}: {
  frame: Frame;
  grid: Grid;
  draft: Draft;
}) {
  const [low, high] = [draft.from, draft.to].sort((a, b) => a - b);
  const left = 100 * along(frame, gridValue(grid, low));
  const right = 100 * along(frame, gridValue(grid, high));
  return (
    <div
      class="heplens-draft"
      style={{ left: `${left}%`, width: `${right - left}%` }}
    >
      <span class="heplens-draft-value">
        {shown(gridValue(grid, low))} – {shown(gridValue(grid, high))}
      </span>
    </div>
  );
}

/** The edit that makes the window; null while it is empty. */
function operation(plot: string, grid: Grid, draft: Draft): Operation | null {
  const [low, high] = [draft.from, draft.to].sort((a, b) => a - b);
  return low === high
    ? null
    : {
        op: 'add_window',
        histogram: plot,
        low: gridValue(grid, low),
        high: gridValue(grid, high)
      };
}
