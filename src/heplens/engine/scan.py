"""A tile by means of the reference: the cut becomes an axis, and the reference fills it.

Exact by construction, at the price of one pass over the data: `tiles.build` makes the same cells from arrays in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..analysis.axes import Axis, Histogram
from ..analysis.steps import Cut, Define, Step
from ..errors import AnalysisError
from .tiles import Boundaries, Cells, Tile

if TYPE_CHECKING:
    from ..analysis import Analysis

VARIABLE = "heplens_moved"


def scan(
    analysis: Analysis,
    name: str,
    variable: str,
    boundaries: Boundaries,
    cancel: Callable[[], bool] | None = None,
) -> tuple[Tile, Tile]:
    """The tile of all 1-D histograms and that of the cutflow rows from the cut `name` on.

    Parameters
    ----------
    name : a cut that compares `variable`, one number per event, with the boundaries.

    Raises
    ------
    AnalysisError : the scan was cancelled.
    """
    place = analysis.index(name)
    cut = analysis.steps[place]
    if not isinstance(cut, Cut):
        raise AnalysisError(f"{name!r} is no cut")
    # NaN and missing values differ from themselves: they pass neither side of any cut, and enter no cell.
    moved: list[Step] = [Define(VARIABLE, variable), Cut(f"{VARIABLE} == {VARIABLE}", name)]
    steps = (*analysis.steps[:place], *moved, *analysis.steps[place + 1 :])
    # `v > x` is `v >= y` for the float64 y that follows x.
    edges = np.where(boundaries.kinds == 0, boundaries.values, np.nextafter(boundaries.values, np.inf))
    pixels = Axis(VARIABLE, "variable", edges=tuple(float(edge) for edge in edges))
    drawn = [h for h in analysis.histograms if len(h.axes) == 1]
    after = [s.name for s in analysis.steps[place:] if not isinstance(s, Define) and s.enabled]
    wanted = [replace(h, axes=(pixels, *h.axes)) for h in drawn]
    rows = [Histogram(row, (pixels,), None, row) for row in after]
    asked: list[Histogram] = []
    for prefix, group in (("plot", wanted), ("row", rows)):
        for i, histogram in enumerate(group):
            asked.append(replace(histogram, name=f"{prefix} {i}"))
            asked.append(replace(histogram, name=f"{prefix} {i} counts", weight=1))
    result = analysis.with_parts(steps=steps, histograms=tuple(asked), regions=()).run(cancel=cancel)
    if not result.complete:
        raise AnalysisError("the scan was cancelled")

    def tile(prefix: str, names: Sequence[str]) -> Tile:
        cells = [_cells(n, result[f"{prefix} {i}"], result[f"{prefix} {i} counts"]) for i, n in enumerate(names)]
        return Tile(boundaries, tuple(cells))

    return tile("plot", [h.name for h in drawn]), tile("row", after)


def _cells(name: str, h: Any, plain: Any) -> Cells:
    counts = np.rint(np.asarray(plain.values(flow=True))).astype(np.uint32)
    counts = counts.reshape(counts.shape[0], -1)
    variances = h.variances(flow=True)
    if not hasattr(h.view(flow=True), "variance"):
        return Cells(name, counts, None, None)
    sums = np.asarray(h.values(flow=True), dtype=np.float64).reshape(counts.shape)
    return Cells(name, counts, sums, np.asarray(variances, dtype=np.float64).reshape(counts.shape))
