"""From what users give to ``hist(…)`` to the axes of the histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..columns.resolve import resolve
from ..errors import AnalysisError
from .axes import Axis, from_hist, numeric

if TYPE_CHECKING:
    from .value import Analysis


def make_axes(
    analysis: Analysis,
    expressions: tuple[str, ...],
    bins: Any,
    range_: Any,
    axes: Sequence[Any] | None,
    label: str | Sequence[str],
) -> tuple[Axis, ...]:
    if not expressions:
        raise AnalysisError("a histogram needs an expression")
    labels = _labels(label, len(expressions))
    if axes is not None:
        if bins is not None or range_ is not None:
            raise AnalysisError("give either axes, or bins and range")
        if len(axes) != len(expressions):
            raise AnalysisError(f"{len(expressions)} expressions need as many axes, not {len(axes)}")
        return tuple(from_hist(e, axis, label) for e, axis, label in zip(expressions, axes, labels, strict=True))
    if len(expressions) == 1:
        return (_one_axis(analysis, expressions[0], bins, range_, labels[0]),)
    some = bins if isinstance(bins, list | tuple) else (bins,) * len(expressions)
    ranges = range_ if range_ is not None else (None,) * len(expressions)
    if len(some) != len(expressions) or len(ranges) != len(expressions):
        raise AnalysisError(f"{len(expressions)} expressions need as many bins and ranges")
    return tuple(
        _one_axis(analysis, e, b, r, label) for e, b, r, label in zip(expressions, some, ranges, labels, strict=True)
    )


def _labels(label: str | Sequence[str], count: int) -> tuple[str, ...]:
    if not label:
        return ("",) * count
    labels = (label,) if isinstance(label, str) else tuple(label)
    if len(labels) != count or not all(isinstance(text, str) for text in labels):
        raise AnalysisError(f"{count} expressions need as many labels, not {label!r}")
    return labels


def _one_axis(analysis: Analysis, expression: str, bins: Any, range_: Any, label: str) -> Axis:
    """Text and true/false values bring their own bins; numbers need to be told."""
    if bins is None and range_ is None and analysis.dataset is not None:
        kind = resolve(expression, analysis.bound.scope)[0].type.kind
        if kind == "str":
            return Axis(expression, "str_category", growth=True, label=label)
        if kind == "bool":
            return Axis(expression, "boolean", label=label)
    return numeric(expression, bins, range_, label)
