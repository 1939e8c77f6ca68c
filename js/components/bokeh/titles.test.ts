import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortened } from './titles';

const width = (text: string): number => [...text].length;

test('a title keeps how it begins, and its unit', () => {
  const label = 'transverse momentum of the dimuon system [GeV]';
  assert.equal(shortened(label, 60, width), label);
  assert.equal(shortened(label, 30, width), 'transverse momentum of… [GeV]');
  assert.equal(
    shortened('sum of weights / 10 GeV', 20, width),
    'sum of wei… / 10 GeV'
  );
  assert.equal(shortened('no unit at all', 8, width), 'no unit…');
  assert.equal(shortened('m(μμ) [GeV]', 0, width), '… [GeV]');
});
