/** Numbers as people read them. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const FOUR = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
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

/** A sum of weights: four digits, or all in front of the point. */
export function weighted(value: number): string {
  const size = Math.abs(value);
  if (size < 1e9 && (size >= 1e3 || Number.isInteger(value))) {
    return WHOLE.format(value);
  }
  return size >= 1e9 || size < 1e-3
    ? value.toExponential(3)
    : FOUR.format(value);
}

/** Without its sign, which is in the head of the column. */
export function percent(part: number, whole: number): string {
  return whole > 0 ? ((100 * part) / whole).toFixed(1) : '–';
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
