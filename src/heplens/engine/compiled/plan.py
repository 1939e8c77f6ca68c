"""From a moved number to what the kernels have to do; or the reason why they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ...analysis.axes import Axis
from ...analysis.bind import BoundHistogram, BoundStep, product
from ...analysis.steps import Cut, Define, Keep, Weight
from ...columns.nodes import Node
from ..moving import Moving
from .boundaries import MAX_POSITIONS
from .lift import AtLeast, Every, Lift, Objects, State, Term, UnsupportedError

Source = Literal["events", "objects", "pieces"]


@dataclass(frozen=True)
class Stage:
    """What an event has passed: all of `terms`, and none of `inverted` (whose truth must be known)."""

    terms: tuple[Term, ...] = ()
    inverted: tuple[Node, ...] = ()

    @property
    def needs_pieces(self) -> bool:
        return bool(self.inverted) or any(isinstance(term, Node) for term in self.terms)


@dataclass(frozen=True)
class Fill:
    """A histogram in one region, and where its values come from.

    events: one value per event, which does not move; objects: one for all of `objects`; pieces: one per event that
    moves.
    """

    name: str
    region: str
    stage: Stage
    source: Source
    axes: tuple[Axis, ...]
    values: tuple[Node, ...]
    objects: Objects | None
    weight: Node | None


@dataclass(frozen=True)
class Line:
    """A row of the cutflow: events at `before` reach the step, those at `stage` pass it.

    `collections` are those that a filter takes and leaves.
    """

    step: BoundStep
    before: Stage
    stage: Stage
    weight: Node | None
    collections: tuple[Objects, ...]
    undecided: bool  # whether its truth may be missing in a way that only pieces can tell


@dataclass(frozen=True)
class Plan:
    """`window`: both edges of a cut are free, and levels are pixels of its variable, counted from 1."""

    lift: Lift
    window: bool
    fills: tuple[Fill, ...]
    lines: tuple[Line, ...]

    @property
    def stages(self) -> tuple[Stage, ...]:
        found = [fill.stage for fill in self.fills]
        for line in self.lines:
            found += [line.before, line.stage]
        return tuple(dict.fromkeys(found))

    @property
    def in_pieces(self) -> tuple[Stage, ...]:
        """The stages of which pieces have to be looked at."""
        found = [fill.stage for fill in self.fills if fill.source == "pieces"]
        found += [line.before for line in self.lines if line.undecided]
        return tuple(dict.fromkeys([*found, *(stage for stage in self.stages if stage.needs_pieces)]))

    @property
    def objects(self) -> Objects | None:
        """The objects whose levels are all that change anything; None when the variable is one of the event."""
        if not self.lift.variable.type.axes:
            return None
        roots = {_root(objects) for objects in self._moving()}
        return roots.pop() if len(roots) == 1 else Objects(self.lift.variable, (State(True, False),))

    def _moving(self) -> Iterator[Objects]:
        yield from self.lift.asked
        for stage in self.stages:
            for term in stage.terms:
                if isinstance(term, AtLeast):
                    yield term.objects
                if isinstance(term, Every):
                    yield term.objects.where(term.state)
        for fill in self.fills:
            if fill.objects is not None and fill.objects.moves:
                yield fill.objects
        for line in self.lines:
            yield from (objects for objects in line.collections if objects.moves)


def _root(objects: Objects) -> Objects:
    return objects if objects.of is None else _root(objects.of)


def make_plan(moving: Moving) -> Plan:
    """The plan for moving a number.

    Raises
    ------
    UnsupportedError : something depends on it in a way that the kernels do not know.
    """
    if len(moving.boundaries) > MAX_POSITIONS:
        raise UnsupportedError("too many positions")
    window = moving.form == "range"
    if not window and len(moving.marks) != 1:
        raise UnsupportedError("a number between two others")
    mark = moving.marks[0]
    handle = moving.bound.steps[moving.place].node if window else mark.node
    lift = Lift(handle, mark.variable, ">=" if window else mark.operator)
    chain = _Chain(moving, lift)
    if window and sum(lift.depends(step.node) for step in moving.bound.steps) > 1:
        raise UnsupportedError("the same cut twice")
    return Plan(lift, window, tuple(chain.fills()), tuple(chain.lines()))


def why_not(moving: Moving) -> str:
    """Why there is no plan; "" when there is one."""
    try:
        make_plan(moving)
    except UnsupportedError as reason:
        return str(reason)
    return ""


class _Chain:
    def __init__(self, moving: Moving, lift: Lift) -> None:
        self.moving = moving
        self.bound = moving.bound
        self.lift = lift
        self.cuts = {step.step.name: step for step in self.bound.steps if isinstance(step.step, Cut)}
        self.terms = {name: tuple(lift.terms(step.node)) for name, step in self.cuts.items()}

    def stage(self, steps: tuple[BoundStep, ...]) -> Stage:
        return Stage(
            tuple(term for step in steps if step.step.name in self.cuts for term in self.terms[step.step.name])
        )

    # --- rows -----------------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[Line]:
        steps = self.bound.steps
        for place in range(self.moving.first, len(steps)):
            step = steps[place]
            if isinstance(step.step, Define):
                continue
            before, stage = self.stage(steps[:place]), self.stage(steps[: place + 1])
            weight = self.weight(product([s.node for s in steps[: place + 1] if isinstance(s.step, Weight)]))
            collections: tuple[Objects, ...] = ()
            if isinstance(step.step, Keep):
                assert step.source is not None
                collections = (self.lift.objects(step.source), self.lift.objects(step.node))
            yield Line(step, before, stage, weight, collections, self.is_undecided(step))

    def is_undecided(self, step: BoundStep) -> bool:
        if not isinstance(step.step, Cut) or not self.lift.depends(step.node) or step.node == self.lift.handle:
            return False
        moving = [v for v in step.variables if v.type.kind == "float" and self.lift.depends(v)]
        events = [node for node in moving if not node.type.axes]
        for node in events:
            self.lift.check(node)
        if step.node.type.optional:
            self.lift.check(step.node)
        return bool(events) or step.node.type.optional

    # --- histograms -----------------------------------------------------------------------------------------------

    def fills(self) -> Iterator[Fill]:
        for bound in self.bound.histograms:
            if bound.steps > self.moving.first or self.moving.fills_at(bound.steps):
                for region, stage in self.stages(bound):
                    yield self.fill(bound, region, stage)

    def stages(self, bound: BoundHistogram) -> Iterator[tuple[str, Stage]]:
        before = self.bound.steps[: bound.steps]
        if not self.bound.regions:
            yield "", self.stage(before)
            return
        reached = {step.step.name for step in before}
        for region in self.bound.regions:
            terms: list[Term] = []
            inverted: list[Node] = []
            for name, is_inverted in region.terms:
                if name not in reached or name not in self.terms:
                    continue
                if is_inverted:
                    self.lift.check(self.cuts[name].node)
                    inverted.append(self.cuts[name].node)
                else:
                    terms += self.terms[name]
            yield region.name, Stage(tuple(terms), tuple(inverted))

    def fill(self, bound: BoundHistogram, region: str, stage: Stage) -> Fill:
        name, axes, values = bound.histogram.name, bound.histogram.axes, bound.values
        if any(axis.growth or axis.kind not in ("regular", "variable", "integer") for axis in axes):
            raise UnsupportedError("categories")
        if any(len(value.type.axes) > 1 for value in values):
            raise UnsupportedError("lists in lists: a histogram")
        listed = [value for value in values if value.type.axes]
        moving = [value for value in values if self.lift.depends(value)]
        if not listed:
            for value in moving:
                self.lift.check(value)
            source: Source = "pieces" if moving else "events"
            return Fill(name, region, stage, source, axes, values, None, self.weight(bound.weight))
        objects = self.lift.objects(next((value for value in listed if value in moving), listed[0]))
        lifted = tuple(self.lift.lifted(value) for value in values)
        weight = bound.weight
        weight = self.lift.lifted(weight) if weight is not None and weight.type.axes else self.weight(weight)
        return Fill(name, region, stage, "objects", axes, lifted, objects, weight)

    def weight(self, weight: Node | None) -> Node | None:
        if weight is not None and (weight.type.axes or self.lift.depends(weight)):
            raise UnsupportedError("weights that move")
        return weight
