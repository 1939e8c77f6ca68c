/** The Bokeh plots of one view: built when there is room, painted in one animation frame loop, removed completely. */

import type { Counts } from '../brush/tile';
import type { Bokeh, BokehModel } from '../components/bokeh/bokehjs';
import {
  forget,
  paintFrame,
  set,
  spreadTicks
} from '../components/bokeh/models';
import { onTheme, themeOf } from '../components/bokeh/theme';
import { fitTitles } from '../components/bokeh/titles';
import { BinsDrawing, MapDrawing, type Drawing, type Look } from './drawing';
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
  /** Of each plot, for each of its axes. */
  edges: Map<string, Float64Array[]>;
}

interface Plot {
  name: string;
  box: HTMLElement;
  figure: BokehModel;
  view: BokehModel;
  /** The views of what is drawn from sources. */
  glyphs: BokehModel[];
  drawing: Drawing;
  visible: boolean;
  dirty: boolean;
  /** Waits for its turn in `paintNext`. */
  due: boolean;
  painted: number;
}

/** A plot's element; tests read from it what was drawn, and the benchmark paints ready-made numbers. */
interface PlotBox extends HTMLElement {
  heplensValues?: () => Float64Array;
  heplensPaint?: (counts: Counts) => Promise<void>;
}

/** What the view asks when it paints. */
export interface Source {
  counts(name: string): Counts | undefined;
  look(name: string): Look;
  /** The number of the position shown; drawn plots carry it so that a test can tell what was painted. */
  sequence(): number;
}

export class Plots {
  private readonly plots = new Map<string, Plot>();
  private readonly stops: (() => void)[] = [];
  private document: BokehModel = null;
  private views: BokehModel = null;
  private frame = 0;
  private font = '';
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
    const drawings = drawn.map(models => {
      const figure = document.get_model_by_id(models.figure);
      // The bin under the pointer is shown in the caption, in the colours of the page; Bokeh's tooltip is always white.
      figure.toolbar.tools = [];
      const edges = content.edges.get(models.name) ?? [];
      return models.kind === 'map'
        ? new MapDrawing(this.bokeh, document, models, figure, edges)
        : new BinsDrawing(this.bokeh, document, models, figure, edges[0]);
    });
    const views = await add_document_standalone(document, fallback, elements);
    this.document = document;
    this.views = views;
    if (this.gone) {
      this.clear();
      return;
    }
    drawn.forEach((models, i) => {
      const box = boxes.get(models.name);
      const drawing = drawings[i];
      const figure = document.get_model_by_id(models.figure);
      if (box) {
        const view = views.get_one(figure);
        // Asked anew for every label of every paint, it makes the browser work out the page's styles each time.
        const { base_font_size } = view;
        if (base_font_size !== undefined) {
          Object.defineProperty(view, 'base_font_size', {
            value: base_font_size
          });
        }
        const plot: Plot = {
          name: models.name,
          box,
          figure,
          view,
          glyphs: figure.renderers.map((one: BokehModel) => views.get_one(one)),
          drawing,
          visible: true,
          dirty: true,
          due: true,
          painted: -1
        };
        view.el.tabIndex = -1; // the keyboard has the frame around it, and the handles over it
        (box as PlotBox).heplensValues = () => drawing.values();
        (box as PlotBox).heplensPaint = counts =>
          this.show(plot, counts, { region: 0, log: false, moving: true });
        this.plots.set(models.name, plot);
        this.steady(plot);
      }
    });
    this.watch();
    this.applyTheme();
  }

  /** The numbers have changed: what is visible is to be painted. */
  invalidate(): void {
    for (const plot of this.plots.values()) {
      plot.dirty = true;
      plot.due = true;
    }
  }

  /** The plots as they are painted, each with its name; also those out of sight. */
  async canvases(): Promise<
    { name: string; canvas: HTMLCanvasElement; box: HTMLElement }[]
  > {
    await Promise.all([...this.plots.values()].map(plot => this.refresh(plot)));
    return [...this.plots.values()].map(({ name, view, box }) => ({
      name,
      canvas: view.export('png', true).canvas as HTMLCanvasElement,
      box
    }));
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

  /** Labels that become narrower while a hand is on a plot leave the axes where they are, under the pointer. */
  private steady({ name, figure }: Plot): void {
    for (const side of figure.left) {
      const layout = this.views.get_one(side)?.layout;
      const changed = layout?.has_size_changed;
      if (changed && layout._content_size) {
        layout.has_size_changed = () =>
          this.source.look(name).moving
            ? layout._content_size().width > layout.bbox.width
            : changed.call(layout);
      }
    }
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
      this.frame = requestAnimationFrame(() => void this.paint());
    }
  }

  /** Paint what is dirty and visible, before the frame is over. */
  async paint(): Promise<void> {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const visible = [...this.plots.values()].filter(plot => plot.visible);
    await Promise.all(visible.map(plot => this.refresh(plot)));
  }

  /**
   * Paint the one visible plot that has waited longest for new numbers. Whether others wait: each in a frame of its own
   * keeps frames short, where numbers come by themselves and nobody's hand has to be followed.
   */
  paintNext(): boolean {
    const due = [...this.plots.values()]
      .filter(plot => plot.due && plot.visible)
      .sort((one, other) => one.painted - other.painted);
    if (due.length) {
      due[0].due = false;
      void this.refresh(due[0]);
    }
    return due.length > 1;
  }

  private async refresh(plot: Plot): Promise<void> {
    const counts = plot.dirty ? this.source.counts(plot.name) : undefined;
    if (counts && counts.values.length === plot.drawing.size) {
      plot.dirty = false;
      const sequence = this.source.sequence();
      await this.show(plot, counts, this.source.look(plot.name));
      plot.painted = sequence;
      plot.box.dataset.painted = String(sequence);
    }
  }

  /**
   * Paint numbers once, before the frame is over.
   *
   * Bokeh would paint on a clock of its own, and leave out every fourth frame. Told by its source, a glyph takes the
   * numbers a few microtasks later and then asks for a paint in the next frame; awaited, one paint is enough.
   */
  private async show(
    { view, glyphs, drawing }: Plot,
    counts: Counts,
    look: Look
  ): Promise<void> {
    if (!isDirect(view, glyphs)) {
      drawing.update(counts, look);
      drawing.announce();
      return;
    }
    const { left } = view.frame.bbox;
    view.pause();
    const rescaled = drawing.update(counts, look);
    await Promise.all(glyphs.map(glyph => glyph.set_data()));
    view.unpause(true);
    if (!this.gone) {
      view.invalidate_painters();
      view.repaint();
      if (rescaled || view.frame.bbox.left !== left) {
        // The first paint places an axis by the labels that it had before.
        view.invalidate_painters();
        view.repaint();
      }
    }
  }

  private report(plot: Plot): void {
    const { bbox } = plot.view.frame;
    // Not while a handle moves: the axis would change under it.
    if (plot.painted < 0 || !this.source.look(plot.name).moving) {
      spreadTicks(plot.figure, bbox.width);
      fitTitles(this.bokeh, plot.figure, bbox, this.font);
    }
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
      this.font = theme.font;
      view.pause();
      paintFrame(figure, theme);
      for (const { glyph, name } of figure.renderers) {
        const colour = { line: theme.line, ink: theme.text }[name as string];
        if (colour) {
          set(glyph, { fill_color: colour });
          if (glyph.line_color?.value !== null) {
            set(glyph, { line_color: colour });
          }
        }
      }
      view.unpause(true);
      view.request_repaint();
    }
    this.invalidate();
    this.schedule();
  }
}

/** Whether this BokehJS can be told to paint now; another one paints on its own clock what its sources announce. */
function isDirect(view: BokehModel, glyphs: BokehModel[]): boolean {
  const ours = ['pause', 'unpause', 'invalidate_painters', 'repaint'];
  return (
    ours.every(name => typeof view[name] === 'function') &&
    glyphs.every(glyph => typeof glyph.set_data === 'function')
  );
}
