/**
 * What all views of one widget share: the state, the last numbers, and the handle that is being moved.
 *
 * Made once per model in `initialize`. Views read it and call its methods; it never touches the page.
 */

import type { Counts } from '../brush/tile';
import {
  mismatch,
  PROTOCOL,
  type Axis,
  type Completions,
  type Handle,
  type Operation,
  type State,
  type Step,
  type Typed
} from './messages';
import type { Look } from './drawing';
import { Mover } from './mover';
import { Reader, type Whole } from './reader';
import { Closed, Refusal, Requests, Stale, type Channel } from './requests';

export type Model = Channel & { get(name: 'state'): State };

/** A refusal that a step shows under its text. */
export interface Problem {
  message: string;
  position: number | null;
  text: string;
}

/** What is to be drawn again: what follows the handles, or all. */
export type Change = 'position' | 'anything';

/** An answer that takes longer than this makes the page say that the kernel is busy. */
const BUSY_AFTER = 700;

export class Store implements Whole {
  readonly requests: Requests;
  readonly reader: Reader;
  readonly mover: Mover;
  readonly problems = new Map<string, Problem>();
  /** Steps that were switched on or off, until the kernel has answered. */
  readonly switched = new Map<string, boolean>();
  state: State;
  /** What went wrong with the whole, as a sentence. */
  failure = '';
  /** The kernel of this widget has gone; what is shown is all there is. */
  dead = false;
  busy = false;
  /** Edits that were sent and not answered. */
  queued = 0;
  /** Which region all plots show. */
  region = 0;
  /** Plots with a logarithmic axis. */
  readonly logs = new Set<string>();
  /** Counts up with everything that changes what plots show. */
  sequence = 0;

  private pictured = 0;
  private readonly listeners = new Set<(what: Change) => void>();
  private clock = 0;
  private views = 0;

  constructor(private readonly model: Model) {
    this.requests = new Requests(model);
    this.state = model.get('state');
    this.reader = new Reader(this);
    this.mover = new Mover(this, this.reader);
  }

  // --- for views ----------------------------------------------------------------------------------------------------

  subscribe(listener: (what: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A view has started: it needs a document, and the current numbers. */
  attach(): () => void {
    this.views += 1;
    if (!this.dead && this.understood()) {
      void this.reader.readSnapshot();
      void this.refresh();
    }
    this.clock ||= window.setInterval(() => this.tick(), 250);
    return () => {
      this.views -= 1;
      if (this.views === 0) {
        window.clearInterval(this.clock);
        this.clock = 0;
        this.mover.clear();
      }
    };
  }

  counts(name: string): Counts | undefined {
    return this.mover.counts(name) ?? this.reader.shown?.counts.get(name);
  }

  /** True when what is shown are the reference's numbers of the current revision. */
  get settled(): boolean {
    return (
      this.reader.numbers?.key === 'reference' &&
      this.reader.numbers.revision === this.state.revision &&
      !this.mover.drag &&
      this.queued === 0
    );
  }

  showRegion(region: number): void {
    this.region = region;
    this.changed(true);
  }

  toggleLog(name: string): void {
    if (!this.logs.delete(name)) {
      this.logs.add(name);
    }
    this.changed(true);
  }

  look(name: string): Look {
    const { logs, mover, region } = this;
    return { region, log: logs.has(name), moving: mover.moving };
  }

  // --- edits --------------------------------------------------------------------------------------------------------

  /** The handle was let go: one edit, one step of undo. */
  release(): void {
    const handle = this.mover.drag?.handle;
    const operation = this.mover.release();
    if (handle && operation) {
      void this.edit(operation, handle.step);
    }
  }

  /** Set a handle to an exact number, which may lie between its steps; null takes the edge of a window away. */
  set(handle: Handle, value: number | null): void {
    void this.edit(this.mover.type(handle, value), handle.step);
  }

  /** Send one edit; a refusal is shown at the step, beside the `text` that was refused. */
  async edit(edit: Operation, step: string, text = ''): Promise<boolean> {
    const { revision } = this.state;
    try {
      await this.commit({ kind: 'edit', base_revision: revision, edit });
      this.problems.delete(step);
      if (this.state.revision === revision) {
        this.mover.finish(); // nothing has changed, so no numbers will come
      }
      this.changed(true);
      return true;
    } catch (error) {
      if (!(error instanceof Closed)) {
        const position = error instanceof Refusal ? error.position : null;
        this.problems.set(step, { message: messageOf(error), position, text });
      }
      this.mover.drop();
    }
    this.changed(true);
    return false;
  }

  /** Make what was proposed, such as a window drawn on a plot. */
  commitProposed(edit: Operation, about: string): Promise<boolean> {
    this.mover.settle();
    return this.edit(edit, about);
  }

  /** Go back to what is committed: Escape while something is dragged. */
  cancel(): void {
    this.mover.drop();
    this.changed(true);
  }

  /** What could be typed next; null when the kernel cannot tell now. */
  async complete(typed: Typed): Promise<Completions | null> {
    if (this.dead) {
      return null;
    }
    try {
      return (
        await this.requests.ask('completions', {
          kind: 'completions',
          ...typed
        })
      ).reply;
    } catch {
      return null;
    }
  }

  /** An axis for an expression at the end of the chain. Rejects with a sentence when there can be none. */
  async axis(expression: string): Promise<Axis> {
    const place = this.state.analysis.steps.length;
    const { reply } = await this.requests.ask('range', {
      kind: 'range',
      place,
      expression
    });
    return reply.axis;
  }

  enable(name: string, enabled: boolean): void {
    this.switched.set(name, enabled);
    void this.edit({ op: 'set_enabled', name, enabled }, name).then(() => {
      this.switched.delete(name);
      this.changed();
    });
  }

  /** The steps as they will be once the kernel has answered. */
  get steps(): Step[] {
    return (this.state.analysis?.steps ?? []).map(step => {
      const enabled = this.switched.get(step.name ?? '');
      return enabled === undefined ? step : { ...step, enabled };
    });
  }

  step(kind: 'undo' | 'redo' | 'reset'): void {
    this.commit({ kind }).catch(error => this.fail(error));
  }

  /** Hand the analysis over to Dask, or stop the job that runs. */
  dask(): void {
    const kind = this.state.job?.phase === 'running' ? 'cancel_job' : 'submit';
    this.requests.ask('accepted', { kind }).catch(error => this.fail(error));
  }

  /** Keep a picture of the plots in the notebook; of each revision one is enough. */
  keepPicture(draw: () => Promise<ArrayBuffer | null>): void {
    const { revision } = this.state;
    if (this.dead || !this.settled || this.pictured === revision) {
      return;
    }
    this.pictured = revision;
    void draw()
      .then(png =>
        png && revision === this.state.revision
          ? this.requests.ask(
              'accepted',
              { kind: 'picture', revision },
              undefined,
              [png]
            )
          : null
      )
      .catch(() => (this.pictured = 0));
  }

  async script(): Promise<string> {
    const { reply } = await this.requests.ask('script', { kind: 'script' });
    return reply.text;
  }

  private async commit(
    request:
      | { kind: 'undo' | 'redo' | 'reset' }
      | { kind: 'edit'; base_revision: number; edit: Operation }
  ): Promise<void> {
    this.queued += 1;
    this.changed();
    try {
      await this.requests.ask('accepted', request);
    } finally {
      this.queued -= 1;
      this.changed();
    }
  }

  // --- from the kernel ----------------------------------------------------------------------------------------------

  /** The trait has changed. */
  receive(): void {
    const before = this.state.revision;
    this.state = this.model.get('state');
    if (this.understood() && this.state.revision !== before && this.views > 0) {
      void this.refresh();
    }
    this.changed();
  }

  /** The kernel has gone away. */
  disconnect(): void {
    this.dead = true;
    this.busy = false;
    this.mover.drop();
    this.requests.close();
    this.changed(true);
  }

  close(): void {
    window.clearInterval(this.clock);
    this.requests.close();
    this.listeners.clear();
    this.mover.clear();
  }

  fail(error: unknown): void {
    if (!(error instanceof Stale) && !(error instanceof Closed)) {
      this.failure = messageOf(error);
      this.changed();
    }
  }

  changed(numbers = false): void {
    if (numbers) {
      this.sequence += 1;
    }
    this.listeners.forEach(listener => listener('anything'));
  }

  moved(): void {
    this.sequence += 1;
    this.listeners.forEach(listener => listener('position'));
  }

  private async refresh(): Promise<void> {
    const { revision } = this.state;
    this.failure = '';
    await this.reader.readNumbers();
    if (this.state.revision === revision) {
      this.mover.finish();
      this.changed(true);
    }
  }

  private understood(): boolean {
    if (this.state?.protocol === PROTOCOL) {
      return true;
    }
    this.failure = mismatch(this.state?.protocol);
    return false;
  }

  private tick(): void {
    const waits = this.requests.waiting(performance.now());
    const busy = !this.dead && waits > BUSY_AFTER;
    if (busy !== this.busy) {
      this.busy = busy;
      this.changed();
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
