/** The frame around one plot: its name, its flow bins, and the handles of cuts on its variable. */

import type { RefCallback } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { gridValue, nearestIndex, shown } from '../brush/grid';
import { weighted } from './dashboardFormat';
import type {
  Counts,
  Frame,
  Handle,
  HandleActions,
  PlotModels
} from './dashboardTypes';
import { OWN_KEYS } from './keys';

interface Props {
  plot: PlotModels;
  counts: Counts | undefined;
  edges: Float64Array | undefined;
  frame: Frame | undefined;
  handles: Handle[];
  valueOf(handle: Handle): number | null;
  actions: HandleActions;
  box: RefCallback<HTMLDivElement>;
}

export function PlotCard({
  plot,
  counts,
  edges,
  frame,
  handles,
  valueOf,
  actions,
  box
}: Props) {
  const [bin, setBin] = useState(-1);
  return (
    <figure class="heplens-plot" data-plot={plot.name}>
      <figcaption>
        <span class="heplens-plot-name" title={plot.name}>
          {plot.name}
        </span>
        {counts && edges && bin >= 0 ? (
          <Bin counts={counts} edges={edges} bin={bin} />
        ) : (
          counts && <Flow counts={counts} />
        )}
      </figcaption>
      {plot.drawn ? (
        <div
          class="heplens-canvas"
          onPointerMove={event => setBin(binAt(event, frame, edges))}
          onPointerLeave={() => setBin(-1)}
        >
          <div class="heplens-bokeh" ref={box} />
          {frame && (
            <Brush
              frame={frame}
              handles={handles}
              valueOf={valueOf}
              actions={actions}
            />
          )}
        </div>
      ) : (
        <p class="heplens-empty">
          {plot.axes} axes: filled, and in the result; not drawn here yet.
        </p>
      )}
    </figure>
  );
}

/** Nothing that was filled is out of sight: the flow bins are written out. */
function Flow({ counts }: { counts: Counts }) {
  const { values } = counts;
  const under = values[0];
  const over = values[values.length - 1];
  let inside = 0;
  for (let i = 1; i < values.length - 1; i++) {
    inside += values[i];
  }
  return (
    <span class="heplens-flow">
      {under !== 0 && (
        <span title="below the first bin">◂ {weighted(under)}</span>
      )}
      <span title="inside the axis">{weighted(inside)}</span>
      {over !== 0 && <span title="above the last bin">{weighted(over)} ▸</span>}
    </span>
  );
}

/** The bin under the pointer, instead of the flow bins while it is there. */
function Bin({
  counts,
  edges,
  bin
}: {
  counts: Counts;
  edges: Float64Array;
  bin: number;
}) {
  const value = counts.values[bin + 1];
  const error = Math.sqrt(Math.max(0, counts.variances[bin + 1]));
  return (
    <span class="heplens-flow heplens-bin">
      <span>
        {edge(edges[bin])} – {edge(edges[bin + 1])}
      </span>
      <span>
        {weighted(value)} ± {weighted(Number(error.toPrecision(2)))}
      </span>
    </span>
  );
}

function edge(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** The bin at the pointer, -1 outside the axes. */
function binAt(
  event: PointerEvent & { currentTarget: HTMLElement },
  frame: Frame | undefined,
  edges: Float64Array | undefined
): number {
  if (!frame || !edges) {
    return -1;
  }
  const { left } = event.currentTarget.getBoundingClientRect();
  const x =
    frame.start +
    ((event.clientX - left - frame.left) / frame.width) *
      (frame.end - frame.start);
  const after = edges.findIndex(each => each > x);
  return after - 1;
}

interface BrushProps {
  frame: Frame;
  handles: Handle[];
  valueOf(handle: Handle): number | null;
  actions: HandleActions;
}

/** Edges that can be dragged; what they cut away is dimmed. */
function Brush({ frame, handles, valueOf, actions }: BrushProps) {
  const shownHandles = handles.filter(h => h.grid && valueOf(h) !== null);
  if (shownHandles.length === 0) {
    return null;
  }
  const place = (value: number): number =>
    Math.min(1, Math.max(0, (value - frame.start) / (frame.end - frame.start)));
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
      {shownHandles.map(handle => {
        const value = valueOf(handle) as number;
        const at = 100 * place(value);
        const keepsRight = handle.operator.startsWith('>');
        return (
          <>
            <div
              class="heplens-dim"
              style={
                keepsRight
                  ? { left: 0, width: `${at}%` }
                  : { left: `${at}%`, right: 0 }
              }
            />
            <Edge
              handle={handle}
              value={value}
              at={at}
              frame={frame}
              actions={actions}
            />
          </>
        );
      })}
    </div>
  );
}

interface EdgeProps {
  handle: Handle;
  value: number;
  at: number;
  frame: Frame;
  actions: HandleActions;
}

const KEYS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10
};

function Edge({ handle, value, at, frame, actions }: EdgeProps) {
  const later = useRef(0);
  const grid = handle.grid;
  if (!grid) {
    return null;
  }
  const follow = (
    event: PointerEvent & { currentTarget: HTMLElement }
  ): void => {
    const { left, width } = (
      event.currentTarget.parentElement as HTMLElement
    ).getBoundingClientRect();
    const x =
      frame.start +
      ((event.clientX - left) / width) * (frame.end - frame.start);
    actions.move(handle, gridValue(grid, nearestIndex(grid, x)));
  };
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
      style={{ left: `${at}%` }}
      onPointerEnter={() => actions.prepare(handle)}
      onFocus={() => actions.prepare(handle)}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        event.currentTarget.focus();
      }}
      onPointerMove={event => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          follow(event);
        }
      }}
      onLostPointerCapture={() => actions.release()}
      onKeyDown={event => {
        const step = KEYS[event.key];
        if (step === undefined) {
          return;
        }
        event.preventDefault();
        const k = nearestIndex(grid, value) + step * (event.shiftKey ? 10 : 1);
        actions.move(
          handle,
          gridValue(grid, Math.min(grid.stop, Math.max(grid.start, k)))
        );
        window.clearTimeout(later.current);
        later.current = window.setTimeout(() => actions.release(), 300);
      }}
    >
      <span
        class={
          at > 80 ? 'heplens-edge-value heplens-left' : 'heplens-edge-value'
        }
      >
        {shown(value)}
      </span>
    </div>
  );
}
