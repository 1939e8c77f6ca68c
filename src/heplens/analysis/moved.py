"""A number of an analysis that is set free: an edge of a window, or a literal that something is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Edge = Literal["low", "high", "literal"]


@dataclass(frozen=True)
class Moved:
    """The `edge` of the window of `step`, or the compared literal number `index` of its expression."""

    step: str
    edge: Edge
    index: int = 0

    @property
    def id(self) -> str:
        return f"{self.step}/{self.edge}/{self.index}"
