"""Kernels on pieces: ranges of positions of the handle within which nothing changes in an event.

A piece is positions lo <= b < hi of one event; the objects that pass are those with a level above `lo`. Objects are
visited in stored order, however many there are.
"""

from __future__ import annotations

from typing import Any

from .jit import kernel


@kernel
def pieces_of(offsets: Any, levels: Any, tops: Any, event: Any, lo: Any, hi: Any) -> int:
    """The pieces of all positions below `tops`, from the strictest down, event by event; how many there are."""
    count = 0
    for i in range(tops.shape[0]):
        top = tops[i]
        while top > 0:
            below = 0
            for j in range(offsets[i], offsets[i + 1]):
                if levels[j] < top:
                    below = max(below, levels[j])
            event[count], lo[count], hi[count] = i, below, top
            count += 1
            top = below
    return count


@kernel
def count_passing(event: Any, lo: Any, offsets: Any, levels: Any, out: Any) -> None:
    for p in range(event.shape[0]):
        n = 0
        for j in range(offsets[event[p]], offsets[event[p] + 1]):
            if levels[j] > lo[p]:
                n += 1
        out[p] = n


@kernel
def place_of(event: Any, lo: Any, offsets: Any, levels: Any, k: int, out: Any) -> None:
    """Where the k-th passing object is (from the end for k < 0), -1 where there is none."""
    for p in range(event.shape[0]):
        start, stop = offsets[event[p]], offsets[event[p] + 1]
        out[p] = -1
        left = k if k >= 0 else -1 - k
        for z in range(stop - start):
            j = start + z if k >= 0 else stop - 1 - z
            if levels[j] > lo[p]:
                if left == 0:
                    out[p] = j
                    break
                left -= 1


@kernel
def place_of_best(
    event: Any, lo: Any, offsets: Any, levels: Any, keys: Any, valid: Any, largest: bool, out: Any
) -> None:
    """Where the largest or smallest key of the passing objects is, the first on a tie; NaN and missing are skipped."""
    some = valid.shape[0] > 0
    for p in range(event.shape[0]):
        best = -1
        for j in range(offsets[event[p]], offsets[event[p] + 1]):
            if levels[j] > lo[p] and not (some and not valid[j]):
                key = keys[j]
                if key == key and (best < 0 or (key > keys[best] if largest else key < keys[best])):
                    best = j
        out[p] = best


@kernel
def ranks_of(offsets: Any, keys: Any, valid: Any, out: Any) -> None:
    """One more than how many smaller keys there are in the event; 0 for NaN and missing ones."""
    some = valid.shape[0] > 0
    for i in range(offsets.shape[0] - 1):
        for p in range(offsets[i], offsets[i + 1]):
            key = keys[p]
            rank = 0
            if key == key and not (some and not valid[p]):
                rank = 1
                for q in range(offsets[i], offsets[i + 1]):
                    if keys[q] < key and not (some and not valid[q]):
                        rank += 1
            out[p] = rank


@kernel
def place_of_ranked(event: Any, lo: Any, offsets: Any, levels: Any, ranks: Any, largest: bool, out: Any) -> None:
    """As `place_of_best`, by the order of the keys."""
    for p in range(event.shape[0]):
        best, found = 0, -1
        for j in range(offsets[event[p]], offsets[event[p] + 1]):
            rank = ranks[j]
            if rank > 0 and levels[j] > lo[p] and (found < 0 or (rank > best if largest else rank < best)):
                best, found = rank, j
        out[p] = found


@kernel
def gather(values: Any, places: Any, missing: Any, out: Any) -> None:
    for p in range(out.shape[0]):
        place = places[p]
        out[p] = values[place] if place >= 0 else missing


@kernel
def sum_of(event: Any, lo: Any, offsets: Any, levels: Any, values: Any, valid: Any, out: Any) -> None:
    """The sum over the passing objects, one after the other in stored order."""
    some = valid.shape[0] > 0
    for p in range(event.shape[0]):
        total = out.dtype.type(0)
        for j in range(offsets[event[p]], offsets[event[p] + 1]):
            if levels[j] > lo[p] and not (some and not valid[j]):
                total += values[j]
        out[p] = total


@kernel
def all_of(event: Any, lo: Any, offsets: Any, levels: Any, values: Any, valid: Any, wanted: bool, out: Any) -> None:
    """Whether no passing object has another truth than `wanted`; missing ones count for nothing."""
    some = valid.shape[0] > 0
    for p in range(event.shape[0]):
        out[p] = True
        for j in range(offsets[event[p]], offsets[event[p] + 1]):
            if levels[j] > lo[p] and values[j] != wanted and not (some and not valid[j]):
                out[p] = False
                break
