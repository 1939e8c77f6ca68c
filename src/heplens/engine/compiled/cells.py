"""Kernels that count into cells (level, bin): an entry at a level is there at all positions below it.

Row 0 is never read: what never passes may be counted there, which saves a branch. So may the last column, the bin of
what is not filled. Where something is there between two positions only, it is taken back at the lower one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .jit import kernel


@kernel
def tally(tops: Any, counts: Any) -> None:
    for i in range(tops.shape[0]):
        counts[tops[i]] += 1


@kernel
def entries(tops: Any, bins: Any, counts: Any) -> None:
    """One entry for each event, or for each object."""
    flat = counts.reshape(-1)
    width = np.uint32(counts.shape[1])
    for i in range(tops.shape[0]):
        flat[np.uint32(tops[i]) * width + np.uint32(bins[i])] += np.int32(1)


@kernel
def entries_weighted(tops: Any, bins: Any, weights: Any, counts: Any, sums: Any) -> None:
    for i in range(tops.shape[0]):
        top, place, weight = tops[i], bins[i], weights[i]
        counts[top, place] += 1
        sums[top, place, 0] += weight
        sums[top, place, 1] += weight * weight


@kernel
def tally_pieces(lo: Any, hi: Any, counts: Any) -> None:
    for p in range(lo.shape[0]):
        counts[hi[p]] += 1
        counts[lo[p]] -= 1


@kernel
def pieces(event: Any, lo: Any, hi: Any, bins: Any, counts: Any) -> None:
    """One entry per event; `bins` has one value per piece. Neighbours in the same bin are one."""
    i, n = 0, event.shape[0]
    while i < n:
        j = i + 1
        while j < n and event[j] == event[i] and hi[j] == lo[j - 1] and bins[j] == bins[i]:
            j += 1
        counts[hi[i], bins[i]] += 1
        counts[lo[j - 1], bins[i]] -= 1
        i = j


@kernel
def pieces_weighted(event: Any, lo: Any, hi: Any, bins: Any, weights: Any, counts: Any, sums: Any) -> None:
    i, n = 0, event.shape[0]
    while i < n:
        j = i + 1
        while j < n and event[j] == event[i] and hi[j] == lo[j - 1] and bins[j] == bins[i]:
            j += 1
        weight = weights[event[i]]
        counts[hi[i], bins[i]] += 1
        sums[hi[i], bins[i], 0] += weight
        sums[hi[i], bins[i], 1] += weight * weight
        counts[lo[j - 1], bins[i]] -= 1
        sums[lo[j - 1], bins[i], 0] -= weight
        sums[lo[j - 1], bins[i], 1] -= weight * weight
        i = j


@kernel
def objects_of_pieces(event: Any, lo: Any, hi: Any, offsets: Any, levels: Any, bins: Any, counts: Any) -> None:
    """One entry for each object that is there; with `levels` for those that pass themselves."""
    own = levels.shape[0] > 0
    i, n = 0, event.shape[0]
    while i < n:
        j = i + 1
        while j < n and event[j] == event[i] and hi[j] == lo[j - 1]:
            j += 1
        low = lo[j - 1]
        for o in range(offsets[event[i]], offsets[event[i] + 1]):
            top = min(hi[i], levels[o]) if own else hi[i]
            if top > low:
                counts[top, bins[o]] += 1
                counts[low, bins[o]] -= 1
        i = j


@kernel
def objects_of_pieces_weighted(
    event: Any, lo: Any, hi: Any, offsets: Any, levels: Any, bins: Any, weights: Any, each: bool, counts: Any, sums: Any
) -> None:
    """As `objects_of_pieces`; there is a weight for each event, or with `each` one for each object."""
    own = levels.shape[0] > 0
    i, n = 0, event.shape[0]
    while i < n:
        j = i + 1
        while j < n and event[j] == event[i] and hi[j] == lo[j - 1]:
            j += 1
        low = lo[j - 1]
        for o in range(offsets[event[i]], offsets[event[i] + 1]):
            top = min(hi[i], levels[o]) if own else hi[i]
            if top > low:
                weight = weights[o] if each else weights[event[i]]
                counts[top, bins[o]] += 1
                sums[top, bins[o], 0] += weight
                sums[top, bins[o], 1] += weight * weight
                counts[low, bins[o]] -= 1
                sums[low, bins[o], 0] -= weight
                sums[low, bins[o], 1] -= weight * weight
        i = j
