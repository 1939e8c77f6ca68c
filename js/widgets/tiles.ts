/** The tiles a page holds, and what the handles show from them without asking the kernel. */

import { inflated } from '../brush/inflate';
import { Table, type TableHeader } from '../brush/packing';
import { Boundaries, Cells, type Counts } from '../brush/tile';
import type { Answer, Coverage, CutflowRow, Handle, TileRow } from './messages';
import { bytes, floats } from './protocol';

/** The rows of cells that add up to what a position shows. */
export interface Slice {
  first: number;
  last: number;
}

/** A row of the cutflow along the handle. */
interface MovedRow {
  fields: TileRow['fields'];
  counts: Table;
  sums: Table;
}

export class Tile {
  private readonly space = new Map<string, Counts>();

  private constructor(
    /** Steps: one handle moves. Range: both edges of a window may. */
    readonly form: 'range' | 'steps',
    private readonly boundaries: Boundaries,
    private readonly plots: Map<string, Cells>,
    private readonly rows: Map<string, MovedRow>,
    /** Of how many blocks it is, in the dashboard of a job. */
    readonly coverage?: Coverage
  ) {}

  static async read({ reply, buffers }: Answer<'tile'>): Promise<Tile> {
    const sent = bytes(buffers[2]);
    const buffer =
      reply.encoding === 'deflate'
        ? new Uint8Array(await inflated(sent).arrayBuffer())
        : sent;
    const table = (bins: number, header: TableHeader): Table =>
      Table.read(buffer, reply.rows, bins, header);
    const plots = reply.plots.map(({ name, bins, counts, sums, squares }) => {
      const cells = new Cells(
        bins,
        table(bins, counts),
        sums ? table(bins, sums) : null,
        squares ? table(bins, squares) : null
      );
      return [name, cells] as const;
    });
    const rows = reply.cutflow.map(({ name, fields, counts, sums }) => {
      const row = {
        fields,
        counts: table(fields.length, counts),
        sums: table(2, sums)
      };
      return [name, row] as const;
    });
    return new Tile(
      reply.form,
      new Boundaries(floats(buffers[0]), bytes(buffers[1])),
      new Map(plots),
      new Map(rows),
      reply.coverage
    );
  }

  get bytes(): number {
    let total = 0;
    for (const cells of this.plots.values()) {
      total += cells.bytes;
    }
    return total;
  }

  /** The rows for the handles of a step, `values` being where each stands; null when one is between two positions. */
  slice(
    moved: Handle,
    step: Handle[],
    values: (handle: Handle) => number | null
  ): Slice | null {
    if (this.form === 'steps') {
      const value = values(moved);
      const at = value === null ? null : this.boundaries.position(value);
      return at === null ? null : { first: 0, last: at + 1 };
    }
    let first: number | null = 0;
    let last: number | null = this.boundaries.values.length + 1;
    for (const handle of step) {
      if ((handle.edge === 'literal') !== (moved.edge === 'literal')) {
        continue; // a number inside the variable of the window
      }
      const value = values(handle);
      if (value === null) {
        continue;
      }
      if (handle.operator.startsWith('>')) {
        first = this.boundaries.first(handle.operator, value);
      } else {
        last = this.boundaries.last(handle.operator, value);
      }
      if (first === null || last === null) {
        return null;
      }
    }
    return { first, last };
  }

  counts(name: string, { first, last }: Slice): Counts | undefined {
    const cells = this.plots.get(name);
    if (!cells) {
      return undefined;
    }
    let into = this.space.get(name);
    if (!into) {
      this.space.set(name, (into = cells.space()));
    }
    return cells.between(first, last, into);
  }

  /** A row of the cutflow with the handle there; as it is when it does not depend on the handle. */
  row(row: CutflowRow, { first, last }: Slice): CutflowRow {
    const moved = this.rows.get(row.name);
    if (!moved) {
      return row;
    }
    const found = { ...row };
    moved.fields.forEach((field, i) => {
      found[field] = moved.counts.between(first, last, i);
    });
    if (row.weighted !== null) {
      const none = found.passed === found.bad_weights;
      found.weighted = none ? 0 : moved.sums.between(first, last, 0);
      found.variance = none
        ? 0
        : Math.max(0, moved.sums.between(first, last, 1));
    }
    return found;
  }
}

/** The most recently used tiles, at most `limit` bytes of cells. */
export class TileShelf {
  private readonly tiles = new Map<string, Tile>();

  constructor(private readonly limit = 128 * 1024 * 1024) {}

  get(key: string): Tile | undefined {
    const tile = this.tiles.get(key);
    if (tile) {
      this.tiles.delete(key);
      this.tiles.set(key, tile);
    }
    return tile;
  }

  put(key: string, tile: Tile): void {
    this.tiles.delete(key);
    this.tiles.set(key, tile);
    let total = this.bytes;
    for (const [old, each] of this.tiles) {
      if (total <= this.limit || this.tiles.size === 1) {
        break;
      }
      this.tiles.delete(old);
      total -= each.bytes;
    }
  }

  /** Memory that the cells take in the page. */
  get bytes(): number {
    let total = 0;
    for (const each of this.tiles.values()) {
      total += each.bytes;
    }
    return total;
  }

  clear(): void {
    this.tiles.clear();
  }
}
