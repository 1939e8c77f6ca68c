"""Arithmetic of pieces of events: what begins and ends where, which values an event has, which bin they are in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from .moving import NoTileError
from .tiles import Integers


def bin_of(axis: Any, column: Any) -> Integers:
    """The bin of each value by the axis' own rule; -1 below, `len(axis)` above or in no category."""
    if axis.traits.ordered:
        return np.asarray(axis.index(column), dtype=np.int64)
    unique, place = np.unique(np.asarray(column), return_inverse=True)
    found = np.full(len(unique), len(axis), np.int64)
    for i, value in enumerate(unique.tolist()):
        with suppress(KeyError):
            found[i] = axis.index(value)
    return found[place]


def signed(start: Integers, stop: Integers, rows: int, values: Any | None = None) -> Any:
    """Sums by row (float64): what begins there less what ends there."""
    ends = np.flatnonzero(stop < rows)
    if values is None:
        return np.bincount(start, minlength=rows) - np.bincount(stop[ends], minlength=rows)
    values = np.asarray(values, dtype=np.float64)
    return np.bincount(start, values, rows) - np.bincount(stop[ends], values[ends], rows)


def whole(start: Integers, stop: Integers, rows: int, values: Any | None = None) -> Integers:
    """As `signed`, of whole numbers."""
    sums: Integers = np.rint(signed(start, stop, rows, values)).astype(np.int64)
    return sums


def finite(weights: Any, name: str) -> Any:
    weights = np.asarray(weights, dtype=np.float64)
    if not np.all(np.isfinite(weights * weights)):
        raise NoTileError(f"a weight of {name} is infinite, and what is infinite cannot be taken back")
    return weights


def leaves(code: Any) -> tuple[Integers, Integers]:
    """All values that are there, and the event of each."""
    import awkward as ak

    while code.ndim > 2:
        code = ak.flatten(code, axis=2)
    if code.ndim == 1:
        at = np.flatnonzero(~ak.to_numpy(ak.is_none(code)))
        return ak.to_numpy(code[at], allow_missing=False), at
    lists = ak.drop_none(ak.to_packed(ak.fill_none(code, [], axis=0)), axis=1)
    at = np.repeat(np.arange(len(lists)), ak.to_numpy(ak.num(lists, axis=1)))
    return ak.to_numpy(ak.flatten(lists, axis=1), allow_missing=False), at


def per_event(array: Any) -> Any:
    """How often it is true in each event."""
    import awkward as ak

    while array.ndim > 1:
        array = ak.fill_none(ak.sum(array, axis=-1), 0, axis=-1)
    return np.asarray(ak.to_numpy(ak.fill_none(array, 0), allow_missing=False), dtype=np.int64)


def groups(costs: Integers, limit: int) -> list[tuple[int, int]]:
    """Neighbouring events together, as many as cost no more than `limit` (but at least one each)."""
    total = np.cumsum(costs)
    edges, low = [], 0
    while low < len(costs):
        spent = int(total[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(total, spent + limit, side="right")))
        edges.append((low, high))
        low = high
    return edges or [(0, 0)]
