/** The tiles a page holds, and what the handles show from them without asking the kernel. */

import { Boundaries, Cells, type Counts } from '../brush/tile';
import {
  bytes,
  counts32,
  floats,
  type Answer,
  type Handle,
  type TileCells
} from './messages';

/** A position of one step's handles. */
export interface Edges {
  low: number | null;
  high: number | null;
  lowOperator: string;
  highOperator: string;
}

export interface Slice {
  first: number;
  last: number;
}

export class Tile {
  readonly boundaries: Boundaries;
  readonly plots: Map<string, Cells>;
  readonly rows: Cells[];
  readonly bytes: number;
  private readonly space = new Map<string, Counts>();

  constructor({ reply, buffers }: Answer<'tile'>) {
    this.boundaries = new Boundaries(floats(buffers[0]), bytes(buffers[1]));
    const unpack = (c: TileCells): Cells =>
      new Cells(
        c.name,
        this.boundaries.pixels,
        c.bins,
        counts32(buffers[c.buffer]),
        c.weighted ? floats(buffers[c.buffer + 1]) : null,
        c.weighted ? floats(buffers[c.buffer + 2]) : null
      );
    this.plots = new Map(reply.cells.map(c => [c.name, unpack(c)]));
    this.rows = reply.cutflow.map(unpack);
    this.bytes = reply.bytes;
  }

  /** The pixels that pass; null when an edge is not a boundary of this tile. */
  slice(edges: Edges): Slice | null {
    const first =
      edges.low === null
        ? 0
        : this.boundaries.first(edges.lowOperator, edges.low);
    const last =
      edges.high === null
        ? this.boundaries.pixels
        : this.boundaries.last(edges.highOperator, edges.high);
    return first === null || last === null ? null : { first, last };
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
    return cells.slice(first, last, into);
  }
}

/** Where the handles of a step stand, with one of them moved. */
export function edgesOf(
  handles: Handle[],
  moved: string,
  value: number
): Edges {
  const edges: Edges = {
    low: null,
    high: null,
    lowOperator: '>=',
    highOperator: '<'
  };
  for (const handle of handles) {
    const now = handle.id === moved ? value : handle.value;
    if (handle.operator.startsWith('>')) {
      edges.low = now;
      edges.lowOperator = handle.operator;
    } else {
      edges.high = now;
      edges.highOperator = handle.operator;
    }
  }
  return edges;
}

/** The most recently used tiles, at most `limit` bytes of cells. */
export class TileShelf {
  private readonly tiles = new Map<string, Tile>();

  constructor(private readonly limit = 64 * 1024 * 1024) {}

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
    let total = 0;
    for (const each of this.tiles.values()) {
      total += each.bytes;
    }
    for (const [old, each] of this.tiles) {
      if (total <= this.limit || this.tiles.size === 1) {
        break;
      }
      this.tiles.delete(old);
      total -= each.bytes;
    }
  }

  clear(): void {
    this.tiles.clear();
  }
}
