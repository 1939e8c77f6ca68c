/** How plots are looked at: which have a logarithmic scale, and the region that all of them show. */

import type { LookRequest, PlotModels } from './messages';
import { Closed } from './requests';

/** Whose plots they are: a dashboard, or the view of a job. */
interface Whole {
  readonly state: { log: string[]; region: string };
  readonly requests: {
    ask(expected: 'accepted', request: LookRequest): Promise<unknown>;
  };
  changed(numbers?: boolean): void;
  fail(error: unknown): void;
}

export class Looks {
  /** What was chosen here, until the kernel has answered; without a kernel it stays. */
  private readonly logs = new Map<string, boolean>();
  private chosen: string | null = null;
  private waiting = 0;

  constructor(
    private readonly whole: Whole,
    private readonly plots: () => PlotModels[]
  ) {}

  isLog(name: string): boolean {
    return this.logs.get(name) ?? this.whole.state.log.includes(name);
  }

  get regionName(): string {
    return this.chosen ?? this.whole.state.region;
  }

  /** Which of the regions of every plot. */
  get region(): number {
    return Math.max(0, regionsOf(this.plots()).indexOf(this.regionName));
  }

  toggle(name: string): void {
    const log = !this.isLog(name);
    this.logs.set(name, log);
    void this.tell({ kind: 'set_log', name, log });
  }

  show(region: string): void {
    this.chosen = region;
    void this.tell({ kind: 'show_region', region });
  }

  private async tell(request: LookRequest): Promise<void> {
    this.whole.changed(true);
    this.waiting += 1;
    try {
      await this.whole.requests.ask('accepted', request);
    } catch (error) {
      if (error instanceof Closed) {
        return;
      }
      this.whole.fail(error);
    }
    this.waiting -= 1;
    if (this.waiting === 0) {
      this.logs.clear();
      this.chosen = null;
      this.whole.changed(true);
    }
  }
}

/** The regions of the first plot that is drawn; all plots have the same. */
export function regionsOf(plots: PlotModels[]): string[] {
  return plots.flatMap(p => (p.drawn ? [p.regions] : []))[0] ?? [];
}
