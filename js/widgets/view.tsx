/** One view of an explorer: the dashboard over the shared store, with plots of its own. */

import { render } from 'preact';
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
import { events } from '../components/dashboardFormat';
import { PlotCard } from '../components/dashboardPlot';
import { bytes, type Handle } from './messages';
import { Plots, type Frame } from './plots';
import type { Store } from './store';

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
  const boxes = useMemo(() => new Map<string, HTMLElement>(), []);
  const plots = useRef<Plots | null>(null);
  const room = useRoom(root);
  const { mover, reader } = store;
  const { numbers, snapshot } = reader;

  useEffect(
    () =>
      store.subscribe(() => {
        plots.current?.invalidate();
        redraw(0);
      }),
    [store]
  );

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
    const ready = plots.current && store.settled;
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
  });

  const actions = {
    prepare: (handle: Handle) => mover.prepare(handle),
    move: (handle: Handle, value: number) => mover.move(handle, value),
    release: () => store.release(),
    set: (handle: Handle, value: number | null) => store.set(handle, value),
    enable: (name: string, enabled: boolean) => store.enable(name, enabled),
    express: (name: string, expression: string) =>
      void store.edit(
        { op: 'set_expression', name, expression },
        name,
        expression
      ),
    undo: () => store.step('undo'),
    redo: () => store.step('redo'),
    copyScript: () =>
      void copy(store).then(setNotice, e => setNotice(String(e)))
  };

  return (
    <Dashboard
      state={store.state}
      steps={store.steps}
      rows={mover.cutflow()}
      problems={numbers?.problems ?? []}
      status={statusOf(store)}
      failure={store.failure}
      notice={notice}
      handles={step => mover.handles(step)}
      valueOf={handle => mover.valueOf(handle)}
      problem={step => store.problems.get(step)}
      actions={actions}
    >
      {(snapshot?.plots ?? []).map(plot => (
        <PlotCard
          key={plot.name}
          plot={plot}
          counts={store.counts(plot.name)}
          edges={snapshot?.edges.get(plot.name)}
          frame={frames[plot.name]}
          handles={(numbers?.handles ?? []).filter(
            h => h.plots.includes(plot.name) && isOn(store, h.step)
          )}
          valueOf={handle => mover.valueOf(handle)}
          actions={actions}
          box={box => {
            if (box) {
              boxes.set(plot.name, box);
            } else {
              boxes.delete(plot.name);
            }
          }}
        />
      ))}
    </Dashboard>
  );
}

/** True once the element has had a size: below the fold, or in a hidden tab, there is nothing to build into. */
function useRoom(root: HTMLElement): boolean {
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

function source(store: Store) {
  return {
    counts: (name: string) => store.counts(name),
    moving: () => store.mover.moving,
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

function statusOf(store: Store): {
  text: string;
  tone: 'quiet' | 'busy' | 'bad';
} {
  if (store.dead) {
    return {
      text: 'Kernel gone: this is the last state. Copy as code keeps the analysis.',
      tone: 'bad'
    };
  }
  if (store.busy) {
    const text =
      store.queued > 0 ? 'Kernel busy, change queued' : 'Kernel busy';
    return { text, tone: 'busy' };
  }
  if (store.state.status?.phase === 'running') {
    return { text: 'Counting…', tone: 'quiet' };
  }
  const seen = store.reader.numbers?.events ?? null;
  return { text: seen === null ? '' : `${events(seen)} events`, tone: 'quiet' };
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
