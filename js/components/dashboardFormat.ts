/** Numbers as people read them. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const FIVE = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 });
/** By digits after the point; to make one takes longer than to use it a hundred times. */
const FIXED = Array.from(
  { length: 7 },
  (_, digits) =>
    new Intl.NumberFormat('en', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits
    })
);

/** 1,258 events; 1.234e+7 only where digits would not fit. */
export function events(value: number): string {
  return Math.abs(value) < 1e12 ? WHOLE.format(value) : value.toPrecision(4);
}

/** A sum of weights: four digits, or all of a whole number. */
export function weighted(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) {
    return WHOLE.format(value);
  }
  const size = Math.abs(value);
  return size >= 1e6 || (size > 0 && size < 1e-3)
    ? value.toExponential(3)
    : FIVE.format(value);
}

export function percent(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : '–';
}

/** Value ± error with two significant digits of the error. */
export function withError(value: number, error: number): string {
  if (!(error > 0) || !Number.isFinite(value + error)) {
    return weighted(value);
  }
  const digits = Math.max(0, 1 - Math.floor(Math.log10(error)));
  if (digits > 6 || Math.abs(value) >= 1e9) {
    return `${value.toExponential(3)} ± ${error.toExponential(1)}`;
  }
  const format = FIXED[digits];
  return `${format.format(value)} ± ${format.format(error)}`;
}

/** Bytes: 1.2 MB. */
export function size(bytes: number): string {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value.toPrecision(value < 10 ? 2 : 3)} ${unit}`;
}
