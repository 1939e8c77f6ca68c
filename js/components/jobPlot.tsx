/** The frame around one plot of a job: its name, its scale, and how much of the data it stands for. */

import type { RefCallback } from 'preact';

import type { PlotModels } from '../widgets/messages';
import { LogTool } from './dashboardTool';
import { OWN_KEYS } from './keys';

interface Props {
  plot: PlotModels;
  log: boolean;
  /** Null when it stands for everything. */
  coverage: string | null;
  onLog(): void;
  box: RefCallback<HTMLDivElement>;
}

export function JobPlot({ plot, log, coverage, onLog, box }: Props) {
  const { name } = plot;
  return (
    <figure
      {...OWN_KEYS}
      class="heplens-plot"
      data-plot={name}
      tabIndex={0}
      aria-label={`${name}. L toggles a logarithmic scale.`}
      onKeyDown={event => {
        if (event.target === event.currentTarget && event.key === 'l') {
          onLog();
          event.preventDefault();
        }
      }}
    >
      <figcaption>
        <span class="heplens-plot-name" title={name}>
          {name}
        </span>
        <span class="heplens-plot-tools">
          <LogTool plot={plot} pressed={log} onClick={onLog} />
        </span>
        <span class="heplens-flow heplens-coverage" title={coverage ?? ''}>
          {coverage}
        </span>
      </figcaption>
      {plot.drawn ? (
        <div class="heplens-canvas">
          <div class="heplens-bokeh" ref={box} />
        </div>
      ) : (
        <p class="heplens-empty">
          {plot.axes} axes: filled, and in the result; not drawn.
        </p>
      )}
    </figure>
  );
}
