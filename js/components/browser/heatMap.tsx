/** The cells of a two-dimensional histogram, painted in the theme's own colour. */

import { useLayoutEffect, useRef } from 'preact/hooks';

import type { Preview } from './listing';
import type { Frame } from './shapes';

interface Props {
  preview: Preview;
  frame: Frame;
  log: boolean;
}

export function HeatMap({ preview, frame, log }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = Math.round(frame.right - frame.left);
  const height = Math.round(frame.bottom - frame.top);

  useLayoutEffect(() => {
    const node = canvas.current;
    const context = node?.getContext('2d');
    if (!node || !context) {
      return;
    }
    const [xEdges, yEdges] = preview.edges as [number[], number[]];
    const values = preview.values as (number | null)[][];
    const most = Math.max(...values.flat().map(value => value ?? 0), 0);
    const shade = (value: number) =>
      log ? Math.log1p(value) / Math.log1p(most) : value / most;
    const place = (edges: number[], size: number) => (edge: number) =>
      ((edge - edges[0]) / (edges[edges.length - 1] - edges[0])) * size;
    const [x, y] = [place(xEdges, width), place(yEdges, height)];
    context.clearRect(0, 0, width, height);
    context.fillStyle = getComputedStyle(node).color;
    values.forEach((column, i) =>
      column.forEach((value, j) => {
        if (value !== null && value > 0) {
          context.globalAlpha = 0.08 + 0.92 * shade(value);
          const [left, bottom] = [x(xEdges[i]), height - y(yEdges[j])];
          context.fillRect(
            left,
            height - y(yEdges[j + 1]),
            Math.max(1.5, x(xEdges[i + 1]) - left),
            Math.max(1.5, bottom - height + y(yEdges[j + 1]))
          );
        }
      })
    );
  }, [preview, width, height, log]);

  return (
    <canvas
      ref={canvas}
      class="heplens-plot-map"
      width={width}
      height={height}
      style={{ left: frame.left, top: frame.top }}
    />
  );
}
