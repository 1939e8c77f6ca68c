"""The values a handle can take: decimal numbers, so that what is shown, what is exported and what is cut on agree."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEPS = 500


@dataclass(frozen=True)
class Grid:
    """The numbers ``k * unit * 10**exponent`` for ``start <= k <= stop``; `unit` is 1, 2 or 5.

    Each value is the float64 nearest to its decimal text, which is what typing that text gives.
    """

    start: int
    stop: int
    unit: int
    exponent: int

    def value(self, k: int) -> float:
        return float(f"{k * self.unit}e{self.exponent}")

    def values(self) -> NDArray[np.float64]:
        return np.array([self.value(k) for k in range(self.start, self.stop + 1)])

    def to_json(self) -> dict[str, int]:
        return {"start": self.start, "stop": self.stop, "unit": self.unit, "exponent": self.exponent}


def nice_axis(low: float, high: float, *, whole: bool = False, bins: int = 60) -> tuple[float, float, int]:
    """Low edge, high edge and number of bins of an axis that covers `low` to `high`, at most `bins` of a round width.

    For whole numbers each has the middle of a bin.
    """
    grid = nice_grid(low, high, whole=whole, steps=bins)
    if whole and high - low < bins:
        return math.floor(low) - 0.5, math.floor(high) + 0.5, math.floor(high) - math.floor(low) + 1
    return grid.value(grid.start), grid.value(grid.stop), grid.stop - grid.start


def nice_grid(low: float, high: float, *, whole: bool = False, steps: int = STEPS) -> Grid:
    """The finest grid of 1, 2 or 5 times a power of ten with at most `steps` steps that covers `low` to `high`.

    `whole` asks for whole numbers. A range that is empty or not finite becomes one of width 1.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    if not low < high:
        low, high = low - 0.5, low + 0.5
    exponent = math.floor(math.log10((high - low) / steps))
    for unit, power in ((1, exponent), (2, exponent), (5, exponent), (1, exponent + 1), (2, exponent + 1)):
        width = float(f"{unit}e{power}")
        if whole and width < 1:
            unit, power, width = 1, 0, 1.0
        start, stop = math.floor(low / width + 1e-9), math.ceil(high / width - 1e-9)
        if stop - start <= steps + 1:
            break
    return Grid(start, stop, unit, power)
