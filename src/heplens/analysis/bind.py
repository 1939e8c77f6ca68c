"""An analysis and the branches of a file, checked against each other: every step becomes a node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..columns.demand import Demand, demand
from ..columns.fields import names as field_names
from ..columns.functions import functions
from ..columns.nodes import Node
from ..columns.operators import constant, marked
from ..columns.resolve import resolve, selected
from ..columns.schema import Schema
from ..columns.scope import ENERGY, LENGTH, Scope, group_node
from ..columns.types import Type
from ..errors import AnalysisError, ExpressionError, nearest
from .axes import Histogram
from .literals import literals
from .moved import Edge, Moved
from .steps import Cut, Define, Keep, Region, Step, Weight

if TYPE_CHECKING:
    from .value import Analysis


@dataclass(frozen=True)
class BoundStep:
    """A step with its node.

    keep: the filtered collection, `source` the one before; define: the value; cut: the mask per event; weight: the
    factor per event. `variables` are the numbers that a cut looks at, for the count of NaN.
    """

    step: Step
    node: Node
    source: Node | None = None
    variables: tuple[Node, ...] = ()


@dataclass(frozen=True)
class BoundHistogram:
    """A histogram with the nodes of its axes and of its weight (None: not weighted), filled after `steps` steps."""

    histogram: Histogram
    values: tuple[Node, ...]
    weight: Node | None
    steps: int


@dataclass(frozen=True)
class BoundRegion:
    """A region: the names of its cuts, and whether each is inverted."""

    name: str
    terms: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Bound:
    """An analysis bound to one schema. `warnings` are sentences about units and the like."""

    schema: Schema
    steps: tuple[BoundStep, ...]
    histograms: tuple[BoundHistogram, ...]
    regions: tuple[BoundRegion, ...]
    warnings: tuple[str, ...]
    scope: Scope = field(repr=False)

    def roots(self) -> Iterator[Node]:
        for step in self.steps:
            if not isinstance(step.step, Define):  # a definition that nothing uses costs nothing
                yield step.node
                yield from step.variables
        for histogram in self.histograms:
            yield from histogram.values
            if histogram.weight is not None:
                yield histogram.weight

    @cached_property
    def demand(self) -> Demand:
        return demand(self.roots(), self.schema)


def first_scope(schema: Schema, energy_unit: str) -> Scope:
    energy = energy_unit or schema.energy_unit or "GeV"
    length = schema.length_unit or "cm"
    assert energy in ENERGY and length in LENGTH
    return Scope(schema, energy_unit=energy, length_unit=length)


def bind(analysis: Analysis, schema: Schema, is_data: bool = False, moved: Moved | None = None) -> Bound:
    """Check every step and histogram against the branches of a file.

    With `moved` the comparisons with that number are nodes "moved", wherever their truth goes.

    Raises
    ------
    ExpressionError : an expression means nothing for these branches.
    AnalysisError : a name is taken, or a histogram or region names a cut that does not exist.
    """
    scope = first_scope(schema, analysis.dataset.energy_unit if analysis.dataset else "")
    scopes = [scope]
    steps: list[BoundStep] = []
    warnings: list[str] = []
    for step in analysis.steps:
        if is_active(step, is_data):
            bound, scope, notes = _bind_step(step, scope, moved if moved and moved.step == step.name else None)
            steps.append(bound)
            scopes.append(scope)
            warnings += [f"{step.name}: {note}" for note in notes]
    if not schema.energy_unit and not (analysis.dataset and analysis.dataset.energy_unit) and _uses_energy(analysis):
        warnings.append("the energy unit of these files is not known; GeV is assumed (say energy_unit= to be sure)")
    histograms = tuple(_bind_histogram(analysis, h, steps, scopes) for h in analysis.histograms)
    regions = tuple(_bind_region(region, analysis) for region in analysis.regions)
    return Bound(schema, tuple(steps), histograms, regions, tuple(dict.fromkeys(warnings)), scope)


def is_active(step: Step, is_data: bool) -> bool:
    if isinstance(step, Define):
        return True
    if isinstance(step, Weight) and step.on is not None and (step.on == "data") != is_data:
        return False
    return step.enabled


def _uses_energy(analysis: Analysis) -> bool:
    texts = [step.expression for step in analysis.steps]
    return any(unit in text for text in texts for unit in ENERGY)


def _bind_step(step: Step, scope: Scope, moved: Moved | None) -> tuple[BoundStep, Scope, tuple[str, ...]]:
    at = _start(step, moved)
    match step:
        case Keep():
            return _bind_keep(step, scope, at)
        case Define():
            _check_new_name(step, scope)
            node, notes = resolve(step.expression, scope, None, at)
            variable = Node("variable", (node,), (step.name,), node.type)
            return BoundStep(step, variable), scope.define(step.name, variable), notes
        case Cut():
            mask, variables, notes = bind_cut(step, scope, moved)
            return BoundStep(step, mask, variables=variables), scope, notes
        case Weight():
            node, notes = resolve(step.expression, scope, None, at)
            if not node.type.is_number and node.type.kind != "bool":
                raise ExpressionError(f"a weight is a number; this is {node.type}", step.expression)
            if node.type.axes:
                raise ExpressionError(
                    f"a weight has one value per event; this is {node.type}: reduce it (prod, sum …)", step.expression
                )
            return BoundStep(step, node), scope, notes


def _start(step: Step, moved: Moved | None) -> int | None:
    """Where the moved literal stands in the expression of its step."""
    return literals(step.expression)[moved.index].start if moved and moved.edge == "literal" else None


def _bind_keep(step: Keep, scope: Scope, moved: int | None) -> tuple[BoundStep, Scope, tuple[str, ...]]:
    name = step.collection
    if name in scope.definitions:
        source = scope.definitions[name]
    elif name in scope.schema.groups:
        source = group_node(scope.schema, scope.schema.groups[name])
    else:
        pool = [*scope.definitions, *scope.schema.groups]
        raise AnalysisError(f"there is no collection {name!r} to filter{nearest(name, pool)}")
    if source.type.kind != "object" or len(source.type.axes) != 1:
        raise AnalysisError(f"{name!r} is {source.type}; only a collection can be filtered with keep")
    node, notes = resolve(step.expression, scope, source, moved)
    from ..columns.operators import Context

    kept = selected(Context(step.expression), source, node, 0)
    variable = Node("variable", (kept,), (name,), kept.type)
    return BoundStep(step, variable, source), scope.filter(name, variable), notes


def _check_new_name(step: Define, scope: Scope) -> None:
    name = step.name
    if not name.isidentifier() or not name.isascii() or name in ("and", "or", "not", "True", "False"):
        raise AnalysisError(f"{name!r} cannot be a name; use letters, digits and underscores")
    taken = (
        "an earlier definition" if name in scope.definitions
        else "a collection" if name in scope.schema.groups
        else "a branch" if name in scope.schema.name_set
        else "a function" if name in functions()
        else "a unit" if scope.unit(name)
        else ""
    )  # fmt: skip
    if taken:
        raise AnalysisError(f"{name!r} is {taken} already; choose another name")


def bind_cut(cut: Cut, scope: Scope, moved: Moved | None = None) -> tuple[Node, tuple[Node, ...], tuple[str, ...]]:
    """The mask of a cut, one truth per event, the numbers it looks at, and warnings."""
    node, notes = resolve(cut.expression, scope, None, _start(cut, moved))
    variables = compared(node)
    if cut.is_window:
        if not node.type.is_number:
            raise ExpressionError(f"low and high need a number; this is {node.type}", cut.expression)
        variables = (node,)
        node = window(node, cut.low, cut.high, moved.edge if moved else "literal")
    elif node.type.kind != "bool":
        raise ExpressionError(
            f"a cut is true or false; this is {node.type}: compare it, or give low= and high=", cut.expression
        )
    if cut.quantifier is not None:
        if not node.type.axes:
            raise ExpressionError(
                f"any, all and at_least need one value per object; this is {node.type}", cut.expression
            )
        node = quantified(node, cut.quantifier)
    if node.type.axes:
        label = " and ".join(axis.label for axis in node.type.axes)
        raise ExpressionError(
            f"this has one value per {label}, not per event; use any(…), all(…) or count(…) >= n, "
            "or any=True, all=True or at_least=n",
            cut.expression,
        )
    return node, variables, notes


def window(node: Node, low: float | int | None, high: float | int | None, moved: Edge = "literal") -> Node:
    """``low <= x < high``, half open, either side optional; a moved edge is there even when it is not set."""
    kind = Type("bool", node.type.axes, node.type.optional)
    sides = []
    for edge, value, operator in (("low", low, ">="), ("high", high, "<")):
        if value is not None or edge == moved:
            side = Node("compare", (node, constant(0 if value is None else value)), (operator,), kind)
            sides.append(marked(side) if edge == moved else side)
    return sides[0] if len(sides) == 1 else Node("and", tuple(sides), (), kind)


def quantified(node: Node, quantifier: str | int) -> Node:
    axes = node.type.axes[:-1]
    if quantifier in ("any", "all"):
        return Node("reduce", (node,), (quantifier,), Type("bool", axes))
    count = Node("count", (node,), ("bool",), Type("int", axes))
    return Node("compare", (count, constant(quantifier)), (">=",), Type("bool", axes))


def compared(node: Node) -> tuple[Node, ...]:
    """The numbers that an expression itself compares with something; not those of earlier definitions and filters."""
    found: list[Node] = []
    stack = [node]
    while stack:
        inner = stack.pop()
        if inner.operation == "compare":
            found += [side for side in inner.inputs if side.type.kind == "float" and side.operation != "constant"]
        if inner.operation != "variable":
            stack.extend(inner.inputs)
    return tuple(dict.fromkeys(found))


def _bind_histogram(
    analysis: Analysis, histogram: Histogram, steps: list[BoundStep], scopes: list[Scope]
) -> BoundHistogram:
    count = len(steps)
    if histogram.at is not None:
        count = _place(analysis, histogram, steps)
    scope = scopes[count]
    values = []
    for axis in histogram.axes:
        node, _ = resolve(axis.expression, scope)
        if node.type.kind == "object":
            offered = ", ".join(f"{axis.expression}.{name}" for name in field_names(node)[:3])
            raise ExpressionError(
                f"a histogram needs numbers; this is {node.type}: take a field ({offered} …)", axis.expression
            )
        if (node.type.kind == "str") != (axis.kind == "str_category"):
            what = "text needs a category axis" if node.type.kind == "str" else "a category axis of text needs text"
            raise ExpressionError(f"{what}; this is {node.type}", axis.expression)
        if axis.kind in ("boolean", "integer", "int_category") and node.type.kind == "float":
            raise ExpressionError(f"this axis takes whole numbers; this is {node.type}", axis.expression)
        values.append(node)
    _check_pairing(histogram, values)
    return BoundHistogram(histogram, tuple(values), _bind_weight(histogram, steps[:count], scope, values), count)


def _place(analysis: Analysis, histogram: Histogram, steps: list[BoundStep]) -> int:
    for index, bound in enumerate(steps):
        if bound.step.name == histogram.at:
            return index + 1
    everything = [step.name for step in analysis.steps]
    if histogram.at in everything:  # switched off: the chain up to where it stands
        position = everything.index(str(histogram.at))
        return sum(1 for bound in steps if everything.index(bound.step.name) < position)
    raise AnalysisError(
        f"the histogram {histogram.name!r} is filled at {histogram.at!r}, which is no step"
        f"{nearest(str(histogram.at), everything)}"
    )


def _check_pairing(histogram: Histogram, values: list[Node]) -> None:
    from ..columns.operators import Context, join_axes

    try:
        join_axes(Context(""), values, 0)
    except ExpressionError as error:
        text = ", ".join(axis.expression for axis in histogram.axes)
        raise ExpressionError(
            f"the axes of the histogram {histogram.name!r} do not go together: {error.message}", text
        ) from None


def _bind_weight(histogram: Histogram, steps: list[BoundStep], scope: Scope, values: list[Node]) -> Node | None:
    if histogram.weight == 1:
        return None
    if histogram.weight is not None:
        node, _ = resolve(histogram.weight, scope)
        if not node.type.is_number and node.type.kind != "bool":
            raise ExpressionError(f"a weight is a number; this is {node.type}", histogram.weight)
        longest = max((value.type.axes for value in values), key=len)
        if node.type.axes and node.type.axes != longest[: len(node.type.axes)]:
            raise ExpressionError(
                f"this weight does not go with the histogram {histogram.name!r}: it is {node.type}", histogram.weight
            )
        return node
    return product([bound.node for bound in steps if isinstance(bound.step, Weight)])


def product(weights: list[Node]) -> Node | None:
    """The event weight: the product in the order written; None when there is none."""
    total: Node | None = None
    for weight in weights:
        if total is None:
            total = Node("arithmetic", (weight, constant(1.0)), ("*",), replace(weight.type, kind="float", quantity=""))
        else:
            optional = total.type.optional or weight.type.optional
            total = Node("arithmetic", (total, weight), ("*",), Type("float", (), optional))
    return total


def _bind_region(region: Region, analysis: Analysis) -> BoundRegion:
    cuts = [step.name for step in analysis.steps if isinstance(step, Cut)]
    terms = analysis.terms(region)
    for name, _ in terms:
        if name not in cuts:
            raise AnalysisError(f"the region {region.name!r} names {name!r}, which is no cut{nearest(name, cuts)}")
    return BoundRegion(region.name, terms)
