/** Ticks of logarithmic axes and colour bars. */

import { betweenDecades } from '../brush/decades';
import type { Bokeh, BokehModel } from '../components/bokeh/bokehjs';

/**
 * BokehJS puts ticks at equal distances where an axis has less than two decades: on a logarithmic scale they crowd at
 * its end. From one decade on they are at 1, 2 and 5.
 */
export function logTicker(bokeh: Bokeh): BokehModel {
  const { LogTicker } = bokeh.require('models/tickers');
  const ticker = new LogTicker({ desired_num_ticks: 4 });
  const otherwise = ticker.get_ticks_no_defaults;
  ticker.get_ticks_no_defaults = (low: number, high: number, ...rest: []) =>
    betweenDecades(low, high) ??
    (otherwise.call(ticker, low, high, ...rest) as unknown);
  return ticker;
}
