"""The names that an expression can use at one point of an analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..errors import ExpressionError
from .nodes import Node
from .schema import Column, Group, Schema
from .tokens import spelled
from .types import Axis, Shape, Type
from .vectors import PROPERTIES, canonical

ENERGY = {"MeV": 1e-3, "GeV": 1.0, "TeV": 1e3}
LENGTH = {"mm": 0.1, "cm": 1.0, "m": 100.0}


@dataclass(frozen=True)
class Scope:
    """Branches and groups of the data, and what the steps so far have defined or filtered.

    `definitions` maps a name to its node; a filtered collection is one too, and its raw branches are then withheld
    (`filtered`: names whose raw branches would be a second truth).
    """

    schema: Schema
    definitions: Mapping[str, Node] = field(default_factory=dict)
    filtered: frozenset[str] = frozenset()
    energy_unit: str = "GeV"
    length_unit: str = "cm"

    def define(self, name: str, node: Node) -> Scope:
        return replace(self, definitions={**self.definitions, name: node})

    def filter(self, name: str, node: Node) -> Scope:
        return replace(self.define(name, node), filtered=self.filtered | {name})

    def unit(self, name: str) -> tuple[float, str] | None:
        """What a unit is worth in the units of the file, and of which quantity it is."""
        if name in ENERGY:
            return _ratio(ENERGY[name], ENERGY[self.energy_unit]), "energy"
        if name in ("mm", "cm"):
            return _ratio(LENGTH[name], LENGTH[self.length_unit]), "length"
        return None

    def known(self) -> list[str]:
        """Every name that could stand at the start of an expression, for 'did you mean'.

        Of a filtered collection these are its fields, as its branches are refused.
        """
        names = (name for name in self.schema.names if "." not in name and not withheld(self, name))
        groups = self.schema.groups
        fields = (f"{name}.{field}" for name in self.filtered if name in groups for field in groups[name].fields)
        return [*self.definitions, *groups, *fields, *spelled(names)]


def _ratio(unit: float, base: float) -> float:
    ratio = unit / base
    return float(round(ratio)) if ratio >= 1 else 1.0 / round(1 / ratio)


def group_axis(group: Group) -> Axis:
    return Axis(f"counter {group.counter}" if group.counter else f"group {group.name}", group.name)


def column_axes(schema: Schema, column: Column, label: str = "") -> tuple[Axis, ...]:
    """The axes of a stored branch; branches with the same counter, of the same group or of none, share the first."""
    if column.depth == 0:
        return ()
    counter = schema.counters.get(column.name, "")
    group = schema.group_of.get(column.name, "")
    if counter:
        first = Axis(f"counter {counter}", group or label or column.name)
    elif group:
        first = Axis(f"group {group}", group)
    else:
        # Lists that nothing groups (std::vector branches of a flat tree) pair when they are equally long everywhere.
        first = Axis("ungrouped", label or column.name)
    inner = tuple(Axis(f"column {column.name} {level}", column.name) for level in range(1, column.depth))
    return (first, *inner)


def column_node(schema: Schema, name: str) -> Node:
    column = schema.column(name)
    field_name = name.rpartition(".")[2].partition("_")[2] or name.rpartition(".")[2]
    prop = canonical(field_name)
    quantity = PROPERTIES[prop].quantity if prop else ""
    kind = Type(column.kind, column_axes(schema, column), column.optional, None, quantity)
    return Node("column", (), (name,), kind)


def group_node(schema: Schema, group: Group) -> Node:
    """The objects of a stored group: a collection when its branches are lists, else one record per event."""
    components = {stored: component for component, stored in group.coordinates}
    fields = tuple((components.get(name, name), (branch,)) for name, branch in group.fields.items())
    shape = Shape(group.name, (group.name,), fields, tuple((c, c) for c, _ in group.coordinates))
    axes = (group_axis(group),) if is_collection(schema, group) else ()
    return Node("group", (), (group.name,), Type("object", axes, False, shape))


def is_collection(schema: Schema, group: Group) -> bool:
    """Whether a group's branches are lists: told by its counter, else by the first branch that can be read."""
    if group.counter:
        return True
    for branch in list(group.fields.values())[:4]:
        try:
            return schema.column(branch).depth > 0
        except Exception:  # one unreadable branch does not decide about its neighbours
            continue
    return False


def withheld(scope: Scope, name: str) -> str:
    """The filtered collection of which `name` is a raw branch, or ""."""
    group = scope.schema.group_of.get(name) or scope.schema.counted_group.get(name) or ""
    return group if group in scope.filtered else ""


def refuse_raw(scope: Scope, name: str, text: str, position: int) -> None:
    group = withheld(scope, name)
    if not group:
        return
    if name in scope.schema.counted_group:
        instead = f"count({group})"
    else:
        instead = next(f"{group}.{field}" for field, b in scope.schema.groups[group].fields.items() if b == name)
    raise ExpressionError(
        f"{name!r} is the unfiltered branch of {group}, which is filtered here; write {instead} for the survivors, "
        f"or raw({name}) for all",
        text,
        position,
    )
