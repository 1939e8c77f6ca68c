/** What is open and chosen in a browser outlives a reload of the page. */

import type { IStateDB } from '@jupyterlab/statedb';

import type { Kept, TreeModel } from '../components/browser/model';

/** Milliseconds that a state has to last to be stored. */
const REST = 500;

/** Restore `model` from what was kept under `key`, and keep it there from now on; returns how to stop. */
export function keep(
  state: IStateDB,
  key: string,
  model: TreeModel
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stored = '';
  let stop: () => void = () => undefined;
  let ended = false;
  const save = () => {
    const kept = model.kept;
    const text = JSON.stringify(kept);
    if (text !== stored) {
      stored = text;
      void state.save(key, { ...kept });
    }
  };
  const start = (found: unknown) => {
    if (isKept(found)) {
      model.restore(found);
    }
    if (!ended) {
      stop = model.subscribe(() => {
        clearTimeout(timer);
        timer = setTimeout(save, REST);
      });
    }
  };
  state.fetch(key).then(start, () => start(null));
  return () => {
    ended = true;
    clearTimeout(timer);
    stop();
  };
}

function isKept(found: unknown): found is Kept {
  const { open, selected } = (found ?? {}) as Partial<Kept>;
  return (
    Array.isArray(open) &&
    open.every(id => typeof id === 'string') &&
    (selected === null || typeof selected === 'string')
  );
}
