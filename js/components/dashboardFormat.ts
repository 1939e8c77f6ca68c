/** Numbers as people read them. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

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
    : new Intl.NumberFormat('en', { maximumSignificantDigits: 5 }).format(
        value
      );
}

export function percent(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : '–';
}
