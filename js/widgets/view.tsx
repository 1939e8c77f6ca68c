/** One view of an explorer: the dashboard over the shared store, with plots of its own. */

import { Fragment, render } from 'preact';
import {
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState
} from 'preact/hooks';

import { bokehjs, inflate } from '../components/bokeh/bokehjs';
import { Dashboard } from '../components/dashboard';
import { HistogramEditor } from '../components/dashboardHistogram';
import { AddIcon } from '../components/dashboardIcons';
import { PlotCard } from '../components/dashboardPlot';
import { Tool } from '../components/dashboardTool';
import type { Actions } from '../components/dashboardTypes';
import { Legend } from '../components/dashboardLegend';
import { bytes, type LayerModels, type PlotModels } from './messages';
import { load, save } from './exchange';
import { liveOf } from './live';
import { pictureOf } from './picture';
import { Plots, type Frame } from './plots';
import { statusOf } from './status';
import type { Store } from './store';

/** How long nothing has changed before the notebook's picture is brought up to date; milliseconds. */
const PICTURE_AFTER = 1500;

/** Mount a view in `el`; returns how to take it away. */
export function mount(store: Store, el: HTMLElement): () => void {
  const root = document.createElement('div');
  root.className = 'heplens-root';
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
  const followers = useMemo(() => new Set<() => void>(), []);
  const live = useMemo(() => liveOf(store, followers), [store, followers]);
  const room = useRoom(root);
  const { mover, reader } = store;
  const { numbers, snapshot } = reader;

  useEffect(() => {
    // Positions come faster than the screen shows them: everything is drawn once per frame, the plots included.
    let all = false;
    const draw = (): void => {
      frame.current = 0;
      plots.current?.paint();
      if (all) {
        redraw(0);
      } else {
        followers.forEach(update => update());
      }
      all = false;
    };
    const stop = store.subscribe(what => {
      all ||= what === 'anything';
      plots.current?.invalidate();
      frame.current ||= requestAnimationFrame(draw);
    });
    return () => {
      stop();
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
    bokehjs(snapshot.bokeh, () =>
      store.requests
        .ask('bokeh', { kind: 'bokeh', version: snapshot.bokeh })
        .then(({ buffers }) => inflate(bytes(buffers[0])))
    )
      .then(async bokeh => {
        if (!gone) {
          built = new Plots(bokeh, source(store), onFrame);
          await built.build(snapshot, boxes);
          built.paint();
          plots.current = built;
          redraw(0);
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
  }, [store, snapshot, room, boxes, onFrame]);

  useEffect(() => {
    // For tests: what this view shows, and for which revision.
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
        store.keepPicture(async () =>
          plots.current ? pictureOf(plots.current, root) : null
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
    dask: () => store.dask(),
    save: () => save(store.state.analysis),
    load: () =>
      void load(store).then(
        name => name && setNotice(`Opened ${name}`),
        e => setNotice(e instanceof Error ? e.message : String(e))
      ),
    showRegion: (region: number) => store.showRegion(region),
    copyScript: () =>
      void copy(store).then(setNotice, e => setNotice(String(e)))
  };
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
      notice={notice}
      handles={step => mover.handles(step)}
      live={live}
      actions={actions}
      tools={tools}
      regions={regionsOf(plotsShown)}
      region={store.region}
    >
      <Legend layers={layersOf(plotsShown)} />
      {plotsShown.map((plot, index) => (
        <Fragment key={plot.name}>
          <PlotCard
            plot={plot}
            index={index}
            edges={snapshot?.edges.get(plot.name)?.[0]}
            frame={frames[plot.name]}
            handles={(numbers?.handles ?? []).filter(
              h => h.plots.includes(plot.name) && isOn(store, h.step)
            )}
            log={store.logs.has(plot.name)}
            live={live}
            actions={actions}
            onLog={() => store.toggleLog(plot.name)}
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

/** What the components call back. */
function actionsOf(store: Store): Actions {
  const { mover } = store;
  return {
    prepare: handle => mover.prepare(handle),
    move: (handle, value, partner) => mover.move(handle, value, partner),
    release: () => store.release(),
    cancel: () => store.cancel(),
    set: (handle, value) => store.set(handle, value),
    enable: (name, enabled) => store.enable(name, enabled),
    edit: (operation, about, text) => store.edit(operation, about, text),
    propose: operation => mover.propose(operation),
    commitProposed: (operation, about) =>
      void store.commitProposed(operation, about),
    problem: about => store.problems.get(about),
    reason: handle => (mover.tiled(handle) ? '' : mover.reason(handle)),
    complete: typed => store.complete(typed),
    axis: expression => store.axis(expression)
  };
}

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

export function regionsOf(plots: PlotModels[]): string[] {
  return plots.flatMap(p => (p.drawn ? [p.regions] : []))[0] ?? [];
}

/** The layers of the first plot that has several; all plots have the same. */
export function layersOf(plots: PlotModels[]): LayerModels[] {
  const bins = plots.find(p => p.drawn && p.kind === 'bins');
  return bins?.drawn && bins.kind === 'bins' ? bins.layers : [];
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

/** The script, or, without a kernel, the document that opens as the same analysis. */
async function copy(store: Store): Promise<string> {
  if (store.dead) {
    const text = JSON.stringify(JSON.stringify(store.state.analysis));
    await navigator.clipboard.writeText(
      `import heplens as hl\n\na = hl.Analysis.from_json(${text})\n`
    );
    return 'Copied as code';
  }
  await navigator.clipboard.writeText(await store.script());
  return 'Copied';
}
