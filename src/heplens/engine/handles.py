"""Which numbers of which steps can be moved, over which range, and which of them move without the kernel."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from ..analysis.literals import literals
from ..analysis.moved import Edge, Moved
from ..analysis.steps import Cut, Keep, Step
from ..errors import HeplensError
from .compared import Compared, about
from .grid import Grid, nice_grid
from .moving import form_of, moving
from .tiles import SIDE, Form

if TYPE_CHECKING:
    from ..analysis import Analysis

Range = tuple[float, float]
DataRange = Callable[["Analysis", Moved], Range | None]


@dataclass(frozen=True)
class Handle:
    """One number of a step.

    operator : what the step asks of the variable, ``variable operator value``.
    value : None for an edge of a window that is not set.
    form : of its tile; the handles of one step whose tile is a "range" share it.
    tile : the key of its tile; None when there is none.
    reason : why there is none, for people.
    plots : the histograms of this very variable, on which the handle is drawn too.
    """

    moved: Moved
    operator: str
    value: float | int | None
    variable: str
    unit: str
    grid: Grid
    plots: tuple[str, ...]
    form: Form = "steps"
    tile: str | None = None
    reason: str = ""

    @property
    def positions(self) -> list[float]:
        """Where it can stand: on its grid, and where it stands now."""
        now = [] if self.value is None else [float(self.value)]
        return sorted({*self.grid.values().tolist(), *now})


def handles(analysis: Analysis, data_range: DataRange) -> list[Handle]:
    """The handles of all steps in order.

    Parameters
    ----------
    data_range : the range of what a number is compared with, in its unit; None when there is no value.
    """
    found: list[Handle] = []
    for step in analysis.steps:
        edges = _window(analysis, step, data_range) if isinstance(step, Cut) and step.is_window else []
        mine = [_formed(analysis, handle) for handle in [*edges, *_literals(analysis, step, data_range)]]
        found += [_tiled(analysis, handle, mine) for handle in mine]
    return found


def positions(handle: Handle, found: list[Handle]) -> list[float]:
    """Where the handles that share a tile can stand: those of a window that is free at both edges move together."""
    return sorted({value for one in sharing(handle, found) for value in one.positions})


def sharing(handle: Handle, found: list[Handle]) -> list[Handle]:
    """Those of `found` that have the tile of `handle`."""
    if handle.form == "steps":
        return [handle]
    return [other for other in found if (other.moved.step, other.form) == (handle.moved.step, "range")]


def _formed(analysis: Analysis, handle: Handle) -> Handle:
    """The handle with the form of its tile, or the reason why there is none."""
    if analysis.dataset is None:
        return replace(handle, reason="there are no data")
    sample, source = next(iter(analysis.dataset.sources()))
    try:
        return replace(handle, form=form_of(analysis, source.schema, sample.is_data, handle.moved))
    except HeplensError as error:
        return replace(handle, reason=str(error))


def _tiled(analysis: Analysis, handle: Handle, mine: list[Handle]) -> Handle:
    """The handle with the key of its tile, or the reason why there is none."""
    if analysis.dataset is None or handle.reason:
        return handle
    sample, source = next(iter(analysis.dataset.sources()))
    try:
        moving(analysis, source.schema, sample.is_data, handle.moved, positions(handle, mine), handle.form)
    except HeplensError as error:
        return replace(handle, reason=str(error))
    return replace(handle, tile=_key(analysis, handle, mine))


def _key(analysis: Analysis, handle: Handle, mine: list[Handle]) -> str:
    """What a tile depends on: everything but where its own handles stand on their grid."""
    dataset, own = analysis.dataset, sharing(handle, mine)
    free = [(h.moved, h.operator, h.unit, h.grid, sorted(set(h.positions) - set(h.grid.values()))) for h in own]
    memory = dataset.memory.uuid if dataset is not None and dataset.memory is not None else ""
    text = repr((dataset, memory, rest(analysis, [h.moved for h in own]), free))
    return blake2b(text.encode(), digest_size=12).hexdigest()


def rest(analysis: Analysis, own: Sequence[Moved]) -> tuple[object, ...]:
    """An analysis without its data and the numbers `own`, which are those of one step."""
    place = analysis.index(own[0].step)
    step = skeleton(analysis.steps[place], own)
    return (analysis.steps[:place], step, analysis.steps[place + 1 :], analysis.histograms, analysis.regions)


def value_of(analysis: Analysis, moved: Moved) -> float | int | None:
    """Where a number of an analysis stands; None for an edge of a window that is not set."""
    step = analysis.steps[analysis.index(moved.step)]
    if moved.edge == "literal":
        return literals(step.expression)[moved.index].value
    value: float | int | None = getattr(step, moved.edge)
    return value


def skeleton(step: Step, own: Sequence[Moved] | None = None) -> tuple[object, ...]:
    """A step without the numbers `own`, or without any number that is compared."""
    if isinstance(step, Cut) and step.is_window:
        edges = {"low", "high"} if own is None else {moved.edge for moved in own}
        kept = tuple(None if edge in edges else getattr(step, edge) for edge in ("low", "high"))
        window = (tuple(sorted(edges & {"low", "high"})), kept)
    else:
        window = ((), ())
    text = step.expression
    found = literals(text)
    moved_ones = found if own is None else [found[moved.index] for moved in own if moved.edge == "literal"]
    for literal in reversed(moved_ones):
        text = f"{text[: literal.start]}…{text[literal.stop :]}"
    bare = replace(step, low=None, high=None) if isinstance(step, Cut) else step
    return (replace(bare, expression=text), *window)


def _window(analysis: Analysis, cut: Cut, data_range: DataRange) -> list[Handle]:
    values = [v for v in (cut.low, cut.high) if v is not None]

    def edge(name: Edge, operator: str, value: float | int | None) -> Handle:
        moved = Moved(cut.name, name)
        grid, plots = _drawn(analysis, moved, cut.expression, values, data_range)
        return Handle(moved, operator, value, cut.expression, "", grid, plots)

    return [edge("low", ">=", cut.low), edge("high", "<", cut.high)]


def _literals(analysis: Analysis, step: Step, data_range: DataRange) -> list[Handle]:
    result = []
    found = literals(step.expression)
    for index, literal in enumerate(found):
        if literal.operator not in SIDE:
            continue
        variable, unit = literal.variable, literal.unit
        shown = f"{step.collection}.{variable}" if isinstance(step, Keep) else variable
        same = [one.value for one in found if (one.variable, one.unit) == (variable, unit)]
        moved = Moved(step.name, "literal", index)
        grid, plots = _drawn(analysis, moved, shown, same, data_range)
        result.append(Handle(moved, literal.operator, literal.value, variable, unit, grid, plots))
    return result


def _drawn(
    analysis: Analysis, moved: Moved, shown: str, values: list[float | int], data_range: DataRange
) -> tuple[Grid, tuple[str, ...]]:
    """The grid of a handle, and the plots it is drawn on.

    Its range is that of a histogram of the same variable, else that of the data, else one around the values.
    """
    try:
        what = about(analysis, moved)
    except HeplensError:  # of an analysis without data, or with a step that these data do not know
        what = Compared(False, 1.0)
    span: Range | None = None
    for histogram in analysis.histograms:
        axis = histogram.axes[0]
        if len(histogram.axes) == 1 and axis.kind == "regular" and _squeezed(axis.expression) == _squeezed(shown):
            span = (axis.low / what.unit, axis.high / what.unit)
            break
    if span is None:
        try:
            span = data_range(analysis, moved)
        except HeplensError:
            span = None
    if span is None:
        size = max((abs(v) for v in values), default=1.0) or 1.0
        span = (-2.5 * size if min(values, default=0) < 0 else 0.0, 2.5 * size)
    low, high = min(span[0], *values, math.inf), max(span[1], *values, -math.inf)
    return nice_grid(low, high, whole=what.whole), _plots(analysis, shown) if what.unit == 1 else ()


def _plots(analysis: Analysis, expression: str) -> tuple[str, ...]:
    wanted = _squeezed(expression)
    one = (h for h in analysis.histograms if len(h.axes) == 1 and h.at is None)
    return tuple(h.name for h in one if _squeezed(h.axes[0].expression) == wanted)


def _squeezed(text: str) -> str:
    return "".join(text.split())
