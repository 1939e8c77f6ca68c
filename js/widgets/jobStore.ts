/**
 * What all views of one job share: its state, the last numbers, its failures.
 *
 * The trait says how far the job is, and that there is something new; numbers are asked for one answer at a time, so a
 * kernel that is slow to add up is asked less often and nothing piles up.
 */

import type { Counts } from '../brush/tile';
import type { Model, Shared } from './anywidget';
import type {
  Action,
  Failure,
  JobReply,
  JobRequest,
  JobState
} from './jobMessages';
import { Looks } from './looks';
import { mismatch, PROTOCOL } from './protocol';
import { snapshotOf, unpack, type Numbers, type Snapshot } from './reader';
import { Closed, Requests, Stale } from './requests';

export interface JobNumbers extends Numbers {
  done: number;
  total: number;
  total_events: number;
  unseen: number;
}

/** Milliseconds between two questions for numbers, and how many times what the last answer cost the kernel. */
const PAUSE = 120;
const PAUSE_PER_COST = 4;

/** Failures that are listed at first, and more at each request for more. */
export const LISTED = 200;

export class JobStore implements Shared {
  readonly requests: Requests<JobRequest, JobReply>;
  readonly looks: Looks;
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
  /** Counts up with everything that changes what plots show. */
  sequence = 0;

  private readonly listeners = new Set<() => void>();
  private views = 0;
  private reading = false;
  private listed = -1;
  private most = LISTED;
  private pictured = '';
  private listing = false;
  private timer = 0;

  constructor(private readonly model: Model<JobState>) {
    this.requests = new Requests(model);
    this.state = model.get('state');
    this.looks = new Looks(this, () => this.snapshot?.plots ?? []);
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

  listMore(): void {
    this.most += LISTED;
    this.listed = -1;
    void this.list();
  }

  /** Cancel, or try again or leave out some files; no files: all that failed. */
  async act(action: Action, files: string[] = []): Promise<void> {
    this.acting = action;
    this.failure = '';
    this.changed();
    try {
      await this.requests.ask(
        'accepted',
        action === 'cancel' ? { kind: action } : { kind: action, files }
      );
    } catch (error) {
      this.fail(error);
    } finally {
      this.acting = null;
      this.changed();
    }
  }

  /** Keep a picture of the plots in the notebook, once the job has ended; another when they are looked at otherwise. */
  keepPicture(draw: () => Promise<ArrayBuffer | null>): void {
    const { revision, progress, log, region } = this.state;
    const shown = JSON.stringify([revision, log, region]);
    const running = ['planning', 'running'].includes(progress.state);
    if (this.dead || running || !this.settled || this.pictured === shown) {
      return;
    }
    this.pictured = shown;
    this.sendPicture(draw, revision).catch(() => (this.pictured = ''));
  }

  private async sendPicture(
    draw: () => Promise<ArrayBuffer | null>,
    revision: number
  ): Promise<void> {
    const png = await draw();
    if (!png) {
      this.pictured = ''; // out of sight: another view, or a later time, may draw it
    } else if (revision === this.state.revision) {
      const request = { kind: 'picture' as const, revision };
      const buffers = [png];
      await this.requests.ask('accepted', request, undefined, { buffers });
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
      if (this.snapshot?.shape !== reply.shape) {
        await this.readSnapshot();
      }
      const { done, total, total_events, unseen } = reply;
      this.numbers = {
        ...unpack(reply, buffers, reply),
        ...{ done, total, total_events, unseen }
      };
      pause = Math.max(PAUSE, 1000 * PAUSE_PER_COST * reply.seconds);
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
    const { most } = this;
    try {
      const { reply } = await this.requests.ask('failures', {
        kind: 'failures',
        most
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
    if (this.listed < this.state.failures || most < this.most) {
      this.listed = -1;
      void this.list();
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
}
