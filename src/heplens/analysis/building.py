"""From what users give to the methods of an analysis to its steps, regions and histograms, each with a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from ..columns.exact import exact
from ..columns.parse import parse
from ..errors import AnalysisError
from .axes import Histogram
from .binning import make_axes
from .checks import check_cut, plain
from .steps import Cut, Keep, Quantifier, Region, Weight

if TYPE_CHECKING:
    from .value import Analysis


def make_keep(analysis: Analysis, collection: str, expression: str, name: str | None) -> Keep:
    parse(expression)
    return Keep(collection, expression, _step_name(analysis, name, f"{collection}: {expression}"))


def make_cut(
    analysis: Analysis,
    expression: str,
    low: float | None,
    high: float | None,
    at_least: int | None,
    any_: bool,
    all_: bool,
    name: str | None,
) -> Cut:
    parse(expression)
    if sum((at_least is not None, any_, all_)) > 1:
        raise AnalysisError("give only one of at_least, any and all")
    low, high = plain(low), plain(high)
    quantifier: Quantifier = "any" if any_ else "all" if all_ else plain(at_least)
    check_cut(Cut(expression, name or expression, low, high, quantifier))
    shown = expression if low is None and high is None else _window_text(expression, low, high)
    return Cut(expression, _step_name(analysis, name, shown), low, high, quantifier)


def make_weight(analysis: Analysis, expression: str, on: Literal["mc", "data"] | None, name: str | None) -> Weight:
    parse(expression)
    if on not in (None, "mc", "data"):
        raise AnalysisError(f"a weight acts on 'mc', on 'data' or everywhere, not on {on!r}")
    return Weight(expression, _step_name(analysis, name, expression), on)


def make_region(analysis: Analysis, name: str, cuts: Sequence[str]) -> Region:
    if any(region.name == name for region in analysis.regions):
        raise AnalysisError(f"there is a region {name!r} already")
    return Region(name, tuple(cuts))


def make_histogram(
    analysis: Analysis,
    expression: str | Sequence[str],
    bins: Any,
    range_: Any,
    axes: Sequence[Any] | None,
    name: str | None,
    label: str | Sequence[str],
    weight: str | Literal[1] | None,
    at: str | None,
) -> Histogram:
    expressions = (expression,) if isinstance(expression, str) else tuple(expression)
    for text in expressions:
        parse(text)
    if isinstance(weight, str):
        parse(weight)
    made = make_axes(analysis, expressions, bins, range_, axes, label)
    names = [h.name for h in analysis.histograms]
    shown = name or _unused(" vs ".join(expressions), names)
    if name in names:
        raise AnalysisError(f"there is a histogram {name!r} already; give another name")
    return Histogram(shown, made, weight, at)


def _step_name(analysis: Analysis, given: str | None, default: str) -> str:
    names = [step.name for step in analysis.steps]
    if given is None:
        return _unused(default, names)
    if given in names:
        raise AnalysisError(f"there is a step {given!r} already; give another name")
    return given


def _window_text(expression: str, low: float | None, high: float | None) -> str:
    left = f"{exact(low)} <= " if low is not None else ""
    right = f" < {exact(high)}" if high is not None else ""
    return f"{left}{expression}{right}"


def _unused(name: str, taken: Sequence[str]) -> str:
    shown, number = name, 2
    while shown in taken:
        shown, number = f"{name} ({number})", number + 1
    return shown
