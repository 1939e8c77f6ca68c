/** Numbers along axes as papers print them: 5×10⁷, not 5.000e+7. */

import { power } from '../dashboardFormat';
import type { Bokeh, BokehModel } from './bokehjs';

/** What is as large, or all of it as small, is written with a power of ten. */
const LARGE = 1e5;
const SMALL = 1e-3;

/** A formatter of a linear axis, or of a bar of colours. */
export function numberFormatter(bokeh: Bokeh): BokehModel {
  const { BasicTickFormatter } = bokeh.require('models/formatters');
  const formatter = new BasicTickFormatter();
  formatter.doFormat = tickTexts;
  return formatter;
}

/** All numbers of a figure's linear axes; category labels stay, they are laid over the numbers. */
export function printNumbers(bokeh: Bokeh, figure: BokehModel): void {
  for (const axis of [...figure.below, ...figure.left]) {
    if (axis.formatter?.type === 'BasicTickFormatter') {
      axis.formatter = numberFormatter(bokeh);
    }
  }
  for (const bar of figure.right) {
    if (bar.color_mapper?.type === 'LinearColorMapper') {
      bar.formatter = numberFormatter(bokeh);
    }
  }
}

/** The same power of ten for all of them. */
export function tickTexts(ticks: number[]): string[] {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  const far = largest >= LARGE || largest < SMALL;
  const exponent =
    far && largest > 0 ? Math.floor(Math.log10(largest) + 1e-9) : 0;
  return ticks.map(tick => {
    if (Math.abs(tick) <= 1e-10 * largest) {
      return '0';
    }
    const digits = String(Number((tick / 10 ** exponent).toPrecision(10)));
    const text = digits.replace('-', '\u2212');
    return exponent === 0 ? text : `${text}×${power(exponent)}`;
  });
}
