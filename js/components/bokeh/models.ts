/** What every host does to BokehJS's models: give a figure the colours of the page, and take a document apart. */

import type { Bokeh, BokehModel } from './bokehjs';
import type { Theme } from './theme';

/** Text, ticks, frame and grid of a figure in the page's colours; what is drawn in it is left alone. */
export function paintFrame(figure: BokehModel, theme: Theme): void {
  figure.outline_line_color = theme.faint;
  for (const side of [...figure.below, ...figure.left, ...figure.right]) {
    set(side, {
      text_color: theme.text,
      text_font: theme.font,
      major_label_text_color: theme.text,
      major_label_text_font: theme.font,
      major_tick_line_color: theme.faint,
      minor_tick_line_color: theme.faint
    });
  }
  for (const grid of figure.center) {
    set(grid, { grid_line_color: theme.grid });
  }
}

/** Pixels that a number below an axis takes, with the gap to the next. */
const TICK_ROOM = 48;

/** As many numbers below the axis as there is room for in so many pixels. */
export function spreadTicks(figure: BokehModel, width: number): void {
  const most = Math.min(6, Math.max(2, Math.round(width / TICK_ROOM)));
  for (const { ticker } of figure.below) {
    if (typeof ticker?.desired_num_ticks === 'number') {
      ticker.desired_num_ticks = most;
    }
  }
}

/** Set those of the properties that the model has. */
export function set(
  model: BokehModel,
  properties: Record<string, string>
): void {
  model.setv(
    Object.fromEntries(
      Object.entries(properties).filter(([name]) => name in model.properties)
    )
  );
}

/** Empty a document, and take it off the list of all documents, which BokehJS keeps for good. */
export function forget(bokeh: Bokeh, document: BokehModel): void {
  document.clear();
  const { documents } = bokeh.require('document') as {
    documents: BokehModel[];
  };
  const at = documents.indexOf(document);
  if (at >= 0) {
    documents.splice(at, 1);
  }
}
