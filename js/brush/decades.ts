/** Where a logarithmic scale has its ticks. */

export interface Ticks {
  major: number[];
  minor: number[];
}

/** At 1, 2 and 5 times a power of ten, on a scale of one decade to two; null on others. */
export function betweenDecades(low: number, high: number): Ticks | null {
  if (!(low > 0 && high >= 10 * low && high < 100 * low)) {
    return null;
  }
  const major: number[] = [];
  const minor: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (let digit = 1; digit < 10; digit++) {
      // Not digit * 10 ** power, which is 0.30000000000000004.
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) {
        ([1, 2, 5].includes(digit) ? major : minor).push(tick);
      }
    }
  }
  return { major, minor };
}
