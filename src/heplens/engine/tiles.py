"""Tiles: a histogram with one more axis, along the variable of the cut that is being dragged.

For events that pass everything *else*, each fill is counted in the cell (pixel of the cut's variable, bin). Moving the
cut then means adding up other pixels, which the page does by itself: `js/brush/tile.ts` is the twin of `slice_tile`.

A pixel boundary is a cut value in float64 together with the side on which the value itself falls, because ``v >= x``
and ``v > x`` are different cuts. NaN and missing values lie in no pixel: they pass neither side. Values beyond the
handle's range have pixels of their own, so nothing vanishes at the ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

LOW = {">=": 0, ">": 1}  # a lower bound keeps what lies at or after the boundary
HIGH = {"<": 0, "<=": 1}  # an upper bound keeps what lies before it


@dataclass(frozen=True)
class Boundaries:
    """Where pixels meet, in order. Kind 0 stands just before its value, kind 1 just after it.

    `n` boundaries make `n + 1` pixels; the first and the last are what lies beyond the handle's range.
    """

    values: Floats
    kinds: NDArray[np.uint8]

    @classmethod
    def of(cls, steps: Sequence[float] | Floats, operators: Sequence[str]) -> Boundaries:
        """Boundaries at `steps` for the comparisons that are dragged, e.g. ``[">=", "<"]`` for a window."""
        unique = np.unique(np.asarray(steps, dtype=np.float64))
        if not np.all(np.isfinite(unique)):
            raise ValueError("a cut value must be a finite number")
        sides = sorted({(LOW | HIGH)[operator] for operator in operators})
        values = np.repeat(unique, len(sides))
        return cls(values, np.tile(np.array(sides, dtype=np.uint8), len(unique)))

    def pixel(self, values: Any) -> Codes:
        """The pixel of each value, -1 for NaN. Compared with the boundaries themselves, never by arithmetic."""
        array = np.asarray(values, dtype=np.float64)
        before = np.searchsorted(self.values[self.kinds == 0], array, side="right")
        after = np.searchsorted(self.values[self.kinds == 1], array, side="left")
        return np.where(np.isnan(array), -1, before + after)

    def first(self, operator: str, value: float) -> int:
        """The first pixel that passes ``v >= value`` or ``v > value``; `value` must be one of the boundaries."""
        return self._index(LOW[operator], value) + 1

    def last(self, operator: str, value: float) -> int:
        """One past the last pixel that passes ``v < value`` or ``v <= value``."""
        return self._index(HIGH[operator], value) + 1

    def _index(self, kind: int, value: float) -> int:
        found = np.flatnonzero((self.kinds == kind) & (self.values == value))
        if len(found) == 0:
            raise KeyError(f"{value!r} is no boundary of this tile")
        return int(found[0])


@dataclass(frozen=True)
class Fills:
    """What one histogram (or one cutflow row) would be filled with if the dragged cut were not there.

    `bins` is the flat index of the bin, flow included, one entry per fill; `size` the number of bins. `events` says to
    which event a fill belongs (None: entry i is event i), `mask` which events pass all the other cuts (None: all), and
    `weights` goes with `bins` (None: 1).
    """

    name: str
    bins: Codes
    size: int
    events: Codes | None = None
    mask: NDArray[np.bool_] | None = None
    weights: Floats | None = None


@dataclass(frozen=True)
class Cells:
    """One histogram of a tile: (pixels x bins) counts, and sums of w and w² when there are weights."""

    name: str
    counts: NDArray[np.uint32]
    sums: Floats | None
    squares: Floats | None

    @property
    def bins(self) -> int:
        return int(self.counts.shape[1])


@dataclass(frozen=True)
class Tile:
    boundaries: Boundaries
    cells: tuple[Cells, ...]
    excluded: int = 0

    @property
    def nbytes(self) -> int:
        parts = [p for c in self.cells for p in (c.counts, c.sums, c.squares) if p is not None]
        return sum(p.nbytes for p in parts)


def build(values: Any, boundaries: Boundaries, fills: Sequence[Fills]) -> Tile:
    """The tile of one chunk; tiles of chunks add cell by cell.

    Parameters
    ----------
    values : the cut's variable, one number per event, NaN where it is missing.
    boundaries : the cut values between which the handle can choose.
    fills : one entry per histogram.
    """
    pixel = boundaries.pixel(values)
    pixels = len(boundaries.values) + 1
    cells = tuple(_cells(pixel, pixels, f) for f in fills)
    return Tile(boundaries, cells, int(np.count_nonzero(pixel < 0)))


def _cells(pixel: Codes, pixels: int, fills: Fills) -> Cells:
    counts = np.zeros((pixels, fills.size), dtype=np.uint32)
    events = np.arange(len(fills.bins)) if fills.events is None else fills.events
    mask = np.ones(len(pixel), dtype=np.bool_) if fills.mask is None else fills.mask
    if fills.weights is None:
        _count()(pixel, mask, events, fills.bins, counts)
        return Cells(fills.name, counts, None, None)
    sums, squares = np.zeros(counts.shape), np.zeros(counts.shape)
    _weigh()(pixel, mask, events, fills.bins, fills.weights, counts, sums, squares)
    return Cells(fills.name, counts, sums, squares)


@cache
def _count() -> Any:
    import numba

    @numba.njit(nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
    def count(pixel, mask, events, bins, counts):  # type: ignore[no-untyped-def]
        for i in range(bins.shape[0]):
            event = events[i]
            if mask[event] and pixel[event] >= 0:
                counts[pixel[event], bins[i]] += 1

    return count


@cache
def _weigh() -> Any:
    import numba

    @numba.njit(nogil=True)  # type: ignore[untyped-decorator,unused-ignore]
    def weigh(pixel, mask, events, bins, weights, counts, sums, squares):  # type: ignore[no-untyped-def]
        for i in range(bins.shape[0]):
            event = events[i]
            if mask[event] and pixel[event] >= 0:
                row, column, weight = pixel[event], bins[i], weights[i]
                counts[row, column] += 1
                sums[row, column] += weight
                squares[row, column] += weight * weight

    return weigh


def add(first: Tile, second: Tile) -> Tile:
    """The tile of two chunks together."""

    def total(a: Any, b: Any) -> Any:
        return None if a is None else a + b

    cells = tuple(
        Cells(a.name, a.counts + b.counts, total(a.sums, b.sums), total(a.squares, b.squares))
        for a, b in zip(first.cells, second.cells, strict=True)
    )
    return Tile(first.boundaries, cells, first.excluded + second.excluded)


def slice_tile(cells: Cells, first: int, last: int) -> tuple[Floats, Floats]:
    """Values and variances, flow included, of the pixels ``first <= pixel < last``.

    Prefix sums in float64, as the page makes them. A bin that nothing fell into is exactly 0 and a variance is never
    negative, whatever the subtraction leaves behind.
    """
    counts = _between(cells.counts, first, last)
    if cells.sums is None or cells.squares is None:
        return counts, counts.copy()
    filled = counts > 0
    values = np.where(filled, _between(cells.sums, first, last), 0.0)
    variances = np.where(filled, np.maximum(_between(cells.squares, first, last), 0.0), 0.0)
    return values, variances


def _between(table: NDArray[Any], first: int, last: int) -> Floats:
    sums = np.zeros((table.shape[0] + 1, table.shape[1]))
    np.cumsum(table, axis=0, dtype=np.float64, out=sums[1:])
    between: Floats = sums[max(first, last)] - sums[first]
    return between
