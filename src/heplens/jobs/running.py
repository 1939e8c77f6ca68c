"""Sums of what is done, kept up to date as it comes in: a look at thousands of blocks costs no more than at one.

They are in the order of coming, so that weighted sums may differ from those of the result in their last bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..engine.partial import Block, Partial
from .packed import Packed, unpack

if TYPE_CHECKING:
    from ..analysis.value import Analysis


class RunningSums:
    """Of one sample."""

    def __init__(self, done: Iterable[tuple[Block, Packed]] = ()) -> None:
        self._totals: dict[str, Any] = {}  # by layout: arrays of float64
        self._marks: list[Partial] = []  # where the numbers come from
        for block, packed in done:
            self.add(block, packed)

    def add(self, block: Block, packed: Packed) -> None:
        import numpy as np

        numbers = np.frombuffer(packed.numbers)
        if packed.layout in self._totals:
            self._totals[packed.layout] += numbers
        else:
            self._totals[packed.layout] = numbers.copy()
        self._marks.append(
            Partial(block, sumw=packed.sumw, file_events=packed.file_events, bytes_read=packed.bytes_read)
        )

    def partials(self, analysis: Analysis) -> list[Partial]:
        """As many as were added; the first of them hold the sums."""
        found = list(self._marks)
        for i, (layout, numbers) in enumerate(self._totals.items()):
            whole = unpack(Packed(layout, numbers.tobytes()), analysis, found[i].block)
            found[i] = replace(found[i], histograms=whole.histograms, rows=whole.rows, counters=whole.counters)
        return found
