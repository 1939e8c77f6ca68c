"""Kernels that count into cells (level, bin): an entry at a level is there at all positions below it.

Row 0 is never read: what never passes may be counted there, which saves a branch. So may the last column, the bin of
what is not filled. Where something is there between two positions only, it is taken back at the lower one.
"""

from __future__ import annotations

from typing import Any

from .jit import kernel


@kernel
def events(tops: Any, bins: Any, counts: Any) -> None:
    for i in range(tops.shape[0]):
        counts[tops[i], bins[i]] += 1


@kernel
def events_weighted(tops: Any, bins: Any, weights: Any, counts: Any, sums: Any) -> None:
    for i in range(tops.shape[0]):
        top, place, weight = tops[i], bins[i], weights[i]
        counts[top, place] += 1
        sums[top, place, 0] += weight
        sums[top, place, 1] += weight * weight


@kernel
def objects(tops: Any, offsets: Any, levels: Any, bins: Any, counts: Any) -> None:
    """Objects go with their event; those with `levels` (one each, or none at all) also with themselves."""
    own = levels.shape[0] > 0
    for i in range(tops.shape[0]):
        top = tops[i]
        if top > 0:
            if own:
                for j in range(offsets[i], offsets[i + 1]):
                    counts[min(top, levels[j]), bins[j]] += 1
            else:
                for j in range(offsets[i], offsets[i + 1]):
                    counts[top, bins[j]] += 1


@kernel
def objects_weighted(
    tops: Any, offsets: Any, levels: Any, bins: Any, weights: Any, each: bool, counts: Any, sums: Any
) -> None:
    """As `objects`; there is a weight for each event, or with `each` one for each object."""
    own = levels.shape[0] > 0
    for i in range(tops.shape[0]):
        if tops[i] > 0:
            for j in range(offsets[i], offsets[i + 1]):
                top = min(tops[i], levels[j]) if own else tops[i]
                weight = weights[j] if each else weights[i]
                counts[top, bins[j]] += 1
                sums[top, bins[j], 0] += weight
                sums[top, bins[j], 1] += weight * weight


@kernel
def pieces(event: Any, lo: Any, hi: Any, passed: Any, bins: Any, counts: Any) -> None:
    """One entry per event; `bins` has one value per piece."""
    i, n = 0, event.shape[0]
    while i < n:
        j = i + 1
        if passed[i]:
            while j < n and event[j] == event[i] and passed[j] and bins[j] == bins[i]:
                j += 1
            counts[hi[i], bins[i]] += 1
            counts[lo[j - 1], bins[i]] -= 1
        i = j


@kernel
def pieces_weighted(event: Any, lo: Any, hi: Any, passed: Any, bins: Any, weights: Any, counts: Any, sums: Any) -> None:
    i, n = 0, event.shape[0]
    while i < n:
        j = i + 1
        if passed[i]:
            while j < n and event[j] == event[i] and passed[j] and bins[j] == bins[i]:
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
def objects_of_pieces(
    event: Any, lo: Any, hi: Any, passed: Any, offsets: Any, levels: Any, bins: Any, counts: Any
) -> None:
    own = levels.shape[0] > 0
    i, n = 0, event.shape[0]
    while i < n:
        j = i + 1
        if passed[i]:
            while j < n and event[j] == event[i] and passed[j]:
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
    event: Any,
    lo: Any,
    hi: Any,
    passed: Any,
    offsets: Any,
    levels: Any,
    bins: Any,
    weights: Any,
    each: bool,
    counts: Any,
    sums: Any,
) -> None:
    """As `objects_of_pieces`; there is a weight for each event, or with `each` one for each object."""
    own = levels.shape[0] > 0
    i, n = 0, event.shape[0]
    while i < n:
        j = i + 1
        if passed[i]:
            while j < n and event[j] == event[i] and passed[j]:
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
