/** Numbers as a reader wants them. */

const grouped = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', {
  maximumSignificantDigits: 4,
  useGrouping: false
});

/** `2421` as `2,421`. */
export function count(value: number): string {
  return grouped.format(value);
}

/** A measured number in four significant digits; `–` for what is not a number. */
export function measure(value: number | null | undefined): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) {
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  }
  return short.format(value);
}
