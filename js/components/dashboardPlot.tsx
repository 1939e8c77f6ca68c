/** The frame around one plot: its name, its flow bins, what can be done with it, and what lies over it. */

import type { RefCallback } from 'preact';
import { useState } from 'preact/hooks';

import { Brush } from './dashboardBrush';
import { events, weighted } from './dashboardFormat';
import { EditIcon, RemoveIcon } from './dashboardIcons';
import { LogTool, Tool } from './dashboardTool';
import type {
  Actions,
  Counts,
  Frame,
  Handle,
  LeftOut,
  PlotModels
} from './dashboardTypes';
import { FixedText } from './fixedText';
import { OWN_KEYS } from './keys';
import type { Live } from './live';
import type { Place } from './reorder';

interface Props {
  plot: PlotModels;
  index: number;
  /** Of each axis. */
  edges: Float64Array[] | undefined;
  frame: Frame | undefined;
  handles: Handle[];
  log: boolean;
  place: Place;
  live: Live;
  actions: Actions;
  onLog(): void;
  onEdit(): void;
  box: RefCallback<HTMLDivElement>;
}

export function PlotCard(props: Props) {
  const { plot, index, place, edges, frame, live, actions, box } = props;
  const [bin, setBin] = useState(-1);
  const remove = (): void =>
    void actions.edit({ op: 'remove', name: plot.name }, plot.name);
  const problem = actions.problem(plot.name);
  return (
    <figure
      {...OWN_KEYS}
      {...place.target}
      class={
        'heplens-plot' +
        (place.mark && ` heplens-drop-${place.mark}`) +
        (place.dragged ? ' heplens-dragged' : '')
      }
      data-plot={plot.name}
      tabIndex={0}
      aria-label={`${plot.name}. Alt and an arrow moves it, L toggles a logarithmic scale, E edits, Delete removes.`}
      onKeyDown={event => {
        if (event.target !== event.currentTarget) {
          return;
        }
        const moved = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (event.altKey && moved) {
          const to = Math.max(0, index + moved);
          const edit = { op: 'move_histogram', name: plot.name, index: to };
          void actions.edit(edit, plot.name);
        } else if (event.key === 'Delete' || event.key === 'Backspace') {
          remove();
        } else if (event.key === 'l') {
          props.onLog();
        } else if (event.key === 'e') {
          props.onEdit();
        } else {
          return;
        }
        event.preventDefault();
      }}
    >
      <figcaption {...place.grip}>
        <span class="heplens-plot-name" title={plot.name}>
          {plot.name}
        </span>
        <span class="heplens-plot-tools">
          <LogTool plot={plot} pressed={props.log} onClick={props.onLog} />
          <Tool label={`Edit ${plot.name}`} onClick={props.onEdit}>
            <EditIcon />
          </Tool>
          <Tool label={`Remove ${plot.name}`} onClick={remove}>
            <RemoveIcon />
          </Tool>
        </span>
        <Numbers plot={plot} edges={edges} bin={bin} live={live} />
      </figcaption>
      {problem && (
        <p class="heplens-error" role="alert">
          {problem.message}
        </p>
      )}
      {plot.drawn ? (
        <div
          class="heplens-canvas"
          onPointerMove={event =>
            setBin(event.buttons ? -1 : binAt(event, frame, edges?.[0]))
          }
          onPointerLeave={() => setBin(-1)}
        >
          <div class="heplens-bokeh" ref={box} />
          {frame && (
            <Brush
              plot={plot.name}
              frame={frame}
              grid={plot.grid}
              handles={props.handles}
              live={live}
              actions={actions}
            />
          )}
        </div>
      ) : (
        <p class="heplens-empty">
          {plot.axes} axes: filled, and in the result; two are the most that are
          drawn.
        </p>
      )}
    </figure>
  );
}

interface NumbersProps {
  plot: PlotModels;
  edges: Float64Array[] | undefined;
  bin: number;
  live: Live;
}

/** The bin under the pointer, or what lies in the axis and beyond: nothing that was filled is out of sight. */
function Numbers({ plot, edges, bin, live }: NumbersProps) {
  if (!live.counts(plot)) {
    return null;
  }
  const map = plot.drawn && plot.kind === 'map';
  const one = !map && edges && bin >= 0;
  const read = (): string => {
    const counts = live.counts(plot);
    if (!counts || !edges) {
      return '';
    }
    if (one) {
      return binText(counts, edges[0], bin);
    }
    const filled = map ? mapText(counts, edges) : flowText(counts);
    return [filled, ...leftOutText(live.leftOut(plot))].join(GAP);
  };
  return (
    <span class="heplens-flow">
      <FixedText
        live={live}
        read={read}
        name={one ? 'heplens-bin' : ''}
        title={title(plot)}
      />
    </span>
  );
}

const GAP = '\u2002';

function title(plot: PlotModels): string {
  const all = plot.drawn && plot.regions.length > 1 ? ', in all regions' : '';
  const inside =
    plot.drawn && plot.kind === 'map'
      ? 'inside the axes, and outside of them'
      : 'inside the axis, with ◂ what lies below it and ▸ what lies above';
  return `${inside}; values that are missing or NaN are in no bin, and counted here${all}`;
}

/** Values, not weights: what is missing has none. */
function leftOutText(left: LeftOut | null): string[] {
  const said = [];
  if (left?.missing) {
    said.push(`${events(left.missing)} missing`);
  }
  if (left?.nan) {
    said.push(`${events(left.nan)} NaN`);
  }
  return said;
}

function mapText({ values }: Counts, [x, y]: Float64Array[]): string {
  const columns = y.length + 1;
  let inside = 0;
  let outside = 0;
  values.forEach((value, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    if (i > 0 && i < x.length && j > 0 && j < y.length) {
      inside += value;
    } else {
      outside += value;
    }
  });
  return (
    weighted(inside) +
    (outside !== 0 ? `${GAP}${weighted(outside)} outside` : '')
  );
}

function flowText({ values }: Counts): string {
  const under = values[0];
  const over = values[values.length - 1];
  let inside = 0;
  for (let i = 1; i < values.length - 1; i++) {
    inside += values[i];
  }
  return (
    (under !== 0 ? `◂ ${weighted(under)}${GAP}` : '') +
    weighted(inside) +
    (over !== 0 ? `${GAP}${weighted(over)} ▸` : '')
  );
}

function binText(counts: Counts, edges: Float64Array, bin: number): string {
  const value = counts.values[bin + 1];
  const error = Math.sqrt(Math.max(0, counts.variances[bin + 1]));
  const [low, high] = [edges[bin], edges[bin + 1]];
  return (
    `${edge(low, high - low)} – ${edge(high, high - low)}${GAP}` +
    `${weighted(value)} ± ${weighted(Number(error.toPrecision(2)))}`
  );
}

/** Six digits, or as many as tell the edges of a bin apart. */
function edge(value: number, width: number): string {
  const needed = Math.ceil(Math.log10(Math.abs(value) / width)) + 2;
  const digits = Math.min(17, Math.max(6, needed));
  return String(Number(value.toPrecision(digits))).replace('-', '\u2212');
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
