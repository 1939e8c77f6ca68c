/** How a store and its views become a widget: what anywidget calls, once per model and once per view. */

import type { InitializeProps, RenderProps } from '@anywidget/types';
import { render, type ComponentChild } from 'preact';

import { once } from './once';
import type { Channel } from './requests';

/** What the views of one model share. */
export interface Shared {
  /** The state has changed. */
  receive(): void;
  /** The kernel has gone away. */
  disconnect(): void;
  /** The model is gone. */
  close(): void;
}

interface Traits<State> {
  state: State;
}

export interface Model<State> extends Channel {
  get(name: 'state'): State;
}

interface Widget<State> {
  initialize(props: InitializeProps<Traits<State>>): void;
  render(props: RenderProps<Traits<State>>): () => void;
}

/**
 * The default export of an entry point.
 *
 * `make` is called once for every model, `mount` for every view; it returns how to take the view away.
 */
export function widget<State, S extends Shared>(
  name: string,
  make: (model: Model<State>) => S,
  mount: (store: S, el: HTMLElement) => () => void
): () => Widget<State> {
  return once(name, () => {
    let store: S | undefined;
    return {
      initialize({ model, signal }) {
        const made = (store = make(model as unknown as Model<State>));
        const receive = (): void => made.receive();
        // The widget manager marks all its models when the kernel restarts or dies.
        const disconnect = (): void => made.disconnect();
        model.on('change:state', receive);
        model.on('comm_live_update', disconnect);
        signal.addEventListener('abort', () => {
          model.off('change:state', receive);
          model.off('comm_live_update', disconnect);
          made.close();
        });
      },
      render({ el }) {
        if (!store) {
          throw new Error('heplens: the widget was not initialised');
        }
        return mount(store, el);
      }
    };
  });
}

/** Render into a new element in `el` whose keys are its own; returns how to take it away. */
export function mountIn(
  el: HTMLElement,
  className: string,
  view: (root: HTMLElement) => ComponentChild
): () => void {
  const root = document.createElement('div');
  root.className = className;
  root.dataset.lmSuppressShortcuts = 'true';
  el.append(root);
  render(view(root), root);
  return () => {
    render(null, root);
    root.remove();
  };
}
