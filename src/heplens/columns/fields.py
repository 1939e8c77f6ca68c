"""What stands behind the dot: a stored field, a component computed from the vector, a part of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from ..errors import nearest
from .nodes import Node
from .operators import Context, join_axes
from .schema import Schema
from .tokens import spelled
from .types import Axis, Kind, Shape, Type
from .vectors import PROPERTIES, canonical

PART_NAMES = ("first", "second", "third", "fourth")
CARTESIAN = (("px", "px"), ("py", "py"), ("pz", "pz"), ("E", "E"))


def field(value: Node, name: str, schema: Schema) -> Node | None:
    """The field `name` of an object or of each object of a collection; None when it has none."""
    shape = value.type.shape
    if shape is None:
        return None
    if shape.parts:
        return _field_of_combination(value, shape, name, schema)
    if shape.branches(name):
        return _stored(value, shape, name, schema)
    prop = canonical(name)
    if prop and any(component == prop for component, _ in shape.coordinates) and shape.branches(prop):
        return _stored(value, shape, prop, schema)
    if prop and PROPERTIES[prop].dimension <= shape.dimension:
        return computed(value, prop)
    if name.casefold() == "charge" and (charge := _charge_field(shape)):
        return _stored(value, shape, charge, schema)
    return None


def computed(value: Node, prop: str) -> Node:
    """A component from the vector library."""
    kind = Type("float", value.type.axes, value.type.optional, None, PROPERTIES[prop].quantity)
    return Node("vector", (value,), (prop,), kind)


def names(value: Node) -> list[str]:
    """What could follow the dot, as it is typed, for completion and messages."""
    shape = value.type.shape
    if shape is None:
        return []
    stored = [name for name, _ in shape.fields]
    parts = list(PART_NAMES[: len(shape.parts)])
    charge = ["charge"] if shape.parts and all(_charge_field(leaf) for leaf in shape.leaves()) else []
    return [
        *parts,
        *spelled(stored),
        *charge,
        *(p for p, v in PROPERTIES.items() if v.dimension <= shape.dimension and p not in stored),
    ]


def explain(value: Node, name: str) -> str:
    """Why there is no such field, and what to write."""
    shape = value.type.shape
    assert shape is not None
    prop = canonical(name)
    if prop and shape.dimension == 2:
        return f"{shape.label} has transverse components only, so it has no {name}"
    if prop and not shape.parts and 0 < shape.dimension < PROPERTIES[prop].dimension:
        return f"{shape.label} stores no mass, so it has no {name}; write {_p4_hint(value)}"
    if prop and shape.parts and 0 < shape.dimension < PROPERTIES[prop].dimension:
        leaf = next(leaf for leaf in shape.leaves() if leaf.dimension == shape.dimension)
        return f"{leaf.label} stores no mass, so the combination has no {name}; {_define_hint(leaf)}"
    return f"{shape.label} has no field {name!r}{nearest(name, names(value))}"


def _p4_hint(value: Node) -> str:
    shape = value.type.shape
    components = [component for component, _ in shape.coordinates] if shape else []
    inside = ", ".join(components) if components[:1] == ["px"] else "pt, eta, phi"
    return f"p4({inside}, mass=0.10566) with the mass of the particle"


def _define_hint(leaf: Shape) -> str:
    return f"define it with p4({leaf.label}.pt, {leaf.label}.eta, {leaf.label}.phi, mass=0.10566) first"


def _stored(value: Node, shape: Shape, name: str, schema: Schema) -> Node:
    if value.operation == "item" and value.parameters[1] == 0:
        # The field first, then the place: taking whole objects out would carry all their other fields along.
        whole = _stored(value.inputs[0], shape, name, schema)
        if whole.operation == "get":
            single = replace(whole.type, axes=whole.type.axes[1:], optional=True)
            return Node("item", (whole,), value.parameters, single)
    columns = [schema.column(branch) for branch in shape.branches(name) or ()]
    kinds = {column.kind for column in columns}
    kind = columns[0].kind if len(kinds) == 1 else "float"
    taken = 1 if value.type.axes or _from_collection(value) else 0
    extra = max(column.depth for column in columns) - taken
    inner = tuple(Axis(f"{value.identity.hex()} {name} {level}", name) for level in range(extra))
    optional = value.type.optional or any(column.optional for column in columns)
    prop = canonical(name)
    quantity = PROPERTIES[prop].quantity if prop else ""
    if extra < 0:  # one value per event among lists: it belongs to the event, not to the objects
        return Node("column", (), (columns[0].name,), Type(kind, (), optional, None, quantity))
    return Node("get", (value,), (name,), Type(kind, (*value.type.axes, *inner), optional, None, quantity))


def _from_collection(value: Node) -> bool:
    """Whether a single object was taken out of a list (and not stored one per event)."""
    node = value
    while node.operation == "variable":
        node = node.inputs[0]
    return node.operation != "group"


def _charge_field(shape: Shape) -> str:
    return next((name for name, _ in shape.fields if name.casefold() == "charge"), "")


def _field_of_combination(value: Node, shape: Shape, name: str, schema: Schema) -> Node | None:
    if name in PART_NAMES[: len(shape.parts)]:
        return part(value, PART_NAMES.index(name))
    members = [part(value, index) for index in range(len(shape.parts))]
    if name.casefold() == "charge":
        charges = [field(member, name, schema) for member in members]
        found = [charge for charge in charges if charge is not None]
        if len(found) < len(charges):
            return None
        whole: Kind = "int" if all(charge.type.kind == "int" for charge in found) else "float"
        return reduce(
            lambda a, b: Node(
                "arithmetic", (a, b), ("+",), Type(whole, value.type.axes, a.type.optional or b.type.optional)
            ),
            found,
        )
    prop = canonical(name)
    if prop and PROPERTIES[prop].dimension <= shape.dimension:
        return computed(total(value), prop)
    return None


def part(value: Node, index: int) -> Node:
    """``first``, ``second`` … of a combination."""
    shape = value.type.shape
    assert shape is not None
    kind = Type("object", value.type.axes, value.type.optional, shape.parts[index])
    return Node("part", (value,), (PART_NAMES[index],), kind)


def total(value: Node) -> Node:
    """The four-vector of a value: itself, or the sum of a combination's parts."""
    shape = value.type.shape
    assert shape is not None
    if not shape.parts:
        return value
    members = [total(part(value, index)) for index in range(len(shape.parts))]
    kind = Type("object", value.type.axes, value.type.optional, Shape("sum", coordinates=CARTESIAN[: shape.dimension]))
    return reduce(lambda a, b: Node("add", (a, b), (), kind), members)


def add(context: Context, values: Sequence[Node], positions: Sequence[int]) -> Node:
    """The sum of vectors, event-level ones going with every object."""
    for value, position in zip(values, positions, strict=True):
        shape = value.type.shape
        if shape is None or shape.dimension < 4:
            label = shape.label if shape else "this"
            if shape is None or shape.dimension < 3:
                reason = "has transverse components only" if shape and shape.dimension else "is no four-vector"
                raise context.error(f"{label} {reason}, so it cannot be added to others", position)
            raise context.error(f"{label} stores no mass, so it cannot be added; write {_p4_hint(value)}", position)
    totals = [total(value) for value in values]
    axes = join_axes(context, totals, positions[-1])
    optional = any(value.type.optional for value in totals)
    kind = Type("object", axes, optional, Shape("sum", coordinates=CARTESIAN))
    return reduce(lambda a, b: Node("add", (a, b), (), kind), totals)
