/** The frame around one plot of a job: its name, and how much of the data it stands for. */

import type { RefCallback } from 'preact';

interface Props {
  name: string;
  /** Of a histogram that is not drawn, the number of its axes. */
  axes: number | null;
  /** Null when it stands for everything. */
  coverage: string | null;
  box: RefCallback<HTMLDivElement>;
}

export function JobPlot({ name, axes, coverage, box }: Props) {
  return (
    <figure class="heplens-plot" data-plot={name}>
      <figcaption>
        <span class="heplens-plot-name" title={name}>
          {name}
        </span>
        <span class="heplens-flow heplens-coverage" title={coverage ?? ''}>
          {coverage}
        </span>
      </figcaption>
      {axes === null ? (
        <div class="heplens-canvas">
          <div class="heplens-bokeh" ref={box} />
        </div>
      ) : (
        <p class="heplens-empty">
          {axes} axes: filled, and in the result; not drawn.
        </p>
      )}
    </figure>
  );
}
