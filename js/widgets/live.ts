/** What the components follow while a handle moves, from the store of the view. */

import { countsOf } from '../brush/series';
import type { Counts } from '../brush/tile';
import type { Live } from '../components/live';
import type { PlotModels } from './messages';
import type { Store } from './store';

/** What follows the handles of a store. */
export function liveOf(store: Store, followers: Set<() => void>): Live {
  const { mover } = store;
  return {
    valueOf: handle => mover.valueOf(handle),
    counts: plot => mainCounts(store, plot),
    cutflow: () => mover.cutflow(),
    sequence: () => store.sequence,
    follow: update => {
      followers.add(update);
      return () => followers.delete(update);
    }
  };
}

/** A view of the numbers where one dataset is shown, their sum where several are. */
function mainCounts(store: Store, plot: PlotModels): Counts | undefined {
  const counts = store.counts(plot.name);
  if (!counts || !plot.drawn || plot.kind === 'map') {
    return undefined;
  }
  const regions = Math.max(1, plot.regions.length);
  const datasets = Math.max(1, plot.datasets.length);
  const size = counts.values.length / regions / datasets;
  const { of } = plot.layers[plot.main];
  return countsOf(counts, of, { size, regions, region: store.region });
}
