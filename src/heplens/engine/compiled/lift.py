"""What moving one number does to a tree of nodes, decided without looking at data.

The number stands in a comparison, the *handle*. An object that has to pass it may disappear when the number moves, but
its own values stay what they are: an element-wise operation on the objects that pass gives what it gives on all of
them. So such operations are *lifted* to the whole collection, where they do not depend on the handle, and only what
counts, picks or adds up the objects that are there has to follow it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from ...columns.nodes import Node
from ...columns.types import Type

#: Operations whose result for an object does not depend on which other objects there are.
ELEMENTWISE = frozenset(
    {"get", "part", "vector", "add", "p4", "deltaPhi", "deltaR", "mT", "arithmetic", "compare", "and", "or", "not"}
    | {"call", "default", "where", "bit"}
)
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class UnsupportedError(Exception):
    """The kernels do not know this; the text says what. The general sweep does."""


class UnsupportedDataError(UnsupportedError):
    """The kernels do not know these data; others of the same analysis they may."""


@dataclass(frozen=True)
class State:
    """A truth that follows the handle: what it is where the comparison holds, and where it does not.

    It never turns from true to false when the comparison becomes true.
    """

    true: Node | bool
    false: Node | bool

    @property
    def moves(self) -> bool:
        return self.true != self.false


@dataclass(frozen=True)
class Objects:
    """The objects of a collection that satisfy conditions, or with `of` the pairs i < j of such objects.

    base : lists of the objects before the conditions; it does not depend on the handle (unused for pairs).
    """

    base: Node
    conditions: tuple[State, ...] = ()
    of: Objects | None = None

    @property
    def moves(self) -> bool:
        return any(state.moves for state in self.conditions) or (self.of is not None and self.of.moves)

    def where(self, state: State) -> Objects:
        return replace(self, conditions=(*self.conditions, state))


@dataclass(frozen=True)
class AtLeast:
    """A truth per event: at least `count` objects."""

    objects: Objects
    count: int


@dataclass(frozen=True)
class Every:
    """A truth per event: `state` holds for each of the objects, which do not move themselves."""

    objects: Objects
    state: State


Term = State | AtLeast | Every | Node


class Lift:
    """Questions about nodes, with `handle` the comparison that moves: ``variable operator number``."""

    def __init__(self, handle: Node, variable: Node, operator: str) -> None:
        if len(variable.type.axes) > 1:
            raise UnsupportedError("the variable is a list in each object")
        self.handle = handle
        self.variable = variable
        self.operator = operator
        self._depends: dict[bytes, bool] = {}
        #: the objects that values per event are made of, as far as `check` has seen them
        self.asked: list[Objects] = []
        if self.depends(variable):
            raise UnsupportedError("the variable depends on the number itself")

    def depends(self, node: Node) -> bool:
        """Whether the handle is anywhere below a node."""
        stack = [node]
        while stack:
            inner = stack[-1]
            if inner.identity in self._depends:
                stack.pop()
            elif inner == self.handle:
                self._depends[inner.identity] = True
            elif waiting := [child for child in inner.inputs if child.identity not in self._depends]:
                stack.extend(waiting)
            else:
                self._depends[inner.identity] = any(self._depends[child.identity] for child in inner.inputs)
        return self._depends[node.identity]

    # --- objects --------------------------------------------------------------------------------------------------

    def objects(self, node: Node) -> Objects:
        """Which objects a node has one value for."""
        node = named(node)
        if len(node.type.axes) != 1:
            raise UnsupportedError(f"lists in lists: {node.operation}")
        if not self.depends(node) or node == self.handle:
            return Objects(self.variable if node == self.handle else node)
        if node.operation == "select":
            value, mask = node.inputs
            return self.objects(value).where(self.state(mask))
        if node.operation == "combinations" and node.parameters[0] == 2:
            found = self.objects(node.inputs[0])
            if found.of is not None:
                raise UnsupportedError("pairs of pairs")
            return Objects(node, of=found)
        if node.operation in ELEMENTWISE:
            listed = [child for child in node.inputs if child.type.axes]
            moving = [child for child in listed if self.depends(child)]
            return self.objects((moving or listed)[0])
        raise UnsupportedError(f"{node.operation} of objects that move")

    def state(self, node: Node) -> State:
        """A truth of objects or of events that may follow the handle."""
        node = named(node)
        if node == self.handle:
            return State(True, False)
        if node.operation in ("and", "or") and self.depends(node):
            states = [self.state(child) for child in node.inputs]
            return State(_joined(node, [s.true for s in states]), _joined(node, [s.false for s in states]))
        lifted = self.lifted(node)
        return State(lifted, lifted)

    def lifted(self, node: Node) -> Node:
        """The same value for all objects of the base collection. It does not depend on the handle."""
        node = named(node)
        if not self.depends(node):
            return node
        if not node.type.axes or node == self.handle:
            raise UnsupportedError(f"{node.operation} inside of something else moves")
        if node.operation == "select":
            return self.lifted(node.inputs[0])
        if node.operation in ELEMENTWISE or (node.operation == "combinations" and node.parameters[0] == 2):
            return replace(node, inputs=tuple(self.lifted(child) for child in node.inputs))
        raise UnsupportedError(f"{node.operation} of objects that move")

    def moving(self, node: Node) -> tuple[Objects, Node]:
        """The objects that a node has a value for, and that value on all objects of their base."""
        return self.objects(node), self.lifted(node)

    # --- events ---------------------------------------------------------------------------------------------------

    def terms(self, node: Node) -> list[Term]:
        """What an event has to satisfy: all of these. A plain node is one that only pieces can tell."""
        node = named(node)
        if not self.depends(node):
            return [State(node, node)]
        if node.operation == "and" and node != self.handle:
            return [term for child in node.inputs for term in self.terms(child)]
        try:
            return [self._term(node)]
        except UnsupportedError:
            self.check(node)
            return [node]

    def _term(self, node: Node) -> Term:
        if node == self.handle or node.operation == "or":
            return self.state(node)
        if node.operation == "reduce" and node.parameters[0] in ("any", "all"):
            (inner,) = node.inputs
            if node.parameters[0] == "any":
                return AtLeast(self.where(inner), 1)
            objects, state = self.objects(inner), self.state(inner)
            if objects.moves or inner.type.optional:
                raise UnsupportedError("all of objects that move")
            return Every(objects, state)
        if node.operation == "compare":
            left, right = (named(child) for child in node.inputs)
            operator = str(node.parameters[0])
            if left.operation == "constant":
                left, right, operator = right, left, _MIRRORED[operator]
            number = right.parameters[0] if right.operation == "constant" else None
            if left.operation == "count" and operator in (">=", ">") and isinstance(number, int | float):
                least = math.ceil(number) if operator == ">=" else math.floor(number) + 1
                return AtLeast(self.counted(left), max(least, 0))
        raise UnsupportedError(node.operation)

    def counted(self, count: Node) -> Objects:
        """The objects that a ``count`` counts: all of a collection, or those for which something is true."""
        (inner,) = count.inputs
        return self.where(inner) if count.parameters[0] == "bool" else self.objects(inner)

    def where(self, truth: Node) -> Objects:
        return self.objects(truth).where(self.state(truth))

    def check(self, node: Node) -> None:
        """Raises UnsupportedError when even pieces cannot tell the value of an event."""
        for inner in self._stepping(node):
            match inner.operation:
                case "count":
                    self.asked.append(self.counted(inner))
                case "reduce":
                    self.asked.append(self.reduced(inner)[0])
                case "item":
                    if inner.parameters[1] != 0:
                        raise UnsupportedError("lists in lists: item")
                    self.asked.append(self.moving(inner.inputs[0])[0])
                case "pick":
                    self.asked.append(self.moving(inner.inputs[0])[0])
                    self.moving(inner.inputs[1])
                case operation if inner != self.handle and operation not in ELEMENTWISE:
                    raise UnsupportedError(f"{operation} of what moves")

    def reduced(self, node: Node) -> tuple[Objects, Node]:
        if node.parameters[0] not in ("any", "all", "sum", "min", "max"):
            raise UnsupportedError(f"{node.parameters[0]} of objects that move")
        if node.parameters[0] == "any":
            objects = self.where(node.inputs[0])
            return objects, objects.base
        return self.moving(node.inputs[0])

    def _stepping(self, node: Node) -> Iterable[Node]:
        """Nodes with one value per event that depend on the handle, down to those that look at objects."""
        stack, seen = [named(node)], set()
        while stack:
            inner = named(stack.pop())
            if inner.identity in seen or not self.depends(inner):
                continue
            seen.add(inner.identity)
            if inner.type.axes:
                raise UnsupportedError(f"{inner.operation} with objects inside of an event's value")
            yield inner
            if inner.operation in ELEMENTWISE and inner != self.handle:
                stack.extend(inner.inputs)


def still(what: Objects | State | AtLeast | Every | None) -> Hashable:
    """What is asked, without the number of the handle: the same wherever it stands."""
    match what:
        case Objects(base, conditions, None):
            return (base.identity, *(still(state) for state in conditions))
        case Objects(_, conditions, of):
            return ("pairs", still(of), *(still(state) for state in conditions))
        case State(true, false):
            return tuple(value if isinstance(value, bool) else value.identity for value in (true, false))
        case AtLeast(objects, count):
            return ("at least", count, still(objects))
        case Every(objects, state):
            return ("every", still(objects), still(state))
        case _:
            return None


def named(node: Node) -> Node:
    """What stands behind the name of a definition."""
    while node.operation == "variable":
        node = node.inputs[0]
    return node


def _joined(node: Node, values: list[Node | bool]) -> Node | bool:
    """``and`` or ``or`` of values some of which are known."""
    neutral = node.operation == "and"
    if (not neutral) in [value for value in values if isinstance(value, bool)]:
        return not neutral
    left = [value for value in values if isinstance(value, Node)]
    if len(left) < 2:
        return left[0] if left else neutral
    optional = any(value.type.optional for value in left)
    axes = max((value.type.axes for value in left), key=len)
    return Node(node.operation, tuple(left), (), Type("bool", axes, optional))
