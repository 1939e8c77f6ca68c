/** anywidget entry of `heplens.widgets.Explorer`. */

import type { InitializeProps, RenderProps } from '@anywidget/types';

import type { State } from './messages';
import { once } from './once';
import { Store, type Model } from './store';
import { mount } from './view';

type Traits = { state: State };

/** Once per model: everything that views share. */
function createStore(
  model: InitializeProps<Traits>['model'],
  signal: AbortSignal
): Store {
  const store = new Store(model as unknown as Model);
  const receive = (): void => store.receive();
  // The widget manager marks all its models when the kernel restarts or dies.
  const disconnect = (): void => store.disconnect();
  model.on('change:state', receive);
  model.on('comm_live_update', disconnect);
  signal.addEventListener('abort', () => {
    model.off('change:state', receive);
    model.off('comm_live_update', disconnect);
    store.close();
  });
  return store;
}

type Widget = () => {
  initialize(props: InitializeProps<Traits>): void;
  render(props: RenderProps<Traits>): () => void;
};

/** What anywidget calls once for every model. */
const explore: Widget = () => {
  let store: Store | undefined;
  return {
    initialize({ model, signal }) {
      store = createStore(model, signal);
    },
    render({ el }) {
      if (!store) {
        throw new Error('heplens: the widget was not initialised');
      }
      return mount(store, el);
    }
  };
};

export default once('heplens.explore', explore);
