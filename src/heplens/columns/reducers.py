"""Functions that turn the values of an event into one: count, sum, any …"""

from __future__ import annotations

from . import syntax as s
from .functions import Function, arguments
from .nodes import Node
from .operators import boolean, number
from .resolve import Resolver
from .scope import column_node
from .types import Kind, Type

# What each returns, whether it may have nothing to return, and what it takes.
_RESULTS: dict[str, tuple[Kind | None, bool, str]] = {
    "count": ("int", False, "any"),
    "sum": (None, False, "number"),
    "prod": (None, False, "number"),
    "min": (None, True, "number"),
    "max": (None, True, "number"),
    "mean": ("float", True, "number"),
    "any": ("bool", False, "bool"),
    "all": ("bool", False, "bool"),
    "argmin": ("int", True, "number"),
    "argmax": ("int", True, "number"),
}


def _reduce(resolver: Resolver, call: s.Call) -> Node:
    name = call.function
    (argument,) = arguments(resolver, call, REDUCERS[name].usage, 1)
    value = resolver.node(argument)
    if not value.type.axes:
        raise resolver.context.error(
            f"{name} takes the values of a collection; this is {value.type}, there is nothing to reduce", argument.start
        )
    result, may_miss, takes = _RESULTS[name]
    if takes == "bool":
        value = boolean(resolver.context, value, argument.start, name)
    elif takes == "number":
        value = number(resolver.context, value, argument.start, name)
    axes = value.type.axes[:-1]
    kind = result or value.type.kind
    quantity = value.type.quantity if name in ("sum", "min", "max", "mean") else ""
    # A list that stands inside a missing object is missing itself, and so is what is made of it.
    outer = value.type.optional and bool(axes or _inside_missing(value))
    out = Type(kind, axes, may_miss or outer, None, quantity)
    if name == "count":
        schema = resolver.scope.schema
        group = schema.groups.get(str(value.parameters[0])) if value.operation == "group" else None
        if group is not None and group.counter in schema.name_set:
            return column_node(schema, group.counter)  # the counter says it without reading a single object
        return Node("count", (value,), (value.type.kind,), out)
    return Node("reduce", (value,), (name,), out)


def _inside_missing(value: Node) -> bool:
    """Whether the list belongs to a single object that may be missing, as the hits of Muon[0] do."""
    return any(not node.type.axes and node.type.optional for node in value.inputs)


REDUCERS: dict[str, Function] = {
    name: Function(_reduce, usage, meaning)
    for name, usage, meaning in (
        ("count", "count(Muon), count(Muon.pt > 20)", "how many objects, or for how many the condition is true"),
        ("sum", "sum(Jet.pt)", "the sum, 0 of nothing; NaN propagates"),
        ("prod", "prod(Jet.pt)", "the product, 1 of nothing"),
        ("min", "min(Jet.pt)", "the smallest, missing of nothing; NaN is skipped"),
        ("max", "max(Jet.pt)", "the largest, missing of nothing; NaN is skipped"),
        ("mean", "mean(Jet.pt)", "the mean, missing of nothing; NaN propagates"),
        ("any", "any(Jet.pt > 30)", "whether it holds for at least one; false of nothing"),
        ("all", "all(Jet.pt > 30)", "whether it holds for every one; true of nothing"),
        ("argmin", "argmin(Jet.pt)", "the place of the smallest, first on a tie, missing of nothing"),
        ("argmax", "argmax(Jet.pt)", "the place of the largest, first on a tie, missing of nothing"),
    )
}
