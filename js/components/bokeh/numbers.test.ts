import assert from 'node:assert/strict';
import { test } from 'node:test';

import { tickTexts } from './numbers';

test('numbers along an axis are as short as they can be', () => {
  const cases: [number[], string[]][] = [
    [
      [0, 50, 100],
      ['0', '50', '100']
    ],
    [
      [-0.2, 0.1 - 0.1, 0.1 + 0.2],
      ['\u22120.2', '0', '0.3']
    ],
    [
      [0, 5e7, 1e8, 1.5e8],
      ['0', '0.5×10⁸', '1×10⁸', '1.5×10⁸']
    ],
    [
      [-5e-5, 0, 1e-4],
      ['\u22120.5×10⁻⁴', '0', '1×10⁻⁴']
    ],
    [
      [-0.004, 0.001],
      ['\u22120.004', '0.001']
    ],
    [[0], ['0']],
    [[], []]
  ];
  for (const [ticks, texts] of cases) {
    assert.deepEqual(tickTexts(ticks), texts);
  }
});
