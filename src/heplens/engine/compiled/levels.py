"""Kernels that say up to which position of the handle something passes.

The positions of a handle are counted in the direction in which it gets stricter, 0 … P-1. What passes at position b
has a *level* above b: 0 never passes, P always. Objects have levels, and so have events ("at least two" is the second
largest level of the objects); an "and" is the smaller of two levels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

Levels = NDArray[np.uint16]
Offsets = NDArray[np.int64]


@kernel
def count_edges(values: Any, edges: Any, table: Any, low: float, scale: float, rounds: int, out: Any) -> None:
    """The number of `edges` (rising, then NaN) at or below each value; 0 for NaN.

    `table` tells for each of its cells, evenly spaced from `low`, how many edges lie in earlier cells: rounding is
    monotone, so these are below the value for certain. The at most `rounds` edges of the value's own cell are compared
    with the value itself.
    """
    last = np.float64(table.shape[0] - 1)
    for i in range(values.shape[0]):
        value = np.float64(values[i])
        place = (value - low) * scale
        cell = place if place > 0 else np.float64(0)  # of NaN too
        count = table[np.int32(cell if cell < last else last)]
        if rounds == 1:
            count += value >= edges[count]
        else:
            for _ in range(rounds):
                count += value >= edges[count]
        out[i] = count


@kernel
def kth_largest(offsets: Any, levels: Any, k: int, out: Any) -> None:
    """The k-th largest level of each event's objects, 0 where there are fewer."""
    if k == 1:
        for i in range(out.shape[0]):
            first = 0
            for j in range(offsets[i], offsets[i + 1]):
                first = max(first, levels[j])
            out[i] = first
    elif k == 2:
        for i in range(out.shape[0]):
            first, second = 0, 0
            for j in range(offsets[i], offsets[i + 1]):
                level = levels[j]
                second = max(second, min(first, level))
                first = max(first, level)
            out[i] = second
    else:
        top = np.zeros(k, np.uint16)
        for i in range(out.shape[0]):
            top[:] = 0
            for j in range(offsets[i], offsets[i + 1]):
                level = levels[j]
                for z in range(k):
                    if level > top[z]:
                        level, top[z] = top[z], level
            out[i] = top[k - 1]


@kernel
def smallest(offsets: Any, levels: Any, always: int, out: Any) -> None:
    """The smallest level of each event's objects, `always` where there are none."""
    for i in range(out.shape[0]):
        level = always
        for j in range(offsets[i], offsets[i + 1]):
            level = min(level, levels[j])
        out[i] = level


@kernel
def of_objects(tops: Any, owners: Any, levels: Any, out: Any) -> None:
    """Up to which position each object is there: as far as its event, and with `levels` as far as itself."""
    if levels.shape[0] > 0:
        for j in range(out.shape[0]):
            out[j] = min(tops[owners[j]], levels[j])
    else:
        for j in range(out.shape[0]):
            out[j] = tops[owners[j]]


@kernel
def repeated(values: Any, owners: Any, out: Any) -> None:
    """The value of each event for each of its objects."""
    for j in range(out.shape[0]):
        out[j] = values[owners[j]]


@kernel
def of_pairs(first: Any, second: Any, levels: Any, out: Any) -> None:
    for p in range(out.shape[0]):
        out[p] = min(levels[first[p]], levels[second[p]])


@kernel
def ranks_of(offsets: Any, able: Any, starts: Any, begin: Any, rank: Any) -> None:
    """Which of the event's `able` objects each is, and where the pairs begin of which it is the first."""
    for i in range(offsets.shape[0] - 1):
        total = 0
        for j in range(offsets[i], offsets[i + 1]):
            rank[j] = total
            total += able[j]
        place = starts[i]
        for j in range(offsets[i], offsets[i + 1]):
            begin[j] = place
            if able[j]:
                place += total - 1 - rank[j]


@kernel
def pairs_of(offsets: Any, levels: Any, wanted: Any, starts: Any, first: Any, second: Any) -> int:
    """The pairs i < j of the objects that can pass, in stored order, of the `wanted` events; how many there are.

    `starts` gets the places where the pairs of each event begin.
    """
    count = 0
    for i in range(wanted.shape[0]):
        starts[i] = count
        if wanted[i]:
            for a in range(offsets[i], offsets[i + 1]):
                if levels[a] > 0:
                    for b in range(a + 1, offsets[i + 1]):
                        if levels[b] > 0:
                            first[count], second[count] = a, b
                            count += 1
    starts[wanted.shape[0]] = count
    return count


@kernel
def count_pairs(offsets: Any, levels: Any, wanted: Any) -> int:
    """How many `pairs_of` will find."""
    count = 0
    for i in range(wanted.shape[0]):
        if wanted[i]:
            n = 0
            for a in range(offsets[i], offsets[i + 1]):
                if levels[a] > 0:
                    n += 1
            count += n * (n - 1) // 2
    return count
