/** The edit that a handle makes where it stands. */

import type { Handle, Operation } from './messages';

/** A second handle that moves with the first: the other edge of a window moved as a whole. */
export interface Partner {
  handle: Handle;
  value: number;
}

/** Where a handle stands, or its window without that edge. */
export interface Moved {
  handle: Handle;
  value: number | null;
  partner: Partner | null;
}

/** Sets a handle and its partner; `step` are all handles of their step. */
export function operationOf(
  { handle, value, partner }: Moved,
  step: Handle[]
): Operation {
  if (handle.edge === 'literal') {
    const one = { index: handle.index, value };
    const both = partner && {
      index: [handle.index, partner.handle.index],
      value: [value, partner.value]
    };
    return { op: 'set_literal', name: handle.step, ...(both ?? one) };
  }
  const window: Record<string, number | null> = {};
  for (const other of step) {
    window[other.edge] =
      other.id === handle.id
        ? value
        : other.id === partner?.handle.id
          ? partner.value
          : other.value;
  }
  return {
    op: 'set_window',
    name: handle.step,
    low: window.low,
    high: window.high
  };
}
