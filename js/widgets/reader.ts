/** What the kernel has said about the current revision: the document of the plots, the numbers, the handles. */

import type { Counts } from '../brush/tile';
import type {
  Answer,
  CountsFields,
  Memory,
  NeedsJob,
  Reply,
  Request,
  SnapshotFields,
  State
} from './messages';
import type { PlotDocument } from './plots';
import { floats } from './protocol';
import { Refusal, Stale, type Requests } from './requests';

/** The numbers that are shown, and where they came from. */
export interface Numbers extends CountsFields {
  key: string;
  revision: number;
  counts: Map<string, Counts>;
}

export interface Snapshot extends PlotDocument {
  bokeh: string;
  shape: string;
  revision: number;
}

/** What the parts of a store need of the whole. */
export interface Whole {
  readonly requests: Requests<Request, Reply>;
  readonly state: State;
  /** Something is to be drawn; `numbers` when what plots show has changed. */
  changed(numbers?: boolean): void;
  /** Handles stand elsewhere; numbers come from where they came from before. */
  moved(): void;
  fail(error: unknown): void;
  /** An edit cannot be made, or not shown; null when it can. It is said at the step or plot that it is `about`. */
  judge(about: string, error: unknown): void;
}

const ATTEMPTS = 3;

export class Reader {
  /** The reference's numbers of the last revision it counted. */
  numbers: Numbers | null = null;
  /** Numbers of a position that is not committed. */
  preview: Numbers | null = null;
  snapshot: Snapshot | null = null;
  /** How many events the count that runs has read; null when what is shown is whole. */
  progress: { done: number; total: number } | null = null;
  memory: Memory | null = null;

  private asked = 0;
  private asking = false;
  /** The shape of the last numbers that no document fitted. */
  private wanted = '';

  constructor(private readonly whole: Whole) {}

  /** What is shown where there is no tile. */
  get shown(): Numbers | null {
    return this.preview ?? this.numbers;
  }

  /** Whether the numbers, and with them the handles, are all of this revision. */
  tells(revision: number): boolean {
    const { numbers } = this;
    return numbers?.revision === revision && numbers.key === 'reference';
  }

  /** Have a document that fits `shape`, or any document when there is none yet. */
  async readSnapshot(shape = ''): Promise<void> {
    const fits = this.snapshot && (!shape || this.snapshot.shape === shape);
    this.wanted = shape || this.wanted;
    if (fits || this.asking) {
      return;
    }
    this.asking = true;
    let wanted: string;
    try {
      do {
        ({ wanted } = this);
        this.snapshot = snapshotOf(
          await this.whole.requests.ask('snapshot', { kind: 'snapshot' })
        );
        // Numbers of other plots may have come while it was on its way.
      } while (this.wanted !== wanted && this.wanted !== this.snapshot.shape);
    } catch (error) {
      this.whole.fail(error);
    } finally {
      this.asking = false;
      this.whole.changed(true);
    }
  }

  /**
   * Have the numbers of the current revision; true when they have come, and are still current. They are asked for
   * once, or `again` when a job has counted more.
   */
  async readNumbers(again = false): Promise<boolean> {
    const { revision } = this.whole.state;
    if (this.asked === revision && !again) {
      return false;
    }
    this.asked = revision;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        const answer = await this.whole.requests.ask(
          'counts',
          { kind: 'counts', revision },
          part => this.takePartial(part, true)
        );
        if (answer.reply.revision !== this.whole.state.revision) {
          return false;
        }
        this.numbers = unpack(answer.reply, answer.buffers, answer.reply);
        this.progress = null;
        this.memory = answer.reply.memory;
        if (this.snapshot && this.snapshot.shape !== answer.reply.shape) {
          void this.readSnapshot(answer.reply.shape);
        }
        return true;
      } catch (error) {
        if (this.whole.state.revision !== revision) {
          return false;
        }
        if (!(error instanceof Stale)) {
          this.takeHandles(error);
          this.whole.fail(error);
          break;
        }
      }
    }
    this.asked = 0;
    return false;
  }

  /** Of an analysis that was not counted: what is shown are the last numbers there are, and where handles stand. */
  private takeHandles(error: unknown): void {
    const reply = error instanceof Refusal ? (error.reply as NeedsJob) : null;
    if (this.numbers && reply?.needs_job && reply.handles) {
      this.numbers = { ...this.numbers, handles: reply.handles };
    }
  }

  /** Numbers of a position that is not committed, whole. */
  takePreview({ reply, buffers }: Answer<'counts'>): void {
    this.preview = unpack(reply, buffers, reply);
    this.progress = null;
    this.memory = reply.memory;
  }

  /** Numbers of some of the events: of the current revision, or of a position that is not committed. */
  takePartial({ reply, buffers }: Answer<'partial'>, committed: boolean): void {
    const { revision, done, total, numbers } = reply;
    if (revision !== this.whole.state.revision || !numbers) {
      return;
    }
    this.progress = { done, total };
    if (this.snapshot && this.snapshot.shape !== numbers.shape) {
      return; // of other plots than those that are drawn; they come with the whole
    }
    const found = unpack(numbers, buffers, { key: 'partial', revision });
    if (committed) {
      // Handles stay those of the last whole count until this one is whole.
      this.numbers = { ...found, handles: this.numbers?.handles };
    } else {
      this.preview = found;
    }
    this.whole.changed(true);
  }
}

/** The document of a message, with the edges of its plots. */
export function snapshotOf({
  reply,
  buffers
}: {
  reply: SnapshotFields & { revision: number };
  buffers: DataView[];
}): Snapshot {
  const drawn = reply.plots.filter(plot => plot.drawn);
  const edges = new Map(
    drawn.map(plot => {
      const axes = plot.kind === 'map' ? [0, 1] : [0];
      return [plot.name, axes.map(i => floats(buffers[plot.buffer + i]))];
    })
  );
  return { ...reply, edges };
}

/** The numbers of a message with the arrays of their plots. */
export function unpack(
  reply: CountsFields,
  buffers: DataView[],
  { key, revision }: { key: string; revision: number }
): Numbers {
  const drawn = reply.plots.filter(plot => plot.drawn);
  const counts = new Map(
    drawn.map(plot => [
      plot.name,
      {
        values: floats(buffers[plot.buffer]),
        variances: floats(buffers[plot.buffer + 1])
      }
    ])
  );
  return { ...reply, key, revision, counts };
}
