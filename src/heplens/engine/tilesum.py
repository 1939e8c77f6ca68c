"""The tile of many blocks: its memory is that of one tile, its bits do not depend on the order of the blocks."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from typing import Any

import numpy as np

from .exact import ExactSums
from .partial import Row
from .tiles import BlockTile, Cells, Integers


class TileSum:
    """Adds tiles of blocks. Counts are whole numbers, sums of weights are added without rounding."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str], _CellSum] = {}
        self._rows: dict[str, dict[str, Any]] = {}  # by name and field: a number, an array of counts, or exact sums

    @property
    def nbytes(self) -> int:
        rows = [value for row in self._rows.values() for value in row.values()]
        return sum(cells.nbytes for cells in self._cells.values()) + sum(getattr(value, "nbytes", 0) for value in rows)

    def copy(self) -> TileSum:
        return deepcopy(self)

    def add(self, tile: BlockTile) -> None:
        for key, cells in tile.cells.items():
            if key not in self._cells:
                self._cells[key] = _CellSum(cells.counts.shape)
            self._cells[key].add(cells)
        for name, row in tile.rows.items():
            mine = self._rows.setdefault(name, {})
            for field in fields(Row):
                mine[field.name] = _plus(mine.get(field.name), getattr(row, field.name))

    def tile(self) -> BlockTile:
        rows: dict[str, Row] = {}
        for name, row in self._rows.items():
            values: dict[str, Any] = {f: v.values() if isinstance(v, ExactSums) else v for f, v in row.items()}
            rows[name] = Row(**values)
        return BlockTile({key: cells.cells() for key, cells in self._cells.items()}, rows)


class _CellSum:
    """Of one histogram."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.counts: Integers = np.zeros(shape, np.int64)
        self.sums: tuple[ExactSums, ExactSums] | None = None  # of w and w²; None while nothing was weighted

    @property
    def nbytes(self) -> int:
        return self.counts.nbytes + sum(part.nbytes for part in self.sums or ())

    def add(self, cells: Cells) -> None:
        if cells.sums is not None and self.sums is None:
            self.sums = ExactSums(self.counts.size), ExactSums(self.counts.size)
            for mine in self.sums:
                mine.add(np.arange(self.counts.size), self.counts.ravel())
        if self.sums is not None:
            for mine, more in zip(self.sums, cells.with_sums(), strict=True):
                flat = more.ravel()
                there = np.flatnonzero(flat)
                mine.add(there, flat[there])
        self.counts += cells.counts

    def cells(self) -> Cells:
        if self.sums is None:
            return Cells(self.counts.copy())
        return Cells(self.counts.copy(), *(part.values().reshape(self.counts.shape) for part in self.sums))


def _plus(total: Any, more: Any) -> Any:
    if more is None or (isinstance(total, ExactSums) and np.ndim(more) == 0):
        return total
    if np.ndim(more) == 0:
        return more if total is None else total + more
    if np.asarray(more).dtype.kind != "f":
        return np.array(more) if total is None else total + more
    if not isinstance(total, ExactSums):  # nothing yet, or the 0 of a row that was not reached
        total = ExactSums(len(more))
    total.add(np.arange(len(more)), more)
    return total
