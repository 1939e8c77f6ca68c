"""Which numbers of which steps can be moved, over which range, and which of them move without the kernel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..analysis.literals import literals
from ..analysis.steps import Cut, Keep
from ..columns.parse import parse
from ..columns.syntax import Comparison
from ..engine.grid import Grid, nice_grid
from ..errors import HeplensError

if TYPE_CHECKING:
    from ..analysis import Analysis

Edge = Literal["low", "high", "literal"]
Range = tuple[float, float]

_MOVABLE = {"<", "<=", ">", ">="}


@dataclass(frozen=True)
class Handle:
    """One number of a step.

    edge : a side of the window of a cut, or the `index`-th literal of its expression.
    operator : what the cut asks of the variable, ``variable operator value``.
    tiled : the page can move it alone, from a tile.
    plots : the histograms of this very variable, on which the handle is drawn too.
    """

    step: str
    edge: Edge
    index: int
    operator: str
    value: float | int | None
    variable: str
    unit: str
    tiled: bool
    grid: Grid | None
    plots: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        sign = {">=": "≥", "<=": "≤"}.get(self.operator, self.operator)
        return {
            "id": f"{self.step}/{self.edge}/{self.index}",
            "step": self.step,
            "edge": self.edge,
            "index": self.index,
            "operator": self.operator,
            "value": self.value,
            "label": f"{self.variable} {sign}{f' ({self.unit})' if self.unit else ''}",
            "variable": self.variable,
            "grid": None if self.grid is None else self.grid.to_json(),
            "tiled": self.tiled,
            "plots": list(self.plots),
        }


def handles(analysis: Analysis, data_range: Callable[[Analysis, int, str], Range | None]) -> list[Handle]:
    """The handles of all steps in order.

    Parameters
    ----------
    data_range : the smallest and largest value of an expression where step i stands; None when there is none.
    """
    found: list[Handle] = []
    for place, step in enumerate(analysis.steps):
        if isinstance(step, Cut) and step.is_window:
            found += _window(analysis, place, step, data_range)
        elif isinstance(step, Cut | Keep):
            found += _literals(analysis, place, step, data_range)
    return found


def _window(
    analysis: Analysis, place: int, cut: Cut, data_range: Callable[[Analysis, int, str], Range | None]
) -> list[Handle]:
    plots = _plots(analysis, cut.expression)
    values = [v for v in (cut.low, cut.high) if v is not None]
    grid = _grid(analysis, place, cut.expression, cut.expression, values, data_range)
    tiled = cut.quantifier is None and cut.enabled
    return [
        Handle(cut.name, "low", 0, ">=", cut.low, cut.expression, "", tiled, grid, plots),
        Handle(cut.name, "high", 0, "<", cut.high, cut.expression, "", tiled, grid, plots),
    ]


def _literals(
    analysis: Analysis, place: int, step: Cut | Keep, data_range: Callable[[Analysis, int, str], Range | None]
) -> list[Handle]:
    result = []
    found = literals(step.expression)
    whole = isinstance(parse(step.expression), Comparison)
    for index, literal in enumerate(found):
        if literal.operator not in _MOVABLE:
            continue
        asked = f"{step.collection}.{literal.variable}" if isinstance(step, Keep) else literal.variable
        same = [one.value for one in found if one.variable == literal.variable and one.unit == literal.unit]
        grid = _grid(analysis, place, literal.variable, asked, same, data_range if not literal.unit else None)
        tiled = isinstance(step, Cut) and step.quantifier is None and step.enabled and whole and not literal.unit
        plots = _plots(analysis, asked) if not literal.unit else ()
        result.append(
            Handle(
                step.name, "literal", index, literal.operator, literal.value,
                literal.variable, literal.unit, tiled, grid, plots,
            )
        )  # fmt: skip
    return result


def _grid(
    analysis: Analysis,
    place: int,
    variable: str,
    asked: str,
    values: list[float | int],
    data_range: Callable[[Analysis, int, str], Range | None] | None,
) -> Grid:
    """The range of a histogram of this variable, else that of the data, else one around the values."""
    whole = variable.startswith("count(")
    span: Range | None = None
    for histogram in analysis.histograms:
        axis = histogram.axes[0]
        if len(histogram.axes) == 1 and axis.kind == "regular" and _squeezed(axis.expression) == _squeezed(asked):
            span = (axis.low, axis.high)
            break
    if span is None and data_range is not None:
        try:
            span = data_range(analysis, place, asked)
        except HeplensError:
            span = None
    if span is None:
        size = max((abs(v) for v in values), default=1.0) or 1.0
        span = (-2.5 * size if min(values, default=0) < 0 else 0.0, 2.5 * size)
    low, high = min(span[0], *values, math.inf), max(span[1], *values, -math.inf)
    return nice_grid(low, high, whole=whole)


def _plots(analysis: Analysis, expression: str) -> tuple[str, ...]:
    wanted = _squeezed(expression)
    one = (h for h in analysis.histograms if len(h.axes) == 1 and h.at is None)
    return tuple(h.name for h in one if _squeezed(h.axes[0].expression) == wanted)


def _squeezed(text: str) -> str:
    return "".join(text.split())
