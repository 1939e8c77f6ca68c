/** One view of an explorer: the dashboard over the shared store, with plots of its own. */

import { Fragment } from 'preact';
import {
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState
} from 'preact/hooks';

import { bokehjs, foresee, inflate } from '../components/bokeh/bokehjs';
import { Dashboard } from '../components/dashboard';
import { HistogramEditor } from '../components/dashboardHistogram';
import { AddIcon } from '../components/dashboardIcons';
import { PlotCard } from '../components/dashboardPlot';
import { Tool } from '../components/dashboardTool';
import { useReorder } from '../components/reorder';
import { Legend } from '../components/dashboardLegend';
import { mountIn } from './anywidget';
import type { LayerModels, PlotModels } from './messages';
import { actionsOf, copy } from './actions';
import { load, save } from './exchange';
import { Followers, liveOf } from './live';
import { regionsOf } from './looks';
import { PICTURE_AFTER, pictureOf } from './picture';
import { Plots, type Frame } from './plots';
import { bytes } from './protocol';
import { useRoom } from './room';
import { statusOf } from './status';
import type { Store } from './store';

/** Mount a view in `el`; returns how to take it away. */
export function mount(store: Store, el: HTMLElement): () => void {
  const detach = store.attach();
  const remove = mountIn(el, 'heplens-root', root => (
    <View store={store} root={root} />
  ));
  return () => {
    remove();
    detach();
  };
}

function View({ store, root }: { store: Store; root: HTMLElement }) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [frames, setFrames] = useState<Record<string, Frame>>({});
  const [notice, setNotice] = useState('');
  /** The histogram whose editor is open, '' for a new one. */
  const [edited, setEdited] = useState<string | null>(null);
  const boxes = useMemo(() => new Map<string, HTMLElement>(), []);
  const plots = useRef<Plots | null>(null);
  /** The frame in which what has changed will be drawn, 0 when all of it is. */
  const frame = useRef(0);
  const followers = useMemo(() => new Followers(), []);
  const live = useMemo(() => liveOf(store, followers), [store, followers]);
  const foreseen = useMemo(
    () => foresee(() => askBokeh(store, '')).catch(() => undefined),
    [store]
  );
  const room = useRoom(root);
  const { mover, reader } = store;
  const { numbers, snapshot } = reader;

  useEffect(() => {
    // Positions come faster than the screen shows them: everything is drawn once per frame, the plots included.
    // What is written before the plots are painted would be laid out for them, and once more for the screen.
    let all = false;
    const tell = (whole: boolean): void => {
      if (whole) {
        followers.clear();
        redraw(0);
      } else {
        followers.moved();
      }
    };
    const draw = (): void => {
      const whole = all;
      frame.current = 0;
      all = false;
      void Promise.resolve(plots.current?.paint()).finally(() => tell(whole));
    };
    const stop = store.subscribe(what => {
      all ||= what === 'anything';
      plots.current?.invalidate();
      frame.current ||= requestAnimationFrame(draw);
    });
    return () => {
      stop();
      followers.clear();
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    };
  }, [store, followers]);

  const onFrame = useCallback((name: string, frame: Frame) => {
    setFrames(old =>
      same(old[name], frame) ? old : { ...old, [name]: frame }
    );
  }, []);

  useEffect(() => {
    if (!snapshot || !room) {
      return;
    }
    let gone = false;
    let built: Plots | null = null;
    const { bokeh: version } = snapshot;
    foreseen
      .then(() =>
        bokehjs(version, async () => (await askBokeh(store, version)).text)
      )
      .then(async bokeh => {
        if (!gone) {
          built = new Plots(bokeh, source(store), onFrame);
          await built.build(snapshot, boxes);
          await built.paint();
          if (!gone) {
            plots.current = built;
            redraw(0);
          }
        }
      })
      .catch((error: unknown) => {
        store.failure = `The plots could not be drawn: ${String(error)}`;
        redraw(0);
      });
    return () => {
      gone = true;
      built?.remove();
      plots.current = null;
    };
  }, [store, snapshot, foreseen, room, boxes, onFrame]);

  useEffect(() => {
    // For tests: of which position the texts are; the plots say the same of themselves.
    const write = (): void => {
      root.dataset.written = String(store.sequence);
    };
    followers.texts.add(write);
    return () => followers.texts.delete(write);
  }, [store, root, followers]);

  useEffect(() => {
    // For tests: what this view shows, and for which revision.
    root.dataset.written = String(store.sequence);
    const fits = snapshot?.shape === numbers?.shape;
    const drawn = plots.current && frame.current === 0;
    const ready = drawn && store.settled && fits;
    root.dataset.state = store.dead
      ? 'dead'
      : store.failure
        ? 'failed'
        : ready
          ? 'ready'
          : 'loading';
    root.dataset.revision = String(numbers?.revision ?? 0);
    root.dataset.source = mover.drag?.slice
      ? 'tile'
      : (reader.shown?.key ?? '');
    if (!ready || store.dead) {
      return;
    }
    const idle = window.setTimeout(
      () =>
        store.pictures.keep(async () =>
          plots.current
            ? pictureOf(plots.current, root, store.looks.regionName)
            : null
        ),
      PICTURE_AFTER
    );
    return () => window.clearTimeout(idle);
  });

  const actions = useMemo(() => actionsOf(store), [store]);
  const tools = {
    undo: () => store.step('undo'),
    redo: () => store.step('redo'),
    reset: () => store.step('reset'),
    dask: () =>
      store.state.over
        ? store.recount()
        : void store.launch().then(
            () => setNotice('Choose below where it runs'),
            e => setNotice(e instanceof Error ? e.message : String(e))
          ),
    save: () => save(store.state.analysis),
    load: () =>
      void load(store).then(
        name => name && setNotice(`Opened ${name}`),
        e => setNotice(e instanceof Error ? e.message : String(e))
      ),
    showRegion: (region: string) => store.looks.show(region),
    copyScript: () =>
      void copy(store).then(setNotice, e => setNotice(String(e)))
  };
  const placeOf = useReorder((from, index) => {
    const { name } = plotsShown[from];
    void actions.edit({ op: 'move_histogram', name, index }, name);
  });
  const { steps } = store;
  const histograms = store.state.analysis?.histograms ?? [];
  const names = histograms.map(h => h.name);
  const close = (): void => setEdited(null);
  const plotsShown = snapshot?.plots ?? [];

  return (
    <Dashboard
      state={store.state}
      steps={steps}
      problems={numbers?.problems ?? []}
      status={statusOf(store)}
      failure={store.failure}
      needsJob={store.needsJob}
      outdated={
        store.failure !== '' && numbers?.revision !== store.state.revision
      }
      notice={notice}
      handles={step => mover.handles(step)}
      live={live}
      actions={actions}
      tools={tools}
      regions={regionsOf(plotsShown)}
      region={store.looks.region}
    >
      <Legend layers={layersOf(plotsShown)} />
      {plotsShown.map((plot, index) => (
        <Fragment key={plot.name}>
          <PlotCard
            plot={plot}
            index={index}
            place={placeOf(index)}
            edges={snapshot?.edges.get(plot.name)}
            frame={frames[plot.name]}
            handles={(numbers?.handles ?? []).filter(
              h => h.plots.includes(plot.name) && isOn(store, h.step)
            )}
            log={store.looks.isLog(plot.name)}
            live={live}
            actions={actions}
            onLog={() => store.looks.toggle(plot.name)}
            onEdit={() => setEdited(edited === plot.name ? null : plot.name)}
            box={box => {
              if (box) {
                boxes.set(plot.name, box);
              } else {
                boxes.delete(plot.name);
              }
            }}
          />
          {edited === plot.name && (
            <HistogramEditor
              histogram={histograms.find(h => h.name === plot.name) ?? null}
              names={names}
              steps={steps}
              actions={actions}
              onClose={close}
            />
          )}
        </Fragment>
      ))}
      {edited === '' ? (
        <HistogramEditor
          histogram={null}
          names={names}
          steps={steps}
          actions={actions}
          onClose={close}
        />
      ) : (
        <div class="heplens-add heplens-add-plot">
          <Tool label="Add a histogram" onClick={() => setEdited('')}>
            <AddIcon />
            <span>Histogram</span>
          </Tool>
        </div>
      )}
    </Dashboard>
  );
}

/** The layers of the first plot that has several; all plots have the same. */
export function layersOf(plots: PlotModels[]): LayerModels[] {
  const bins = plots.find(p => p.drawn && p.kind === 'bins');
  return bins?.drawn && bins.kind === 'bins' ? bins.layers : [];
}

/** BokehJS of the kernel, whichever version it has. */
async function askBokeh(
  { requests }: Store,
  version: string
): Promise<{ version: string; text: string }> {
  const { reply, buffers } = await requests.ask('bokeh', {
    kind: 'bokeh',
    version
  });
  return { version: reply.version, text: await inflate(bytes(buffers[0])) };
}

function source(store: Store) {
  return {
    counts: (name: string) => store.counts(name),
    look: (name: string) => store.look(name),
    sequence: () => store.sequence
  };
}

function isOn(store: Store, name: string): boolean {
  return store.state.analysis.steps.some(
    s => s.name === name && s.enabled !== false
  );
}

function same(a: Frame | undefined, b: Frame): boolean {
  return (
    a !== undefined &&
    (Object.keys(b) as (keyof Frame)[]).every(k => a[k] === b[k])
  );
}
