/** Whether there is room to draw in. */

import { useEffect, useState } from 'preact/hooks';

/** True once the element has had a size: below the fold, or in a hidden tab, there is nothing to build into. */
export function useRoom(root: HTMLElement): boolean {
  const [room, setRoom] = useState(false);
  useEffect(() => {
    if (room) {
      return;
    }
    const observer = new ResizeObserver(() => {
      if (root.clientWidth > 0 && root.isConnected) {
        setRoom(true);
        observer.disconnect();
      }
    });
    observer.observe(root);
    return () => observer.disconnect();
  }, [root, room]);
  return room;
}
