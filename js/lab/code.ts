/** Python for what was chosen. Every name from a file is written as a quoted literal, whatever it contains. */

import type { Entry } from '../components/browser/entries';

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
  const names = entry.row.kind === 'file' ? [] : namesOf(entry.row.path);
  return `uproot.open(${literal(file)})${names.map(name => `[${literal(name)}]`).join('')}`;
}

/** A cell that works as it stands; `file` is relative to the notebook. */
export function cellFor(file: string, entry: Entry): string {
  const { kind } = entry.row;
  if (kind === 'file' || kind === 'directory') {
    return `import heplens as hl\n\nhl.inspect(${literal(file)})`;
  }
  if (kind === 'tree' || kind === 'ntuple' || kind === 'collection') {
    const names = namesOf(entry.row.path).join('/');
    const dataset = file.includes(':')
      ? `{${literal(file)}: ${literal(names)}}`
      : literal(`${file}:${names}`);
    return `import heplens as hl\n\na = hl.Analysis(${dataset})\na`;
  }
  const expression = uprootExpression(file, entry);
  const what =
    kind === 'branch'
      ? `${expression}.array()`
      : kind === 'histogram'
        ? `${expression}.to_hist()`
        : expression;
  return `import uproot\n\n${what}`;
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
