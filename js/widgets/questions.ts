/** What is asked of the kernel in passing, and changes nothing that is shown. */

import type { Axis, Completions, Reply, Request, Typed } from './messages';
import type { Requests } from './requests';

export class Questions {
  constructor(
    private readonly requests: Requests<Request, Reply>,
    /** How many steps the analysis has: where expressions of histograms stand. */
    private readonly steps: () => number
  ) {}

  /** What could be typed next; null when the kernel cannot tell now. */
  async complete(typed: Typed): Promise<Completions | null> {
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
    const place = this.steps();
    const { reply } = await this.requests.ask('range', {
      kind: 'range',
      place,
      expression
    });
    return reply.axis;
  }

  async script(): Promise<string> {
    const { reply } = await this.requests.ask('script', { kind: 'script' });
    return reply.text;
  }
}
