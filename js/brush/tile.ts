/**
 * Slices of a tile; twin of `heplens.engine.tiles`.
 *
 * A tile holds rows of cells for every histogram. The sums up to each row are made once; a position of the handle is
 * then one subtraction per bin.
 */

import type { Table } from './packing';

export interface Counts {
  /** Underflow first, overflow last. */
  values: Float64Array;
  variances: Float64Array;
}

/** Which side of a boundary its own value lies on: 0 stands just before the value, 1 just after it. */
const LOW: Record<string, number> = { '>=': 0, '>': 1 };
const HIGH: Record<string, number> = { '<': 0, '<=': 1 };

/** Where pixels meet: `values[i]` with `kinds[i]`, in order. */
export class Boundaries {
  constructor(
    readonly values: Float64Array,
    readonly kinds: Uint8Array
  ) {}

  /** The place of `value`, whatever side it takes; null when it is none. */
  position(value: number): number | null {
    const after = this.after(this.kinds[0], value);
    return after === null ? null : after - 1;
  }

  /** The first pixel that passes `v >= value` (or `>`); null when `value` is no boundary. */
  first(operator: string, value: number): number | null {
    return this.after(LOW[operator], value);
  }

  /** One past the last pixel that passes `v < value` (or `<=`); null when `value` is no boundary. */
  last(operator: string, value: number): number | null {
    return this.after(HIGH[operator], value);
  }

  private after(kind: number | undefined, value: number): number | null {
    let low = 0;
    let high = this.values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (; low < this.values.length && this.values[low] === value; low++) {
      if (this.kinds[low] === kind) {
        return low + 1;
      }
    }
    return null;
  }
}

/** One histogram of a tile. */
export class Cells {
  constructor(
    readonly bins: number,
    private readonly counts: Table,
    private readonly sums: Table | null,
    private readonly squares: Table | null
  ) {}

  /**
   * Values and variances of the rows `first <= row < last`, written into `into`.
   *
   * A bin that nothing fell into is exactly 0 and a variance is never negative, whatever a subtraction leaves behind.
   */
  between(first: number, last: number, into: Counts): Counts {
    const { values, variances } = into;
    const { counts, sums, squares } = this;
    for (let b = 0; b < this.bins; b++) {
      const count = counts.between(first, last, b);
      if (sums === null || squares === null) {
        values[b] = count;
        variances[b] = count;
      } else if (count > 0) {
        values[b] = sums.between(first, last, b);
        variances[b] = Math.max(0, squares.between(first, last, b));
      } else {
        values[b] = 0;
        variances[b] = 0;
      }
    }
    return into;
  }

  /** Space for the result of `between`. */
  space(): Counts {
    return {
      values: new Float64Array(this.bins),
      variances: new Float64Array(this.bins)
    };
  }

  get bytes(): number {
    return [this.counts, this.sums, this.squares].reduce(
      (total, table) => total + (table?.bytes ?? 0),
      0
    );
  }
}
