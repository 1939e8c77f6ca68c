/**
 * Slices of a tile; twin of `heplens.engine.tiles`.
 *
 * A tile holds, for every histogram, the counts per (pixel of the dragged cut's variable, bin). The sums up to each
 * pixel are made once, in float64; a position of the handle is then one subtraction per bin.
 */

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

  get pixels(): number {
    return this.values.length + 1;
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

/** Sums along the pixels: row p holds the sum of the pixels before p. */
export function prefixSums(
  cells: ArrayLike<number>,
  pixels: number,
  bins: number
): Float64Array {
  const sums = new Float64Array((pixels + 1) * bins);
  for (let p = 0; p < pixels; p++) {
    const row = p * bins;
    for (let b = 0; b < bins; b++) {
      sums[row + bins + b] = sums[row + b] + cells[row + b];
    }
  }
  return sums;
}

/** One histogram of a tile. */
export class Cells {
  private readonly counts: Float64Array;
  private readonly sums: Float64Array | null;
  private readonly squares: Float64Array | null;

  constructor(
    readonly name: string,
    readonly pixels: number,
    readonly bins: number,
    counts: ArrayLike<number>,
    sums: ArrayLike<number> | null,
    squares: ArrayLike<number> | null
  ) {
    this.counts = prefixSums(counts, pixels, bins);
    this.sums = sums && prefixSums(sums, pixels, bins);
    this.squares = squares && prefixSums(squares, pixels, bins);
  }

  /**
   * Values and variances of the pixels `first <= p < last`, written into `into`.
   *
   * A bin that nothing fell into is exactly 0 and a variance is never negative, whatever a subtraction leaves behind.
   */
  slice(first: number, last: number, into: Counts): Counts {
    const { values, variances } = into;
    const from = first * this.bins;
    const to = Math.max(first, last) * this.bins;
    for (let b = 0; b < this.bins; b++) {
      const count = this.counts[to + b] - this.counts[from + b];
      if (this.sums === null || this.squares === null) {
        values[b] = count;
        variances[b] = count;
      } else if (count > 0) {
        values[b] = this.sums[to + b] - this.sums[from + b];
        variances[b] = Math.max(
          0,
          this.squares[to + b] - this.squares[from + b]
        );
      } else {
        values[b] = 0;
        variances[b] = 0;
      }
    }
    return into;
  }

  /** Space for the result of `slice`. */
  space(): Counts {
    return {
      values: new Float64Array(this.bins),
      variances: new Float64Array(this.bins)
    };
  }

  /** How many fills there are between two pixels, weights aside. */
  filled(first: number, last: number): number {
    const from = first * this.bins;
    const to = Math.max(first, last) * this.bins;
    let total = 0;
    for (let b = 0; b < this.bins; b++) {
      total += this.counts[to + b] - this.counts[from + b];
    }
    return total;
  }
}
