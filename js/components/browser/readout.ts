/** What is under the pointer: the bin, the cell or the nearest point, in numbers. */

import { measure, resolved } from './format';

/** The sources of a figure; twin of the names in `heplens.figures`. */
export interface Sources {
  data(name: string): Record<string, ArrayLike<number>> | null;
}

export function readout(
  figure: Sources,
  [x, y]: [number, number]
): string | null {
  const rows = figure.data('rows');
  if (rows) {
    const at = index(rows, x);
    return at < 0 ? null : said(rows, at);
  }
  const cells = figure.data('rectangles');
  if (cells) {
    const { c0, c1, c2, c3, c4 } = cells;
    for (let i = 0; i < c4.length; i++) {
      if (c0[i] <= x && x < c1[i] && c2[i] <= y && y < c3[i]) {
        return `${span(c0[i], c1[i])}, ${span(c2[i], c3[i])}: ${measure(c4[i])}`;
      }
    }
  }
  return null;
}

/** The bin that holds x; of points, which have no width, the nearest. */
function index({ c0, c1 }: Record<string, ArrayLike<number>>, x: number) {
  let best = -1;
  let distance = Infinity;
  for (let i = 0; i < c0.length; i++) {
    if (c0[i] <= x && x < c1[i]) {
      return i;
    }
    if (c0[i] === c1[i] && Math.abs(c0[i] - x) < distance) {
      distance = Math.abs(c0[i] - x);
      best = i;
    }
  }
  return best;
}

function said(rows: Record<string, ArrayLike<number>>, at: number): string {
  const { c0, c1, c3, c4 } = rows;
  const error = c4[at] > 0 ? ` ± ${measure(c4[at])}` : '';
  return `${span(c0[at], c1[at])}: ${measure(c3[at])}${error}`;
}

function span(low: number, high: number): string {
  const ends = [low, high].map(end => resolved(end, high - low));
  return low === high ? measure(low) : ends.join(' – ');
}
