/** From the numbers of a preview to the paths that draw them. */

import type { Preview } from './listing';

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Scale {
  low: number;
  log: boolean;
  at(value: number): number;
  ticks(wanted: number): number[];
}

type Range = [number, number];

/** What both axes have to show. A count axis starts at zero, a logarithmic one below the smallest count. */
export function range(preview: Preview, log: boolean): [Range, Range] {
  if (preview.kind === 'histogram2d') {
    const [xEdges, yEdges] = preview.edges as [number[], number[]];
    return [ends(xEdges), ends(yEdges)];
  }
  const x = widened(ends(preview.edges as number[]));
  const heights = numbers(preview);
  const high = Math.max(...heights.map(([value, error]) => value + error), 0);
  if (preview.kind !== 'histogram') {
    const low = Math.min(...heights.map(([value, error]) => value - error));
    const top = Math.max(...heights.map(([value, error]) => value + error));
    return [x, widened(heights.length > 0 ? [low, top] : [0, 1], 0.06)];
  }
  if (log) {
    const least = Math.min(
      ...heights.map(([value]) => value).filter(value => value > 0)
    );
    return [x, Number.isFinite(least) ? [least / 2, high * 1.5] : [0.5, 2]];
  }
  const low = Math.min(...heights.map(([value]) => value), 0);
  return [x, high > low ? [low * 1.06, high * 1.06] : [0, 1]];
}

/** The outline of a histogram, closed along its base. */
export function steps(
  preview: Preview,
  x: Scale,
  y: Scale,
  frame: Frame
): string {
  const edges = preview.edges as number[];
  const base = y.log ? frame.bottom : y.at(0);
  const height = (value: number | null) =>
    value === null || (y.log && value < y.low) ? base : y.at(value);
  const parts = [`M${fixed(x.at(edges[0]))},${fixed(base)}`];
  (preview.values as (number | null)[]).forEach((value, bin) => {
    parts.push(`V${fixed(height(value))}H${fixed(x.at(edges[bin + 1]))}`);
  });
  return `${parts.join('')}V${fixed(base)}Z`;
}

/** Vertical lines of one standard deviation, where the bins are wide enough to carry them. */
export function bars(preview: Preview, x: Scale, y: Scale): string {
  const at = centres(preview);
  const crowded =
    at.length > 1 &&
    Math.abs(x.at(at[at.length - 1]) - x.at(at[0])) < 4 * at.length;
  if (preview.variances === null || crowded) {
    return '';
  }
  return numbers(preview)
    .map(([value, error], bin) => {
      if (error === 0 || (y.log && value <= 0)) {
        return '';
      }
      const low = y.log ? Math.max(value - error, y.low) : value - error;
      return `M${fixed(x.at(at[bin]))},${fixed(y.at(low))}V${fixed(y.at(value + error))}`;
    })
    .join('');
}

/** A dot at each value of a profile or graph. */
export function points(preview: Preview, x: Scale, y: Scale): string {
  const at = centres(preview);
  return (preview.values as (number | null)[])
    .map((value, bin) =>
      value === null || (y.log && value <= 0)
        ? ''
        : `M${fixed(x.at(at[bin]) - 1.8)},${fixed(y.at(value))}a1.8,1.8 0 1 0 3.6,0a1.8,1.8 0 1 0 -3.6,0`
    )
    .join('');
}

function centres(preview: Preview): number[] {
  const edges = preview.edges as number[];
  return preview.kind === 'graph'
    ? edges
    : edges.slice(1).map((edge, bin) => (edge + edges[bin]) / 2);
}

/** Value and error of every bin; what is not a number counts as 0. */
function numbers(preview: Preview): Range[] {
  const variances = preview.variances as (number | null)[] | null;
  return (preview.values as (number | null)[]).map((value, bin) => [
    value ?? 0,
    Math.sqrt(Math.max(variances?.[bin] ?? 0, 0))
  ]);
}

function ends(edges: number[]): Range {
  return edges.length > 0 ? [Math.min(...edges), Math.max(...edges)] : [0, 1];
}

function widened([low, high]: Range, by = 0): Range {
  const more = high > low ? (high - low) * by : Math.abs(low) || 1;
  return [low - more, high + more];
}

function fixed(value: number): string {
  return value.toFixed(1);
}
