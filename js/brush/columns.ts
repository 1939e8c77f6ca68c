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
  const outline = {
    c0: new Float64Array(n + 2),
    c1: new Float64Array(n + 2),
    c2: new Float64Array(n + 2)
  };
  outline.c0[0] = edges[0];
  outline.c0.set(edges, 1);
  const rows: Columns = {};
  for (const column of ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']) {
    rows[column] = new Float64Array(n);
  }
  for (let i = 0; i < n; i++) {
    rows.c0[i] = edges[i];
    rows.c1[i] = edges[i + 1];
    rows.c2[i] = 0.5 * (edges[i] + edges[i + 1]);
  }
  return { outline, rows };
}

/**
 * Bring the columns up to date; `counts` has the underflow first and the overflow last.
 *
 * `below` is what the histogram stands on in a stack. On a logarithmic axis nothing is drawn below `floor`, where zero
 * would be infinitely far down.
 */
export function fillColumns(
  drawn: Drawn,
  counts: Counts,
  below: Float64Array | null = null,
  floor: number | null = null
): void {
  const { outline, rows } = drawn;
  const n = rows.c0.length;
  for (let i = 0; i < n; i++) {
    const value = counts.values[i + 1];
    const variance = counts.variances[i + 1];
    const error = Math.sqrt(Math.max(0, variance));
    const bottom = below ? below[i + 1] : 0;
    outline.c1[i + 1] = bottom + value;
    outline.c2[i + 1] = bottom;
    rows.c3[i] = value;
    rows.c4[i] = error;
    rows.c5[i] = variance > 0 ? value - error : NaN;
    rows.c6[i] = variance > 0 ? value + error : NaN;
    rows.c7[i] = variance > 0 ? value : NaN;
  }
  if (floor !== null) {
    const { c1, c2 } = outline;
    for (let i = 0; i < n + 2; i++) {
      c1[i] = Math.max(c1[i], floor);
      c2[i] = Math.max(c2[i], floor);
    }
    for (let i = 0; i < n; i++) {
      // A comparison with NaN is false: what is not drawn stays so.
      if (rows.c5[i] < floor) {
        rows.c5[i] = floor;
      }
      if (rows.c6[i] < floor) {
        rows.c6[i] = floor;
      }
      if (rows.c7[i] <= 0) {
        rows.c7[i] = NaN;
      }
    }
  } else {
    outline.c1[0] = outline.c1[n + 1] = outline.c2[0] = outline.c2[n + 1] = 0;
  }
}

export const HEADROOM = 1.08;

/** The y axis that shows everything: from zero, or below it for negative weights, to a little above the highest bar. */
export function valueRange(counts: Counts): [number, number] {
  const { values, variances } = counts;
  let high = 0;
  let low = 0;
  let negative = false;
  for (let i = 1; i < values.length - 1; i++) {
    const error = Math.sqrt(Math.max(0, variances[i]));
    high = Math.max(high, values[i] + error);
    low = Math.min(low, values[i] - error);
    negative ||= values[i] < 0;
  }
  return [negative ? low * HEADROOM : 0, high * HEADROOM || 1];
}

/** The least of what a logarithmic scale shows, of its highest: below it are residues of sums, not contents. */
const DECADES = 1e-7;

/** The y axis on a logarithmic scale: from below the smallest positive bin to above the highest. */
export function logRange(counts: Counts): [number, number] {
  const { values, variances } = counts;
  let high = 0;
  let low = Infinity;
  for (let i = 1; i < values.length - 1; i++) {
    if (values[i] > 0) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i] + Math.sqrt(Math.max(0, variances[i])));
    }
  }
  return high > 0 ? [Math.max(low, high * DECADES) / 2, high * 2.5] : [0.1, 1];
}

/** How much further an axis grows than it must, of its length. */
const SPARE = 0.25;

/**
 * The y axis while a handle moves: it grows with some to spare, and shrinks only when the plot has become small in it,
 * so that the axis does not tremble with every step.
 */
export function steadyRange(
  now: [number, number],
  wanted: [number, number]
): [number, number] {
  const fits = wanted[1] <= now[1] && wanted[0] >= now[0];
  const small = wanted[1] - wanted[0] < 0.45 * (now[1] - now[0]);
  if (fits) {
    return small ? wanted : now;
  }
  const spare = SPARE * (wanted[1] - wanted[0]);
  // A logarithmic axis begins above zero, and cannot be let down by a length.
  return [
    wanted[0] < Math.min(0, now[0]) ? wanted[0] - spare : wanted[0],
    wanted[1] > now[1] ? wanted[1] + spare : wanted[1]
  ];
}

/** The columns of a 2-D plot, x slowest: the cells, and room for their values in `c4`. */
export function mapColumnsFor(x: Float64Array, y: Float64Array): Columns {
  const size = (x.length - 1) * (y.length - 1);
  const columns: Columns = {};
  for (const column of ['c0', 'c1', 'c2', 'c3', 'c4']) {
    columns[column] = new Float64Array(size);
  }
  for (let i = 0, k = 0; i < x.length - 1; i++) {
    for (let j = 0; j < y.length - 1; j++, k++) {
      columns.c0[k] = x[i];
      columns.c1[k] = x[i + 1];
      columns.c2[k] = y[j];
      columns.c3[k] = y[j + 1];
    }
  }
  return columns;
}

/**
 * Bring the cells up to date; `values` has flow bins all around. With `log`, cells that are not above zero are empty.
 *
 * Returns the lowest and the highest of what is in a cell; zeros when there is nothing.
 */
export function fillMap(
  columns: Columns,
  values: Float64Array,
  nx: number,
  ny: number,
  log = false
): [number, number] {
  let high = -Infinity;
  let low = Infinity;
  for (let i = 0, k = 0; i < nx; i++) {
    const row = (i + 1) * (ny + 2) + 1;
    for (let j = 0; j < ny; j++, k++) {
      const value = values[row + j];
      const empty = value === 0 || (log && value < 0);
      columns.c4[k] = empty ? NaN : value;
      if (!empty) {
        high = Math.max(high, value);
        low = Math.min(low, value);
      }
    }
  }
  return high >= low ? [low, high] : [0, 0];
}

/** What the colours of a map span: from zero, or from the lowest of what is above it, and never nothing. */
export function colourRange(
  [low, high]: [number, number],
  log: boolean
): [number, number] {
  if (!log) {
    return high > low || low < 0 || high > 0
      ? [Math.min(0, low), Math.max(0, high)]
      : [0, 1];
  }
  const least = Math.max(low, high * DECADES);
  return high > 0 ? [least, high > least ? high : 10 * least] : [0.1, 1];
}
