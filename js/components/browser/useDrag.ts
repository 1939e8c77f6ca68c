/** Tells a drag from a click: the pointer goes down and moves away. */

/** Pixels. */
const THRESHOLD = 5;

/** A handler of `pointerdown` that calls `onDrag` when the pointer has moved so far that a click is not meant. */
export function useDrag(
  onDrag: (event: PointerEvent) => void
): (event: PointerEvent) => void {
  return down => {
    if (down.button !== 0 || down.pointerType === 'touch') {
      return;
    }
    const stop = () => {
      document.removeEventListener('pointermove', move, true);
      document.removeEventListener('pointerup', stop, true);
      document.removeEventListener('pointercancel', stop, true);
    };
    const move = (event: PointerEvent) => {
      const far = Math.hypot(
        event.clientX - down.clientX,
        event.clientY - down.clientY
      );
      if (far >= THRESHOLD) {
        stop();
        onDrag(event);
      }
    };
    document.addEventListener('pointermove', move, true);
    document.addEventListener('pointerup', stop, true);
    document.addEventListener('pointercancel', stop, true);
  };
}
