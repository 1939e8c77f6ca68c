"""Run an analysis here and now, block by block; memory is that of one block."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..analysis.value import is_weighted
from .chunk import process
from .generator import sum_of_weights
from .partial import Partial
from .plan import plan
from .result import Result
from .sums import add

if TYPE_CHECKING:
    from ..analysis.value import Analysis


def run(
    analysis: Analysis,
    progress: Callable[[int, int], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Result:
    """The result of the whole dataset; see `Analysis.run`."""
    todo = plan(analysis)
    weighted = is_weighted(analysis)
    partials: list[Partial] = []
    done, total = 0, todo.events
    for block in todo.blocks:
        if cancel is not None and cancel():
            break
        source, bound = todo.of(block)
        partial = process(bound, source, block, weighted)
        partial.sumw = sum_of_weights(analysis, source, block)
        partials.append(partial)
        done += block.events
        if progress is not None:
            progress(done, total)
    return add(analysis, partials, len(todo.blocks), todo.warnings, todo.events_by_sample())
