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
def kth_largest(offsets: Any, values: Any, k: int, sign: Any, least: Any, out: Any) -> None:
    """The k-th largest of each event's values times `sign`, `least` where there are fewer; NaN is none of them.

    Six objects are looked at whether there are as many or not: a loop that ends at any of them costs more.
    """
    if k <= 2:
        room = values.shape[0] - 6
        for i in range(out.shape[0]):
            start, stop = offsets[i], offsets[i + 1]
            first, second = least, least
            if start <= room:
                for z in range(6):
                    value = out.dtype.type(values[start + z]) * sign
                    value = value if start + z < stop and value > least else least
                    smaller = value if value < first else first
                    second = smaller if smaller > second else second
                    first = value if value > first else first
                start += 6
            for j in range(start, stop):
                value = out.dtype.type(values[j]) * sign
                value = value if value > least else least
                smaller = value if value < first else first
                second = smaller if smaller > second else second
                first = value if value > first else first
            out[i] = first if k == 1 else second
    else:
        top = np.empty(k, out.dtype)
        for i in range(out.shape[0]):
            top[:] = least
            for j in range(offsets[i], offsets[i + 1]):
                value = out.dtype.type(values[j]) * sign
                for z in range(k):
                    if value > top[z]:
                        value, top[z] = top[z], value
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
def of_objects(tops: Any, offsets: Any, levels: Any, out: Any) -> None:
    """Up to which position each object is there: as far as its event, and with `levels` as far as itself."""
    own, room = levels.shape[0] > 0, out.shape[0] - 8
    for i in range(tops.shape[0]):
        top, start = tops[i], offsets[i]
        if start <= room:  # eight at once; what is beyond the event is written again by the next one
            for z in range(8):
                out[start + z] = min(top, levels[start + z]) if own else top
            start += 8
        for j in range(start, offsets[i + 1]):
            out[j] = min(top, levels[j]) if own else top


@kernel
def repeated(values: Any, offsets: Any, out: Any) -> None:
    """The value of each event for each of its objects."""
    for i in range(values.shape[0]):
        value = values[i]
        for j in range(offsets[i], offsets[i + 1]):
            out[j] = value


@kernel
def of_pairs(first: Any, second: Any, levels: Any, out: Any) -> None:
    for p in range(out.shape[0]):
        out[p] = min(levels[first[p]], levels[second[p]])


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
def shifted(offsets: Any, objects: Any, places: Any, sign: int, out: Any) -> None:
    """Places of pairs plus or minus that of the first object of their event."""
    for i in range(offsets.shape[0] - 1):
        shift = sign * objects[i]
        for p in range(offsets[i], offsets[i + 1]):
            out[p] = places[p] + shift


@kernel
def some_pairs(
    offsets: Any, first: Any, second: Any, passed: Any, starts: Any, some_first: Any, some_second: Any
) -> None:
    """Those of the pairs that passed."""
    count = 0
    for i in range(offsets.shape[0] - 1):
        starts[i] = count
        for p in range(offsets[i], offsets[i + 1]):
            if passed[p]:
                some_first[count], some_second[count] = first[p], second[p]
                count += 1
    starts[offsets.shape[0] - 1] = count


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
