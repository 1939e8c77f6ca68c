import assert from 'node:assert/strict';
import { test } from 'node:test';

import { entriesOf, fileEntry, GROUPED_ABOVE } from './entries';
import { filterOf } from './filter';
import { keyAction } from './keys';
import { checked, type Figure, type Listing, type Row } from './listing';
import { type EntryLine, type Line, TreeModel } from './model';

const row = (path: string, more: Partial<Row> = {}): Row => ({
  path,
  name: path.split('/').pop() ?? '',
  kind: 'branch',
  type: 'float32',
  title: '',
  entries: 10,
  bytes: 100,
  uncompressed_bytes: 200,
  compression: '',
  baskets: null,
  cycle: 0,
  expandable: false,
  group: '',
  error: null,
  ...more
});

const tree = row('Events', { kind: 'tree', type: 'TTree', expandable: true });
const file = (name: string, version = '1') => fileEntry(name, name, 1, version);
const names = (lines: Line[]) =>
  lines.map(line =>
    line.kind === 'note' ? `<${line.tone}>` : line.entry.row.name
  );

/** A source whose answers the test gives when it wants. */
class Waiting {
  asked: { file: string; node: string; answer(rows: Row[] | Error): void }[] =
    [];

  list(file: string, node: string): Promise<Listing> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        file,
        node,
        answer: rows =>
          rows instanceof Error
            ? reject(rows)
            : resolve({ protocol: 1, path: file, node, rows, error: null })
      });
    });
  }

  bokeh(): Promise<string> {
    return Promise.reject(new Error('not here'));
  }

  figure(): Promise<Figure> {
    return Promise.reject(new Error('none'));
  }
}

const settled = () => new Promise(resolve => setImmediate(resolve));

async function opened() {
  const source = new Waiting();
  const model = new TreeModel(source);
  model.setRoots([file('a.root'), file('b.root')]);
  model.open((model.lines()[0] as EntryLine).entry);
  source.asked[0].answer([tree]);
  await settled();
  model.open((model.lines()[1] as EntryLine).entry);
  source.asked[1].answer([row('Events/pt'), row('Events/eta')]);
  await settled();
  return { source, model };
}

test('levels are asked for when they are opened, and once', async () => {
  const { source, model } = await opened();
  assert.deepEqual(names(model.lines()), [
    'a.root',
    'Events',
    'pt',
    'eta',
    'b.root'
  ]);
  const [, events] = model.lines() as EntryLine[];
  model.close(events.entry);
  assert.deepEqual(names(model.lines()), ['a.root', 'Events', 'b.root']);
  model.open(events.entry);
  assert.equal(source.asked.length, 2);
});

test('loading, failed and empty levels say so, and a failed one is asked for again', async () => {
  const source = new Waiting();
  const model = new TreeModel(source);
  model.setRoots([file('a.root')]);
  const [root] = model.lines() as EntryLine[];
  model.open(root.entry);
  assert.deepEqual(names(model.lines()), ['a.root', '<loading>']);
  assert.equal(model.loading, true);
  source.asked[0].answer(new Error('it is truncated'));
  await settled();
  assert.deepEqual(names(model.lines()), ['a.root', '<error>']);
  assert.equal(model.problem(root.entry), 'it is truncated');
  model.toggle(root.entry);
  model.toggle(root.entry);
  source.asked[1].answer([]);
  await settled();
  assert.deepEqual(names(model.lines()), ['a.root', '<empty>']);
});

test('a refresh asks again for what is open, and late answers are dropped', async () => {
  const { source, model } = await opened();
  model.refresh();
  assert.equal(source.asked.length, 3);
  model.refresh();
  source.asked[3].answer([tree]);
  await settled();
  source.asked[2].answer([row('old')]);
  source.asked[4].answer([row('Events/new')]);
  await settled();
  assert.deepEqual(names(model.lines()), ['a.root', 'Events', 'new', 'b.root']);
});

test('a file that changed on disk is read again, the others are not', async () => {
  const { source, model } = await opened();
  model.setRoots([file('a.root', '2'), file('b.root')]);
  assert.equal(source.asked.length, 3);
  model.setRoots([file('b.root')]);
  assert.deepEqual(names(model.lines()), ['b.root']);
});

test('the filter shows matches with what they are in', async () => {
  const { model } = await opened();
  model.close((model.lines()[1] as EntryLine).entry);
  model.setFilter('PT');
  assert.deepEqual(names(model.lines()), ['a.root', 'Events', 'pt']);
  model.setFilter('b.root');
  assert.deepEqual(names(model.lines()), ['b.root']);
});

test('filters: words, wildcards, types', () => {
  const found = (text: string, abbreviated = false) =>
    filterOf(text, abbreviated)?.matches({
      name: 'Muon_pt',
      title: 'transverse momentum (GeV)',
      type: 'var * float32'
    });
  assert.equal(filterOf('  '), null);
  for (const text of [
    'muon',
    'momentum',
    'm*_pt',
    'muon_?t',
    'pt type:float',
    '(gev)'
  ]) {
    assert.equal(found(text), true, text);
  }
  for (const text of ['m*_p', 'pt type:int', 'pt eta', '*(*']) {
    assert.equal(found(text), false, text);
  }
  for (const text of ['mupt', 'mpt', 'mu_pt']) {
    assert.equal(found(text), false, text);
    assert.equal(found(text, true), true, text);
  }
  assert.equal(found('mtp', true), false);
});

test('what is called as was typed comes first, abbreviations only where nothing is', async () => {
  const { source, model } = await opened();
  model.refresh();
  source.asked[2].answer([tree]);
  await settled();
  const stored = ['optics', 'pt_raw', 'Proton_time', 'pt', 'eta'];
  source.asked[3].answer(stored.map(name => row(`Events/${name}`)));
  await settled();
  const found = (text: string) => {
    model.setFilter(text);
    return names(model.lines()).slice(2);
  };
  assert.deepEqual(found('pt'), ['pt', 'pt_raw', 'optics']);
  assert.deepEqual(found('prti'), ['Proton_time']);
  assert.deepEqual(found('nowhere'), []);
});

test('a filter reads what it looks into: trees of open files, then split branches, a few at a time', async () => {
  const source = new Waiting();
  const model = new TreeModel(source);
  model.setRoots([file('a.root'), file('b.root')]);
  model.open((model.lines()[0] as EntryLine).entry);
  model.setFilter('deep');
  const trees = Array.from({ length: 20 }, (_, i) => ({
    ...tree,
    path: `T${i}`,
    name: `T${i}`
  }));
  source.asked[0].answer(trees);
  await settled();
  assert.equal(source.asked.length, 1 + 8, 'a few at a time');
  for (let i = 1; i <= 20; i++) {
    source.asked[i].answer([
      row(`T${i - 1}/vector`, { expandable: true }),
      row(`T${i - 1}/x`)
    ]);
    await settled();
  }
  assert.deepEqual(
    source.asked.slice(21, 23).map(({ node }) => node),
    ['T0/vector', 'T1/vector']
  );
  source.asked[21].answer([row('T0/vector/deep')]);
  await settled();
  assert.deepEqual(names(model.lines()), ['a.root', 'T0', 'vector', 'deep']);
  assert.ok(source.asked.every(({ file }) => file === 'a.root'));
});

test('members of a group show their field, and in full where that says nothing', () => {
  const stored = [
    'AnalysisMuonsAuxDyn.pt',
    'AnalysisMuonsAux.eta',
    'AnalysisMuonsAux.phi',
    'AnalysisMuonsAuxDyn.phi',
    'nAnalysisMuons',
    ...Array.from({ length: GROUPED_ABOVE }, (_, i) => `AnalysisMuons_${i}`)
  ];
  const rows = stored.map(name =>
    row(`CollectionTree/${name}`, { group: 'AnalysisMuons' })
  );
  const [group] = entriesOf(file('a.root'), rows);
  assert.deepEqual(
    group.members?.slice(0, 6).map(({ field }) => field),
    [
      'pt',
      'eta',
      'AnalysisMuonsAux.phi',
      'AnalysisMuonsAuxDyn.phi',
      'nAnalysisMuons',
      '0'
    ]
  );
  assert.equal(group.members?.[0].row.name, 'AnalysisMuonsAuxDyn.pt');
});

test('long lists of branches are grouped by collection, short ones are not', () => {
  const muons = Array.from({ length: GROUPED_ABOVE }, (_, i) =>
    row(`Events/Muon_${i}`, { group: 'Muon' })
  );
  const parent = file('a.root');
  assert.equal(entriesOf(parent, muons).length, GROUPED_ABOVE);
  const grouped = entriesOf(parent, [
    row('Events/run'),
    ...muons,
    row('Events/MET_pt', { group: 'MET' })
  ]);
  assert.deepEqual(
    grouped.map(entry => entry.row.name),
    ['run', 'Muon', 'MET_pt']
  );
  assert.equal(grouped[1].row.type, `${GROUPED_ABOVE} branches`);
  assert.equal(grouped[1].row.bytes, 100 * GROUPED_ABOVE);
});

test('keys walk the tree', async () => {
  const { model } = await opened();
  const lines = model.lines();
  assert.deepEqual(keyAction('ArrowDown', lines, -1, 10), {
    do: 'select',
    index: 0
  });
  assert.deepEqual(keyAction('End', lines, 0, 10), { do: 'select', index: 4 });
  assert.deepEqual(keyAction('ArrowLeft', lines, 2, 10), {
    do: 'select',
    index: 1
  });
  assert.deepEqual(keyAction('ArrowLeft', lines, 1, 10), {
    do: 'close',
    index: 1
  });
  assert.deepEqual(keyAction('ArrowRight', lines, 4, 10), {
    do: 'open',
    index: 4
  });
  assert.deepEqual(keyAction('ArrowRight', lines, 1, 10), {
    do: 'select',
    index: 2
  });
  assert.deepEqual(keyAction('Enter', lines, 2, 10), {
    do: 'activate',
    index: 2
  });
  assert.equal(keyAction('a', lines, 2, 10), null);
});

test('another version of the protocol is a sentence', () => {
  assert.throws(() => checked({ protocol: 99 }), /version 99 .* version 1/);
});
