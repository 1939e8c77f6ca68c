/** Python for what was chosen. Every name from a file is written as a quoted literal, whatever it contains. */

import type { Entry } from './entries';

/** With heplens, or with uproot alone. */
export type Style = 'heplens' | 'uproot';

/** A Python string literal of exactly this text: JSON's escapes are Python's too. */
export function literal(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** The names along a path of a listing: joined by "/", in which "%", "/" and ";" of a name are percent-encoded. */
export function namesOf(path: string): string[] {
  const plain = (part: string) =>
    part === '%'
      ? ''
      : part.replace(/%3B/g, ';').replace(/%2F/g, '/').replace(/%25/g, '%');
  return path === '' ? [] : path.split('/').map(plain);
}

/** `uproot.open("file.root")["Events"]["Muon_pt"]`. */
export function uprootExpression(file: string, entry: Entry): string {
  const { row, tree } = entry;
  const names = row.kind === 'file' ? [] : namesOf(row.path);
  const keys = tree === null ? names.length : namesOf(tree).length;
  // uproot takes what follows a colon for the name of an object.
  const open = file.includes(':')
    ? `uproot.open({${literal(file)}: None})`
    : `uproot.open(${literal(file)})`;
  // uproot has no names for the elements of an RNTuple's vectors and tuples: they come with what holds them.
  const element = names.findIndex(
    (name, at) => at > keys && /^_\d+$/.test(name)
  );
  const reached = element < 0 ? names : names.slice(0, element);
  const steps = reached.map((name, at) =>
    at < keys && name.includes(':')
      ? `.key(${literal(name)}).get()`
      : `[${literal(name)}]`
  );
  return open + steps.join('');
}

/** `hl.Analysis("file.root:Events")`; a tree that is not known is left to heplens to find. */
export function analysisOf(files: { file: string; tree: string }[]): string {
  const trees = files.map(({ file, tree }) => ({
    file,
    tree: namesOf(tree).join('/').replace(/;\d+$/, '')
  }));
  const plain = trees.every(
    ({ file, tree }) => !file.includes(':') && !tree.includes(':')
  );
  if (!plain) {
    const pairs = trees.map(
      ({ file, tree }) => `${literal(file)}: ${literal(tree)}`
    );
    return `hl.Analysis({"data": {"files": {${pairs.join(', ')}}}})`;
  }
  const paths = trees.map(({ file, tree }) =>
    literal(tree === '' ? file : `${file}:${tree}`)
  );
  return paths.length === 1
    ? `hl.Analysis(${paths[0]})`
    : `hl.Analysis(\n    [\n${paths.map(path => `        ${path},\n`).join('')}    ]\n)`;
}

/**
 * A branch as an expression of heplens: its name, in backquotes where it is no identifier; null for what heplens
 * cannot use (objects, text with backquotes, parts of split objects, whose names need not be unique).
 */
export function expressionOf({ row, tree }: Entry): string | null {
  const numeric =
    /^(option\[|\?)*(var \* |\d+ \* )*\??(bool|u?int\d+|float\d+)\]*$/;
  const direct =
    tree !== null && namesOf(row.path).length === namesOf(tree).length + 1;
  if (!direct || row.expandable || row.error !== null) {
    return null;
  }
  if (!numeric.test(row.type) || /[`\n]/.test(row.name) || row.name === '') {
    return null;
  }
  // Trees with objects call a branch "name.".
  const name = row.name.replace(/\.+$/, '');
  const word = /^[A-Za-z_]\w*$/.test(name);
  return word && !/^(and|or|not|in|if|else|True|False|None)$/i.test(name)
    ? name
    : `\`${name}\``;
}

/** What is inserted: the chosen lines, each with its file as the notebook sees it. */
export interface Chosen {
  file: string;
  entry: Entry;
  /** Of a whole file: the path of the tree that an analysis of it uses, or "" when it is not known (yet). */
  main: string;
}

/** A cell that works as it stands. */
export function cellFor(chosen: Chosen[], style: Style): string {
  if (chosen.length > 1 && chosen.every(({ entry }) => isTable(entry))) {
    return datasetCell(chosen, style);
  }
  const cells = joined(chosen).map(one =>
    style === 'heplens' ? heplensCell(one) : uprootCell(one)
  );
  const imports = new Set(cells.map(([module]) => module));
  const lines = [...imports].sort((a, b) => a.length - b.length);
  return `${lines.join('\n')}\n\n${cells.map(([, code]) => code).join('\n')}`;
}

/** Branches of one tree become one entry with these members, so that they are read together. */
function joined(chosen: Chosen[]): Chosen[] {
  const found: Chosen[] = [];
  for (const one of chosen) {
    const { entry } = one;
    const parent = entry.row.path.split('/').slice(0, -1).join('/');
    const usable = expressionOf(entry) !== null;
    const last = found[found.length - 1];
    const fits =
      usable && last?.file === one.file && last.entry.id === `\0${parent}`;
    if (fits) {
      last.entry.members?.push(entry);
    } else if (usable && chosen.length > 1) {
      const row = { ...entry.row, kind: 'collection' as const, path: parent };
      const id = `\0${parent}`;
      found.push({ ...one, entry: { ...entry, id, row, members: [entry] } });
    } else {
      found.push(one);
    }
  }
  return found;
}

const HEPLENS = 'import heplens as hl';
const UPROOT = 'import uproot';

/** Whether an analysis can run over it. */
function isTable({ row }: Entry): boolean {
  return row.kind === 'file' || row.kind === 'tree' || row.kind === 'ntuple';
}

function treeOf({ entry, main }: Chosen): string {
  return entry.row.kind === 'file' ? main : entry.row.path;
}

function datasetCell(chosen: Chosen[], style: Style): string {
  const files = chosen.map(one => ({ file: one.file, tree: treeOf(one) }));
  if (style === 'heplens') {
    return `${HEPLENS}\n\nanalysis = ${analysisOf(files)}\nanalysis`;
  }
  const opened = chosen.map(one => {
    const names = namesOf(treeOf(one));
    const entry = { ...one.entry, row: { ...one.entry.row, path: '' } };
    const item = names.map(name => `[${literal(name)}]`).join('');
    return `    ${uprootExpression(one.file, entry)}${item},\n`;
  });
  return `${UPROOT}\n\ntrees = [\n${opened.join('')}]\ntrees`;
}

function heplensCell(chosen: Chosen): [string, string] {
  const { file, entry } = chosen;
  const { row, members, tree } = entry;
  if (['file', 'folder', 'directory'].includes(row.kind)) {
    const node = row.path === '' ? '' : `, ${literal(row.path)}`;
    return [HEPLENS, `hl.inspect(${literal(file)}${node})`];
  }
  if (isTable(entry)) {
    const analysis = analysisOf([{ file, tree: row.path }]);
    return [HEPLENS, `analysis = ${analysis}\nanalysis`];
  }
  const expressions = (members ?? [entry])
    .map(expressionOf)
    .filter(expression => expression !== null)
    .slice(0, MEMBERS);
  if (tree === null || expressions.length === 0) {
    return uprootCell(chosen);
  }
  const analysis = analysisOf([{ file, tree }]);
  return [
    HEPLENS,
    `analysis = ${analysis}\nanalysis.arrays(${expressions.map(literal).join(', ')})`
  ];
}

/** As many branches of a collection are named in a cell. */
const MEMBERS = 12;

function uprootCell({ file, entry }: Chosen): [string, string] {
  const { row, members } = entry;
  const expression = uprootExpression(file, entry);
  if (members !== undefined) {
    const names = members
      .filter(({ row }) => row.error === null)
      .slice(0, MEMBERS)
      .map(({ row }) => literal(row.name));
    return [UPROOT, `${expression}.arrays([${names.join(', ')}])`];
  }
  const call = {
    file: '.keys()',
    directory: '.keys()',
    tree: '.keys()',
    ntuple: '.keys()',
    collection: '.keys()',
    branch: row.expandable ? '.keys()' : '.array()',
    histogram: '.to_hist()'
  } as Record<string, string>;
  return [UPROOT, expression + (call[row.kind] ?? '')];
}

/** The path of `file` as seen from the folder `from`; both from the same root. */
export function relativePath(from: string, file: string): string {
  const there = file.split('/').filter(Boolean);
  const here = from.split('/').filter(Boolean);
  let shared = 0;
  while (
    shared < here.length &&
    shared < there.length - 1 &&
    here[shared] === there[shared]
  ) {
    shared += 1;
  }
  return [...here.slice(shared).map(() => '..'), ...there.slice(shared)].join(
    '/'
  );
}
