"""Tables of (level, bin) counts, and from them what changes at each position of the handle."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

NONE = np.zeros(0, np.uint16)

#: A cell with as many entries in 32 bits is given 64.
ENOUGH = 2**30


@dataclass
class Table:
    """Counts at levels 0 … `always`, and with weights the sums of w and w²; the last column is never read."""

    counts: NDArray[np.int32] | NDArray[np.int64]
    sums: NDArray[np.float64] | None

    @classmethod
    def empty(cls, always: int, bins: int, weighted: bool) -> Table:
        counts = np.zeros((always + 1, bins + 1), np.int32)
        return cls(counts, np.zeros((*counts.shape, 2)) if weighted else None)

    def widen(self) -> None:
        """Make room for more entries than 32 bits can count; one block adds less than ENOUGH to a cell."""
        if self.counts.dtype == np.int32 and max(self.counts.max(), -self.counts.min()) >= ENOUGH:
            self.counts = self.counts.astype(np.int64)

    def entries(self, tops: Any, bins: Any, weights: Any | None) -> None:
        from . import cells

        if self.sums is None:
            cells.entries(tops, bins, self.counts)
        else:
            cells.entries_weighted(tops, bins, weights, self.counts, self.sums)

    def pieces(self, pieces: Any, bins: Any, weights: Any | None) -> None:
        from . import cells

        where = (pieces.event, pieces.lo, pieces.hi)
        if self.sums is None:
            cells.pieces(*where, bins, self.counts)
        else:
            cells.pieces_weighted(*where, bins, weights, self.counts, self.sums)

    def objects_of_pieces(
        self, pieces: Any, offsets: Any, levels: Any, bins: Any, weights: Any | None, each: bool
    ) -> None:
        from . import cells

        where = (pieces.event, pieces.lo, pieces.hi, offsets, levels, bins)
        if self.sums is None:
            cells.objects_of_pieces(*where, self.counts)
        else:
            cells.objects_of_pieces_weighted(*where, weights, each, self.counts, self.sums)


@dataclass
class Tables:
    """Everything that blocks add to: tables by (histogram, region), rows of the cutflow by name and field."""

    histograms: dict[tuple[str, str], Table] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def add_to_row(self, name: str, part: str, counts: Any) -> None:
        row = self.rows[name]
        row[part] = row[part] + counts if part in row else counts


def steps(table: Any, mirrored: bool) -> Any:
    """What changes from one position to the next, the positions in rising order of the number.

    An entry at a level is there at all positions below it, counted towards the stricter end: the end of the rising
    order, or its beginning when `mirrored` (the smaller the number, the less passes).
    """
    if mirrored:
        return np.ascontiguousarray(table[:0:-1])
    changes = -table[: len(table) - 1]
    changes[0] = table[1:].sum(axis=0)
    return changes
