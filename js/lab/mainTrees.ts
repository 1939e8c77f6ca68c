/** The tree of a file that an analysis of it runs over: the one with the most entries. */

import {
  entriesOf,
  fileEntry,
  type Entry
} from '../components/browser/entries';
import type { Source } from '../components/browser/listing';

/** Trees lie at the top, or a little below it. */
const DEPTH = 2;

export class MainTrees {
  constructor(private source: Source) {}

  /** The path of the tree of a whole file; "" when it has none, or when it has not been looked for. */
  known({ id, version }: Entry): string {
    return this._found.get(`${id}\0${version}`)?.row.path ?? '';
  }

  /** Look for the trees of whole files. What cannot be read has none: the cell will say why when it is run. */
  async find(entries: Entry[]): Promise<void> {
    const files = entries.filter(({ row }) => row.kind === 'file');
    await Promise.all(files.map(file => this.of(file).catch(() => null)));
  }

  /** The tree of a whole file, or null. */
  async of(file: Entry): Promise<Entry | null> {
    const key = `${file.id}\0${file.version}`;
    let found = this._found.get(key);
    if (found === undefined) {
      const trees = await this._trees(file, DEPTH);
      const entries = (entry: Entry) => entry.row.entries ?? 0;
      found =
        trees.sort((a, b) => entries(b) - entries(a)).find(entries) ??
        trees[0] ??
        null;
      this._found.set(key, found);
    }
    return found;
  }

  private async _trees(parent: Entry, depth: number): Promise<Entry[]> {
    const { signal } = new AbortController();
    const { rows } = await this.source.list(
      parent.file,
      parent.row.path,
      signal
    );
    const below = entriesOf(parent, rows);
    const trees = below.filter(
      ({ row }) =>
        (row.kind === 'tree' || row.kind === 'ntuple') && row.error === null
    );
    if (trees.length === 0 && depth > 1) {
      for (const entry of below.slice(0, 16)) {
        if (entry.row.kind === 'directory') {
          trees.push(...(await this._trees(entry, depth - 1)));
        }
      }
    }
    return trees;
  }

  private _found = new Map<string, Entry | null>();
}

/** The line of a file that is known by its path only. */
export function fileAt(path: string): Entry {
  return fileEntry(path, path.split('/').pop() ?? path, null, '');
}
