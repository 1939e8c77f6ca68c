"""From a bound analysis and one of its comparisons to what the kernels have to do; or the reason why they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ...analysis.axes import Axis
from ...analysis.bind import Bound, BoundHistogram, BoundStep, product
from ...analysis.steps import Cut, Define, Keep, Weight
from ...columns.nodes import Node
from .lift import AtLeast, Every, Lift, Objects, State, Term, Unsupported

#: Cells of one table: 8 million take 32 MB, and 160 MB with weights.
MAX_CELLS = 8_000_000


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
    """A histogram (or, with no axes, a row of the cutflow) in one region, and where its values come from.

    event: one value per event, which does not move; objects: all of `objects`; pieces: one value per event that moves.
    """

    name: str
    region: str
    stage: Stage
    source: Literal["event", "objects", "pieces"]
    axes: tuple[Axis, ...] = ()
    values: tuple[Node, ...] = ()
    objects: Objects | None = None
    weight: Node | None = None


@dataclass(frozen=True)
class Plan:
    lift: Lift
    histograms: tuple[Fill, ...]
    rows: tuple[Fill, ...]

    @property
    def fills(self) -> tuple[Fill, ...]:
        return (*self.histograms, *self.rows)

    @property
    def needs_pieces(self) -> bool:
        return any(fill.source == "pieces" or fill.stage.needs_pieces for fill in self.fills)


def make_plan(bound: Bound, handle: Node) -> Plan:
    """The plan for moving the number of `handle`, a comparison somewhere in the nodes of `bound`.

    Raises
    ------
    Unsupported : something depends on the handle in a way that the kernels do not know.
    """
    lift = Lift(handle)
    chain = _Chain(bound, lift)
    return Plan(lift, tuple(chain.histograms()), tuple(chain.rows()))


def why_not(bound: Bound, handle: Node) -> str:
    """Why there is no plan; "" when there is one."""
    try:
        make_plan(bound, handle)
    except Unsupported as reason:
        return str(reason)
    return ""


class _Chain:
    def __init__(self, bound: Bound, lift: Lift) -> None:
        self.bound = bound
        self.lift = lift
        self.cuts = {step.step.name: step for step in bound.steps if isinstance(step.step, Cut)}
        self.terms = {name: tuple(lift.terms(step.node)) for name, step in self.cuts.items()}

    def stage(self, steps: tuple[BoundStep, ...]) -> Stage:
        return Stage(tuple(term for step in steps if step.step.name in self.cuts for term in self.terms[step.step.name]))

    # --- rows -----------------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[Fill]:
        """Rows of the cutflow from the first step on that the handle can change."""
        steps = self.bound.steps
        begun = False
        for place, step in enumerate(steps):
            begun = begun or self.lift.depends(step.node)
            if begun and not isinstance(step.step, Define):
                before = steps[: place + 1]
                weight = self.weight(product([s.node for s in before if isinstance(s.step, Weight)]))
                yield Fill(step.step.name, "", self.stage(before), "event", weight=weight)

    # --- histograms -----------------------------------------------------------------------------------------------

    def histograms(self) -> Iterator[Fill]:
        for bound in self.bound.histograms:
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
                if name in reached and is_inverted:
                    inverted.append(self.cuts[name].node)
                    self.lift.check(self.cuts[name].node)
                elif name in reached and name in self.terms:
                    terms += self.terms[name]
            yield region.name, Stage(tuple(terms), tuple(inverted))

    def fill(self, bound: BoundHistogram, region: str, stage: Stage) -> Fill:
        axes, values = bound.histogram.axes, bound.values
        if any(axis.growth or axis.kind == "str_category" for axis in axes):
            raise Unsupported("categories of text or that grow")
        if any(len(value.type.axes) > 1 for value in values):
            raise Unsupported("lists in lists: a histogram")
        weight = self.weight(bound.weight)
        name = bound.histogram.name
        listed = [value for value in values if value.type.axes]
        moving = [value for value in values if self.lift.depends(value)]
        if not listed:
            for value in moving:
                self.lift.check(value)
            return Fill(name, region, stage, "pieces" if moving else "event", axes, values, None, weight)
        objects = self.lift.objects(next((value for value in listed if value in moving), listed[0]))
        lifted = tuple(self.lift.lifted(value) for value in values)
        return Fill(name, region, stage, "objects", axes, lifted, objects, weight)

    def weight(self, weight: Node | None) -> Node | None:
        if weight is not None and (weight.type.axes or self.lift.depends(weight)):
            raise Unsupported("weights that move, or one for each object")
        return weight


def objects_in(plan: Plan) -> Iterator[Objects]:
    """All the objects that follow the handle, of the terms and of the fills; not those inside of values per event."""
    for fill in plan.fills:
        for term in fill.stage.terms:
            if isinstance(term, AtLeast | Every):
                yield term.objects
        if fill.objects is not None and fill.objects.moves:
            yield fill.objects


__all__ = ["Fill", "Keep", "Plan", "Stage", "State", "make_plan", "objects_in", "why_not"]
