/** The Bokeh plots of one view: built when there is room, painted in one animation frame loop, removed completely. */

import {
  columnsFor,
  fillColumns,
  steadyRange,
  valueRange,
  type Drawn
} from '../brush/columns';
import type { Counts } from '../brush/tile';
import type { Bokeh, BokehModel } from '../components/bokeh/bokehjs';
import { forget, paintFrame, set } from '../components/bokeh/models';
import { onTheme, themeOf } from '../components/bokeh/theme';
import type { PlotModels } from './messages';

/** Where a plot's axes are on the screen, for what is drawn over it; pixels relative to the plot's element. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  start: number;
  end: number;
}

export interface PlotDocument {
  document: Record<string, unknown>;
  plots: PlotModels[];
  edges: Map<string, Float64Array>;
}

interface Plot {
  name: string;
  box: HTMLElement;
  figure: BokehModel;
  view: BokehModel;
  outline: BokehModel;
  rows: BokehModel;
  drawn: Drawn;
  range: [number, number];
  visible: boolean;
  dirty: boolean;
  painted: number;
}

/** A plot's element; tests read from it what was drawn. */
interface PlotBox extends HTMLElement {
  heplensValues?: () => Float64Array;
}

/** What the view asks when it paints. */
export interface Source {
  counts(name: string): Counts | undefined;
  moving(): boolean;
  /** The number of the position shown; drawn plots carry it so that a test can tell what was painted. */
  sequence(): number;
}

export class Plots {
  private readonly plots = new Map<string, Plot>();
  private readonly stops: (() => void)[] = [];
  private document: BokehModel = null;
  private views: BokehModel = null;
  private frame = 0;
  private gone = false;

  constructor(
    private readonly bokeh: Bokeh,
    private readonly source: Source,
    private readonly onFrame: (name: string, frame: Frame) => void
  ) {}

  /** Build all figures into `boxes`, which must have a size. */
  async build(
    content: PlotDocument,
    boxes: Map<string, HTMLElement>
  ): Promise<void> {
    const { Document } = this.bokeh.require('document');
    const { add_document_standalone } = this.bokeh.require('embed/standalone');
    const json = structuredClone(content.document);
    const document = Document.from_json(json);
    const drawn = content.plots.filter(p => p.drawn);
    const elements = drawn.map(p => boxes.get(p.name));
    const fallback = elements.find(e => e);
    if (this.gone || !fallback) {
      forget(this.bokeh, document);
      return;
    }
    const columns = new Map<string, Drawn>();
    for (const models of drawn) {
      const edges = content.edges.get(models.name);
      if (edges) {
        // The sources keep these arrays; later only what is in them changes, and the sources say so. They must not be
        // empty when the plots are built: a stepped area without points never comes to an end in BokehJS 3.9.
        const made = columnsFor(edges);
        document.get_model_by_id(models.outline).data = made.outline;
        document.get_model_by_id(models.rows).data = made.rows;
        columns.set(models.name, made);
        // The bin under the pointer is shown in the caption, in the colours of the page; Bokeh's tooltip is always white.
        document.get_model_by_id(models.figure).toolbar.tools = [];
      }
    }
    const views = await add_document_standalone(document, fallback, elements);
    this.document = document;
    this.views = views;
    if (this.gone) {
      this.clear();
      return;
    }
    for (const models of drawn) {
      const box = boxes.get(models.name);
      const made = columns.get(models.name);
      const figure = document.get_model_by_id(models.figure);
      if (!box || !made) {
        continue;
      }
      this.plots.set(models.name, {
        name: models.name,
        box,
        figure,
        view: views.get_one(figure),
        outline: document.get_model_by_id(models.outline),
        rows: document.get_model_by_id(models.rows),
        drawn: made,
        range: [0, 1],
        visible: true,
        dirty: true,
        painted: -1
      });
    }
    for (const { box, drawn } of this.plots.values()) {
      (box as PlotBox).heplensValues = () => drawn.rows.c3;
    }
    this.watch();
    this.applyTheme();
    this.invalidate();
  }

  /** The numbers have changed: paint what is visible in the next frame. */
  invalidate(): void {
    for (const plot of this.plots.values()) {
      plot.dirty = true;
    }
    this.schedule();
  }

  remove(): void {
    this.gone = true;
    this.clear();
  }

  private clear(): void {
    cancelAnimationFrame(this.frame);
    for (const stop of this.stops.splice(0)) {
      stop();
    }
    this.views?.clear();
    if (this.document) {
      forget(this.bokeh, this.document);
    }
    this.document = null;
    this.views = null;
    this.plots.clear();
  }

  private watch(): void {
    const seen = new IntersectionObserver(entries => {
      for (const entry of entries) {
        for (const plot of this.plots.values()) {
          if (plot.box === entry.target) {
            plot.visible = entry.isIntersecting;
          }
        }
      }
      this.schedule();
    });
    for (const plot of this.plots.values()) {
      seen.observe(plot.box);
      const slot = (): void => this.report(plot);
      plot.view.repainted.connect(slot);
      this.stops.push(() => plot.view.repainted.disconnect(slot));
    }
    const zoomed = (): void => {
      for (const { view } of this.plots.values()) {
        if (view.canvas.resize()) {
          view.request_repaint();
        }
      }
    };
    window.visualViewport?.addEventListener('resize', zoomed);
    this.stops.push(
      () => seen.disconnect(),
      () => window.visualViewport?.removeEventListener('resize', zoomed),
      onTheme(() => this.applyTheme())
    );
  }

  private schedule(): void {
    if (!this.frame && !this.gone) {
      this.frame = requestAnimationFrame(this.paint);
    }
  }

  private readonly paint = (): void => {
    this.frame = 0;
    for (const plot of this.plots.values()) {
      if (plot.dirty && plot.visible) {
        const counts = this.source.counts(plot.name);
        if (counts && counts.values.length === plot.drawn.rows.c0.length + 2) {
          this.update(plot, counts);
        }
      }
    }
  };

  private update(plot: Plot, counts: Counts): void {
    const { view, figure, drawn } = plot;
    fillColumns(drawn, counts);
    const wanted = valueRange(drawn);
    plot.range = this.source.moving()
      ? steadyRange(plot.range, wanted)
      : wanted;
    // Bokeh would paint on a clock of its own, and leave out every fourth frame.
    view.pause();
    plot.outline.change.emit();
    plot.rows.change.emit();
    figure.y_range.setv({ start: plot.range[0], end: plot.range[1] });
    view.unpause(true);
    view.invalidate_painters();
    view.repaint();
    plot.dirty = false;
    plot.painted = this.source.sequence();
    plot.box.dataset.painted = String(plot.painted);
  }

  private report(plot: Plot): void {
    const { bbox } = plot.view.frame;
    const { start, end } = plot.figure.x_range;
    this.onFrame(plot.name, {
      left: bbox.left,
      top: bbox.top,
      width: bbox.width,
      height: bbox.height,
      start,
      end
    });
  }

  private applyTheme(): void {
    for (const { figure, box, view } of this.plots.values()) {
      const theme = themeOf(box);
      view.pause();
      paintFrame(figure, theme);
      for (const { glyph } of figure.renderers) {
        set(glyph, { line_color: theme.line, fill_color: theme.line });
      }
      view.unpause(true);
      view.request_repaint();
    }
    this.invalidate();
  }
}
