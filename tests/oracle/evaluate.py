"""The value of a parsed expression in one event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import combine, logic, parse, schema
from .reducers import REDUCERS
from .values import Counters, Items, Obj, OracleError, Value, lift
from .vectors import get, provides

ENERGY = {"MeV": 1e-3, "GeV": 1.0, "TeV": 1e3}
LENGTH = {"mm": 0.1, "cm": 1.0}
SCALE = {"GeV": 1.0, "MeV": 1e3}
COMPONENTS = ("pt", "eta", "phi", "mass")


@dataclass
class Event:
    """One event while the steps act on it: its branches, the survivors of each collection, the definitions so far."""

    branches: dict[str, Any]
    schema: schema.Schema
    unit: str = "GeV"
    survivors: dict[str, Items] = field(default_factory=dict)
    filtered: set[str] = field(default_factory=set)
    definitions: dict[str, Value] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)

    def collection(self, name: str) -> Items:
        if name not in self.survivors:
            self.survivors[name] = schema.objects(self.branches, name, self.schema.collections[name])
        return self.survivors[name]

    def raw(self, branch: str) -> Value:
        if branch not in self.branches:
            raise OracleError(f"no branch {branch!r}")
        return schema.as_items(self.branches[branch], self.schema.owner(branch))

    def known(self, name: str) -> bool:
        return any(
            name in names for names in (self.definitions, self.schema.collections, self.branches, self.schema.groups)
        )

    def lookup(self, name: str) -> Value:
        if name in self.definitions:
            return self.definitions[name]
        if name in self.schema.collections:
            return self.collection(name)
        if name in self.branches:
            owner = self.schema.owner(name)
            if owner in self.filtered:
                raise OracleError(
                    f"{name}: {owner} has been filtered; write {owner}.field, count({owner}) or raw({name})"
                )
            return self.raw(name)
        if name in self.schema.groups:
            return schema.group(self.branches, self.schema.groups[name])
        if name in ENERGY:
            return ENERGY[name] * SCALE[self.unit]
        if name in LENGTH:
            return LENGTH[name] * (10.0 if self.unit == "MeV" else 1.0)
        raise OracleError(f"unknown name {name!r}")

    def evaluate(self, text: str, scope: Items | None = None) -> Value:
        return Evaluator(self, scope).value(parse.parse(text))


@dataclass
class Evaluator:
    """`scope`: the collection whose fields bare names mean first."""

    event: Event
    scope: Items | None

    def inside(self, items: Value) -> Evaluator:
        return Evaluator(self.event, items)

    def value(self, node: parse.Node) -> Value:
        return getattr(self, "on_" + type(node).__name__.lower())(node)

    def on_literal(self, node: parse.Literal) -> Value:
        return node.value

    def on_parentheses(self, node: parse.Parentheses) -> Value:
        return self.value(node.value)

    def on_name(self, node: parse.Name) -> Value:
        if self.scope is not None and self.scope.kind is not None and provides(self.scope.kind, node.name):
            return attribute(self.scope, node.name)
        return self.event.lookup(node.name)

    def on_attribute(self, node: parse.Attribute) -> Value:
        return attribute(self.value(node.value), node.name)

    def on_negative(self, node: parse.Negative) -> Value:
        return lift(logic.strict(lambda x: -logic.number(x)), self.value(node.value))

    def on_arithmetic(self, node: parse.Arithmetic) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if node.operator == "+" and (is_vector(left) or is_vector(right)):
            return combine.add_vectors(left, right)
        return lift(logic.strict(logic.ARITHMETIC[node.operator]), left, right)

    def on_compare(self, node: parse.Compare) -> Value:
        operands = [self.value(operand) for operand in node.operands]
        result: Value = True
        for operator, left, right in zip(node.operators, operands, operands[1:], strict=False):
            result = lift(logic.both, result, lift(logic.strict(logic.COMPARE[operator]), left, right))
        return result

    def on_logic(self, node: parse.Logic) -> Value:
        function = logic.both if node.operator == "and" else logic.either
        return lift(function, self.value(node.left), self.value(node.right))

    def on_not(self, node: parse.Not) -> Value:
        return lift(logic.negation, self.value(node.value))

    def on_bracket(self, node: parse.Bracket) -> Value:
        items = self.value(node.value)
        if items is None:
            return None
        if not isinstance(items, Items):
            raise OracleError("brackets follow a collection or a list")
        # A list of plain numbers brings no names of its own.
        content = (self if items.kind is None else self.inside(items)).value(node.content)
        if isinstance(content, int) and not isinstance(content, bool):
            return combine.pick(items, content)
        if content is None and not makes_booleans(node.content):
            return None
        return self.select(items, content)

    def select(self, items: Items, mask: Value) -> Items:
        """The objects whose mask is True; those with a missing mask are dropped and counted."""
        flags = lift(lambda flag, _: logic.boolean(flag), mask, items).values
        self.event.counters.dropped_objects += flags.count(None)
        return items.chosen([i for i, flag in enumerate(flags) if flag is True])

    def on_slice(self, node: parse.Slice) -> Value:
        items = self.value(node.value)
        start, stop = (None if bound is None else self.value(bound) for bound in (node.start, node.stop))
        return None if items is None else items.chosen(list(range(len(items.values)))[start:stop])

    def on_call(self, node: parse.Call) -> Value:
        special = getattr(self, "call_" + node.function.lower(), None)
        if special is not None:
            return special(node)
        arguments = [self.value(argument) for argument in node.arguments]
        if node.function in REDUCERS:
            return REDUCERS[node.function](*arguments)
        if node.function in combine.BINARY:
            return combine.BINARY[node.function](*arguments)
        if node.function in logic.MATHS:
            return lift(logic.strict(logic.MATHS[node.function]), *arguments)
        raise OracleError(f"unknown function {node.function!r}")

    def keys(self, items: Value, node: parse.Call, position: int) -> Value:
        """The key of leading, sort and closest: an expression in the collection's scope, or pt, or the numbers."""
        if items is None:
            return None
        if len(node.arguments) > position:
            # An event-level key (`leading(Muon, 1)`) is the same for every object.
            key = self.inside(items).value(node.arguments[position])
            return lift(lambda one, _: one, key, items)
        return attribute(items, "pt") if items.kind is not None else items

    def call_leading(self, node: parse.Call) -> Value:
        items = self.value(node.arguments[0])
        return combine.leading(items, self.keys(items, node, 1))

    def call_sort(self, node: parse.Call) -> Value:
        items = self.value(node.arguments[0])
        return combine.sort(items, self.keys(items, node, 1))

    def call_closest(self, node: parse.Call) -> Value:
        items = self.value(node.arguments[0])
        return combine.closest(items, self.keys(items, node, 1), self.value(node.arguments[2]))

    def call_pairs(self, node: parse.Call) -> Value:
        return combine.combinations(self.value(node.arguments[0]), 2)

    def call_combinations(self, node: parse.Call) -> Value:
        return combine.combinations(self.value(node.arguments[0]), self.value(node.arguments[1]))

    def call_cartesian(self, node: parse.Call) -> Value:
        return combine.cartesian(*(self.value(argument) for argument in node.arguments))

    def call_concat(self, node: parse.Call) -> Value:
        return combine.concat(*(self.value(argument) for argument in node.arguments))

    def call_disjoint(self, node: parse.Call) -> Value:
        result, dropped = combine.disjoint(*(self.value(argument) for argument in node.arguments))
        self.event.counters.dropped_objects += dropped
        return result

    def call_p4(self, node: parse.Call) -> Value:
        named = {name: self.value(argument) for name, argument in node.named}
        return combine.p4({**dict(zip(COMPONENTS, map(self.value, node.arguments), strict=False)), **named})

    def call_default(self, node: parse.Call) -> Value:
        return lift(lambda x, other: other if x is None else x, *(self.value(argument) for argument in node.arguments))

    def call_where(self, node: parse.Call) -> Value:
        def choose(condition: Value, yes: Value, no: Value) -> Value:
            condition = logic.boolean(condition)
            return None if condition is None else yes if condition else no

        return lift(choose, *(self.value(argument) for argument in node.arguments))

    def call_raw(self, node: parse.Call) -> Value:
        (argument,) = node.arguments
        if not isinstance(argument, parse.Name):
            raise OracleError("raw() takes the name of a branch")
        return self.event.raw(argument.name)


def attribute(value: Value, name: str) -> Value:
    """A field of one object, or of every object of a list."""
    if value is None:
        return None
    if isinstance(value, Obj):
        return get(value, name)
    if not isinstance(value, Items) or value.kind is None or not provides(value.kind, name):
        raise OracleError(f"no field {name!r}")
    return value.like([None if obj is None else get(obj, name) for obj in value.values], value.kind.part(name))


def is_vector(value: Value) -> bool:
    return isinstance(value, Obj) or (isinstance(value, Items) and value.kind is not None)


def makes_booleans(node: parse.Node) -> bool:
    """Whether an expression that came out missing was a condition rather than a position."""
    if isinstance(node, parse.Parentheses):
        return makes_booleans(node.value)
    return isinstance(node, parse.Compare | parse.Logic | parse.Not)
