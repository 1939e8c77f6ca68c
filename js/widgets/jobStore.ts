/**
 * What all views of one job share: its state, the last numbers, its failures.
 *
 * The trait says how far the job is, and that there is something new; numbers are asked for one answer at a time, so a
 * kernel that is slow to add up is asked less often and nothing piles up.
 */

import type { Counts } from '../brush/tile';
import type { Action, Failure, JobState, PartialCounts } from './jobMessages';
import { mismatch, PROTOCOL } from './messages';
import { snapshotOf, unpack, type Numbers, type Snapshot } from './reader';
import { Closed, Requests, Stale, type Channel } from './requests';

export interface JobModel extends Channel {
  get(name: 'state'): JobState;
}

export interface JobNumbers extends Numbers {
  done: number;
  total: number;
  total_events: number;
}

/** Milliseconds between two questions for numbers, and how many times what the last answer cost the kernel. */
const PAUSE = 120;
const PAUSE_PER_COST = 4;

export class JobStore {
  readonly requests: Requests;
  state: JobState;
  numbers: JobNumbers | null = null;
  snapshot: Snapshot | null = null;
  failures: Failure[] = [];
  failed = 0;
  /** What went wrong with the view, or with the last action. */
  failure = '';
  /** The action that was asked for and not done yet. */
  acting: Action | null = null;
  dead = false;
  /** The region that is shown, of those that there are. */
  region = 0;
  /** Counts up with everything that changes what plots show. */
  sequence = 0;

  private readonly listeners = new Set<() => void>();
  private views = 0;
  private reading = false;
  private listed = -1;
  private listing = false;
  private timer = 0;

  constructor(private readonly model: JobModel) {
    this.requests = new Requests(model);
    this.state = model.get('state');
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A view has started. */
  attach(): () => void {
    this.views += 1;
    this.refresh();
    return () => {
      this.views -= 1;
    };
  }

  counts(name: string): Counts | undefined {
    return this.numbers?.counts.get(name);
  }

  /** True when the numbers and failures that are shown are those of the state. */
  get settled(): boolean {
    return (
      this.numbers?.revision === this.state.revision &&
      this.snapshot?.shape === this.numbers.shape &&
      this.listed === this.state.failures
    );
  }

  showRegion(region: number): void {
    this.region = region;
    this.sequence += 1;
    this.changed();
  }

  /** Cancel, or try again or leave out some files; no files: all that failed. */
  async act(action: Action, files: string[] = []): Promise<void> {
    this.acting = action;
    this.failure = '';
    this.changed();
    try {
      await this.requests.ask('accepted', { kind: action, files });
    } catch (error) {
      this.fail(error);
    } finally {
      this.acting = null;
      this.changed();
    }
  }

  /** The trait has changed. */
  receive(): void {
    this.state = this.model.get('state');
    this.refresh();
    this.changed();
  }

  /** The kernel has gone away. */
  disconnect(): void {
    this.dead = true;
    this.requests.close();
    this.changed();
  }

  close(): void {
    window.clearTimeout(this.timer);
    this.requests.close();
    this.listeners.clear();
  }

  fail(error: unknown): void {
    if (!(error instanceof Stale) && !(error instanceof Closed)) {
      this.failure = error instanceof Error ? error.message : String(error);
      this.changed();
    }
  }

  private refresh(): void {
    if (this.views === 0 || this.dead) {
      return;
    }
    if (this.state.protocol !== PROTOCOL) {
      this.failure = mismatch(this.state.protocol);
      return;
    }
    void this.read();
    void this.list();
  }

  private async read(): Promise<void> {
    if (this.reading || this.numbers?.revision === this.state.revision) {
      return;
    }
    this.reading = true;
    let pause = PAUSE;
    try {
      const { reply, buffers } = await this.requests.ask('counts', {
        kind: 'counts'
      });
      const partial = reply as unknown as PartialCounts;
      if (this.snapshot?.shape !== partial.shape) {
        await this.readSnapshot();
      }
      const { done, total, total_events } = partial;
      this.numbers = {
        ...unpack(partial, buffers, partial),
        ...{ done, total, total_events }
      };
      pause = Math.max(PAUSE, 1000 * PAUSE_PER_COST * partial.seconds);
      this.sequence += 1;
    } catch (error) {
      this.fail(error);
      pause = 10 * PAUSE;
    }
    this.changed();
    this.timer = window.setTimeout(() => {
      this.reading = false;
      this.refresh();
    }, pause);
  }

  private async readSnapshot(): Promise<void> {
    this.snapshot = snapshotOf(
      await this.requests.ask('snapshot', { kind: 'snapshot' })
    );
  }

  private async list(): Promise<void> {
    if (this.listing || this.listed === this.state.failures) {
      return;
    }
    this.listing = true;
    try {
      const { reply } = await this.requests.ask('failures', {
        kind: 'failures'
      });
      this.failures = reply.failures;
      this.failed = reply.failed;
      this.listed = reply.number;
    } catch (error) {
      this.fail(error);
      this.listed = this.state.failures;
    }
    this.listing = false;
    this.changed();
    if (this.listed < this.state.failures) {
      void this.list();
    }
  }

  private changed(): void {
    for (const listener of this.listeners) {
      listener();
    }
  }
}
