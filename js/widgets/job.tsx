/** anywidget entry of `heplens.widgets.job_view.JobView`. */

import type { InitializeProps, RenderProps } from '@anywidget/types';

import type { JobState } from './jobMessages';
import { JobStore, type JobModel } from './jobStore';
import { mountJob } from './jobView';

type Traits = { state: JobState };

/** Once per model: everything that views share. */
function createStore({
  model,
  signal
}: Pick<InitializeProps<Traits>, 'model' | 'signal'>): JobStore {
  const store = new JobStore(model as unknown as JobModel);
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

const job: Widget = () => {
  let store: JobStore | undefined;
  return {
    initialize(props) {
      store = createStore(props);
    },
    render({ el }) {
      if (!store) {
        throw new Error('heplens: the widget was not initialised');
      }
      return mountJob(store, el);
    }
  };
};

/** Which bundle this is; `heplens.widgets.bundle` writes it in front of the module. */
declare const HEPLENS_BUNDLE: string;

/** As in `explore.tsx`: all models use the functions of the first. */
function once(): Widget {
  const page = globalThis as unknown as Record<
    symbol,
    Map<string, Widget> | undefined
  >;
  const widgets = (page[Symbol.for('heplens.job')] ??= new Map());
  const first = widgets.get(HEPLENS_BUNDLE) ?? job;
  widgets.set(HEPLENS_BUNDLE, first);
  return first;
}

export default once();
