/** Let a component follow something that announces its changes. */

import { useEffect, useReducer } from 'preact/hooks';

interface Announcing {
  subscribe(listener: () => void): () => void;
}

/** Draw the component again after every change of `model`. */
export function useChanges(model: Announcing): void {
  const [, draw] = useReducer((n: number, _: void) => n + 1, 0);
  useEffect(() => {
    const stop = model.subscribe(() => draw());
    // What changed between drawing and subscribing would be missed otherwise.
    draw();
    return stop;
  }, [model]);
}
