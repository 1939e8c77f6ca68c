/**
 * What all views of one widget share: the state, the last numbers, and the handle that is being moved.
 *
 * Made once per model in `initialize`. Views read it and call its methods; it never touches the page.
 */

import type { Counts } from '../brush/tile';
import type { Model, Shared } from './anywidget';
import type {
  Handle,
  Operation,
  Reply,
  Request,
  State,
  Step
} from './messages';
import type { Look } from './drawing';
import { Looks } from './looks';
import { Mover } from './mover';
import { mismatch, PROTOCOL } from './protocol';
import { Pictures } from './pictures';
import { Questions } from './questions';
import { Reader, type Whole } from './reader';
import { Closed, Refusal, Requests, Stale } from './requests';

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

export class Store implements Whole, Shared {
  readonly requests: Requests<Request, Reply>;
  readonly reader: Reader;
  readonly mover: Mover;
  readonly questions: Questions;
  readonly looks: Looks;
  readonly pictures = new Pictures(this);
  readonly problems = new Map<string, Problem>();
  /** Steps that were switched on or off, until the kernel has answered. */
  readonly switched = new Map<string, boolean>();
  state: State;
  /** What went wrong with the whole, as a sentence. */
  failure = '';
  /** What went wrong is that only another job can tell the numbers. */
  needsJob = false;
  /** The kernel of this widget has gone; what is shown is all there is. */
  dead = false;
  busy = false;
  /** Edits that were sent and not answered. */
  queued = 0;
  /** Counts up with everything that changes what plots show. */
  sequence = 0;

  private readonly listeners = new Set<(what: Change) => void>();
  private clock = 0;
  private following = false;
  private views = 0;

  constructor(private readonly model: Model<State>) {
    this.requests = new Requests(model);
    this.state = model.get('state');
    this.reader = new Reader(this);
    this.mover = new Mover(this, this.reader);
    this.looks = new Looks(this, () => this.reader.snapshot?.plots ?? []);
    this.questions = new Questions(
      this.requests,
      () => this.state.analysis.steps.length
    );
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
      this.reader.shown?.key === 'reference' &&
      this.reader.shown.revision === this.state.revision &&
      !this.mover.drag &&
      this.queued === 0
    );
  }

  look(name: string): Look {
    const { region } = this.looks;
    return { region, log: this.looks.isLog(name), moving: this.mover.held };
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
      this.mover.drop();
      this.judge(step, error, text);
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
    if (this.reader.numbers?.revision === this.state.revision) {
      this.failure = ''; // of a position that was given up
    }
    this.changed(true);
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

  /** Show the launcher, which runs the analysis on Dask. */
  async launch(): Promise<void> {
    await this.requests.ask('accepted', { kind: 'launch' });
  }

  /** Run the analysis as it is now as another job, in the dashboard of one. */
  recount(): void {
    this.requests
      .ask('accepted', { kind: 'recount' })
      .catch(error => this.fail(error));
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
    const { revision, over } = this.state;
    this.state = this.model.get('state');
    if (this.understood() && this.views > 0) {
      if (this.state.revision !== revision) {
        this.forgive();
        void this.refresh();
      } else if (this.state.over?.counted !== over?.counted) {
        void this.follow();
      }
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
      this.needsJob = error instanceof Refusal && error.needsJob;
      this.changed();
    }
  }

  judge(about: string, error: unknown, text = ''): void {
    if (error === null) {
      this.problems.delete(about);
    } else if (!(error instanceof Closed)) {
      const position = error instanceof Refusal ? error.position : null;
      this.problems.set(about, { message: messageOf(error), position, text });
    }
    this.changed();
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
    const { revision, over } = this.state;
    this.failure = '';
    await this.reader.readNumbers();
    if (this.state.revision === revision) {
      this.mover.finish();
      this.changed(true);
      if (this.state.over?.counted !== over?.counted) {
        void this.follow();
      }
    }
  }

  /** A job has counted more: its numbers are read one after the other, as fast as they come and not faster. */
  private async follow(): Promise<void> {
    if (this.following) {
      return;
    }
    this.following = true;
    let counted: number | undefined;
    let { revision } = this.state;
    do {
      counted = this.state.over?.counted;
      revision = this.state.revision;
      if (await this.reader.readNumbers(true)) {
        this.failure = '';
      }
      this.changed(true);
    } while (
      this.state.revision === revision &&
      this.state.over?.counted !== counted &&
      !this.dead
    );
    this.following = false;
  }

  /** What was refused to a hand is over once something else is done; what was typed is there still. */
  private forgive(): void {
    for (const [about, { text }] of this.problems) {
      if (text === '') {
        this.problems.delete(about);
      }
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
