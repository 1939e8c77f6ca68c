import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fileEntry, type Entry } from '../components/browser/entries';
import {
  cellFor,
  literal,
  namesOf,
  relativePath,
  uprootExpression
} from './code';
import { isRootName } from './names';

const entry = (kind: Entry['row']['kind'], path: string): Entry => {
  const file = fileEntry('a.root', 'a.root', 1, '');
  return { ...file, row: { ...file.row, kind, path } };
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

test('cells', () => {
  assert.equal(
    cellFor('data/a.root', entry('tree', 'dir/Events')),
    'import heplens as hl\n\na = hl.Analysis("data/a.root:dir/Events")\na'
  );
  assert.match(
    cellFor('odd:name.root', entry('tree', 'Events')),
    /Analysis\(\{"odd:name\.root": "Events"\}\)/
  );
  assert.match(
    cellFor('a.root', entry('histogram', 'h')),
    /\["h"\]\.to_hist\(\)$/
  );
  assert.match(
    cellFor('a.root', entry('branch', 'E/pt')),
    /\["pt"\]\.array\(\)$/
  );
  assert.match(
    cellFor('a.root', entry('file', '')),
    /hl\.inspect\("a\.root"\)$/
  );
});

test('paths become relative to the notebook', () => {
  assert.equal(relativePath('', 'data/a.root'), 'data/a.root');
  assert.equal(relativePath('notebooks', 'notebooks/a.root'), 'a.root');
  assert.equal(relativePath('notebooks/x', 'data/a.root'), '../../data/a.root');
});

test('names of ROOT files', () => {
  for (const name of ['a.root', 'A.ROOT', 'a.root.1', 'D.pool.root.12']) {
    assert.ok(isRootName(name), name);
  }
  for (const name of ['a.root.txt', 'root', 'a.rootx', 'a.root.']) {
    assert.ok(!isRootName(name), name);
  }
});
