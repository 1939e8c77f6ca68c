/** The handle that is being moved: from a tile without the kernel, or else from the kernel as fast as it answers. */

import type { Counts } from '../brush/tile';
import type { CutflowRow, Handle, Operation } from './messages';
import type { Reader, Whole } from './reader';
import { Tile, TileShelf, type Slice } from './tiles';

interface Drag {
  handle: Handle;
  value: number;
  tile: Tile | null;
  slice: Slice | null;
  released: boolean;
}

export class Mover {
  drag: Drag | null = null;

  /** Numbers that were typed and sent; they stay in their boxes until the kernel has answered. */
  private readonly sent = new Map<string, number | null>();
  private readonly shelf = new TileShelf();
  private asking = '';
  private previewing = false;
  private preview: Operation | null = null;

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
    if (this.drag?.handle.id === handle.id) {
      return this.drag.value;
    }
    const sent = this.sent.get(handle.id);
    return sent === undefined ? handle.value : sent;
  }

  /** The edit that sets a handle to a number that was typed. */
  type(handle: Handle, value: number | null): Operation {
    this.sent.set(handle.id, value);
    return this.operation(handle, value);
  }

  /** Have the tile of a handle ready before it is pressed. */
  prepare(handle: Handle): void {
    if (handle.tile) {
      void this.readTile(handle);
    }
  }

  /** The handle stands at `value` now; nothing is committed. */
  move(handle: Handle, value: number): void {
    if (this.drag?.handle.id !== handle.id || this.drag.released) {
      this.drag = { handle, value, tile: null, slice: null, released: false };
      this.prepare(handle);
    }
    this.drag.value = value;
    this.place(this.drag);
    if (!this.drag.slice && !handle.tile) {
      void this.readPreview(this.operation(handle, value));
    }
    this.whole.changed(true);
  }

  /** The handle was let go: the edit to send, or null when nothing was held. */
  release(): Operation | null {
    const { drag } = this;
    if (!drag || drag.released) {
      return null;
    }
    drag.released = true;
    this.preview = null;
    return this.operation(drag.handle, drag.value);
  }

  /** The numbers of what was released or typed have come. */
  finish(): void {
    this.sent.clear();
    if (this.drag?.released) {
      this.drop();
    }
  }

  /** Go back to what is committed. */
  drop(): void {
    this.sent.clear();
    this.drag = null;
    this.preview = null;
    this.reader.preview = null;
  }

  /** The edit that sets a handle; null takes an edge of a window away. */
  operation(handle: Handle, value: number | null): Operation {
    if (handle.edge === 'literal') {
      return {
        op: 'set_literal',
        name: handle.step,
        index: handle.index,
        value
      };
    }
    const window: Record<string, number | null> = {};
    for (const other of this.handles(handle.step)) {
      window[other.edge] = other.id === handle.id ? value : other.value;
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

  clear(): void {
    this.shelf.clear();
  }

  private place(drag: Drag): void {
    const { handle } = drag;
    drag.tile = (handle.tile && this.shelf.get(handle.tile)) || null;
    drag.slice =
      drag.tile?.slice(handle, this.handles(handle.step), each =>
        each.id === handle.id ? drag.value : each.value
      ) ?? null;
  }

  private async readTile(handle: Handle): Promise<void> {
    const key = handle.tile;
    if (!key || this.shelf.get(key) || this.asking === key) {
      return;
    }
    this.asking = key;
    try {
      const { revision } = this.whole.state;
      const answer = await this.whole.requests.ask('tile', {
        kind: 'tile',
        revision,
        handle: handle.id
      });
      this.shelf.put(answer.reply.key, await Tile.read(answer));
      if (this.drag?.handle.tile === key) {
        this.place(this.drag);
        this.whole.changed(true);
      }
    } catch (error) {
      this.whole.fail(error);
    } finally {
      if (this.asking === key) {
        this.asking = '';
      }
    }
  }

  /** A position without a tile: the kernel counts it, and of several that wait only the last. */
  private async readPreview(operation: Operation): Promise<void> {
    this.preview = operation;
    if (this.previewing) {
      return;
    }
    this.previewing = true;
    try {
      while (this.preview) {
        const edit: Operation = this.preview;
        this.preview = null;
        const { revision } = this.whole.state;
        const answer = await this.whole.requests.ask('counts', {
          kind: 'counts',
          revision,
          edit
        });
        if (
          answer.reply.revision === this.whole.state.revision &&
          this.moving
        ) {
          this.reader.takePreview(answer);
          this.whole.changed(true);
        }
      }
    } catch (error) {
      this.whole.fail(error);
    } finally {
      this.previewing = false;
    }
  }
}
