"""Tiles: a histogram with one more axis, along a number of the analysis that is dragged.

There are two forms, and one arithmetic: what a position shows is the sum of some rows of cells, a difference of two
prefix sums, which the page takes by itself (`js/brush/tile.ts` is the twin of `Cells.between`).

range
    An event cut that compares one variable of the event. A row is a pixel of the variable, its cells are what falls
    into it, and both edges of a window can move: rows `first` to `last` pass.
steps
    Any other number. A row is a position of the handle, its cells are what changes there: what appears counts
    positive, what disappears negative. Rows 0 to the position itself add up to what that position shows.

A boundary is a value together with the side on which the value itself falls, because ``v >= x`` and ``v > x`` are
different cuts. NaN and missing values pass neither side. Values beyond the handle's range have pixels of their own, so
nothing vanishes at the ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .partial import Row

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Form = Literal["range", "steps"]

LOW = {">=": 0, ">": 1}  # a lower bound keeps what lies at or after the boundary
HIGH = {"<": 0, "<=": 1}  # an upper bound keeps what lies before it
SIDE = LOW | HIGH


@dataclass(frozen=True)
class Boundaries:
    """Where a handle can stand, in order. Kind 0 stands just before its value, kind 1 just after it.

    `values` are the numbers as typed, `limits` what data are compared with: the same but for a unit. `n` boundaries
    make `n + 1` pixels; the first and the last are what lies beyond the handle's range.
    """

    values: Floats
    kinds: NDArray[np.uint8]
    limits: Floats

    @classmethod
    def of(cls, steps: Sequence[float] | Floats, operators: Sequence[str], limits: Sequence[float] = ()) -> Boundaries:
        """Boundaries at `steps` for the comparisons that are dragged, e.g. ``[">=", "<"]`` for a window.

        Without `limits` the steps, which rise, are what data are compared with.
        """
        values = np.asarray(steps, dtype=np.float64)
        if not np.all(np.isfinite(values)):
            raise ValueError("a cut value must be a finite number")
        if np.any(np.diff(values) <= 0):
            raise ValueError("the values of a handle must rise")
        sides = sorted({SIDE[operator] for operator in operators})
        kinds = np.tile(np.array(sides, dtype=np.uint8), len(values))
        compared = values if len(limits) == 0 else np.asarray(limits, dtype=np.float64)
        return cls(np.repeat(values, len(sides)), kinds, np.repeat(compared, len(sides)))

    def __len__(self) -> int:
        return len(self.values)

    def pixel(self, values: Any) -> Integers:
        """The pixel of each value, -1 for NaN. Compared with the boundaries themselves, never by arithmetic."""
        array = np.asarray(values, dtype=np.float64)
        before = np.searchsorted(self.limits[self.kinds == 0], array, side="right")
        after = np.searchsorted(self.limits[self.kinds == 1], array, side="left")
        return np.where(np.isnan(array), -1, before + after)

    def first(self, operator: str, value: float) -> int:
        """The first pixel that passes ``v >= value`` or ``v > value``; `value` must be one of the boundaries."""
        return self.index(LOW[operator], value) + 1

    def last(self, operator: str, value: float) -> int:
        """One past the last pixel that passes ``v < value`` or ``v <= value``."""
        return self.index(HIGH[operator], value) + 1

    def index(self, kind: int, value: float) -> int:
        found = np.flatnonzero((self.kinds == kind) & (self.values == value))
        if len(found) == 0:
            raise KeyError(f"{value!r} is no boundary of this tile")
        return int(found[0])


@dataclass(frozen=True)
class Cells:
    """One histogram of a tile: (rows x bins) counts, and sums of w and w² when there are weights.

    Bins are flat, in the order of the axes, each with its underflow first and its overflow last, also where the axis
    has none.
    """

    counts: Integers
    sums: Floats | None = None
    squares: Floats | None = None

    def __add__(self, other: Cells) -> Cells:
        counts = self.counts + other.counts
        if self.sums is None and other.sums is None:
            return Cells(counts)
        a, b = self.with_sums(), other.with_sums()
        return Cells(counts, a[0] + b[0], a[1] + b[1])

    def with_sums(self) -> tuple[Floats, Floats]:
        """Sums of w and w², which are the counts when nothing is weighted."""
        if self.sums is None or self.squares is None:
            plain = self.counts.astype(np.float64)
            return plain, plain
        return self.sums, self.squares

    def scaled(self, factor: float) -> Cells:
        if factor == 1:
            return self
        sums, squares = self.with_sums()
        return Cells(self.counts, sums * factor, squares * factor**2)

    def between(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Values and variances of the rows ``first <= row < last``.

        Prefix sums in float64, as the page makes them. A bin that nothing fell into is exactly 0 and a variance is
        never negative, whatever the subtraction leaves behind.
        """
        counts = _between(self.counts, first, last)
        if self.sums is None or self.squares is None:
            return counts, counts.copy()
        filled = counts > 0
        values = np.where(filled, _between(self.sums, first, last), 0.0)
        return values, np.where(filled, np.maximum(_between(self.squares, first, last), 0.0), 0.0)


def _between(table: NDArray[Any], first: int, last: int) -> Floats:
    sums = np.zeros((table.shape[0] + 1, table.shape[1]))
    np.cumsum(table, axis=0, dtype=np.float64, out=sums[1:])
    between: Floats = sums[max(first, last)] - sums[first]
    return between


@dataclass
class BlockTile:
    """What one block contributes to a tile. `cells` by (histogram, region), "" without regions.

    `rows` are those of the cutflow from the moved step on; each field is an array, one number per row of cells.
    """

    cells: dict[tuple[str, str], Cells] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)

    def __add__(self, other: BlockTile) -> BlockTile:
        """The tile of both blocks; a block that has nothing of a histogram adds nothing to it."""
        cells, rows = dict(self.cells), dict(self.rows)
        for key, mine in other.cells.items():
            cells[key] = cells[key] + mine if key in cells else mine
        for name, row in other.rows.items():
            rows[name] = rows[name] + row if name in rows else row
        return BlockTile(cells, rows)


@dataclass(frozen=True)
class Tile:
    """The tile of a whole dataset. The bins of `cells` are those of the result's histogram: with an axis of samples
    when they are named and one of regions when there are any, which have no flow here.
    """

    form: Form
    boundaries: Boundaries
    cells: Mapping[str, Cells]
    rows: Mapping[str, Row]
