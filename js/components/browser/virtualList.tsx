/** A list of many rows of one height, of which only those in sight are in the page. */

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export const ROW_HEIGHT = 24;
const SPARE = 8;

interface Props {
  length: number;
  row(index: number): ComponentChildren;
  /** Kept in sight whenever it changes; -1 for none. */
  current: number;
  attributes: Record<string, unknown>;
}

export function VirtualList({ length, row, current, attributes }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(0);

  useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    const observer = new ResizeObserver(() => setHeight(node.clientHeight));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const node = box.current;
    if (!node || current < 0 || node.clientHeight === 0) {
      return;
    }
    const start = current * ROW_HEIGHT;
    if (start < node.scrollTop) {
      node.scrollTop = start;
    } else if (start + ROW_HEIGHT > node.scrollTop + node.clientHeight) {
      node.scrollTop = start + ROW_HEIGHT - node.clientHeight;
    }
  }, [current]);

  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - SPARE);
  const last = Math.min(length, Math.ceil((top + height) / ROW_HEIGHT) + SPARE);
  const rows: ComponentChildren[] = [];
  for (let index = first; index < last; index++) {
    rows.push(row(index));
  }
  return (
    <div
      ref={box}
      class="heplens-list"
      onScroll={event => setTop(event.currentTarget.scrollTop)}
      {...attributes}
    >
      <div
        class="heplens-list-space"
        role="presentation"
        style={{ height: length * ROW_HEIGHT }}
      >
        {rows}
      </div>
    </div>
  );
}
