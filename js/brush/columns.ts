/** From counts to the columns a figure draws; twin of `heplens.figures.columns`. */

import type { Counts } from './tile';

export type Columns = Record<string, Float64Array>;

export interface Drawn {
  outline: Columns;
  rows: Columns;
}

/** The columns of one plot, made once: what depends on the edges alone is filled in. */
export function columnsFor(edges: Float64Array): Drawn {
  const n = edges.length - 1;
  const outline = { c0: new Float64Array(n + 2), c1: new Float64Array(n + 2) };
  outline.c0[0] = edges[0];
  outline.c0.set(edges, 1);
  const rows: Columns = {};
  for (const column of ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6']) {
    rows[column] = new Float64Array(n);
  }
  for (let i = 0; i < n; i++) {
    rows.c0[i] = edges[i];
    rows.c1[i] = edges[i + 1];
    rows.c2[i] = 0.5 * (edges[i] + edges[i + 1]);
  }
  return { outline, rows };
}

/** Bring the columns up to date; `counts` has the underflow first and the overflow last. */
export function fillColumns(drawn: Drawn, counts: Counts): void {
  const { outline, rows } = drawn;
  const n = rows.c0.length;
  for (let i = 0; i < n; i++) {
    const value = counts.values[i + 1];
    const variance = counts.variances[i + 1];
    const error = Math.sqrt(Math.max(0, variance));
    outline.c1[i + 1] = value;
    rows.c3[i] = value;
    rows.c4[i] = error;
    rows.c5[i] = variance > 0 ? value - error : NaN;
    rows.c6[i] = variance > 0 ? value + error : NaN;
  }
}

export const HEADROOM = 1.08;

/** The y axis that shows everything: from zero, or below it for negative weights, to a little above the highest bar. */
export function valueRange(drawn: Drawn): [number, number] {
  const { c3, c4 } = drawn.rows;
  let high = 0;
  let low = 0;
  let negative = false;
  for (let i = 0; i < c3.length; i++) {
    high = Math.max(high, c3[i] + c4[i]);
    low = Math.min(low, c3[i] - c4[i]);
    negative ||= c3[i] < 0;
  }
  return [negative ? low * HEADROOM : 0, high * HEADROOM || 1];
}

/**
 * The y axis while a handle moves: it grows at once, and shrinks only when the plot has become small in it, so that
 * the axis does not tremble with every step.
 */
export function steadyRange(
  now: [number, number],
  wanted: [number, number]
): [number, number] {
  const fits = wanted[1] <= now[1] && wanted[0] >= now[0];
  const small = wanted[1] - wanted[0] < 0.45 * (now[1] - now[0]);
  return fits && !small ? now : wanted;
}
