"""A histogram kept as plain lists of weights per bin, with boost-histogram's own rule for the bin."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from .values import Items, OracleError, Value, common_axis

Key = int | str


@dataclass(frozen=True)
class Axis:
    """`edges` for variable bins, `bins`/`low`/`high` for equal ones, neither for text (one category per value)."""

    expression: str
    bins: int = 0
    low: float = 0.0
    high: float = 0.0
    edges: tuple[float, ...] = ()

    @staticmethod
    def from_document(axis: dict[str, Any]) -> Axis:
        if axis.get("edges"):
            edges = tuple(float(edge) for edge in axis["edges"])
            return Axis(axis["expression"], len(edges) - 1, edges[0], edges[-1], edges)
        if axis.get("bins"):
            low, high = axis["range"]
            return Axis(axis["expression"], int(axis["bins"]), float(low), float(high))
        return Axis(axis["expression"])

    def index(self, value: bool | int | float | str) -> Key:
        """-1 is underflow, `bins` is overflow; text is its own key."""
        if isinstance(value, str):
            return value
        if not self.bins:
            raise OracleError(f"{self.expression}: numbers need bins")
        x = float(value)
        if self.edges:
            return bisect_right(self.edges, x) - 1
        z = (x - self.low) / (self.high - self.low)
        if z >= 1:
            return self.bins
        return int(z * self.bins) if z >= 0 else -1


@dataclass
class Histogram:
    """Entries with a missing value, a NaN value or a bad weight are counted and not filled."""

    axes: tuple[Axis, ...]
    cells: dict[tuple[Key, ...], list[float]] = field(default_factory=dict)
    missing: int = 0
    nan: int = 0
    bad_weights: int = 0

    def fill(self, values: tuple[Value, ...], weight: Value) -> None:
        """One event: one entry, or one per object where a value is a list, the others broadcast."""
        for *row, w in rows(*values, weight):
            if any(value is None for value in row):
                self.missing += 1
            elif any(value != value for value in row):
                self.nan += 1
            elif w is None or w != w:
                self.bad_weights += 1
            else:
                key = tuple(axis.index(value) for axis, value in zip(self.axes, row, strict=True))
                self.cells.setdefault(key, []).append(float(w))

    def keys(self) -> Iterator[tuple[Key, ...]]:
        """All bins with flow, last axis fastest; the categories found, sorted, on an axis of text."""
        ranges: list[list[Any]] = []
        for i, axis in enumerate(self.axes):
            found = sorted({key[i] for key in self.cells if isinstance(key[i], str)})
            ranges.append(list(range(-1, axis.bins + 1)) if axis.bins else list(found))
        return product(*ranges)

    def counts(self) -> list[int]:
        """Entries per bin, flattened, with flow."""
        return [len(self.cells.get(key, ())) for key in self.keys()]

    def sums(self) -> list[float]:
        """Sum of weights per bin, flattened, with flow."""
        return [math.fsum(self.cells.get(key, ())) for key in self.keys()]

    def squares(self) -> list[float]:
        """Sum of squared weights per bin, flattened, with flow."""
        return [math.fsum(w * w for w in self.cells.get(key, ())) for key in self.keys()]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of bins with flow, per axis."""
        return tuple(
            axis.bins + 2 if axis.bins else len({key[i] for key in self.cells}) for i, axis in enumerate(self.axes)
        )


def rows(*values: Value) -> list[tuple[Value, ...]]:
    """The entries that one event makes out of lists over the same objects and single values."""
    lists = [value for value in values if isinstance(value, Items)]
    if not lists:
        return [values]
    common_axis(lists)
    size = len(lists[0].values)
    return [tuple(value.values[i] if isinstance(value, Items) else value for value in values) for i in range(size)]
