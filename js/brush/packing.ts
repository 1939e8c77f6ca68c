/** The tables of a tile from their bytes; twin of `heplens.widgets.packing`. */

/** Where a table of whole numbers lies; sums are whole numbers of units of 2**exponent, one exponent per bin. */
export interface TableHeader {
  at: number;
  width: number;
  exponents?: number;
}

/** Sums up to each row: row r of `prefix` holds the sum of the rows before r. */
export class Table {
  constructor(
    private readonly bins: number,
    private readonly prefix: Float64Array,
    private readonly units: Float64Array | null
  ) {}

  static read(
    buffer: Uint8Array,
    rows: number,
    bins: number,
    { at, width, exponents }: TableHeader
  ): Table {
    const prefix = new Float64Array((rows + 1) * bins);
    const size = rows * bins;
    for (let k = 0; k < width; k++) {
      const plane = at + k * size;
      const unit = 256 ** k;
      const top = k === width - 1;
      for (let i = 0; i < size; i++) {
        const byte = buffer[plane + i];
        prefix[bins + i] += (top && byte >= 128 ? byte - 256 : byte) * unit;
      }
    }
    for (let i = bins; i < prefix.length; i++) {
      prefix[i] += prefix[i - bins];
    }
    return new Table(
      bins,
      prefix,
      exponents === undefined ? null : unitsAt(buffer, exponents, bins)
    );
  }

  /** The sum of the rows `first <= row < last` in one bin; rows that are the wrong way round hold nothing. */
  between(first: number, last: number, bin: number): number {
    const to = Math.max(first, last) * this.bins + bin;
    const whole = this.prefix[to] - this.prefix[first * this.bins + bin];
    return this.units === null ? whole : whole * this.units[bin];
  }

  get bytes(): number {
    return this.prefix.byteLength;
  }
}

function unitsAt(buffer: Uint8Array, at: number, bins: number): Float64Array {
  const view = new DataView(buffer.buffer, buffer.byteOffset);
  return Float64Array.from(
    { length: bins },
    (_, bin) => 2 ** view.getInt16(at + 2 * bin, true)
  );
}
