/** The values a handle can take; twin of `heplens.engine.grid`. */

export interface Grid {
  start: number;
  stop: number;
  unit: number;
  exponent: number;
}

/** The float64 nearest to the decimal text, as Python makes it: what is shown is what is cut on. */
export function gridValue(grid: Grid, k: number): number {
  return Number(`${k * grid.unit}e${grid.exponent}`);
}

/** The index of the grid value nearest to `value`, within the grid. */
export function nearestIndex(grid: Grid, value: number): number {
  const k = Math.round(value / gridValue(grid, 1));
  return Math.min(grid.stop, Math.max(grid.start, Number.isFinite(k) ? k : 0));
}

/** A number as a person types it: no exponent for ordinary sizes, no trailing digits of a binary fraction. */
export function shown(value: number): string {
  return String(value);
}
