/**
 * Text that follows a handle without moving anything around it.
 *
 * Each text is alone in a box of a size of its own, so that a new number is laid out there and nowhere else, and it is
 * written into the page directly: of all that a frame of a drag costs, laying out tables and captions was the largest
 * part after the plots themselves.
 */

import { useLayoutEffect, useRef } from 'preact/hooks';

import type { Live } from './live';

interface Props {
  read(): string;
  /** What moves the numbers that are read; without it they change with the component alone. */
  live?: Live;
  name?: string;
  title?: string;
}

export function FixedText({ read, live, name, title }: Props) {
  const box = useRef<HTMLSpanElement>(null);
  const shown = useRef({ text: '', room: 0 });
  const write = (moving: boolean): void => {
    const { current } = box;
    const text = read();
    if (!current || text === shown.current.text) {
      return;
    }
    (current.firstChild as Text).data = text;
    // While a handle moves the box may grow, but does not shrink with every shorter number.
    const wanted = room(text);
    const now = moving ? Math.max(wanted, shown.current.room) : wanted;
    if (now !== shown.current.room) {
      current.style.width = `${now}ch`;
    }
    shown.current = { text, room: now };
  };
  const latest = useRef(write);
  latest.current = write;
  useLayoutEffect(() => latest.current(false));
  useLayoutEffect(() => live?.follow(() => latest.current(true)), [live]);
  return (
    <span
      ref={box}
      class={'heplens-fixed' + (name ? ` ${name}` : '')}
      title={title}
    >
      {' '}
    </span>
  );
}

/** Not narrower than the text in tabular figures, in widths of a figure. */
function room(text: string): number {
  let width = 0;
  for (const character of text) {
    width += /[.,\s()⁰¹²³⁴-⁹⁻]/.test(character)
      ? 0.6
      : /[0-9a-z+–-]/.test(character)
        ? 1
        : 1.7;
  }
  return Math.ceil(width);
}
