/**
 * The edges of cuts as they are drawn over a plot, and what they cut away.
 *
 * One canvas: elements that move with the pointer would have the browser lay them out, sort all its layers and paint
 * them anew in every frame of a drag.
 */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { shown } from '../brush/grid';
import { onTheme, themeOf, type Theme } from './bokeh/theme';
import { along } from './dashboardDraw';
import type { Frame, Handle } from './dashboardTypes';
import type { Live } from './live';

/** Room beside the frame for the half of an edge, in pixels. */
const ROOM = 6;
/** The height of the strip by which a window is moved. */
const STRIP = 15;
const GRIP = { width: 4, height: 18 };
const LABEL = { top: 18, height: 15, gap: 9, padding: 3 };

interface Props {
  frame: Frame;
  edges: Handle[];
  windows: [Handle, Handle][];
  /** Names of edges and windows that show that they can be moved. */
  active: string[];
  live: Live;
}

export function Overlay(props: Props) {
  const { frame, live } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useRef<Theme | null>(null);
  const drawn = useRef('');
  const draw = (always: boolean): void => {
    const { current } = canvas;
    const places = props.edges.map(h => live.valueOf(h) ?? NaN);
    const now = [...places, ...props.active].join();
    if (current && (always || now !== drawn.current)) {
      drawn.current = now;
      theme.current ??= themeOf(current);
      paint(current, theme.current, places, props);
    }
  };
  const latest = useRef(draw);
  latest.current = draw;
  useLayoutEffect(() => latest.current(true));
  useLayoutEffect(() => live.followFrames(() => latest.current(false)), [live]);
  useEffect(
    () =>
      onTheme(() => {
        theme.current = null;
        latest.current(true);
      }),
    []
  );
  return (
    <canvas
      ref={canvas}
      class="heplens-overlay"
      style={{
        left: `${-ROOM}px`,
        width: `${frame.width + 2 * ROOM}px`,
        height: `${frame.height}px`
      }}
    />
  );
}

function paint(
  canvas: HTMLCanvasElement,
  theme: Theme,
  places: number[],
  { frame, edges, windows, active }: Props
): void {
  const context = canvas.getContext('2d');
  if (!context) {
    return;
  }
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = frame;
  const size = [(width + 2 * ROOM) * ratio, height * ratio].map(Math.ceil);
  if (canvas.width !== size[0] || canvas.height !== size[1]) {
    [canvas.width, canvas.height] = size;
    // To set a font makes the browser work out styles: once is enough.
    context.font = `11px ${theme.font}`;
    context.textBaseline = 'middle';
  }
  context.setTransform(ratio, 0, 0, ratio, ROOM * ratio, 0);
  context.clearRect(-ROOM, 0, width + 2 * ROOM, height);
  const at = (handle: Handle): number =>
    along(frame, places[edges.indexOf(handle)]) * width;
  context.globalAlpha = 0.6;
  context.fillStyle = theme.paper;
  for (const edge of edges) {
    const x = at(edge);
    context.fillRect(
      isLow(edge) ? 0 : x,
      0,
      isLow(edge) ? x : width - x,
      height
    );
  }
  context.fillStyle = theme.line;
  for (const [low, high] of windows) {
    if (active.includes(windowName(low))) {
      const [left, right] = [at(low), at(high)];
      context.globalAlpha = 0.16;
      context.fillRect(left, 0, right - left, STRIP - 1);
      context.globalAlpha = 1;
      context.fillRect(left, STRIP - 1, right - left, 1);
    }
  }
  context.globalAlpha = 1;
  edges.forEach((edge, i) => {
    const isActive = active.includes(edge.id);
    context.fillStyle = context.strokeStyle = isActive
      ? theme.line
      : theme.faint;
    const line = isActive ? 2 : 1;
    const x = Math.round(at(edge) * ratio) / ratio;
    context.fillRect(x - line / 2, 0, line, height);
    grip(context, theme, isLow(edge) ? x : x - GRIP.width, height / 2);
    if (isActive) {
      label(context, theme, shown(places[i]), x, x > 0.8 * width);
    }
  });
}

/** What a window is called among the edges of a plot. */
export function windowName(low: Handle): string {
  return `window ${low.id}`;
}

function isLow(edge: Handle): boolean {
  return edge.operator.startsWith('>');
}

/** A grip on the line, on the side that is kept. */
function grip(
  context: CanvasRenderingContext2D,
  theme: Theme,
  left: number,
  middle: number
): void {
  context.beginPath();
  context.roundRect(
    left + 0.5,
    Math.round(middle - GRIP.height / 2) + 0.5,
    GRIP.width - 1,
    GRIP.height - 1,
    1.5
  );
  context.fillStyle = theme.paper;
  context.fill();
  context.stroke();
}

function label(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  x: number,
  before: boolean
): void {
  const width = context.measureText(text).width + 2 * LABEL.padding;
  const left = before ? x - LABEL.gap - width : x + LABEL.gap;
  context.fillStyle = theme.paper;
  context.beginPath();
  context.roundRect(left, LABEL.top, width, LABEL.height, 2);
  context.fill();
  context.fillStyle = theme.text;
  context.fillText(text, left + LABEL.padding, LABEL.top + LABEL.height / 2);
}
