"""A window drawn on a histogram: which step it means, and where it goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..columns import syntax as s
from ..columns.parse import parse
from ..columns.tokens import spelled
from ..errors import AnalysisError, HeplensError, nearest
from .checks import plain
from .literals import number_text
from .steps import Cut, Keep, Step

if TYPE_CHECKING:
    from .axes import Histogram
    from .value import Analysis


def with_window(analysis: Analysis, histogram: str, low: float, high: float, axis: int = 0) -> Analysis:
    """The analysis with ``low <= x < high`` for the variable x of a histogram, where the histogram is filled.

    One value per event makes a cut. One value per object makes a filter of its collection, ``20 <= pt < 60``, where
    the variable is a field of one, and otherwise a cut that any object must pass. Several values per object make a
    filter of those with any of them in the window.

    Raises
    ------
    AnalysisError, ExpressionError : there is no such histogram, its axis holds categories, or the window is empty.
    """
    names = [h.name for h in analysis.histograms]
    if histogram not in names:
        raise AnalysisError(f"there is no histogram {histogram!r}{nearest(histogram, names)}")
    drawn = analysis.histograms[names.index(histogram)]
    if not 0 <= axis < len(drawn.axes):
        raise AnalysisError(f"the histogram {histogram!r} has no axis {axis}")
    if drawn.axes[axis].kind not in ("regular", "variable", "integer"):
        raise AnalysisError(f"{drawn.axes[axis].expression!r} has categories; a window needs numbers")
    low, high = plain(low), plain(high)
    expression = drawn.axes[axis].expression
    at = _end(analysis, drawn)
    levels = len(analysis.bound.histograms[names.index(histogram)].values[axis].type.axes)
    if levels == 0:
        return _insert(analysis, at, Cut(expression, _shown(expression, low, high), low, high))
    if levels <= 2 and (keep := _filter(expression, low, high, several=levels == 2)):
        try:
            return _insert(analysis, at, keep)
        except HeplensError:
            pass  # no collection that can be filtered here, such as the pairs of one
    return _insert(analysis, at, Cut(expression, f"any {_shown(expression, low, high)}", low, high, "any"))


def _end(analysis: Analysis, histogram: Histogram) -> int:
    return len(analysis.steps) if histogram.at is None else analysis.index(histogram.at) + 1


def _filter(expression: str, low: float, high: float, *, several: bool) -> Keep | None:
    match parse(expression):
        case s.Field(value=s.Name(name=collection), name=field) if typed := spelled([field]):
            text = _shown(typed[0], low, high)
            text = f"any({text})" if several else text
            return Keep(collection, text, f"{collection}: {text}")
    return None


def _shown(expression: str, low: float, high: float) -> str:
    return f"{number_text(low)} <= {expression} < {number_text(high)}"


def _insert(analysis: Analysis, at: int, step: Step) -> Analysis:
    taken = {other.name for other in analysis.steps}
    name, number = step.name, 2
    while name in taken:
        name, number = f"{step.name} ({number})", number + 1
    return analysis.with_parts(steps=(*analysis.steps[:at], replace(step, name=name), *analysis.steps[at:]))
