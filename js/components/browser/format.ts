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

/** `217945` as `218 kB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toPrecision(2)} ${units[unit]}`;
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
