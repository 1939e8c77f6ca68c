/** What one plot draws from the numbers of its histogram: layers of bins, or the cells of a map. */

import {
  colourRange,
  columnsFor,
  fillColumns,
  fillMap,
  logRange,
  mapColumnsFor,
  steadyRange,
  valueRange,
  type Columns,
  type Drawn
} from '../brush/columns';
import { partOf, type Place } from '../brush/series';
import type { Counts } from '../brush/tile';
import type { Bokeh, BokehModel } from '../components/bokeh/bokehjs';
import { numberFormatter, printNumbers } from '../components/bokeh/numbers';
import { logTicker } from './ticks';
import type { BinsModels, LayerModels, MapModels } from './messages';

/** How a plot is looked at. */
export interface Look {
  region: number;
  log: boolean;
  /** A handle moves, or a window is drawn: axes keep still where they can. */
  moving: boolean;
}

export interface Drawing {
  /** How many numbers the counts must have. */
  readonly size: number;
  /**
   * Fill the columns of all sources and set the axes; the caller tells the glyphs, and paints. True when a scale became
   * logarithmic, or linear again.
   */
  update(counts: Counts, look: Look): boolean;
  /** Let the sources tell BokehJS, for a caller that cannot tell the glyphs. */
  announce(): void;
  /** The values that are drawn, for tests. */
  values(): Float64Array;
}

interface Layer {
  models: LayerModels;
  drawn: Drawn;
  space: [Float64Array, Float64Array, Float64Array];
}

export class BinsDrawing implements Drawing {
  readonly size: number;
  private readonly layers: Layer[];
  private readonly sources: BokehModel[];
  private readonly one: number;
  private range: [number, number] = [0, 1];
  private log = false;

  constructor(
    private readonly bokeh: Bokeh,
    document: BokehModel,
    private readonly models: BinsModels,
    private readonly figure: BokehModel,
    edges: Float64Array
  ) {
    printNumbers(bokeh, figure);
    this.one = edges.length + 1;
    this.size =
      this.one *
      Math.max(1, models.datasets.length) *
      Math.max(1, models.regions.length);
    this.sources = [];
    const find = (id: string | null): BokehModel => {
      const source = id && document.get_model_by_id(id);
      if (source) {
        this.sources.push(source);
      }
      return source;
    };
    this.layers = models.layers.map(layer => {
      // The sources keep these arrays; later only what is in them changes, and the caller says so. They must not be
      // empty when the plots are built: a stepped area without points never comes to an end in BokehJS 3.9.
      const drawn = columnsFor(edges);
      const outline = find(layer.outline);
      const rows = find(layer.rows);
      if (outline) {
        outline.data = drawn.outline;
      }
      if (rows) {
        rows.data = drawn.rows;
      }
      const space = [0, 1, 2].map(() => new Float64Array(this.one));
      return { models: layer, drawn, space } as Layer;
    });
  }

  update(counts: Counts, look: Look): boolean {
    const { region } = look;
    const regions = Math.max(1, this.models.regions.length);
    const place: Place = { size: this.one, regions, region };
    const parts = this.layers.map(({ models, space }) => ({
      values: partOf(counts.values, models.of, place, space[0]),
      variances: partOf(counts.variances, models.of, place, space[1])
    }));
    const ranges = parts
      .filter((_, i) => this.layers[i].models.style !== 'stack')
      .map(look.log ? logRange : valueRange);
    const wanted: [number, number] = [
      Math.min(...ranges.map(r => r[0])),
      Math.max(...ranges.map(r => r[1]))
    ];
    const rescaled = look.log !== this.log;
    if (rescaled) {
      this.rescale(look.log);
    }
    this.range = look.moving ? steadyRange(this.range, wanted) : wanted;
    const floor = look.log ? this.range[0] : null;
    this.layers.forEach(({ models, drawn, space }, i) => {
      const below = models.below.length
        ? partOf(counts.values, models.below, place, space[2])
        : null;
      fillColumns(drawn, parts[i], below, floor);
    });
    this.figure.y_range.setv({ start: this.range[0], end: this.range[1] });
    return rescaled;
  }

  announce(): void {
    this.sources.forEach(source => source.change.emit());
  }

  values(): Float64Array {
    return this.layers[this.models.main].drawn.rows.c3;
  }

  private rescale(log: boolean): void {
    this.log = log;
    const { LogScale, LinearScale } = this.bokeh.require('models/scales');
    const { BasicTicker } = this.bokeh.require('models/tickers');
    const formatters = this.bokeh.require('models/formatters');
    const { LogTickFormatter } = formatters;
    const ticker = log
      ? logTicker(this.bokeh)
      : new BasicTicker({ desired_num_ticks: 4 });
    this.range = log ? [0.1, 1] : [0, 1];
    // The range first: zero has no place on a logarithmic scale.
    this.figure.y_range.setv({ start: this.range[0], end: this.range[1] });
    this.figure.y_scale = log ? new LogScale() : new LinearScale();
    for (const axis of this.figure.left.filter((a: BokehModel) => a.ticker)) {
      axis.ticker = ticker;
      axis.formatter = log
        ? new LogTickFormatter({ ticker })
        : numberFormatter(this.bokeh);
    }
    for (const grid of this.figure.center.filter(
      (g: BokehModel) => g.dimension === 1
    )) {
      grid.ticker = ticker;
    }
  }
}

export class MapDrawing implements Drawing {
  readonly size: number;
  private readonly columns: Columns;
  private readonly source: BokehModel;
  private readonly one: number;
  private readonly space: Float64Array;
  private readonly nx: number;
  private readonly ny: number;
  private range: [number, number] = [0, 0];
  private log = false;

  constructor(
    bokeh: Bokeh,
    private readonly document: BokehModel,
    private readonly models: MapModels,
    private readonly figure: BokehModel,
    [x, y]: Float64Array[]
  ) {
    printNumbers(bokeh, figure);
    [this.nx, this.ny] = [x.length - 1, y.length - 1];
    this.one = (this.nx + 2) * (this.ny + 2);
    this.size =
      this.one *
      Math.max(1, models.datasets.length) *
      Math.max(1, models.regions.length);
    this.space = new Float64Array(this.one);
    this.columns = mapColumnsFor(x, y);
    this.source = document.get_model_by_id(models.cells);
    this.source.data = this.columns;
    this.model('log', 'bar').ticker = logTicker(bokeh);
  }

  update(counts: Counts, { region, log, moving }: Look): boolean {
    const regions = Math.max(1, this.models.regions.length);
    const place = { size: this.one, regions, region };
    const values = partOf(counts.values, this.models.of, place, this.space);
    const found = fillMap(this.columns, values, this.nx, this.ny, log);
    const wanted = colourRange(found, log);
    const rescaled = log !== this.log;
    if (rescaled || !(moving && keeps(this.range, wanted, log))) {
      this.range = wanted;
      const [low, high] = wanted;
      this.model(scaleOf(log), 'mapper').setv({ low, high });
    }
    if (rescaled) {
      this.rescale(log);
    }
    return rescaled;
  }

  announce(): void {
    this.source.change.emit();
  }

  values(): Float64Array {
    return this.columns.c4.map(value => (Number.isNaN(value) ? 0 : value));
  }

  private model(scale: 'linear' | 'log', what: 'mapper' | 'bar'): BokehModel {
    return this.document.get_model_by_id(this.models[scale][what]);
  }

  private rescale(log: boolean): void {
    this.log = log;
    this.model('linear', 'bar').visible = !log;
    this.model('log', 'bar').visible = log;
    const transform = this.model(scaleOf(log), 'mapper');
    const colour = { field: 'c4', transform };
    for (const { glyph } of this.figure.renderers) {
      glyph.setv({ fill_color: colour, line_color: colour });
    }
  }
}

function scaleOf(log: boolean): 'linear' | 'log' {
  return log ? 'log' : 'linear';
}

/** Whether colours can stay as they are while a handle moves: what is wanted fits, and has not become small in them. */
function keeps(
  [low, high]: [number, number],
  wanted: [number, number],
  log: boolean
): boolean {
  const fits = wanted[0] >= low && wanted[1] <= high;
  const span = log ? Math.log(high / low) : high - low;
  const needed = log ? Math.log(wanted[1] / wanted[0]) : wanted[1] - wanted[0];
  return fits && needed > 0.45 * span;
}
