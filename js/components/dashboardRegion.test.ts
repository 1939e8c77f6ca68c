import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cutsText } from './dashboardRegion';
import type { Step } from './dashboardTypes';

const cut = (name: string, enabled = true): Step => ({
  step: 'cut',
  name,
  expression: name,
  enabled
});

test('a region says which cuts it applies, and which it does not', () => {
  const steps = [cut('trigger'), cut('two muons'), cut('Z window')];
  assert.equal(
    cutsText(['two muons', '!Z window'], steps),
    'two muons, not Z window; without trigger'
  );
  assert.equal(cutsText(['Z window'], [cut('Z window')]), 'Z window');
  assert.equal(cutsText([], steps.slice(0, 1)), 'without trigger');
  assert.equal(cutsText(['a'], [cut('a'), cut('b', false)]), 'a');
});
