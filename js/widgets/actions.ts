/** What the components of a dashboard call back, done by the store of their widget. */

import type { Actions } from '../components/dashboardTypes';
import type { Store } from './store';

export function actionsOf(store: Store): Actions {
  const { mover } = store;
  return {
    prepare: handle => mover.prepare(handle),
    move: (handle, value, partner) => mover.move(handle, value, partner),
    release: () => store.release(),
    cancel: () => store.cancel(),
    set: (handle, value) => store.set(handle, value),
    enable: (name, enabled) => store.enable(name, enabled),
    edit: (operation, about, text) => store.edit(operation, about, text),
    propose: (operation, about) => mover.propose(operation, about),
    commitProposed: (operation, about) =>
      void store.commitProposed(operation, about),
    problem: about => store.problems.get(about),
    reason: handle => (mover.tiled(handle) ? '' : mover.reason(handle)),
    complete: async typed =>
      store.dead ? null : store.questions.complete(typed),
    axis: expression => store.questions.axis(expression)
  };
}

/** The script, or, without a kernel, the document that opens as the same analysis. */
export async function copy(store: Store): Promise<string> {
  if (store.dead) {
    const text = JSON.stringify(JSON.stringify(store.state.analysis));
    await navigator.clipboard.writeText(
      `import heplens as hl\n\na = hl.Analysis.from_json(${text})\n`
    );
    return 'Copied as code';
  }
  await navigator.clipboard.writeText(await store.questions.script());
  return 'Copied';
}
