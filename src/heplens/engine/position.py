"""The result at one position of a handle, from a tile: nothing is read, whatever the number of events."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from .cutflow import CutflowRow
from .partial import Row
from .result import Result
from .sums import cutflow, weight_problems
from .tiles import Cells, Floats, Tile


def result_at(tile: Tile, base: Result, first: int, last: int) -> Result:
    """What the rows ``first <= row < last`` of a tile add up to.

    Parameters
    ----------
    base : the result of the same events at any position; what does not depend on the number is taken from it.

    Returns
    -------
    A result that equals a run: counts are identical, sums of weights within 1e-9 of the sum of |w|. It has no
    `counters`: what was not filled into a histogram is not in a tile.
    """
    histograms = {
        name: _filled(histogram, tile.cells[name], first, last) if name in tile.cells else histogram
        for name, histogram in base.histograms.items()
    }
    weighted = base.cutflow.is_weighted
    rows = {row.name: _moved(row, tile.rows.get(row.name), first, last, weighted) for row in base.cutflow}
    stale = set(weight_problems(base.cutflow, base.counters))
    problems = [problem for problem in base.problems if problem not in stale]
    problems += weight_problems(rows.values(), {})
    return Result(histograms, cutflow(rows, weighted), {}, base.used, base.blocks, problems)


def _filled(histogram: Any, cells: Cells, first: int, last: int) -> Any:
    """A histogram like this one with other contents: those of the cells, which have a flow bin at every end."""
    made = histogram.copy()
    labels = [axis for axis in histogram.axes[:2] if axis.name in ("dataset", "region")]
    drawn = histogram.axes[len(labels) :]
    shape = [*(len(axis) for axis in labels), *(len(axis) + 2 for axis in drawn)]
    kept = [slice(1 - int(axis.traits.underflow), len(axis) + 1 + int(axis.traits.overflow)) for axis in drawn]
    place = (*(slice(0, len(axis)) for axis in labels), *kept)
    whole = (*(slice(None) for _ in labels), *kept)
    values, variances = (part.reshape(shape)[whole] for part in cells.between(first, last))
    view = made.view(flow=True)
    if view.dtype.names is None:
        view[place] = values
    else:
        view["value"][place], view["variance"][place] = values, variances
    return made


def _moved(row: CutflowRow, along: Row | None, first: int, last: int, weighted: bool) -> Row:
    """A row of the cutflow; fields that do not depend on the number stay."""
    objects = row.objects or (None, None)
    made = Row(row.passed, row.weighted, row.error**2, row.missing, row.nan, row.bad_weights, *objects)
    if along is None or not isinstance(along.passed, np.ndarray):
        return made
    for field in fields(Row):
        values = getattr(along, field.name)
        if isinstance(values, np.ndarray):
            total = _between(values, first, last)
            setattr(made, field.name, total if field.type == "float" else round(total))
    if weighted and made.passed == made.bad_weights:
        made.weighted = made.variance = 0.0
    made.variance = max(0.0, made.variance)
    return made


def _between(values: Any, first: int, last: int) -> float:
    sums: Floats = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return float(sums[last] - sums[first])
