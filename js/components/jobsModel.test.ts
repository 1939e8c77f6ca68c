import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JobsModel, type KeptJob } from './jobsModel';

const progress = { done: 3, failed: 0, total: 4, events: 30, total_events: 40 };
const NOW = 1_000_000;
const kept = (path: string, more: Partial<KeptJob> = {}): KeptJob => ({
  path,
  id: path,
  name: 'muons',
  state: 'running',
  error: null,
  created: 1,
  updated: NOW / 1000,
  progress,
  ...more
});

test('a job of a kernel is not listed by its directory again', () => {
  const model = new JobsModel();
  const told = {
    name: 'muons',
    state: 'running',
    created: 1,
    dashboard: 'javascript:alert(1)',
    progress
  };
  model.setKept([kept('a'), kept('b')]);
  model.setKernel('k', 'a/n.ipynb', [{ id: 'a', directory: '/x/a', ...told }]);
  assert.deepEqual(
    model.lines(NOW).map(line => [line.key, line.action.kind, line.place]),
    [
      ['k a', 'show', 'n.ipynb'],
      ['b', 'resume', 'b']
    ]
  );
  assert.equal(model.lines(NOW)[0].dashboard, '');
  model.dropKernel('k');
  assert.deepEqual(
    model.lines(NOW).map(line => line.key),
    ['a', 'b']
  );
});

test('a job that says it runs and is silent was interrupted', () => {
  const model = new JobsModel();
  const old = NOW / 1000 - 90;
  model.setKept([
    kept('now'),
    kept('silent', { updated: old }),
    kept('done', { updated: old, state: 'finished' })
  ]);
  const states = model.lines(NOW).map(({ key, state }) => [key, state]);
  assert.deepEqual(Object.fromEntries(states), {
    now: 'running',
    silent: 'interrupted',
    done: 'finished'
  });
});
