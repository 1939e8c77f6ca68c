"""Values on pairs of objects. They do not depend on the handle, and are kept for the next tile and the next position.

The pairs are those of objects that pass every condition but the handle, in events that do. Where the handle stands
only says which of them are there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ...analysis.axes import Axis
from ...columns.nodes import Node
from .leaves import Column, bins_of, joined, owners
from .lift import Lift, Objects, UnsupportedError, named
from .rows import PROPAGATE, Rows, picked

if TYPE_CHECKING:
    from .events import Events


#: Pairs whose values are computed together.
ROWS = 2**18


@dataclass(frozen=True)
class Index:
    """Pairs of all events in a row, in stored order: where those of each event begin, and their two objects."""

    offsets: Any
    first: Any
    second: Any

    @property
    def nbytes(self) -> int:
        return int(self.offsets.nbytes + self.first.nbytes + self.second.nbytes)


class Pairs(Rows):
    """Rows are pairs of the objects of `of`."""

    def __init__(self, events: Events, of: Objects, name: Hashable) -> None:
        super().__init__(events)
        if of.of is not None:
            raise UnsupportedError("pairs of pairs")
        self.of = of
        conditions = tuple(_identity(state.true) for state in of.conditions)
        self._part = ("pairs", of.base.identity, conditions, events.wanted_key)
        self._name = name
        self.index: Index = events.leaves.kept(self._part, self._find)
        self.count = len(self.index.first)
        self.offsets = self.index.offsets

    def _find(self) -> Index:
        from . import levels

        offsets, able, wanted = self.events.offsets(self.of), self.events.able(self.of), self.events.wanted
        count = levels.count_pairs(offsets, able, wanted)
        kind = np.int32 if offsets[-1] < 2**31 else np.int64
        starts = np.empty(self.events.count + 1, np.int64)
        first, second = np.empty(count, kind), np.empty(count, kind)
        levels.pairs_of(offsets, able, wanted, starts, first, second)
        return Index(starts, first, second)

    @cached_property
    def levels(self) -> Any:
        """Up to which position both objects of each pair are there."""
        from .levels import of_pairs

        out = np.empty(self.count, np.uint16)
        of_pairs(self.index.first, self.index.second, self.events.levels(self.of), out)
        return out

    @cached_property
    def ranks(self) -> tuple[Any, Any]:
        """For each object where the pairs begin of which it is the first, and which of the event's it is."""
        from .levels import ranks_of

        def make() -> Column:
            kind = np.int32 if max(self.count, self.events.offsets(self.of)[-1]) < 2**31 else np.int64
            both = np.empty((2, self.events.offsets(self.of)[-1]), kind)
            ranks_of(self.events.offsets(self.of), self.events.able(self.of), self.offsets, both[0], both[1])
            return Column(both)

        both = self.events.leaves.kept((*self._part, "ranks"), make).values
        return both[0], both[1]

    @cached_property
    def owner(self) -> Any:
        """The event of each pair."""
        return self.events.leaves.kept((*self._part, "owner"), lambda: owners(self.offsets))

    def kept(self, node: Node) -> Column:
        """As `column`, kept for the next tile."""
        column: Column = self.events.leaves.kept(
            (*self._part, self._name, "column", node.identity),
            lambda: joined([part.column(node) for part in self._parts()]),
        )
        return column

    def bins(self, axes: Sequence[Axis], nodes: Sequence[Node]) -> Any:
        part = (*self._part, self._name, "bins", tuple(axes), tuple(node.identity for node in nodes))

        def make() -> Any:
            return np.concatenate([bins_of(axes, [some.column(node) for node in nodes]) for some in self._parts()])

        return self.events.leaves.kept(part, make)

    def _parts(self) -> Iterator[Self]:
        """The same pairs, some at a time: what is computed on the way stays small, and in the cache."""
        for start in range(0, max(self.count, 1), ROWS):
            rows = slice(start, start + ROWS)
            part = copy(self)
            part.index = Index(self.offsets, self.index.first[rows], self.index.second[rows])
            part.count = len(part.index.first)
            part.owner = self.owner[rows]
            part._columns, part._sums = {}, {}
            yield part


class Combinations(Pairs):
    """Pairs as ``pairs(...)`` makes them."""

    def __init__(self, events: Events, objects: Objects) -> None:
        assert objects.of is not None
        super().__init__(events, objects.of, "combinations")
        self.lifted = events.lift.lifted(objects.base)

    def leaf(self, node: Node) -> Column | None:
        if not node.type.axes:
            return self.events.leaves.column(node).take(self.owner)
        if node.operation in ("get", "vector") and (inner := named(node.inputs[0])).operation == "part":
            if named(inner.inputs[0]) != self.lifted:
                raise UnsupportedError("objects of other pairs")
            of_objects = replace(node, inputs=self.lifted.inputs)
            places = self.index.first if inner.parameters[0] == "first" else self.index.second
            return self.events.leaves.column(of_objects).take(places)
        return None


@dataclass(frozen=True)
class Couple:
    """Two objects of one collection picked by their places, as in ``Muon[0]`` and ``Muon[1]``."""

    objects: Objects
    items: tuple[Node, Node]


class Couples(Pairs):
    """Pairs of two picked objects: whichever they are, they are one of the pairs."""

    def __init__(self, events: Events, couple: Couple) -> None:
        self.items = couple.items
        super().__init__(events, couple.objects, tuple(item.parameters for item in couple.items))

    def kept(self, node: Node) -> Column:
        return super().kept(self._still(node))

    def bins(self, axes: Sequence[Axis], nodes: Sequence[Node]) -> Any:
        return super().bins(axes, [self._still(node) for node in nodes])

    def _still(self, node: Node) -> Node:
        """The node with the items taken of the whole collection, which says the same wherever the handle stands."""
        node = named(node)
        if node.operation == "item":
            return replace(node, inputs=(self.events.lift.lifted(node.inputs[0]),))
        return replace(node, inputs=tuple(self._still(child) for child in node.inputs)) if node.inputs else node

    def leaf(self, node: Node) -> Column | None:
        source = picked(node)
        if source is not None and (place := self._place(source[0])) is not None:
            return self.events.leaves.column(self.events.lift.lifted(source[1])).take(place)
        if node.operation in PROPAGATE or node.operation in ("vector", "add"):
            return None
        return self.events.leaves.column(node).take(self.owner)

    def _place(self, item: Node) -> Any | None:
        for wanted, places in zip(self.items, (self.index.first, self.index.second), strict=True):
            if item.operation == "item" and item.parameters == wanted.parameters:
                return places
        return None


def couple_of(lift: Lift, nodes: Sequence[Node]) -> Couple | None:
    """The two objects that all that moves in `nodes` is made of, and that make these missing when they are."""
    items: dict[Node, None] = {}
    stack = list(nodes)
    while stack:
        node = named(stack.pop())
        if node.operation == "item":
            items[node] = None
        elif node.operation in PROPAGATE or node.operation in ("get", "add"):
            stack.extend(child for child in node.inputs if child.operation != "constant")
        else:
            return None
    if len(items) != 2 or len({item.inputs for item in items}) != 1 or not all(lift.depends(item) for item in items):
        return None
    first, second = sorted(items, key=lambda item: item.parameters[0])  # type: ignore[arg-type,return-value]
    if (first.parameters[0] < 0) != (second.parameters[0] < 0):  # type: ignore[operator]
        return None
    objects, _ = lift.moving(first.inputs[0])
    return None if objects.of is not None else Couple(objects, (first, second))


def _identity(value: Node | bool) -> Hashable:
    return value if isinstance(value, bool) else value.identity
