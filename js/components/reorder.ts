/** Dragging things of a row to another place among them, as JupyterLab's tabs are. */

import { useState } from 'preact/hooks';

/** Ours alone: the notebook must not take what is dragged for cells. */
const TYPE = 'application/x-heplens-plot';

/** What one of the things needs: what takes hold of it, and where others can be dropped. */
export interface Place {
  grip: {
    draggable: true;
    onDragStart(event: DragEvent): void;
    onDragEnd(): void;
  };
  target: {
    onDragOver(event: DragEvent & { currentTarget: HTMLElement }): void;
    onDrop(event: DragEvent): void;
  };
  /** Where the dragged one would come: before this one, after it, or elsewhere. */
  mark: 'before' | 'after' | '';
  /** It is the dragged one. */
  dragged: boolean;
}

interface Drag {
  from: number;
  /** Over which one the pointer is, in its first half or in its second; null before it has been over any. */
  over: { index: number; after: boolean } | null;
}

/** The index that the dragged one would have; null where it is already. */
function target({ from, over }: Drag): number | null {
  if (!over) {
    return null;
  }
  const front = over.index + (over.after ? 1 : 0);
  const to = front > from ? front - 1 : front;
  return to === from ? null : to;
}

/** `move` is called with the index of what was dragged, and the index that it shall have. */
export function useReorder(
  move: (from: number, to: number) => void
): (index: number) => Place {
  const [drag, setDrag] = useState<Drag | null>(null);
  return index => ({
    grip: {
      draggable: true,
      onDragStart: event => {
        event.dataTransfer?.setData(TYPE, String(index));
        setDrag({ from: index, over: null });
      },
      onDragEnd: () => setDrag(null)
    },
    target: {
      onDragOver: event => {
        if (drag) {
          event.preventDefault();
          const { left, width } = event.currentTarget.getBoundingClientRect();
          const after = event.clientX > left + width / 2;
          const { over } = drag;
          if (over?.index !== index || over.after !== after) {
            setDrag({ ...drag, over: { index, after } });
          }
        }
      },
      onDrop: event => {
        if (drag) {
          event.preventDefault();
          event.stopPropagation();
          const to = target(drag);
          setDrag(null);
          if (to !== null) {
            move(drag.from, to);
          }
        }
      }
    },
    dragged: drag?.from === index,
    mark:
      drag?.over?.index !== index || target(drag) === null
        ? ''
        : drag.over.after
          ? 'after'
          : 'before'
  });
}
