import assert from 'node:assert/strict';
import { test } from 'node:test';

import { coverage } from './jobFormat';

test('how much of a dataset numbers stand for', () => {
  const some = { done: 2, total: 300, events: 4_842, total_events: 726_300 };
  const known = { ...some, unseen: 0 };
  assert.equal(coverage(known), '0 % of events, 2 of 300 blocks');
  // Of files that nobody has looked into the events are not known, nor of those that cannot be opened.
  const met = { ...some, total_events: 271_152, unseen: 188 };
  assert.equal(coverage(met), '2 of 300 blocks');
  const unread = { ...known, total_events: 4_842 };
  assert.equal(coverage(unread), '2 of 300 blocks');
  assert.equal(coverage({ ...known, done: 300 }), null);
});
