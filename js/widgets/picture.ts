/** The plots of a view as one PNG, laid out as they are on the page. */

import { themeOf } from '../components/bokeh/theme';
import type { Plots } from './plots';

/** How long nothing has changed before the notebook's picture is brought up to date; milliseconds. */
export const PICTURE_AFTER = 1500;

const CAPTION = 20;

/** `region` is the one that is shown, '' when there are none. */
export async function pictureOf(
  plots: Plots,
  root: HTMLElement,
  region: string
): Promise<ArrayBuffer | null> {
  const drawn = await plots.canvases();
  const grid = root.querySelector('.heplens-plots');
  if (drawn.length === 0 || !grid || root.clientWidth === 0) {
    return null;
  }
  const origin = grid.getBoundingClientRect();
  const theme = themeOf(root);
  const boxes = drawn.map(({ box }) => box.getBoundingClientRect());
  const height = Math.max(...boxes.map(b => b.bottom)) - origin.top + 8;
  const ratio = window.devicePixelRatio || 1;
  const picture = document.createElement('canvas');
  picture.width = Math.ceil(origin.width * ratio);
  picture.height = Math.ceil(height * ratio);
  const context = picture.getContext('2d');
  if (!context) {
    return null;
  }
  context.scale(ratio, ratio);
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, origin.width, height);
  context.fillStyle = theme.text;
  context.font = `600 13px ${theme.font}`;
  drawn.forEach(({ name, canvas }, i) => {
    const { left, top, width, height } = boxes[i];
    const [x, y] = [left - origin.left, top - origin.top];
    context.drawImage(canvas, x, y, width, height);
    const title = region ? `${name} · ${region}` : name;
    context.fillText(title, x + 6, y - CAPTION / 2 + 5, width - 12);
  });
  const blob = await new Promise<Blob | null>(resolve =>
    picture.toBlob(resolve, 'image/png')
  );
  return blob && blob.arrayBuffer();
}
