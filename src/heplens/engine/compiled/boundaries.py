"""Where the handle can stand, prepared for the kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.uint16]

#: Levels have 16 bits.
MAX_POSITIONS = 60_000


@dataclass(frozen=True)
class Edges:
    """Rising numbers that values are compared with by ``>=``, and a table that leads near the right one."""

    edges: NDArray[np.float64]
    padded: NDArray[np.float64]
    table: NDArray[np.int32]
    low: float
    scale: float
    rounds: int

    @classmethod
    def of(cls, limits: Any, after: Any) -> Edges:
        """Boundaries just before the `limits`, or just after them where `after` is true.

        ``v > x`` is ``v >= y`` for the float64 y that follows x.
        """
        limits = np.asarray(limits, dtype=np.float64)
        edges = np.where(after, np.nextafter(limits, np.inf), limits)
        low, high = float(edges[0]), float(edges[-1])
        cells = 4 * len(edges)
        scale = cells / (high - low) if high > low else 1.0
        if not np.isfinite(scale) or not np.isfinite(high - low):
            scale = 0.0  # all in one cell: slow, and right
        places = np.minimum(np.maximum((edges - low) * scale, 0.0), cells).astype(np.int64)
        table = np.searchsorted(places, np.arange(cells + 1), side="left").astype(np.int32)
        rounds = int(np.bincount(places).max())
        return cls(edges, np.append(edges, np.full(rounds, np.nan)), table, low, scale, rounds)

    def __len__(self) -> int:
        return len(self.edges)

    def below(self, values: Any) -> Levels:
        """How many edges are at or below each value; 0 for NaN."""
        from .levels import count_edges

        out = np.empty(len(values), np.uint16)
        count_edges(
            plain(values),
            self.padded, self.table, self.low, self.scale, self.rounds, out,
        )  # fmt: skip
        return out

    def levels(self, values: Any, operator: str) -> Levels:
        """Up to which position each value passes, counted in the direction in which the handle gets stricter."""
        out = self.below(values)
        if operator in ("<", "<="):
            np.subtract(len(self), out, out=out)
            _clear_nan(values, out)
        return out

    def pixels(self, values: Any) -> Levels:
        """Between which edges each value lies, counted from 1; 0 for NaN."""
        out = self.below(values)
        out += 1
        _clear_nan(values, out)
        return out


def plain(values: Any) -> Any:
    """As the kernels take them: few types, so that few have to be compiled."""
    return np.ascontiguousarray(values, None if values.dtype.kind == "f" or values.dtype == np.int32 else np.float64)


def _clear_nan(values: Any, out: Levels) -> None:
    if values.dtype.kind == "f" and np.isnan(np.min(values, initial=0.0)):
        out[np.isnan(values)] = 0
