/** Numbers as a reader wants them. */

const grouped = new Intl.NumberFormat('en-US');

/** `2421` as `2,421`. */
export function count(value: number): string {
  return grouped.format(value);
}

/** A measured number in four significant digits, or more; `–` for what is not a number. */
export function measure(value: number | null | undefined, digits = 4): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  if (size !== 0 && (size >= 10 ** Math.max(6, digits) || size < 1e-3)) {
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  }
  return String(Number(value.toPrecision(digits)));
}

/** A number so exact that it says something beside a spread: of run numbers it is the last digits that differ. */
export function resolved(value: number, spread: unknown): string {
  const ratio =
    typeof spread === 'number' && spread > 0 ? Math.abs(value) / spread : 0;
  const digits = ratio > 1 ? Math.ceil(Math.log10(ratio)) + 3 : 4;
  return measure(value, Math.min(15, Math.max(4, digits)));
}
