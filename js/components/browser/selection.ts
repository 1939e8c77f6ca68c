/** Which lines are chosen: one has the focus, and there may be more. */

import type { Entry } from './entries';

export class Selection {
  /** The one that has the focus. */
  focus: Entry | null = null;
  private ids = new Set<string>();
  private anchor: string | null = null;

  get size(): number {
    return this.ids.size;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** This one alone, or nothing. */
  set(entry: Entry | null): void {
    this.focus = entry;
    this.ids = new Set(entry ? [entry.id] : []);
    this.anchor = entry?.id ?? null;
  }

  /** One more, or one less; `order` are the lines that can be chosen. */
  toggle(entry: Entry, order: Entry[]): void {
    if (!this.ids.delete(entry.id)) {
      this.ids.add(entry.id);
      this.focus = entry;
    } else if (this.focus?.id === entry.id) {
      this.focus = order.find(other => this.ids.has(other.id)) ?? null;
    }
    this.anchor = entry.id;
  }

  /** All from where the choice began to here. */
  extend(entry: Entry, order: Entry[]): void {
    const from = order.findIndex(other => other.id === this.anchor);
    const to = order.findIndex(other => other.id === entry.id);
    if (from < 0 || to < 0) {
      this.set(entry);
      return;
    }
    const between = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.ids = new Set(between.map(other => other.id));
    this.focus = entry;
  }
}
