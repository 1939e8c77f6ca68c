import assert from 'node:assert/strict';
import { test } from 'node:test';

import { events, weighted, withError } from './dashboardFormat';

test('numbers that are very large are powers of ten', () => {
  assert.equal(events(1_200_000_000), '1,200,000,000');
  assert.equal(weighted(1.2e9), '1.200×10⁹');
  assert.equal(weighted(-0.000012), '-1.200×10⁻⁵');
  assert.equal(withError(3481, 52), '3,481 ± 52');
  assert.equal(withError(1.20024e9, 2.7e6), '1.2002(27)×10⁹');
  assert.equal(withError(1.2e9, 5e8), '1.20(50)×10⁹');
  assert.equal(withError(3e9, 2.5e10), '0.3(2.5)×10¹⁰');
  assert.equal(withError(1.2e9, 1), '1.200×10⁹');
});
