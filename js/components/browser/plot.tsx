/** A small drawing of a preview: bins, points or a map, with round numbers on the axes. */

import { useEffect, useRef, useState } from 'preact/hooks';

import { measure, ticks } from './format';
import type { Preview } from './listing';
import { HeatMap } from './heatMap';
import { bars, type Frame, points, range, type Scale, steps } from './shapes';

const HEIGHT = 150;
const MARGIN = { left: 40, right: 10, top: 8, bottom: 20 };

export function Plot({ preview, log }: { preview: Preview; log: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);

  useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    const observer = new ResizeObserver(() => setWidth(node.clientWidth));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  return (
    <div ref={box} class="heplens-preview-plot" style={{ height: HEIGHT }}>
      {width > MARGIN.left + MARGIN.right + 20 && (
        <Drawing preview={preview} width={width} log={log} />
      )}
    </div>
  );
}

interface DrawingProps {
  preview: Preview;
  width: number;
  log: boolean;
}

function Drawing({ preview, width, log }: DrawingProps) {
  const [x, y] = range(preview, log);
  const frame: Frame = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: HEIGHT - MARGIN.bottom
  };
  const across = scale(x, frame.left, frame.right, false);
  const up = scale(
    y,
    frame.bottom,
    frame.top,
    log && preview.kind !== 'histogram2d'
  );
  const labels = preview.labels?.some(Boolean) ? preview.labels : null;
  const xTicks = ticks(x[0], x[1], Math.max(2, Math.floor(width / 70)));
  const yTicks = up.ticks(4);
  return (
    <>
      {preview.kind === 'histogram2d' && (
        <HeatMap preview={preview} frame={frame} log={log} />
      )}
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`Plot of ${preview.title}`}
      >
        {yTicks.map(value => (
          <g key={value}>
            {preview.kind !== 'histogram2d' && (
              <line
                class="heplens-plot-grid"
                x1={frame.left}
                x2={frame.right}
                y1={up.at(value)}
                y2={up.at(value)}
              />
            )}
            <text
              class="heplens-plot-text"
              x={frame.left - 5}
              y={up.at(value) + 3}
              text-anchor="end"
            >
              {measure(value)}
            </text>
          </g>
        ))}
        {preview.kind === 'histogram' && (
          <path
            class="heplens-plot-fill"
            d={steps(preview, across, up, frame)}
          />
        )}
        {preview.kind !== 'histogram2d' && (
          <path class="heplens-plot-error" d={bars(preview, across, up)} />
        )}
        {(preview.kind === 'profile' || preview.kind === 'graph') && (
          <path class="heplens-plot-points" d={points(preview, across, up)} />
        )}
        <line
          class="heplens-plot-axis"
          x1={frame.left}
          x2={frame.right}
          y1={frame.bottom}
          y2={frame.bottom}
        />
        {labels === null &&
          xTicks.map(value => (
            <text
              key={value}
              class="heplens-plot-text"
              x={across.at(value)}
              y={HEIGHT - 6}
              text-anchor="middle"
            >
              {measure(value)}
            </text>
          ))}
      </svg>
    </>
  );
}

function scale(
  [low, high]: [number, number],
  from: number,
  to: number,
  log: boolean
): Scale {
  const way = log ? Math.log10 : (value: number) => value;
  const [a, b] = [way(low), way(high)];
  return {
    low,
    log,
    at: value => from + ((way(value) - a) / (b - a || 1)) * (to - from),
    ticks: wanted =>
      log
        ? ticks(a, b, wanted)
            .filter(Number.isInteger)
            .map(power => 10 ** power)
        : ticks(low, high, wanted)
  };
}
