import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRootName } from './names';

test('names of ROOT files', () => {
  for (const name of ['a.root', 'A.ROOT', 'a.root.1', 'D.pool.root.12']) {
    assert.ok(isRootName(name), name);
  }
  for (const name of ['a.root.txt', 'root', 'a.rootx', 'a.root.']) {
    assert.ok(!isRootName(name), name);
  }
});
