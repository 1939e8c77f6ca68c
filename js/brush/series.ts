/** Parts of the flat numbers of a histogram, which are in the order (dataset, region, x, y). */

import type { Counts } from './tile';

export interface Place {
  /** Numbers of one dataset in one region. */
  size: number;
  regions: number;
  region: number;
}

/** The sum of some datasets in one region; of a single one a view, otherwise written into `into`. */
export function partOf(
  all: Float64Array,
  of: number[],
  { size, regions, region }: Place,
  into: Float64Array
): Float64Array {
  const at = (dataset: number): number => (dataset * regions + region) * size;
  if (of.length === 1) {
    return all.subarray(at(of[0]), at(of[0]) + size);
  }
  into.fill(0);
  for (const dataset of of) {
    const start = at(dataset);
    for (let i = 0; i < size; i++) {
      into[i] += all[start + i];
    }
  }
  return into;
}

/** Values and variances of some datasets in one region. */
export function countsOf(all: Counts, of: number[], place: Place): Counts {
  const room = () => new Float64Array(of.length === 1 ? 0 : place.size);
  return {
    values: partOf(all.values, of, place, room()),
    variances: partOf(all.variances, of, place, room())
  };
}
