/** Titles of axes that have no room: the middle is left out, so that how they begin and the unit are read. */

import type { Bokeh, BokehModel } from './bokehjs';

/** A unit, or the width of a bin. */
const END = /\s(\[[^[\]]*\]|\/ \S+( \S+)?)\s*$/;
const SIZE = '12px';

/** Of each figure, the texts as they were and the room they were fitted into. */
const known = new WeakMap<
  BokehModel,
  { texts: Map<BokehModel, string>; room: string }
>();

/** Costs nothing while the axes keep their size. */
export function fitTitles(
  bokeh: Bokeh,
  figure: BokehModel,
  { right, height }: { right: number; height: number },
  font: string
): void {
  const titles = [...figure.below, ...figure.left].filter(
    (one: BokehModel) => one.type === 'Title'
  );
  let about = known.get(figure);
  if (!about) {
    const texts = titles.map(one => [one, one.text.text] as const);
    about = { texts: new Map(texts), room: '' };
    known.set(figure, about);
  }
  const room = `${Math.round(right)} ${Math.round(height)}`;
  if (room === about.room) {
    return;
  }
  about.room = room;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) {
    return;
  }
  context.font = `${SIZE} ${font}`;
  const width = (text: string): number => context.measureText(text).width;
  const { PlainText } = bokeh.require('models/text');
  for (const title of titles) {
    const most = figure.left.includes(title) ? height : right;
    const text = shortened(about.texts.get(title) ?? '', most, width);
    if (text !== title.text.text) {
      title.text = new PlainText({ text });
    }
  }
}

/** The text, or as much of what is before its end as there is room for. */
export function shortened(
  text: string,
  most: number,
  width: (text: string) => number
): string {
  if (width(text) <= most) {
    return text;
  }
  const end = END.exec(text)?.[0] ?? '';
  const start = [...text.slice(0, text.length - end.length)];
  let [fits, over] = [0, start.length];
  const cut = (n: number): string =>
    `${start.slice(0, n).join('').trimEnd()}…${end}`;
  while (over - fits > 1) {
    const n = (fits + over) >> 1;
    [fits, over] = width(cut(n)) <= most ? [n, over] : [fits, n];
  }
  return cut(fits);
}
