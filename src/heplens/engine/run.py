"""Run an analysis here and now, block by block; memory is that of one block."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..analysis.value import is_weighted
from ..columns.source import Source
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
    *,
    columns: Callable[[Source], Source] | None = None,
    so_far: Callable[[int, Callable[[], Result]], None] | None = None,
) -> Result:
    """The result of the whole dataset; see `Analysis.run`.

    Parameters
    ----------
    columns : what reads in place of a source, such as a store of columns in memory.
    so_far : called after each block but the last with the number of events in all, and a function that makes the
        result of the blocks until then.
    """
    todo = plan(analysis, columns=columns)
    weighted = is_weighted(analysis)
    partials: list[Partial] = []
    done, total = 0, todo.events

    def result() -> Result:
        return add(analysis, partials, len(todo.blocks), todo.warnings, todo.events_by_sample())

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
        if so_far is not None and len(partials) < len(todo.blocks):
            so_far(total, result)
    return result()
