"""What a run gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .histogram import Histogram


@dataclass
class Row:
    """One line of the cutflow.

    `missing`, `nan`: for a cut the events whose outcome is missing and those with a NaN among the values of its
    variable, for a weight the events whose weight is unusable, for a keep the objects whose condition is missing.
    `dropped`: objects dropped inside the expression for a missing mask.
    """

    kind: str  # "all", "keep", "cut", "weight"
    name: str
    passed: int = 0
    missing: int = 0
    nan: int = 0
    dropped: int = 0
    objects_in: int = 0
    objects_out: int = 0
    weights: list[float] = field(default_factory=list)

    @property
    def weighted(self) -> float:
        """Sum of the weights declared above the row, without the missing and NaN ones."""
        return math.fsum(self.weights)

    @property
    def squared(self) -> float:
        return math.fsum(w * w for w in self.weights)

    def passes(self, weight: float | None) -> None:
        self.passed += 1
        if weight is not None and weight == weight:
            self.weights.append(weight)


@dataclass
class OracleResult:
    """`regions`: name -> (row, histograms)."""

    cutflow: list[Row]
    histograms: dict[str, Histogram]
    regions: dict[str, tuple[Row, dict[str, Histogram]]]
    dropped: dict[str, int]  # definition -> objects dropped for a missing mask

    def row(self, name: str) -> Row:
        return next(row for row in self.cutflow if row.name == name)

    def passed(self) -> dict[str, int]:
        """Events after each named cut."""
        return {row.name: row.passed for row in self.cutflow}
