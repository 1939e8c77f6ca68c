/** One view of a job over the shared store, with plots of its own. */

import { render } from 'preact';
import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks';

import { bokehjs, inflate } from '../components/bokeh/bokehjs';
import { Legend } from '../components/dashboardLegend';
import { JobPanel } from '../components/jobPanel';
import { JobPlot } from '../components/jobPlot';
import { coverage } from '../components/jobFormat';
import type { JobStore } from './jobStore';
import { bytes } from './messages';
import { Plots } from './plots';
import { layersOf, regionsOf, useRoom } from './view';

/** Mount a view in `el`; returns how to take it away. The job does not notice. */
export function mountJob(store: JobStore, el: HTMLElement): () => void {
  const root = document.createElement('div');
  root.className = 'heplens-root heplens-jobview-root';
  root.dataset.lmSuppressShortcuts = 'true';
  root.dataset.state = 'loading';
  el.append(root);
  const detach = store.attach();
  render(<View store={store} root={root} />, root);
  return () => {
    render(null, root);
    detach();
    root.remove();
  };
}

function View({ store, root }: { store: JobStore; root: HTMLElement }) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const boxes = useMemo(() => new Map<string, HTMLElement>(), []);
  const plots = useRef<Plots | null>(null);
  const room = useRoom(root);
  const { snapshot, numbers, state } = store;

  useEffect(() => {
    // However much arrives, everything is drawn once per frame, the plots included.
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      plots.current?.paint();
      redraw(0);
    };
    const stop = store.subscribe(() => {
      plots.current?.invalidate();
      frame ||= requestAnimationFrame(draw);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [store]);

  useEffect(() => {
    if (!snapshot || !room) {
      return;
    }
    let gone = false;
    let built: Plots | null = null;
    bokehjs(snapshot.bokeh, () =>
      store.requests
        .ask('bokeh', { kind: 'bokeh', version: snapshot.bokeh })
        .then(({ buffers }) => inflate(bytes(buffers[0])))
    )
      .then(async bokeh => {
        if (!gone) {
          built = new Plots(bokeh, source(store), () => undefined);
          await built.build(snapshot, boxes);
          plots.current = built;
          redraw(0);
        }
      })
      .catch((error: unknown) => store.fail(error));
    return () => {
      gone = true;
      built?.remove();
      plots.current = null;
    };
  }, [store, snapshot, room, boxes]);

  useEffect(() => {
    // For tests: what this view shows, and of which state.
    const drawn = plots.current || snapshot?.plots.every(plot => !plot.drawn);
    root.dataset.state = store.dead
      ? 'dead'
      : drawn && store.settled
        ? 'ready'
        : 'loading';
    root.dataset.job = state.progress?.state ?? '';
    root.dataset.done = String(numbers?.done ?? 0);
  });

  if (!state.progress) {
    return <p class="heplens-failure">{store.failure}</p>;
  }
  return (
    <JobPanel
      job={state.job}
      progress={state.progress}
      cluster={state.cluster}
      rows={numbers?.cutflow ?? []}
      problems={(numbers?.problems ?? []).filter(isNews)}
      failures={store.failures}
      failed={store.failed}
      failure={store.failure}
      acting={store.acting}
      dead={store.dead}
      regions={regionsOf(snapshot?.plots ?? [])}
      region={store.region}
      onRegion={region => store.showRegion(region)}
      onAct={(action, files) => void store.act(action, files)}
    >
      <Legend layers={layersOf(snapshot?.plots ?? [])} />
      {(snapshot?.plots ?? []).map(plot => (
        <JobPlot
          key={plot.name}
          name={plot.name}
          axes={plot.drawn ? null : plot.axes}
          coverage={numbers ? coverage(numbers) : null}
          box={box => {
            if (box) {
              boxes.set(plot.name, box);
            } else {
              boxes.delete(plot.name);
            }
          }}
        />
      ))}
    </JobPanel>
  );
}

/** What the panel says elsewhere, with buttons: how much there is, and what failed. */
function isNews(problem: string): boolean {
  return !/^(incomplete: |not in this result: )/.test(problem);
}

function source(store: JobStore) {
  return {
    counts: (name: string) => store.counts(name),
    look: () => ({
      region: store.region,
      log: false,
      // While it fills, an axis keeps still where it can.
      moving: store.state.progress.state === 'running'
    }),
    sequence: () => store.sequence
  };
}
