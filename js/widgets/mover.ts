/** The handle that is being moved: from a tile without the kernel, or else from the kernel as fast as it answers. */

import type { Counts } from '../brush/tile';
import type { Coverage, CutflowRow, Handle, Operation } from './messages';
import { operationOf, type Moved, type Partner } from './moved';
import { Previews } from './previews';
import type { Reader, Whole } from './reader';
import { Refusal, Stale } from './requests';
import { Tile, TileShelf, type Slice } from './tiles';

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
  private readonly previews: Previews;
  /** Numbers of an edit that nobody has made yet are shown. */
  private proposed = false;
  /** The cutflow of a position, which is read number by number. */
  private sliced: {
    of: Slice | null;
    from: CutflowRow[];
    rows: CutflowRow[];
  } = { of: null, from: [], rows: [] };

  constructor(
    private readonly whole: Whole,
    private readonly reader: Reader
  ) {
    this.previews = new Previews(whole, reader, () => this.held);
  }

  get moving(): boolean {
    return this.drag !== null && !this.drag.released;
  }

  /** A hand is on a plot: it moves a handle, or draws a window. */
  get held(): boolean {
    return this.moving || this.proposed;
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
  propose(operation: Operation, about: string): void {
    this.proposed = true;
    this.previews.read(operation, about);
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
    this.previews.forgo();
  }

  /** The numbers of what was released or typed have come. */
  finish(): void {
    this.sent.clear();
    if (!this.held) {
      this.drop();
    } else if (this.drag) {
      this.renew(this.drag);
    }
  }

  /** A handle is held while something else has changed: the tile that it moves by is another now, or it has gone. */
  private renew(drag: Drag): void {
    const find = ({ id, step }: Handle): Handle | undefined =>
      this.handles(step).find(handle => handle.id === id);
    const handle = find(drag.handle);
    const partner = drag.partner && find(drag.partner.handle);
    if (!handle || partner === undefined) {
      this.drop();
    } else if (handle.tile !== drag.handle.tile) {
      drag.handle = handle;
      drag.partner = drag.partner &&
        partner && { ...drag.partner, handle: partner };
      this.prepare(handle);
      this.place(drag);
    }
  }

  /** Go back to what is committed. */
  drop(): void {
    this.sent.clear();
    this.drag = null;
    this.settle();
    this.previews.drop();
  }

  counts(name: string): Counts | undefined {
    const { drag } = this;
    return drag?.tile && drag.slice
      ? drag.tile.counts(name, drag.slice)
      : undefined;
  }

  /** Of how many blocks what is shown is, in the dashboard of a job. */
  get coverage(): Coverage | undefined {
    const { drag } = this;
    return drag?.tile && drag.slice
      ? drag.tile.coverage
      : this.reader.shown?.coverage;
  }

  /** The cutflow with the handle where it stands. */
  cutflow(): CutflowRow[] {
    const rows = this.reader.shown?.cutflow ?? [];
    const { drag } = this;
    if (!drag?.tile || !drag.slice) {
      return rows;
    }
    const { tile, slice } = drag;
    if (this.sliced.of !== slice || this.sliced.from !== rows) {
      const made = rows.map(row => tile.row(row, slice));
      this.sliced = { of: slice, from: rows, rows: made };
    }
    return this.sliced.rows;
  }

  /** Memory that tiles take in the page. */
  get bytes(): number {
    return this.shelf.bytes;
  }

  clear(): void {
    this.shelf.clear();
  }

  private operation(moved: Moved): Operation {
    return operationOf(moved, this.handles(moved.handle.step));
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
      this.previews.read(this.operation(drag), handle.step);
    } else if (drag.slice) {
      this.previews.drop();
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
    let stale = false;
    try {
      const { revision } = this.whole.state;
      // Else the key is of an older revision, and what comes must not be taken for it when that is back.
      const current = this.reader.tells(revision);
      const answer = await this.whole.requests.ask(
        'tile',
        { kind: 'tile', revision, handle: handle.id },
        ({ reply }) => {
          Object.assign(mine, { done: reply.done, total: reply.total });
          this.whole.changed();
        }
      );
      const tile = await Tile.read(answer);
      this.shelf.put(answer.reply.key, tile);
      if (current) {
        this.shelf.put(key, tile); // a job may have come on since; the tile says of how much it is
      }
      this.reader.memory = answer.reply.memory;
    } catch (error) {
      if (error instanceof Refusal) {
        this.refused.set(key, error.message);
      } else {
        stale = error instanceof Stale;
        this.whole.fail(error);
      }
    } finally {
      if (this.preparing === mine) {
        this.preparing = null;
      }
    }
    const { drag } = this;
    if (drag?.handle.tile === key && !drag.released) {
      if (stale && !this.preparing) {
        this.prepare(drag.handle);
      }
      this.place(drag);
      this.whole.changed(true);
    } else if (drag && this.moving && !drag.tile) {
      this.prepare(drag.handle);
    }
  }
}

/** Every handle that a drag moves. */
function movedBy(drag: Drag | null): Partner[] {
  return drag ? [drag, ...(drag.partner ? [drag.partner] : [])] : [];
}
