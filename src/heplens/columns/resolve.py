"""Syntax to nodes: every name looked up, every type checked, before any data is read."""

from __future__ import annotations

from ..errors import ExpressionError, FileError, nearest
from . import fields
from . import syntax as s
from .nodes import Node
from .operators import Context, arithmetic, boolean, compare, constant, inverse, logic, marked, number
from .parse import parse
from .scope import Scope, column_node, group_node, refuse_raw
from .types import Axis, Type
from .vectors import PROPERTIES, canonical


def resolve(
    text: str, scope: Scope, collection: Node | None = None, moved: int | None = None
) -> tuple[Node, tuple[str, ...]]:
    """The checked node of an expression, and warnings about it.

    Parameters
    ----------
    text : the expression.
    scope : the names it can use.
    collection : inside ``keep``, the objects being filtered; bare names are their fields first.
    moved : where a number starts whose comparisons are to be marked.

    Raises
    ------
    ExpressionError : with the position of the offending character.
    """
    context = Context(text, scope.energy_unit, moved)
    node = Resolver(scope, context, collection).node(parse(text))
    return node, tuple(dict.fromkeys(context.warnings))


class Resolver:
    """Walks syntax within one scope and, inside brackets, one collection."""

    def __init__(self, scope: Scope, context: Context, collection: Node | None = None) -> None:
        self.scope = scope
        self.context = context
        self.collection = collection

    def node(self, value: s.Syntax) -> Node:
        match value:
            case s.Number(value=literal) | s.Text(value=literal) | s.Truth(value=literal):
                return constant(literal)
            case s.Name(name=name):
                return self.name(name, value.start)
            case s.Field():
                return self.field(value)
            case s.Index(index=index):
                inner = self.node(value.value)
                return self.item(inner, index, value.value.stop)
            case s.Slice(low=low, high=high):
                inner = self.node(value.value)
                return self.elements("slice", inner, value.value.stop, parameters=(low, high))
            case s.Select(mask=mask):
                return self.select(value.value, mask)
            case s.Call():
                from .functions import call

                return call(self, value)
            case s.Negative():
                operand = number(self.context, self.node(value.value), value.value.start, "'-'")
                return Node("call", (operand,), ("negative",), operand.type)
            case s.Not():
                operand = boolean(self.context, self.node(value.value), value.value.start, "'!'")
                return inverse(operand)
            case s.Arithmetic():
                return self.arithmetic(value)
            case s.Comparison():
                return self.comparison(value)
            case s.Logic(operator=operator, values=values):
                nodes = [self.node(v) for v in values]
                return logic(self.context, operator, nodes, [v.start for v in values])
        raise self.context.error(
            "this has no meaning here", value.start
        )  # pragma: no cover - the parser makes no other

    # --- names ----------------------------------------------------------------------------------------------------

    def name(self, name: str, position: int) -> Node:
        if self.collection is not None and not self.hides(name):
            found = fields.field(self.collection, name, self.scope.schema)
            if found is not None:
                return found
        return self.event_name(name, position)

    def hides(self, name: str) -> bool:
        """Whether a name of the event, spelt exactly so, comes before a looser spelling of a vector's component."""
        shape = self.collection.type.shape if self.collection is not None else None
        if shape is None or shape.branches(name) or name in PROPERTIES or not canonical(name):
            return False
        scope = self.scope
        return name in scope.definitions or name in scope.schema.groups or name in scope.schema.name_set

    def event_name(self, name: str, position: int) -> Node:
        scope, schema = self.scope, self.scope.schema
        if name in scope.definitions:
            return scope.definitions[name]
        refuse_raw(scope, name, self.context.text, position)
        if name in schema.groups and not self.is_plain_branch(name):
            return group_node(schema, schema.groups[name])
        if name in schema.name_set:
            return self.column(name, position)
        if unit := scope.unit(name):
            return constant(int(unit[0]) if unit[0].is_integer() else unit[0], unit[1])
        for suffix in ("AuxDyn", "Aux"):
            if name.endswith(suffix) and name.removesuffix(suffix) in schema.groups:
                return self.event_name(name.removesuffix(suffix), position)
        pool = scope.known()
        where = ""
        if self.collection is not None:
            pool = [*fields.names(self.collection), *pool]
            where = f" in {self.collection.type.shape.label} or" if self.collection.type.shape else ""
        raise self.context.error(f"there is no {name!r}{where} in the data{nearest(name, pool)}", position)

    def is_plain_branch(self, name: str) -> bool:
        """Whether a name that is also a group's is a branch with values of its own (as MET beside MET_phi may be)."""
        if name not in self.scope.schema.name_set:
            return False
        try:
            return self.scope.schema.column(name).kind != "object"
        except FileError:
            return False

    def column(self, name: str, position: int) -> Node:
        try:
            node = column_node(self.scope.schema, name)
        except FileError as error:
            raise self.context.error(str(error), position) from error
        if node.type.kind == "object":
            raise self.context.error(f"{name!r} holds objects; use one of their fields", position)
        return node

    def field(self, value: s.Field) -> Node:
        if dotted := self.dotted(value):
            return dotted
        self.refuse_parent(value)
        inner = self.node(value.value)
        if inner.type.kind != "object":
            raise self.context.error(f"this is {inner.type}, which has no field {value.name!r}", value.at)
        try:
            found = fields.field(inner, value.name, self.scope.schema)
        except FileError as error:
            raise self.context.error(str(error), value.at) from error
        if found is None:
            raise self.context.error(fields.explain(inner, value.name), value.at)
        return found

    def refuse_parent(self, value: s.Field) -> None:
        """Say so where only the field is a name: a part of a split object goes without that of the object."""
        if not isinstance(value.value, s.Name):
            return
        scope, schema, name = self.scope, self.scope.schema, value.value.name
        known = name in scope.definitions or name in schema.groups or name in schema.name_set
        known = known or scope.unit(name) is not None or name.endswith(("Aux", "AuxDyn"))
        if self.collection is not None:
            known = known or fields.field(self.collection, name, schema) is not None
        if not known and value.name in schema.name_set:
            message = f"there is no {name!r} in the data; {value.name!r} stands there by itself"
            raise self.context.error(message, value.value.start)

    def dotted(self, value: s.Field) -> Node | None:
        """A name with dots that is one branch (``evt.I32``), unless what stands before the dot is a name itself."""
        parts = [value.name]
        inner = value.value
        while isinstance(inner, s.Field):
            parts.insert(0, inner.name)
            inner = inner.value
        if not isinstance(inner, s.Name):
            return None
        scope = self.scope
        name = ".".join((inner.name, *parts))
        if inner.name in scope.definitions:
            return None
        groups = scope.schema.groups
        if len(parts) > 1 and ".".join((inner.name, *parts[:-1])) in groups:
            group = groups[".".join((inner.name, *parts[:-1]))]
            return fields.field(group_node(scope.schema, group), parts[-1], scope.schema)
        if inner.name in groups and len(parts) == 1:
            refused = groups[inner.name]
            return fields.field(group_node(scope.schema, refused), parts[0], scope.schema)
        if name not in scope.schema.name_set:
            return None
        refuse_raw(scope, name, self.context.text, inner.start)
        return self.column(name, inner.start)

    # --- elements -------------------------------------------------------------------------------------------------

    def level(self, value: Node) -> int:
        """The axis that brackets act on: the outermost, or inside a collection the first below its objects."""
        if self.collection is None:
            return 0
        outer = self.collection.type.axes
        return len(outer) if value.type.axes[: len(outer)] == outer and len(value.type.axes) > len(outer) else 0

    def listed(self, value: Node, position: int) -> int:
        level = self.level(value)
        if len(value.type.axes) <= level:
            raise self.context.error(f"this is {value.type}; only a collection or a list can be indexed", position)
        return level

    def item(self, value: Node, index: int, position: int) -> Node:
        level = self.listed(value, position)
        axes = value.type.axes[:level] + value.type.axes[level + 1 :]
        kind = Type(value.type.kind, axes, True, value.type.shape, value.type.quantity)
        return Node("item", (value,), (index, level), kind)

    def elements(
        self,
        operation: str,
        value: Node,
        position: int,
        inputs: tuple[Node, ...] = (),
        parameters: tuple[int | None, ...] = (),
    ) -> Node:
        """A new list made from the elements of `value`; it has an axis of its own."""
        level = self.listed(value, position)
        return reaxed(operation, value, inputs, (*parameters, level), level)

    def select(self, collection: s.Syntax, mask: s.Syntax) -> Node:
        value = self.node(collection)
        level = self.listed(value, collection.stop)
        if level or len(value.type.axes) != 1:
            raise self.context.error("a condition in brackets selects objects of a collection", mask.start)
        inner = Resolver(self.scope, self.context, value)
        condition = inner.node(mask)
        if condition.operation == "reduce" and condition.parameters[0] in ("argmax", "argmin"):
            return self.best(value, condition, mask.start)
        if condition.type.kind == "int" and not condition.type.axes:
            raise self.context.error(
                "a place in brackets is a number as typed, argmax(…) or argmin(…); or write a condition on the objects",
                mask.start,
            )
        return selected(self.context, value, condition, mask.start)

    def best(self, value: Node, place: Node, position: int) -> Node:
        """``Jet[argmax(btag)]``: the object at the place of its largest or smallest key."""
        (key,) = place.inputs
        if key.type.axes != value.type.axes:
            raise self.context.error(f"this is a place among other objects than {value.type.axes[0].label}", position)
        kind = Type(value.type.kind, (), True, value.type.shape, value.type.quantity)
        return Node("pick", (value, key), (str(place.parameters[0]).removeprefix("arg"),), kind)

    # --- operators ------------------------------------------------------------------------------------------------

    def arithmetic(self, value: s.Arithmetic) -> Node:
        left, right = self.node(value.left), self.node(value.right)
        if value.operator == "+" and left.type.kind == right.type.kind == "object":
            return fields.add(self.context, (left, right), (value.left.start, value.right.start))
        return arithmetic(self.context, value.operator, left, right, (value.left.start, value.right.start))

    def comparison(self, value: s.Comparison) -> Node:
        nodes = [self.node(v) for v in value.values]
        starts = [v.start for v in value.values]
        pairs = [
            compare(self.context, operator, nodes[i], nodes[i + 1], (starts[i], starts[i + 1]))
            for i, operator in enumerate(value.operators)
        ]
        if self.context.moved is not None:
            held = [s.number_start(v) == self.context.moved for v in value.values]
            for i, pair in enumerate(pairs):
                if pair.operation == "compare" and (held[i] or held[i + 1]):
                    pairs[i] = marked(pair)
        return pairs[0] if len(pairs) == 1 else logic(self.context, "and", pairs, starts[:-1])


def reaxed(
    operation: str, value: Node, inputs: tuple[Node, ...], parameters: tuple[str | int | None, ...], level: int = 0
) -> Node:
    """An operation that makes new lists: the result's axis is named after the operation itself."""
    bare = Node(operation, (value, *inputs), parameters)
    label = value.type.axes[level].label
    axis = Axis(bare.identity.hex(), label)
    axes = (*value.type.axes[:level], axis, *value.type.axes[level + 1 :])
    kind = Type(value.type.kind, axes, value.type.optional, value.type.shape, value.type.quantity)
    return Node(operation, (value, *inputs), parameters, kind)


def selected(context: Context, value: Node, condition: Node, position: int) -> Node:
    """`value[condition]`, after a check that the condition speaks of each object."""
    condition = boolean(context, condition, position, "a condition")
    if condition.type.axes and condition.type.axes != value.type.axes:
        one, other = value.type.axes[0].label, condition.type.axes[-1].label
        raise context.error(
            f"this condition has one value per {other}, not per {one}; reduce it (any, max …) or pair them "
            f"(deltaR_min({one}, {other}))",
            position,
        )
    return reaxed("select", value, (condition,), ())


__all__ = ["ExpressionError", "Resolver", "reaxed", "resolve", "selected"]
