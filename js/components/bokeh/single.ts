/** One figure in one element: built from BokehJS's JSON, in the page's colours, removed completely. */

import type { Bokeh, BokehModel } from './bokehjs';
import { printNumbers } from './numbers';
import { forget, paintFrame, set, spreadTicks } from './models';
import { onTheme, themeOf } from './theme';

/** What is at a place of the figure, in its own coordinates. */
export type Probe = (x: number, y: number) => string | null;

/** Pixels of the element's width beside the frame. */
const AXIS_ROOM = 60;

export class SingleFigure {
  private document: BokehModel = null;
  private views: BokehModel = null;
  private view: BokehModel = null;
  private figure: BokehModel = null;
  private readonly stops: (() => void)[] = [];
  private gone = false;

  constructor(
    private readonly bokeh: Bokeh,
    private readonly box: HTMLElement
  ) {}

  /** Build the figure; the element must have a size. */
  async build(content: Record<string, unknown>): Promise<void> {
    const { Document } = this.bokeh.require('document');
    const { add_document_standalone } = this.bokeh.require('embed/standalone');
    const document = Document.from_json(structuredClone(content));
    this.document = document;
    this.figure = document.roots()[0];
    // What is under the pointer is said in the caption, in the colours of the page; Bokeh's tooltip is always white.
    this.figure.toolbar.tools = [];
    printNumbers(this.bokeh, this.figure);
    this.paint();
    this.spread();
    this.views = await add_document_standalone(document, this.box, [this.box]);
    if (this.gone) {
      this.clear();
      return;
    }
    this.view = this.views.get_one(this.figure);
    this.view.el.tabIndex = -1; // nothing in it can be done with a key
    this.watch();
  }

  /** The value under the pointer, as words; null beside everything. */
  probe(clientX: number, clientY: number): [number, number] | null {
    if (!this.view) {
      return null;
    }
    const { left, top } = this.box.getBoundingClientRect();
    const { bbox, x_scale, y_scale } = this.view.frame;
    const [sx, sy] = [clientX - left, clientY - top];
    return bbox.contains(sx, sy)
      ? [x_scale.invert(sx), y_scale.invert(sy)]
      : null;
  }

  /** A source of the document by its name: arrays by column. */
  data(name: string): Record<string, ArrayLike<number>> | null {
    return this.document?.get_model_by_name(name)?.data ?? null;
  }

  remove(): void {
    this.gone = true;
    this.clear();
  }

  private clear(): void {
    for (const stop of this.stops.splice(0)) {
      stop();
    }
    this.views?.clear();
    if (this.document) {
      forget(this.bokeh, this.document);
    }
    this.document = this.views = this.view = this.figure = null;
  }

  private watch(): void {
    const zoomed = (): void => {
      if (this.view.canvas.resize()) {
        this.view.request_repaint();
      }
    };
    window.visualViewport?.addEventListener('resize', zoomed);
    this.stops.push(
      () => window.visualViewport?.removeEventListener('resize', zoomed),
      onTheme(() => this.paint())
    );
    const resized = new ResizeObserver(() => this.spread());
    resized.observe(this.box);
    this.stops.push(() => resized.disconnect());
  }

  private spread(): void {
    spreadTicks(this.figure, this.box.clientWidth - AXIS_ROOM);
  }

  private paint(): void {
    const { figure, box } = this;
    const theme = themeOf(box);
    paintFrame(figure, theme);
    for (const { glyph } of figure.renderers) {
      // Glyphs whose colour stands for a number keep it.
      if (glyph.fill_color === undefined || 'value' in glyph.fill_color) {
        set(glyph, { line_color: theme.line, fill_color: theme.line });
      }
    }
    this.view?.request_repaint();
  }
}
