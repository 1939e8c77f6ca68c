/**
 * What all views of one widget share: the state, the last numbers, and the handle that is being moved.
 *
 * Made once per model in `initialize`. Views read it and call its methods; it never touches the page.
 */

import type { Counts } from '../brush/tile';
import {
  mismatch,
  PROTOCOL,
  type Handle,
  type Operation,
  type State,
  type Step
} from './messages';
import { Mover } from './mover';
import { Reader, type Whole } from './reader';
import { Closed, Refusal, Requests, Stale, type Channel } from './requests';

export interface Model extends Channel {
  get(name: 'state'): State;
}

/** A refusal that a step shows under its text. */
export interface Problem {
  message: string;
  position: number | null;
  text: string;
}

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
  /** Counts up with everything that changes what plots show. */
  sequence = 0;

  private readonly listeners = new Set<() => void>();
  private clock = 0;
  private views = 0;

  constructor(private readonly model: Model) {
    this.requests = new Requests(model);
    this.state = model.get('state');
    this.reader = new Reader(this);
    this.mover = new Mover(this, this.reader);
  }

  // --- for views ----------------------------------------------------------------------------------------------------

  subscribe(listener: () => void): () => void {
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
  async edit(edit: Operation, step: string, text = ''): Promise<void> {
    const { revision } = this.state;
    try {
      await this.commit({ kind: 'edit', base_revision: revision, edit });
      this.problems.delete(step);
      if (this.state.revision === revision) {
        this.mover.finish(); // nothing has changed, so no numbers will come
      }
    } catch (error) {
      if (!(error instanceof Closed)) {
        const position = error instanceof Refusal ? error.position : null;
        this.problems.set(step, { message: messageOf(error), position, text });
      }
      this.mover.drop();
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

  step(kind: 'undo' | 'redo'): void {
    this.commit({ kind }).catch(error => this.fail(error));
  }

  async script(): Promise<string> {
    const { reply } = await this.requests.ask('script', { kind: 'script' });
    return reply.text;
  }

  private async commit(
    request:
      | { kind: 'undo' | 'redo' }
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
    for (const listener of this.listeners) {
      listener();
    }
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
    const busy =
      !this.dead && this.requests.waiting(performance.now()) > BUSY_AFTER;
    if (busy !== this.busy) {
      this.busy = busy;
      this.changed();
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
