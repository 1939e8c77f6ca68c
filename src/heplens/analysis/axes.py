"""Axes of histograms as plain values, to and from those of the hist library."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import AnalysisError
from .checks import plain

AxisKind = Literal["regular", "variable", "integer", "boolean", "int_category", "str_category"]

_TRANSFORMS = ("", "log", "sqrt")


@dataclass(frozen=True)
class Axis:
    """One axis: what it shows (`expression`, `label`) and its bins.

    regular: `bins` between `low` and `high` (optionally log or sqrt spaced); variable: `edges`; integer: one bin for
    each whole number in [low, high); categories: `values`, growing when `growth`.
    """

    expression: str
    kind: AxisKind
    bins: int = 0
    low: float = 0.0
    high: float = 0.0
    edges: tuple[float, ...] = ()
    values: tuple[str | int, ...] = ()
    growth: bool = False
    underflow: bool = True
    overflow: bool = True
    transform: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        what = f"the axis of {self.expression!r}"
        if self.kind == "regular":
            if self.bins < 1:
                raise AnalysisError(f"{what} needs at least one bin, not {self.bins}")
            if not (math.isfinite(self.low) and math.isfinite(self.high)) or self.low >= self.high:
                raise AnalysisError(f"{what} needs a finite range from low to high, not ({self.low}, {self.high})")
            if self.transform == "log" and self.low <= 0:
                raise AnalysisError(f"{what} is logarithmic and cannot begin at {self.low:g}")
        rising = all(a < b for a, b in zip(self.edges, self.edges[1:], strict=False))
        if self.kind == "variable" and (len(self.edges) < 2 or not rising):
            raise AnalysisError(f"{what} needs at least two increasing edges")
        if self.kind == "integer" and not (_fits(self.low) and _fits(self.high) and self.low < self.high):
            raise AnalysisError(f"{what} needs whole numbers of 32 bits, from low to high")
        if self.kind == "int_category" and not all(isinstance(v, int) and _fits(v) for v in self.values):
            raise AnalysisError(f"{what} needs categories that are whole numbers of 32 bits")
        if self.transform not in _TRANSFORMS:
            raise AnalysisError(f"{what} can be log or sqrt spaced, not {self.transform!r}")
        if self.bins > 1_000_000 or len(self.edges) > 1_000_000:
            raise AnalysisError(f"{what} has more than a million bins")

    def make(self, name: str) -> Any:
        """The axis of the hist library."""
        import hist

        flow = {"underflow": self.underflow, "overflow": self.overflow}
        text = {"name": name, "label": harmless(self.label or self.expression)}
        match self.kind:
            case "regular":
                transform = {"log": hist.axis.transform.log, "sqrt": hist.axis.transform.sqrt, "": None}[self.transform]
                if transform is not None:
                    return hist.axis.Regular(self.bins, self.low, self.high, transform=transform, **flow, **text)
                return hist.axis.Regular(self.bins, self.low, self.high, **flow, **text)
            case "variable":
                return hist.axis.Variable(list(self.edges), **flow, **text)
            case "integer":
                return hist.axis.Integer(int(self.low), int(self.high), **flow, **text)
            case "boolean":
                return hist.axis.Boolean(**text)
            case "int_category":
                return hist.axis.IntCategory([int(v) for v in self.values], growth=self.growth, **text)
            case _:
                return hist.axis.StrCategory([str(v) for v in self.values], growth=self.growth, **text)


def _fits(value: float) -> bool:
    """Whether it is a whole number that the hist library's integer axes can hold."""
    return math.isfinite(value) and value == int(value) and -(2**31) <= value < 2**31


def harmless(label: str) -> str:
    """A label that no browser takes for a tag: hist puts labels into its HTML as they are.

    "<" before a letter gets a space, which is how ``p < m`` is written anyway.
    """
    return re.sub(r"<(?=[A-Za-z/!?])", "< ", label)


def numeric(expression: str, bins: int | Sequence[float] | None, range_: Sequence[float] | None, label: str) -> Axis:
    """The axis that ``bins`` and ``range`` describe; a sequence of bins is one of edges."""
    if bins is None:
        raise AnalysisError(f"the histogram of {expression!r} needs bins=60, range=(60, 120), or bins=[edges]")
    bins = plain(bins)
    if not isinstance(bins, int):
        if range_ is not None:
            raise AnalysisError(f"the histogram of {expression!r} has edges already; leave the range out")
        return Axis(expression, "variable", edges=_floats(expression, bins, "edges"), label=label)
    pair = () if range_ is None else _floats(expression, range_, "range")
    if len(pair) != 2:
        raise AnalysisError(f"the histogram of {expression!r} needs a range of two numbers, such as range=(0, 200)")
    return Axis(expression, "regular", bins, pair[0], pair[1], label=label)


def _floats(expression: str, values: Any, what: str) -> tuple[float, ...]:
    try:
        return tuple(float(value) for value in values)
    except (TypeError, ValueError, OverflowError):
        raise AnalysisError(f"the {what} of the histogram of {expression!r} are numbers, not {values!r}") from None


def from_hist(expression: str, axis: Any, label: str = "") -> Axis:
    """The plain value of an axis of the hist or boost-histogram library.

    Raises
    ------
    AnalysisError : for axes that have no plain description (circular, growing, or with a transform of one's own).
    """
    label = label or str(getattr(axis, "label", "") or "")
    flow: dict[str, Any] = {
        "underflow": bool(axis.traits.underflow),
        "overflow": bool(axis.traits.overflow),
    }
    match type(axis).__name__:
        case "Regular":
            transform = _transform(getattr(axis, "transform", None))
            if not axis.traits.circular and not axis.traits.growth and transform is not None:
                edges = axis.edges
                return Axis(
                    expression,
                    "regular",
                    len(axis),
                    float(edges[0]),
                    float(edges[-1]),
                    label=label,
                    transform=transform,
                    **flow,
                )
        case "Variable" if not axis.traits.circular and not axis.traits.growth:
            return Axis(expression, "variable", edges=tuple(float(e) for e in axis.edges), label=label, **flow)
        case "Integer" if not axis.traits.circular and not axis.traits.growth:
            edges = axis.edges
            return Axis(expression, "integer", low=float(edges[0]), high=float(edges[-1]), label=label, **flow)
        case "Boolean":
            return Axis(expression, "boolean", label=label)
        case "IntCategory":
            return Axis(
                expression,
                "int_category",
                values=tuple(int(v) for v in axis),
                growth=bool(axis.traits.growth),
                label=label,
            )
        case "StrCategory":
            return Axis(
                expression,
                "str_category",
                values=tuple(str(v) for v in axis),
                growth=bool(axis.traits.growth),
                label=label,
            )
    raise AnalysisError(f"the axis {axis!r} cannot be written down; use a regular, variable, integer or category axis")


def _transform(transform: Any) -> str | None:
    if transform is None:
        return ""
    shown = repr(transform)
    return "log" if "log" in shown else "sqrt" if "sqrt" in shown else None


@dataclass(frozen=True)
class Histogram:
    """A histogram to fill. `weight`: None for the analysis weight, 1 for none, or an expression.

    `at`: the name of the cut (or filter) after which it is filled; the end of the chain when None.
    """

    name: str
    axes: tuple[Axis, ...]
    weight: str | Literal[1] | None = None
    at: str | None = None
