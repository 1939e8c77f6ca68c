/** The handle that is being moved: from a tile without the kernel, or else from the kernel as fast as it answers. */

import type { Counts } from '../brush/tile';
import type { CutflowRow, Handle, Operation } from './messages';
import type { Reader, Whole } from './reader';
import { Refusal } from './requests';
import { Tile, TileShelf, type Slice } from './tiles';

/** A second handle that moves with the first: the other edge of a window moved as a whole. */
export interface Partner {
  handle: Handle;
  value: number;
}

interface Drag {
  handle: Handle;
  value: number;
  partner: Partner | null;
  tile: Tile | null;
  slice: Slice | null;
  released: boolean;
}

export interface Preparing {
  key: string;
  handle: string;
  done: number;
  total: number;
}

export class Mover {
  drag: Drag | null = null;
  /** The tile that the kernel is making, and how many events it has read. */
  preparing: Preparing | null = null;

  /** Numbers that were typed and sent; they stay in their boxes until the kernel has answered. */
  private readonly sent = new Map<string, number | null>();
  private readonly shelf = new TileShelf();
  /** Keys of tiles that could not be made, and why: their handles move by way of the kernel. */
  private readonly refused = new Map<string, string>();
  private previewing: '' | 'begun' | 'shown' = '';
  private waiting: Operation | null = null;
  private asked = 0;
  /** Numbers of an edit that nobody has made yet are shown. */
  private proposed = false;

  constructor(
    private readonly whole: Whole,
    private readonly reader: Reader
  ) {}

  get moving(): boolean {
    return this.drag !== null && !this.drag.released;
  }

  handles(step: string): Handle[] {
    return (this.reader.numbers?.handles ?? []).filter(h => h.step === step);
  }

  valueOf(handle: Handle): number | null {
    for (const moved of movedBy(this.drag)) {
      if (moved.handle.id === handle.id) {
        return moved.value;
      }
    }
    const sent = this.sent.get(handle.id);
    return sent === undefined ? handle.value : sent;
  }

  /** The edit that sets a handle to a number that was typed. */
  type(handle: Handle, value: number | null): Operation {
    this.sent.set(handle.id, value);
    return this.operation({ handle, value, partner: null });
  }

  /** Have the tile of a handle ready before it is pressed. */
  prepare(handle: Handle): void {
    if (this.tiled(handle)) {
      void this.readTile(handle);
    }
  }

  /** The handle stands at `value` now, and its partner at another; nothing is committed. */
  move(handle: Handle, value: number, partner: Partner | null = null): void {
    const before = this.drag?.slice;
    const begins = this.drag?.handle.id !== handle.id || this.drag.released;
    if (begins || !this.drag) {
      this.drag = {
        handle,
        value,
        partner,
        tile: null,
        slice: null,
        released: false
      };
      this.prepare(handle);
    }
    this.drag.value = value;
    this.drag.partner = partner;
    this.place(this.drag);
    if (begins || !before !== !this.drag.slice) {
      this.whole.changed(true);
    } else {
      this.whole.moved();
    }
  }

  /** Show the numbers of an edit that is not committed. */
  propose(operation: Operation): void {
    this.proposed = true;
    this.readPreview(operation);
  }

  /** Whether a handle moves without the kernel, and why not. */
  tiled(handle: Handle): boolean {
    return handle.tile !== null && !this.refused.has(handle.tile);
  }

  reason(handle: Handle): string {
    return this.refused.get(handle.tile ?? '') ?? handle.reason;
  }

  /** The handle was let go: the edit to send, or null when nothing was held. */
  release(): Operation | null {
    const { drag } = this;
    if (!drag || drag.released) {
      return null;
    }
    drag.released = true;
    this.settle();
    return this.operation(drag);
  }

  /** What was proposed is being committed: its numbers stay until the new ones have come. */
  settle(): void {
    this.proposed = false;
    this.waiting = null;
  }

  /** The numbers of what was released or typed have come. */
  finish(): void {
    this.sent.clear();
    if (!this.moving && !this.proposed) {
      this.drop();
    }
  }

  /** Go back to what is committed. */
  drop(): void {
    this.sent.clear();
    this.drag = null;
    this.settle();
    this.reader.preview = null;
  }

  /** The edit that sets a handle and its partner; null takes an edge of a window away. */
  operation(moved: {
    handle: Handle;
    value: number | null;
    partner: Partner | null;
  }): Operation {
    const { handle, value, partner } = moved;
    if (handle.edge === 'literal') {
      const one = { index: handle.index, value };
      const both = partner && {
        index: [handle.index, partner.handle.index],
        value: [value, partner.value]
      };
      return { op: 'set_literal', name: handle.step, ...(both ?? one) };
    }
    const window: Record<string, number | null> = {};
    for (const other of this.handles(handle.step)) {
      window[other.edge] =
        other.id === handle.id
          ? value
          : other.id === partner?.handle.id
            ? partner.value
            : other.value;
    }
    return {
      op: 'set_window',
      name: handle.step,
      low: window.low,
      high: window.high
    };
  }

  counts(name: string): Counts | undefined {
    const { drag } = this;
    return drag?.tile && drag.slice
      ? drag.tile.counts(name, drag.slice)
      : undefined;
  }

  /** The cutflow with the handle where it stands. */
  cutflow(): CutflowRow[] {
    const rows = this.reader.shown?.cutflow ?? [];
    const { drag } = this;
    if (!drag?.tile || !drag.slice) {
      return rows;
    }
    const { tile, slice } = drag;
    return rows.map(row => tile.row(row, slice));
  }

  /** Memory that tiles take in the page. */
  get bytes(): number {
    return this.shelf.bytes;
  }

  clear(): void {
    this.shelf.clear();
  }

  private place(drag: Drag): void {
    const { handle } = drag;
    drag.tile = (handle.tile && this.shelf.get(handle.tile)) || null;
    const whole = drag.partner !== null && drag.tile?.form === 'steps';
    drag.slice =
      (whole ? null : drag.tile)?.slice(
        handle,
        this.handles(handle.step),
        each =>
          movedBy(drag).find(m => m.handle.id === each.id)?.value ?? each.value
      ) ?? null;
    // No tile, or a position between two of its own: the kernel counts.
    if (!drag.slice && (drag.tile || drag.partner || !this.tiled(handle))) {
      this.readPreview(this.operation(drag));
    } else if (drag.slice) {
      this.waiting = null;
      this.reader.preview = null;
    }
  }

  /** One tile is asked for at a time; when another handle took its place and this one is held, it is asked for again. */
  private async readTile(handle: Handle): Promise<void> {
    const key = handle.tile;
    if (!key || this.shelf.get(key) || this.preparing?.key === key) {
      return;
    }
    const mine = { key, handle: handle.id, done: 0, total: 0 };
    this.preparing = mine;
    try {
      const { revision } = this.whole.state;
      const answer = await this.whole.requests.ask(
        'tile',
        { kind: 'tile', revision, handle: handle.id },
        ({ reply }) => {
          Object.assign(mine, { done: reply.done, total: reply.total });
          this.whole.changed();
        }
      );
      this.shelf.put(answer.reply.key, await Tile.read(answer));
      this.reader.memory = answer.reply.memory;
    } catch (error) {
      if (error instanceof Refusal) {
        this.refused.set(key, error.message);
      } else {
        this.whole.fail(error);
      }
    } finally {
      if (this.preparing === mine) {
        this.preparing = null;
      }
    }
    const { drag } = this;
    if (drag?.handle.tile === key && !drag.released) {
      this.place(drag);
      this.whole.changed(true);
    } else if (drag && this.moving && !drag.tile) {
      this.prepare(drag.handle);
    }
  }

  /**
   * A position without a tile: the kernel counts it block by block, and of several that wait only the last. One that
   * has shown its first block is given up for a newer one; the kernel cancels it then.
   */
  private readPreview(operation: Operation): void {
    if (this.previewing === 'begun') {
      this.waiting = operation;
      return;
    }
    this.waiting = null;
    this.previewing = 'begun';
    const mine = ++this.asked;
    const { revision } = this.whole.state;
    this.whole.requests
      .ask('counts', { kind: 'counts', revision, edit: operation }, part => {
        if (mine === this.asked && (this.moving || this.proposed)) {
          this.reader.takePartial(part, false);
          this.previewing = 'shown';
          this.next();
        }
      })
      .then(
        answer => {
          const current = answer.reply.revision === this.whole.state.revision;
          const wanted = this.moving || this.proposed;
          if (mine === this.asked && current && wanted) {
            this.reader.takePreview(answer);
            this.whole.changed(true);
          }
        },
        error => this.whole.fail(error)
      )
      .finally(() => {
        if (mine === this.asked) {
          this.previewing = '';
          this.next();
        }
      });
  }

  private next(): void {
    const { waiting } = this;
    if (waiting && (this.moving || this.proposed)) {
      this.readPreview(waiting);
    }
  }
}

/** Every handle that a drag moves. */
function movedBy(drag: Drag | null): Partner[] {
  return drag ? [drag, ...(drag.partner ? [drag.partner] : [])] : [];
}
