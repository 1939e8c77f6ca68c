/** What the components follow while a handle moves, from the store of the view. */

import { countsOf } from '../brush/series';
import type { Counts } from '../brush/tile';
import type { Live } from '../components/live';
import type { PlotModels } from './messages';
import type { Store } from './store';

/** Milliseconds between two texts: numbers that change faster cannot be read, and cost as much as a plot to lay out. */
const PAUSE = 80;
/** On a slow machine, where frames take longer, plots come first: this many are painted for one writing of the texts. */
const FRAMES = 3;

/** Who is told that a handle has moved: what is drawn in every frame, and what is written. */
export class Followers {
  readonly frames = new Set<() => void>();
  readonly texts = new Set<() => void>();
  private told = 0;
  private later = 0;
  /** Frames since texts were written. */
  private unwritten = 0;

  /** Plots show another position. */
  moved(): void {
    this.frames.forEach(update => update());
    this.clear();
    this.unwritten += 1;
    const wait = this.told + PAUSE - performance.now();
    if (wait <= 0 && this.unwritten >= FRAMES) {
      this.tell();
    } else {
      this.later = window.setTimeout(() => this.tell(), PAUSE);
    }
  }

  /** Everything is drawn again, or nothing ever. */
  clear(): void {
    window.clearTimeout(this.later);
    this.later = 0;
  }

  private tell(): void {
    this.clear();
    this.told = performance.now();
    this.unwritten = 0;
    this.texts.forEach(update => update());
  }
}

/** What follows the handles of a store. */
export function liveOf(store: Store, { frames, texts }: Followers): Live {
  const { mover } = store;
  return {
    valueOf: handle => mover.valueOf(handle),
    counts: plot => mainCounts(store, plot),
    leftOut: ({ name }) =>
      store.settled ? (store.reader.numbers?.left_out[name] ?? null) : null,
    cutflow: () => mover.cutflow(),
    sequence: () => store.sequence,
    follow: update => joined(texts, update),
    followFrames: update => joined(frames, update)
  };
}

function joined(all: Set<() => void>, one: () => void): () => void {
  all.add(one);
  return () => all.delete(one);
}

/** A view of the numbers where one dataset is shown, their sum where several are. */
function mainCounts(store: Store, plot: PlotModels): Counts | undefined {
  const counts = store.counts(plot.name);
  if (!counts || !plot.drawn) {
    return undefined;
  }
  const regions = Math.max(1, plot.regions.length);
  const datasets = Math.max(1, plot.datasets.length);
  const size = counts.values.length / regions / datasets;
  const { of } = plot.kind === 'map' ? plot : plot.layers[plot.main];
  return countsOf(counts, of, { size, regions, region: store.looks.region });
}
