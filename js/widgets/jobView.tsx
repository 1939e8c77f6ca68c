/** One view of a job over the shared store, with plots of its own. */

import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks';

import { bokehjs, inflate } from '../components/bokeh/bokehjs';
import { Legend } from '../components/dashboardLegend';
import { JobPanel } from '../components/jobPanel';
import { JobPlot } from '../components/jobPlot';
import { coverage } from '../components/jobFormat';
import { mountIn } from './anywidget';
import { LISTED, type JobStore } from './jobStore';
import { regionsOf } from './looks';
import { PICTURE_AFTER, pictureOf } from './picture';
import { Plots } from './plots';
import { bytes } from './protocol';
import { useRoom } from './room';
import { layersOf } from './view';

/** Mount a view in `el`; returns how to take it away. The job does not notice. */
export function mountJob(store: JobStore, el: HTMLElement): () => void {
  const detach = store.attach();
  const remove = mountIn(el, 'heplens-root heplens-jobview-root', root => (
    <View store={store} root={root} />
  ));
  return () => {
    remove();
    detach();
  };
}

function View({ store, root }: { store: JobStore; root: HTMLElement }) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const boxes = useMemo(() => new Map<string, HTMLElement>(), []);
  const plots = useRef<Plots | null>(null);
  const waits = useRef(false); // a plot, for its turn
  const room = useRoom(root);
  const { snapshot, numbers, state } = store;
  const regions = regionsOf(snapshot?.plots ?? []);

  useEffect(() => {
    // However much arrives, everything is drawn once per frame, and of the plots one per frame.
    let frame = 0;
    let fresh = false;
    const draw = (): void => {
      waits.current = plots.current?.paintNext() ?? false;
      frame = waits.current ? requestAnimationFrame(draw) : 0;
      if (fresh || !waits.current) {
        fresh = false;
        redraw(0);
      }
    };
    const stop = store.subscribe(() => {
      plots.current?.invalidate();
      fresh = true;
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
      : drawn && store.settled && !waits.current
        ? 'ready'
        : 'loading';
    root.dataset.id = state.job?.id ?? '';
    root.dataset.job = state.progress?.state ?? '';
    root.dataset.done = String(numbers?.done ?? 0);
    if (root.dataset.state !== 'ready') {
      return;
    }
    const idle = window.setTimeout(
      () =>
        store.keepPicture(async () =>
          plots.current
            ? pictureOf(plots.current, root, store.looks.regionName)
            : null
        ),
      PICTURE_AFTER
    );
    return () => window.clearTimeout(idle);
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
      next={Math.min(LISTED, store.failed - store.failures.length)}
      onMore={() => store.listMore()}
      failure={store.failure}
      acting={store.acting}
      dead={store.dead}
      regions={regions}
      region={store.looks.region}
      onRegion={region => store.looks.show(region)}
      onAct={(action, files) => void store.act(action, files)}
    >
      <Legend layers={layersOf(snapshot?.plots ?? [])} />
      {(snapshot?.plots ?? []).map(plot => (
        <JobPlot
          key={plot.name}
          plot={plot}
          log={store.looks.isLog(plot.name)}
          onLog={() => store.looks.toggle(plot.name)}
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
    look: (name: string) => ({
      region: store.looks.region,
      log: store.looks.isLog(name),
      // While it fills, an axis keeps still where it can.
      moving: store.state.progress.state === 'running'
    }),
    sequence: () => store.sequence
  };
}
