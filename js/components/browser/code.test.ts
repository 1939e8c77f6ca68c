import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fileEntry, type Entry } from './entries';
import {
  cellFor,
  literal,
  namesOf,
  relativePath,
  uprootExpression
} from './code';
import { rangeOf, sensible, starterCell } from './starter';

const entry = (kind: Entry['row']['kind'], path: string): Entry => {
  const file = fileEntry('a.root', 'a.root', 1, '');
  const name = namesOf(path).pop() ?? '';
  const tree = kind === 'branch' ? path.split('/')[0] : null;
  const row = { ...file.row, kind, path, name, type: 'var * float32' };
  return { ...file, tree, row: { ...row, expandable: false } };
};

test('names are quoted whatever they contain', () => {
  assert.equal(literal('"); import os #'), '"\\"); import os #"');
  assert.equal(literal('a\\b\n\u2028é'), '"a\\\\b\\n\\u2028é"');
  assert.equal(
    uprootExpression('x"y.root', entry('branch', 'E/"); import os #')),
    'uproot.open("x\\"y.root")["E"]["\\"); import os #"]'
  );
});

test('paths of a listing give back the names', () => {
  assert.deepEqual(namesOf('dir;1/a%2Fb%25/%3B/%'), ['dir;1', 'a/b%', ';', '']);
  assert.deepEqual(namesOf(''), []);
});

const cell = (file: string, ...entries: Entry[]) =>
  cellFor(
    entries.map(entry => ({ file, entry, main: 'Events' })),
    'heplens'
  );

test('cells', () => {
  assert.equal(
    cell('data/a.root', entry('tree', 'dir/Events')),
    'import heplens as hl\n\nanalysis = hl.Analysis("data/a.root:dir/Events")\nanalysis'
  );
  assert.match(
    cell('odd:name.root', entry('tree', 'Events')),
    /Analysis\(\{"data": \{"files": \{"odd:name\.root": "Events"\}\}\}\)/
  );
  assert.match(
    cell('a.root', entry('histogram', 'h')),
    /\["h"\]\.to_hist\(\)$/
  );
  assert.match(
    cell('a.root', entry('branch', 'E/pt')),
    /analysis\.arrays\("pt"\)$/
  );
  assert.match(
    cell('a.root', entry('branch', 'E/"); import os #')),
    /analysis\.arrays\("`\\"\); import os #`"\)$/
  );
  assert.match(cell('a.root', entry('file', '')), /hl\.inspect\("a\.root"\)$/);
  assert.match(
    cell('a.root', entry('file', ''), entry('file', '')),
    /hl\.Analysis\(\n {4}\[\n {8}"a\.root:Events",\n/
  );
});

test('branches of one tree are read together', () => {
  assert.match(
    cell('a.root', entry('branch', 'E/x'), entry('branch', 'E/y')),
    /Analysis\("a\.root:E"\)\nanalysis\.arrays\("x", "y"\)$/
  );
});

test('the first analysis of a file', () => {
  const names = ['event', 'Muon_pt', 'Muon_eta', 'Jet_pt'];
  const branches = names.map(name => entry('branch', `E/${name}`));
  assert.equal(sensible(branches)?.row.name, 'Muon_pt');
  const range = (...edges: number[]) =>
    rangeOf({ protocol: 1, edges, labels: null });
  assert.deepEqual(range(0.3, 5, 97.2), [0, 98]);
  assert.deepEqual(range(-3.1, 3.1), [-3.2, 3.2]);
  assert.deepEqual(range(1, 2), [1, 2.2]);
  assert.deepEqual(range(7, 7), [7, 7.2]);
  assert.equal(rangeOf({ protocol: 1, edges: [0, 1], labels: ['a'] }), null);
});

test('the first histogram is of the objects of a collection', () => {
  const drawn = { protocol: 1, edges: [0, 100], labels: null };
  const cellOf = (name: string, group: string, type: string) => {
    const branch = entry('branch', `E/${name}`);
    branch.row = { ...branch.row, name, group, type };
    return starterCell('a.root', 'E', branch, drawn);
  };
  const jagged = 'var * float32';
  assert.match(cellOf('Muon_pt', 'Muon', jagged), /\.hist\("Muon\.pt", bins/);
  assert.match(
    cellOf('AnalysisMuonsAuxDyn.pt', 'AnalysisMuons', jagged),
    /\.hist\("AnalysisMuons\.pt"/
  );
  assert.match(cellOf('Muon_pt', '', jagged), /\.hist\("Muon_pt"/);
  assert.match(cellOf('MET_pt', 'MET', 'float32'), /\.hist\("MET_pt"/);
});

test('what heplens has no name for is read by uproot', () => {
  const odd = entry('branch', 'E/a`b');
  assert.match(cell('a.root', odd), /^import uproot\n\n.*\.array\(\)$/);
  const objects = entry('branch', 'E/v');
  objects.row.type = 'var * TLorentzVector';
  assert.match(cell('a.root', objects), /^import uproot/);
  assert.equal(
    uprootExpression('a.root', entry('histogram', 'h:1')),
    'uproot.open("a.root").key("h:1").get()'
  );
});

test('paths become relative to the notebook', () => {
  assert.equal(relativePath('', 'data/a.root'), 'data/a.root');
  assert.equal(relativePath('notebooks', 'notebooks/a.root'), 'a.root');
  assert.equal(relativePath('notebooks/x', 'data/a.root'), '../../data/a.root');
});
