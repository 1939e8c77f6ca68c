/**
 * What all views of one widget share: the state, the last numbers, the tiles and the handle that is being moved.
 *
 * Made once per model in `initialize`. Views read it and call its methods; it never touches the page.
 */

import type { Counts } from '../brush/tile';
import {
  floats,
  mismatch,
  PROTOCOL,
  type Answer,
  type CountsFields,
  type CutflowRow,
  type Handle,
  type Operation,
  type State
} from './messages';
import type { PlotDocument } from './plots';
import { Closed, Refusal, Requests, Stale, type Channel } from './requests';
import { edgesOf, Tile, TileShelf, type Slice } from './tiles';

export interface Model extends Channel {
  get(name: 'state'): State;
}

/** The numbers that are shown, and where they came from. */
interface Numbers extends CountsFields {
  key: string;
  revision: number;
  counts: Map<string, Counts>;
}

interface Drag {
  handle: Handle;
  value: number;
  tile: Tile | null;
  slice: Slice | null;
  released: boolean;
}

/** A refusal that a step shows under its text. */
export interface Problem {
  message: string;
  position: number | null;
  text: string;
}

const BUSY_AFTER = 700;

export class Store {
  readonly requests: Requests;
  state: State;
  numbers: Numbers | null = null;
  /** The document of all plots; asked for again when the histograms change. */
  snapshot: (PlotDocument & { bokeh: string; shape: string; revision: number }) | null = null;
  drag: Drag | null = null;
  /** What went wrong with the whole, as a sentence. */
  failure = '';
  /** The kernel of this widget has gone; what is shown is all there is. */
  dead = false;
  busy = false;
  /** Edits that were sent and not answered. */
  queued = 0;
  readonly problems = new Map<string, Problem>();
  /** Counts up with everything that changes what plots show. */
  sequence = 0;

  private readonly listeners = new Set<() => void>();
  private readonly shelf = new TileShelf();
  private wanted = 0;
  private previewing = false;
  private preview: Operation | null = null;
  private askingShape = '';
  private askingTile = '';
  private clock = 0;
  private views = 0;

  constructor(private readonly model: Model) {
    this.requests = new Requests(model);
    this.state = model.get('state');
  }

  // --- for views ----------------------------------------------------------------------------------------------------

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A view has started: it needs a document, and the current numbers. */
  attach(): () => void {
    this.views += 1;
    if (this.checkProtocol()) {
      void this.askSnapshot();
      void this.askCounts();
    }
    this.clock ||= window.setInterval(() => this.tick(), 250);
    return () => {
      this.views -= 1;
      if (this.views === 0) {
        window.clearInterval(this.clock);
        this.clock = 0;
        this.shelf.clear();
      }
    };
  }

  counts(name: string): Counts | undefined {
    const { drag } = this;
    if (drag?.tile && drag.slice) {
      return drag.tile.counts(name, drag.slice) ?? this.numbers?.counts.get(name);
    }
    return this.numbers?.counts.get(name);
  }

  moving(): boolean {
    return this.drag !== null && !this.drag.released;
  }

  /** The cutflow as it is with the handle where it stands. */
  cutflow(): CutflowRow[] {
    const rows = this.numbers?.cutflow ?? [];
    const { drag } = this;
    if (!drag?.tile || !drag.slice) {
      return rows;
    }
    const { first, last } = drag.slice;
    const moved = new Map(drag.tile.rows.map(cells => [cells.name, cells]));
    return rows.map(row => {
      const cells = moved.get(row.name);
      if (!cells) {
        return row;
      }
      const { values } = cells.slice(first, last, cells.space());
      const weighted = row.weighted === null ? null : values.reduce((a, b) => a + b, 0);
      return { ...row, passed: cells.filled(first, last), weighted };
    });
  }

  handles(step: string): Handle[] {
    return (this.numbers?.handles ?? []).filter(h => h.step === step);
  }

  valueOf(handle: Handle): number | null {
    return this.drag?.handle.id === handle.id ? this.drag.value : handle.value;
  }

  // --- moving a handle ------------------------------------------------------------------------------------------------

  /** Have the tile of a step ready before its handle is pressed. */
  prepare(step: string): void {
    const handle = this.handles(step).find(h => h.tiled);
    if (handle) {
      void this.askTile(handle);
    }
  }

  /** The handle stands at `value` now; nothing is committed. */
  move(handle: Handle, value: number): void {
    if (this.drag?.handle.id !== handle.id || this.drag.released) {
      this.drag = { handle, value, tile: null, slice: null, released: false };
      this.prepare(handle.step);
    }
    this.drag.value = value;
    this.place(this.drag);
    if (!this.drag.slice && !handle.tiled) {
      void this.askPreview(this.operation(handle, value));
    }
    this.changed(true);
  }

  /** The handle was let go: one edit, one step of undo. */
  release(): void {
    const { drag } = this;
    if (!drag || drag.released) {
      return;
    }
    drag.released = true;
    this.preview = null;
    void this.set(drag.handle, drag.value);
  }

  /** Set a handle to an exact number, which may lie between its steps; null takes the edge of a window away. */
  async set(handle: Handle, value: number | null): Promise<void> {
    await this.edit(this.operation(handle, value), handle.step);
  }

  private operation(handle: Handle, value: number | null): Operation {
    if (handle.edge === 'literal') {
      return { op: 'set_literal', name: handle.step, index: handle.index, value };
    }
    const window = { low: null, high: null } as Record<string, number | null>;
    for (const other of this.handles(handle.step)) {
      window[other.edge] = other.id === handle.id ? value : other.value;
    }
    return { op: 'set_window', name: handle.step, ...window };
  }

  private place(drag: Drag): void {
    const key = this.numbers?.tiles?.[drag.handle.step];
    drag.tile = (key && this.shelf.get(key)) || null;
    drag.slice =
      drag.tile?.slice(edgesOf(this.handles(drag.handle.step), drag.handle.id, drag.value)) ?? null;
  }

  // --- edits ----------------------------------------------------------------------------------------------------------

  /** Send one edit; `true` when it was accepted. A refusal is shown at the step. */
  async edit(edit: Operation, step: string, text = ''): Promise<boolean> {
    this.queued += 1;
    this.changed();
    try {
      await this.requests.ask('accepted', {
        kind: 'edit',
        base_revision: this.state.revision,
        edit
      });
      this.problems.delete(step);
      return true;
    } catch (error) {
      if (!(error instanceof Closed)) {
        const position = error instanceof Refusal ? error.position : null;
        this.problems.set(step, { message: messageOf(error), position, text });
      }
      this.drag = null;
      return false;
    } finally {
      this.queued -= 1;
      this.changed(true);
    }
  }

  async undo(): Promise<void> {
    await this.simple({ kind: 'undo' });
  }

  async redo(): Promise<void> {
    await this.simple({ kind: 'redo' });
  }

  async script(): Promise<string> {
    const { reply } = await this.requests.ask('script', { kind: 'script' });
    return reply.text;
  }

  private async simple(request: { kind: 'undo' } | { kind: 'redo' }): Promise<void> {
    this.queued += 1;
    this.changed();
    try {
      await this.requests.ask('accepted', request);
    } catch (error) {
      this.fail(error);
    } finally {
      this.queued -= 1;
      this.changed();
    }
  }

  // --- from the kernel ------------------------------------------------------------------------------------------------

  /** The trait has changed. */
  receive(): void {
    const before = this.state.revision;
    this.state = this.model.get('state');
    if (this.checkProtocol() && this.state.revision !== before && this.views > 0) {
      void this.askCounts();
    }
    this.changed();
  }

  /** The kernel has gone away. */
  disconnect(): void {
    this.dead = true;
    this.drag = null;
    this.requests.close();
    this.changed(true);
  }

  close(): void {
    window.clearInterval(this.clock);
    this.requests.close();
    this.listeners.clear();
    this.shelf.clear();
  }

  private checkProtocol(): boolean {
    if (this.state?.protocol !== PROTOCOL) {
      this.failure = mismatch(this.state?.protocol);
      return false;
    }
    return true;
  }

  private async askSnapshot(shape = ''): Promise<void> {
    if (this.snapshot && (!shape || this.snapshot.shape === shape)) {
      return;
    }
    if (this.askingShape) {
      return;
    }
    this.askingShape = shape || 'any';
    try {
      const { reply, buffers } = await this.requests.ask('snapshot', { kind: 'snapshot' });
      const edges = new Map<string, Float64Array>();
      for (const plot of reply.plots) {
        if (plot.drawn) {
          edges.set(plot.name, floats(buffers[plot.buffer]));
        }
      }
      this.snapshot = { ...reply, edges };
      this.failure = '';
    } catch (error) {
      this.fail(error);
    } finally {
      this.askingShape = '';
      this.changed(true);
    }
  }

  /** Numbers of the current revision; of several that are asked for, only the last counts. */
  private async askCounts(): Promise<void> {
    const { revision } = this.state;
    if (this.wanted === revision) {
      return;
    }
    this.wanted = revision;
    try {
      const answer = await this.requests.ask('counts', { kind: 'counts', revision });
      if (answer.reply.revision !== this.state.revision) {
        return;
      }
      this.failure = '';
      this.take(answer);
      if (this.drag?.released) {
        this.drag = null;
      }
      if (this.snapshot && this.snapshot.shape !== answer.reply.shape) {
        void this.askSnapshot(answer.reply.shape);
      }
    } catch (error) {
      if (error instanceof Stale && this.state.revision === revision) {
        this.wanted = 0;
      }
      this.drag = this.drag?.released ? null : this.drag;
      this.fail(error);
    } finally {
      this.changed(true);
    }
  }

  private take({ reply, buffers }: Answer<'counts'>): void {
    const counts = new Map<string, Counts>();
    for (const plot of reply.plots) {
      if (plot.drawn) {
        counts.set(plot.name, {
          values: floats(buffers[plot.buffer]),
          variances: floats(buffers[plot.buffer + 1])
        });
      }
    }
    const { handles, tiles } = this.numbers ?? {};
    this.numbers = { handles, tiles, ...reply, counts };
  }

  /** A position without a tile: the kernel counts it, the latest position wins. */
  private async askPreview(operation: Operation): Promise<void> {
    this.preview = operation;
    if (this.previewing) {
      return;
    }
    this.previewing = true;
    try {
      while (this.preview) {
        const edit: Operation = this.preview;
        this.preview = null;
        const { revision } = this.state;
        const answer = await this.requests.ask('counts', { kind: 'counts', revision, edit });
        if (answer.reply.revision === this.state.revision && this.drag && !this.drag.released) {
          this.take(answer);
          this.changed(true);
        }
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.previewing = false;
    }
  }

  private async askTile(handle: Handle): Promise<void> {
    const key = this.numbers?.tiles?.[handle.step];
    if (!key || this.shelf.get(key) || this.askingTile === key) {
      return;
    }
    this.askingTile = key;
    try {
      const answer = await this.requests.ask('tile', {
        kind: 'tile',
        revision: this.state.revision,
        name: handle.step
      });
      this.shelf.put(answer.reply.key, new Tile(answer));
      if (this.drag?.handle.step === handle.step) {
        this.place(this.drag);
        this.changed(true);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      if (this.askingTile === key) {
        this.askingTile = '';
      }
    }
  }

  private fail(error: unknown): void {
    if (!(error instanceof Stale) && !(error instanceof Closed)) {
      this.failure = messageOf(error);
      this.changed();
    }
  }

  private tick(): void {
    const busy = !this.dead && this.requests.waiting(performance.now()) > BUSY_AFTER;
    if (busy !== this.busy) {
      this.busy = busy;
      this.changed();
    }
  }

  private changed(numbers = false): void {
    if (numbers) {
      this.sequence += 1;
    }
    for (const listener of this.listeners) {
      listener();
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
