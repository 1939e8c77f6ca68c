/** Numbers of positions that are not committed, from the kernel as fast as it answers. */

import type { Operation } from './messages';
import type { Reader, Whole } from './reader';
import { Refusal } from './requests';

interface Proposed {
  operation: Operation;
  /** The step or plot under the hand. */
  about: string;
}

export class Previews {
  private state: '' | 'begun' | 'shown' = '';
  private waiting: Proposed | null = null;
  private asked = 0;
  /** Where it is said that a position is refused. */
  private refused = '';

  constructor(
    private readonly whole: Whole,
    private readonly reader: Reader,
    private readonly held: () => boolean
  ) {}

  /**
   * The kernel counts a position block by block, and of several that wait only the last. One that has shown its first
   * block is given up for a newer one; the kernel cancels it then.
   */
  read(operation: Operation, about: string): void {
    if (this.state === 'begun') {
      this.waiting = { operation, about };
      return;
    }
    this.waiting = null;
    this.state = 'begun';
    const mine = ++this.asked;
    const { revision } = this.whole.state;
    this.whole.requests
      .ask('counts', { kind: 'counts', revision, edit: operation }, part => {
        if (mine === this.asked && this.held()) {
          this.reader.takePartial(part, false);
          this.state = 'shown';
          this.next();
        }
      })
      .then(
        answer => {
          const current = answer.reply.revision === this.whole.state.revision;
          if (mine === this.asked && current && this.held()) {
            this.allow();
            this.reader.takePreview(answer);
            this.whole.changed(true);
          }
        },
        error => {
          if (!(error instanceof Refusal) || error.needsJob) {
            this.whole.fail(error);
          } else if (mine === this.asked && this.held()) {
            this.refused = about; // once it is let go, the edit itself is answered
            this.whole.judge(about, error);
          }
        }
      )
      .finally(() => {
        if (mine === this.asked) {
          this.state = '';
          this.next();
        }
      });
  }

  /** What waits is not wanted any more. */
  forgo(): void {
    this.waiting = null;
  }

  /** Go back to what is committed. */
  drop(): void {
    this.forgo();
    this.allow();
    this.reader.preview = null;
  }

  private allow(): void {
    if (this.refused !== '') {
      this.whole.judge(this.refused, null);
      this.refused = '';
    }
  }

  private next(): void {
    const { waiting } = this;
    if (waiting && this.held()) {
      this.read(waiting.operation, waiting.about);
    }
  }
}
