"""Which numbers of an analysis have a tile, and what of it depends on them: decided from the expression tree alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..analysis.axes import Histogram
from ..analysis.bind import Bound, bind
from ..analysis.literals import literals, number_text
from ..analysis.moved import Moved
from ..analysis.steps import Cut, Define
from ..columns.nodes import Node, walk
from ..columns.resolve import resolve
from ..columns.schema import Schema
from ..errors import AnalysisError
from .tiles import LOW, SIDE, Boundaries, Form

if TYPE_CHECKING:
    from ..analysis import Analysis

#: Whole numbers beyond this are not all float64, in which boundaries are compared.
_EXACT = 2.0**53
#: Cells of one histogram; more would take seconds to send and hundreds of megabytes to hold.
MAX_CELLS = 8_000_000

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class NoTileError(AnalysisError):
    """A number has no tile; the message is the reason, for people."""


@dataclass(frozen=True)
class Mark:
    """A comparison ``variable operator number`` that is decided anew for each position of the handle."""

    node: Node
    variable: Node
    operator: str


@dataclass(frozen=True)
class Moving:
    """A moved number, bound to the branches of one file.

    bound : the analysis; in the form "steps" the comparisons with the number are nodes "moved" (`marks`).
    place : the step of the number, among the bound steps.
    form, boundaries : where the handle can stand, and what a row of cells means.
    weighted : whether histograms carry weights.
    """

    bound: Bound
    place: int
    marks: tuple[Mark, ...]
    form: Form
    boundaries: Boundaries
    weighted: bool

    @property
    def rows(self) -> int:
        """Rows of cells."""
        return len(self.boundaries) + (self.form == "range")

    @cached_property
    def dependent(self) -> frozenset[bytes]:
        """Identities of the nodes whose values depend on the number."""
        found = {mark.node.identity for mark in self.marks}
        for node in walk(self.bound.roots()):
            if any(child.identity in found for child in node.inputs):
                found.add(node.identity)
        return frozenset(found)

    @cached_property
    def first(self) -> int:
        """The first step that depends on the number; the number of steps when only histograms do."""
        if self.form == "range":
            return self.place
        for index, step in enumerate(self.bound.steps):
            used = step.node.identity in self.dependent and not isinstance(step.step, Define)
            if used or self.fills_at(index):
                return index
        return len(self.bound.steps)

    def fills_at(self, steps: int) -> bool:
        """Whether a histogram that is filled after `steps` steps depends on the number itself."""
        return any(
            node.identity in self.dependent
            for h in self.bound.histograms
            if h.steps == steps
            for node in (*h.values, *([h.weight] if h.weight is not None else []))
        )

    @cached_property
    def selects_only(self) -> bool:
        """Whether the number decides which events pass one cut, and nothing else about them."""
        step = self.bound.steps[self.first] if self.first < len(self.bound.steps) else None
        if self.form == "range" or self.bound.regions or step is None or not isinstance(step.step, Cut):
            return False
        others = [s.node for i, s in enumerate(self.bound.steps) if i != self.first and not isinstance(s.step, Define)]
        filled = [n for h in self.bound.histograms for n in (*h.values, *([h.weight] if h.weight is not None else []))]
        seen = [*others, *filled, *step.variables]
        return all(node.identity not in self.dependent for node in seen)


def moving(
    analysis: Analysis, schema: Schema, is_data: bool, moved: Moved, values: Sequence[float], form: Form
) -> Moving:
    """The moved number, bound to a file, whose handle can stand at `values`, which rise.

    Raises
    ------
    NoTileError : with the reason.
    """
    from ..analysis.value import is_weighted

    bound = bind(analysis, schema, is_data, moved if form == "steps" else None)
    place = next((i for i, s in enumerate(bound.steps) if s.step.name == moved.step), None)
    if place is None:
        raise NoTileError("the step is switched off")
    limits = _limits(analysis, bound, moved, values)
    if form == "range":
        marks = window_of(bound.steps[place].node)
        operators = sorted({mark.operator for mark in marks})
    else:
        every = [*(step.node for step in bound.steps), *bound.roots()]
        marks = tuple(mark_of(node, node.inputs[0]) for node in walk(every) if node.operation == "moved")
        operators = [">="]  # a position is a value, whatever side it takes
    made = Moving(bound, place, marks, form, Boundaries.of(values, operators, limits), is_weighted(analysis))
    if form == "steps" and marks and not any(node.identity in made.dependent for node in bound.roots()):
        raise NoTileError("nothing that is filled or counted depends on this number")
    for h in bound.histograms:
        if h.steps > made.first or made.fills_at(h.steps):
            _check_size(h.histogram, made.rows * max(len(bound.regions), 1))
    return made


def form_of(analysis: Analysis, schema: Schema, is_data: bool, moved: Moved) -> Form:
    """Whether both edges of a cut can be free: it compares one number of the event with numbers that are handles."""
    step = analysis.steps[analysis.index(moved.step)]
    if not isinstance(step, Cut) or not step.enabled or step.quantifier is not None or analysis.regions:
        return "steps"
    if step.is_window and moved.edge == "literal":  # inside the variable
        return "steps"
    node = next(s.node for s in bind(analysis, schema, is_data).steps if s.step.name == step.name)
    marks = window_of(node)
    if not marks or len({mark.operator in LOW for mark in marks}) < len(marks) or marks[0].variable.type.axes:
        return "steps"
    one = all(mark.variable == marks[0].variable for mark in marks)
    typed = [literal for literal in literals(step.expression) if literal.operator in SIDE]
    return "range" if one and (step.is_window or len(typed) == len(marks)) else "steps"


def window_of(node: Node) -> tuple[Mark, ...]:
    """The one or two comparisons with a number that a cut is made of; none when it is anything else."""
    sides = (node,) if node.operation == "compare" else node.inputs if node.operation == "and" else ()
    plain = all(s.operation == "compare" and any(i.operation == "constant" for i in s.inputs) for s in sides)
    if not plain or len(sides) > 2 or any(s.parameters[0] not in SIDE for s in sides):
        return ()
    return tuple(mark_of(side, side) for side in sides)


def mark_of(node: Node, comparison: Node) -> Mark:
    left, right = comparison.inputs
    operator = str(comparison.parameters[0])
    return Mark(node, right, _MIRRORED[operator]) if left.operation == "constant" else Mark(node, left, operator)


def _limits(analysis: Analysis, bound: Bound, moved: Moved, values: Sequence[float]) -> list[float]:
    """What the data are compared with when the handle stands at each of the values: as typed, unit and all."""
    expression = analysis.steps[analysis.index(moved.step)].expression
    unit = literals(expression)[moved.index].unit if moved.edge == "literal" else ""
    if unit:
        constants = [resolve(f"{number_text(value)}*{unit}", bound.scope)[0] for value in values]
        limits = [float(node.parameters[0]) for node in constants]  # type: ignore[arg-type]
    else:
        limits = [float(value) for value in values]
    if any(not abs(limit) < _EXACT for limit in limits):
        raise NoTileError("numbers beyond 2⁵³ are not moved in steps")
    return limits


def shape(histogram: Histogram) -> tuple[int, ...]:
    """Bins of a histogram along each axis, with an underflow and an overflow everywhere."""
    return tuple(len(axis.make("x")) + 2 for axis in histogram.axes)


def _check_size(histogram: Histogram, rows: int) -> None:
    if any(axis.growth for axis in histogram.axes):
        raise NoTileError(f"the categories of the histogram {histogram.name!r} are known only when it is filled")
    if rows * math.prod(shape(histogram)) > MAX_CELLS:
        raise NoTileError(f"the histogram {histogram.name!r} has too many bins")
