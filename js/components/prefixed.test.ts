import assert from 'node:assert/strict';
import { test } from 'node:test';

import { count, size } from './prefixed';

test('large numbers and bytes', () => {
  const numbers = [0, 999, 999.6, 1000, 217945, 99949999, 6.32e9, 1.5e13, 2e18];
  assert.deepEqual(numbers.map(size), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.0 kB',
    '218 kB',
    '99.9 MB',
    '6.3 GB',
    '15.0 TB',
    '2000000 TB'
  ]);
  assert.deepEqual([0, 2421, 12_345_678].map(count), ['0', '2.4 k', '12.3 M']);
});
