/** The frame around one plot: its name, its flow bins, what can be done with it, and what lies over it. */

import type { RefCallback } from 'preact';
import { useState } from 'preact/hooks';

import { Brush } from './dashboardBrush';
import { weighted } from './dashboardFormat';
import { EditIcon, RemoveIcon } from './dashboardIcons';
import { LogTool, Tool } from './dashboardTool';
import type {
  Actions,
  Counts,
  Frame,
  Handle,
  PlotModels
} from './dashboardTypes';
import { FixedText } from './fixedText';
import { OWN_KEYS } from './keys';
import type { Live } from './live';
import type { Place } from './reorder';

interface Props {
  plot: PlotModels;
  index: number;
  edges: Float64Array | undefined;
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
            setBin(event.buttons ? -1 : binAt(event, frame, edges))
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
  edges: Float64Array | undefined;
  bin: number;
  live: Live;
}

/** The bin under the pointer, or what lies in the axis and beyond: nothing that was filled is out of sight. */
function Numbers({ plot, edges, bin, live }: NumbersProps) {
  if (!live.counts(plot)) {
    return null;
  }
  const one = edges && bin >= 0;
  const read = (): string => {
    const counts = live.counts(plot);
    return counts ? (one ? binText(counts, edges, bin) : flowText(counts)) : '';
  };
  return (
    <span class="heplens-flow">
      <FixedText
        live={live}
        read={read}
        name={one ? 'heplens-bin' : ''}
        title="inside the axis, with ◂ what lies below it and ▸ what lies above"
      />
    </span>
  );
}

const GAP = '\u2002';

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
  return (
    `${edge(edges[bin])} – ${edge(edges[bin + 1])}${GAP}` +
    `${weighted(value)} ± ${weighted(Number(error.toPrecision(2)))}`
  );
}

function edge(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '\u2212');
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
