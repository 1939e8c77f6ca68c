/** The first analysis of a file: a histogram of something that is worth looking at. */

import { analysisOf, expressionOf, literal } from './code';
import type { Entry } from './entries';
import type { Preview } from './listing';

const BINS = 50;

/** The branch that a physicist would look at first: a momentum, an energy or a mass, of leptons if there are any. */
export function sensible(branches: Entry[]): Entry | null {
  const rated = branches
    .filter(entry => expressionOf(entry) !== null)
    .map((entry, place) => ({ entry, rate: rate(entry), place }))
    .sort((a, b) => b.rate - a.rate || a.place - b.place);
  return rated[0]?.entry ?? null;
}

function rate({ row: { name, type } }: Entry): number {
  const last = name.split(/[_.]/).pop() ?? name;
  let rate = /float/.test(type) ? 4 : 0;
  if (/^(pt|p_t|et|px)\d?$/i.test(last)) {
    rate += 8;
  } else if (/^(e|energy|m|mass|invmass)\d?$/i.test(last)) {
    rate += 6;
  } else if (/^(eta|phi|charge)$/i.test(last)) {
    rate += 2;
  }
  if (/^(\W|_)*(mu(on)?s?|analysismuons)([_.\d]|aux|$)/i.test(name)) {
    rate += 3;
  } else if (/^(electron|jet|photon|lepton|track)s?[_.]/i.test(name)) {
    rate += 2;
  } else if (/^(gen|hlt|l1|flag|softactivity)/i.test(name)) {
    rate -= 4;
  }
  return rate;
}

/** The cell: an analysis with one histogram, and its live view. */
export function starterCell(
  file: string,
  tree: string,
  branch: Entry,
  preview: Preview
): string {
  const expression = member(branch) ?? expressionOf(branch) ?? '';
  const range = rangeOf(preview);
  const bins =
    range === null ? '' : `, bins=${BINS}, range=(${range.join(', ')})`;
  return (
    'import heplens as hl\n\n' +
    `analysis = ${analysisOf([{ file, tree }])}.hist(${literal(expression)}${bins})\n` +
    'analysis.explore()'
  );
}

/**
 * A value of objects by the name of its collection: `Muon.pt` and not `Muon_pt`, so that a window that is drawn on it
 * filters the muons, and a filter of the muons is seen in it.
 */
function member({ row: { name, type, group } }: Entry): string | null {
  const field = /^(?:_|Aux(?:Dyn)?\.)([A-Za-z_]\w*)$/.exec(
    name.startsWith(group) ? name.slice(group.length) : ''
  )?.[1];
  // An energy may be called `E` in its collection, whatever the branch is called.
  const plain = /^[A-Za-z_]\w*$/.test(group) && field !== 'e';
  return field && plain && type.startsWith('var * ')
    ? `${group}.${field}`
    : null;
}

/** Round numbers around the bins of the preview; null where words or truth bring bins of their own. */
export function rangeOf({ edges, labels }: Preview): [number, number] | null {
  const [low, high] = [edges[0], edges[edges.length - 1]];
  if (labels || typeof low !== 'number' || typeof high !== 'number') {
    return null;
  }
  const span = high - low || Math.abs(high) || 1;
  const step = 10 ** Math.floor(Math.log10(span)) / 5;
  const round = (steps: number) => Number((steps * step).toPrecision(12));
  // The last bin ends before its edge, so the largest value has to lie below it.
  return [
    round(Math.floor(low / step + 1e-9)),
    round(Math.floor(high / step + 1e-9) + 1)
  ];
}
