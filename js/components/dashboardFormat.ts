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

/** 10⁸. */
export function power(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map(d => '⁰¹²³⁴⁵⁶⁷⁸⁹'[+d]);
  return `10${exponent < 0 ? '⁻' : ''}${digits.join('')}`;
}

/** 1.234×10⁹. */
function scientific(value: number): string {
  const [digits, exponent] = value.toExponential(3).split('e');
  return `${digits}×${power(Number(exponent))}`;
}

/** 1,258 events; 1.234×10¹² only where digits would not fit. */
export function events(value: number): string {
  return Math.abs(value) < 1e12 ? WHOLE.format(value) : scientific(value);
}

/** A sum of weights: four digits, or all in front of the point. */
export function weighted(value: number): string {
  const size = Math.abs(value);
  if (size < 1e9 && (size >= 1e3 || Number.isInteger(value))) {
    return WHOLE.format(value);
  }
  return size >= 1e9 || size < 1e-3 ? scientific(value) : FOUR.format(value);
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
    return together(value, error);
  }
  const format = FIXED[digits];
  return `${format.format(value)} ± ${format.format(error)}`;
}

/** 1.2002(27)×10⁹: there is no room for more, and the error is that of the last digits. */
function together(value: number, error: number): string {
  const exponent = Math.floor(Math.log10(Math.max(Math.abs(value), error)));
  const unit = 10 ** exponent;
  const digits = 1 - Math.floor(Math.log10(error / unit));
  if (digits > 6) {
    return scientific(value);
  }
  const last =
    error < unit
      ? Math.round((error / unit) * 10 ** digits).toFixed(0)
      : (error / unit).toFixed(digits);
  return `${(value / unit).toFixed(digits)}(${last})×${power(exponent)}`;
}
