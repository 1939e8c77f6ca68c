/** The lines of the tree before they are laid out: files, and rows of files with long lists of branches put in groups. */

import type { Row } from './listing';

export interface Entry {
  /** Unique in the tree. */
  id: string;
  /** The file's path as its source knows it. */
  file: string;
  row: Row;
  /** Of a member of a group: its name without that of the group, which stands above it. */
  field?: string;
  /** Changes when the file on disk does. */
  version: string;
  /** The path of the tree that it is in, or null. */
  tree: string | null;
  /** Of a group made here: nothing has to be asked for. */
  members?: Entry[];
}

/** Lists of branches up to this long stay as they are stored. */
export const GROUPED_ABOVE = 64;

const BLANK = {
  title: '',
  entries: null,
  bytes: null,
  uncompressed_bytes: null,
  compression: '',
  baskets: null,
  cycle: 0,
  group: '',
  error: null
};

/** What an entry is called in the tree: its file, and where it is in there. */
export function entryId(file: string, path: string): string {
  return path === '' ? file : `${file}\0${path}`;
}

/** The line of a whole file. */
export function fileEntry(
  file: string,
  name: string,
  size: number | null,
  version: string
): Entry {
  return {
    id: file,
    file,
    version,
    tree: null,
    row: {
      ...BLANK,
      path: '',
      name,
      kind: 'file',
      type: 'ROOT file',
      bytes: size,
      expandable: true
    }
  };
}

/** The lines of one level. Branches of a collection (`Muon_pt`, `nMuon`) share a line in a long list. */
export function entriesOf(parent: Entry, rows: Row[]): Entry[] {
  const { file, version } = parent;
  const isTree = parent.row.kind === 'tree' || parent.row.kind === 'ntuple';
  const tree = isTree ? parent.row.path : parent.tree;
  const entry = (row: Row): Entry =>
    row.kind === 'file' || row.kind === 'folder'
      ? // In the listing of a folder, the path is that of a file.
        {
          id: row.path,
          file: row.path,
          version,
          tree: null,
          row: { ...row, path: '' }
        }
      : { id: entryId(file, row.path), file, version, tree, row };
  const groups = new Map<string, Row[]>();
  if (rows.length > GROUPED_ABOVE) {
    for (const row of rows) {
      if (row.group !== '') {
        groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
      }
    }
  }
  const lines: Entry[] = [];
  for (const row of rows) {
    const members = groups.get(row.group);
    if (members === undefined || members.length < 2) {
      lines.push(entry(row));
    } else if (members[0] === row) {
      const fields = fieldsOf(
        row.group,
        members.map(({ name }) => name)
      );
      lines.push({
        id: `${parent.id}\0\0${row.group}`,
        file,
        version,
        tree,
        members: members.map((member, place) => ({
          ...entry(member),
          field: fields[place]
        })),
        row: {
          ...BLANK,
          path: parent.row.path,
          name: row.group,
          kind: 'collection',
          type: `${members.length} branches`,
          entries: row.entries,
          bytes: total(members, 'bytes'),
          uncompressed_bytes: total(members, 'uncompressed_bytes'),
          expandable: true
        }
      });
    }
  }
  return lines;
}

/** `pt` of `Muon_pt` and of `AnalysisMuonsAuxDyn.pt`; in full where that leaves nothing, or says two things at once. */
function fieldsOf(group: string, names: string[]): string[] {
  const short = names.map(name =>
    name.startsWith(group)
      ? name
          .slice(group.length)
          .replace(/^Aux(Dyn)?\./, '')
          .replace(/^[_.]+/, '')
      : name
  );
  return short.map((field, place) =>
    field === '' || short.indexOf(field) !== short.lastIndexOf(field)
      ? names[place]
      : field
  );
}

function total(
  rows: Row[],
  field: 'bytes' | 'uncompressed_bytes'
): number | null {
  return rows.some(row => row[field] === null)
    ? null
    : rows.reduce((sum, row) => sum + (row[field] ?? 0), 0);
}
