"""What a view can do to an analysis: a pure function from analysis and operation to analysis."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..columns.parse import parse
from ..errors import AnalysisError, nearest
from .document import from_json, histogram_in, step_in
from .literals import replace_literal
from .steps import Cut, Define, kind
from .windows import with_window

if TYPE_CHECKING:
    from .value import Analysis


def apply(analysis: Analysis, operation: Mapping[str, Any]) -> Analysis:
    """The analysis after one edit, such as ``{"op": "set_window", "name": "Z window", "low": 60, "high": 120}``.

    Raises
    ------
    AnalysisError, ExpressionError : the edit makes no sense; the analysis is as it was.
    """
    name = operation.get("op") if isinstance(operation, Mapping) else None
    if not isinstance(name, str) or name not in _EDITS:
        raise AnalysisError(f"there is no edit {name!r}{nearest(str(name), _EDITS)}")
    try:
        return _EDITS[name](analysis, operation)
    except KeyError as error:
        raise AnalysisError(f"the edit {name!r} lacks {error.args[0]!r}") from error


def _set_window(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    step = analysis.steps[analysis.index(op["name"])]
    if not isinstance(step, Cut) or not step.is_window:
        raise AnalysisError(f"{op['name']!r} is a {kind(step)} without a window")
    return analysis.replace_step(op["name"], low=op["low"], high=op["high"])


def _add_window(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    low, high = _finite(op["low"]), _finite(op["high"])
    return with_window(analysis, _text(op["histogram"]), low, high, _whole(op.get("axis", 0)))


def _set_step(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    """Another step in the place of one; what refers to it by name follows a new name."""
    at = analysis.index(op["name"])
    step = step_in(op["step"], "the step")
    if step.name != op["name"] and not isinstance(step, Define):
        analysis = analysis.rename(op["name"], step.name)
    return analysis.with_parts(steps=(*analysis.steps[:at], step, *analysis.steps[at + 1 :]))


def _set_expression(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    parse(op["expression"])
    return analysis.replace_step(op["name"], expression=op["expression"])


def _set_literal(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    """One number of an expression, or several: the edges of a window that is moved as a whole."""
    text = analysis.steps[analysis.index(op["name"])].expression
    places, values = _several(op["index"]), _several(op["value"])
    if len(places) != len(values):
        raise AnalysisError("there are as many values as places")
    for place, value in zip(places, values, strict=True):
        text = replace_literal(text, _whole(place), _finite(value))
    return analysis.replace_step(op["name"], expression=text)


def _set_enabled(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    return analysis.enable(op["name"], _truth(op["enabled"]))


def _rename(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    return analysis.rename(op["name"], op["to"])


def _remove(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    return analysis.remove(op["name"])


def _move(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    return analysis.move(op["name"], _whole(op["index"]))


def _add(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    step = step_in(op["step"], "the new step")
    at = _whole(op.get("index", len(analysis.steps)))
    if isinstance(step, Define) and any(s.name == step.name for s in analysis.steps):
        raise AnalysisError(f"there is a step {step.name!r} already")
    return analysis.with_parts(steps=(*analysis.steps[:at], step, *analysis.steps[at:]))


def _add_histogram(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    return analysis.with_parts(histograms=(*analysis.histograms, histogram_in(op["histogram"], "the new histogram")))


def _move_histogram(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    histograms = list(analysis.histograms)
    histograms.insert(_whole(op["index"]), histograms.pop(_histogram(analysis, op["name"])))
    return analysis.with_parts(histograms=tuple(histograms))


def _set_histogram(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    at = _histogram(analysis, op["name"])
    changed = histogram_in(op["histogram"], "the histogram")
    return analysis.with_parts(histograms=(*analysis.histograms[:at], changed, *analysis.histograms[at + 1 :]))


def _load(analysis: Analysis, op: Mapping[str, Any]) -> Analysis:
    """The steps, regions and histograms of a document on the data that are open. Its own data stay unread."""
    loaded = from_json(_text(op["document"]))
    return analysis.with_parts(steps=loaded.steps, regions=loaded.regions, histograms=loaded.histograms)


def _histogram(analysis: Analysis, name: Any) -> int:
    names = [histogram.name for histogram in analysis.histograms]
    if name not in names:
        raise AnalysisError(f"there is no histogram {name!r}{nearest(str(name), names)}")
    return names.index(name)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise AnalysisError(f"this is text, not {value!r}")
    return value


def _finite(value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise AnalysisError(f"a finite number is needed, not {value!r}")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise AnalysisError(f"an index is a whole number, not {value!r}")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise AnalysisError(f"enabled is true or false, not {value!r}")
    return value


_EDITS: dict[str, Callable[[Analysis, Mapping[str, Any]], Analysis]] = {
    "set_window": _set_window,
    "add_window": _add_window,
    "set_step": _set_step,
    "set_expression": _set_expression,
    "set_literal": _set_literal,
    "set_enabled": _set_enabled,
    "rename": _rename,
    "remove": _remove,
    "move": _move,
    "add": _add,
    "add_histogram": _add_histogram,
    "set_histogram": _set_histogram,
    "move_histogram": _move_histogram,
    "load": _load,
}
