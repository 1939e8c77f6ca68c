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
from .bins import bins_of, key_of
from .flat import Column, joined
from .lift import Objects, UnsupportedDataError, UnsupportedError, named
from .rows import Rows

if TYPE_CHECKING:
    from .events import Events

#: Pairs whose values are computed together.
ROWS = 2**18


#: Pairs of one event that are put in order by comparing them all; 12 objects have 66.
FEW = 70


@dataclass(frozen=True)
class Index:
    """Pairs of all events in a row, in stored order: where those of each event begin, and their two objects.

    Objects are places in the row of objects; as it is kept, in that of their event, which takes a byte or two.
    """

    offsets: Any
    first: Any
    second: Any

    @property
    def nbytes(self) -> int:
        return int(self.offsets.nbytes + self.first.nbytes + self.second.nbytes)

    def moved(self, objects: Any, sign: int, kind: Any) -> Index:
        """The places plus or minus that of the first object of the event."""
        from .levels import shifted

        first, second = np.empty(len(self.first), kind), np.empty(len(self.first), kind)
        shifted(self.offsets, objects, self.first, sign, first)
        shifted(self.offsets, objects, self.second, sign, second)
        return Index(self.offsets, first, second)


class Pairs(Rows):
    """Rows are the pairs that ``pairs(...)`` makes, those that satisfy the conditions of `objects`."""

    def __init__(self, events: Events, objects: Objects) -> None:
        super().__init__(events)
        assert objects.of is not None
        self.of = objects.of
        if self.of.of is not None:
            raise UnsupportedError("pairs of pairs")
        self.lifted = events.lift.lifted(objects.base)
        self.conditions = [state.true for state in objects.conditions]
        key = (tuple(map(_identity, self.conditions)), tuple(_identity(state.true) for state in self.of.conditions))
        self._part = ("pairs", self.of.base.identity, *key, events.wanted_key)
        self.index = Index(np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32))
        objects = events.offsets(self.of)
        kept = events.leaves.kept(self._part, lambda: self._find().moved(objects, -1, _narrow(objects)))
        if self.index.offsets is not kept.offsets:  # they were found before
            self.index = kept.moved(objects, 1, np.int32)
        self._begin()

    def _begin(self) -> None:
        self.count = len(self.index.first)
        self.offsets = self.index.offsets
        self._rows = slice(0, self.count)  # of all pairs
        self._all: Pairs | None = None  # when these are some of them
        self._whole: dict[object, Any] = {}  # what is known of all pairs
        self._columns, self._sums = {}, {}

    def _find(self) -> Index:
        from . import levels

        offsets, able, wanted = self.events.offsets(self.of), self.events.able(self.of), self.events.wanted
        count = levels.count_pairs(offsets, able, wanted)
        if count >= 2**31:
            raise UnsupportedDataError("so many pairs")
        starts = np.empty(self.events.count + 1, np.int32)
        first, second = np.empty(count, np.int32), np.empty(count, np.int32)
        levels.pairs_of(offsets, able, wanted, starts, first, second)
        self.index = Index(starts, first, second)
        for condition in self.conditions:
            self._begin()
            passed = self._truth(condition)
            if not passed.all():
                starts = np.empty_like(self.offsets)
                left = int(np.count_nonzero(passed))
                first, second = np.empty(left, np.int32), np.empty(left, np.int32)
                levels.some_pairs(self.offsets, self.index.first, self.index.second, passed, starts, first, second)
                self.index = Index(starts, first, second)
        return self.index

    def _truth(self, condition: Node | bool) -> Any:
        if isinstance(condition, bool):
            return np.full(self.count, condition)
        return np.concatenate([some.column(condition).truth() for some in self._parts()])

    @cached_property
    def levels(self) -> Any:
        """Up to which position both objects of each pair are there."""
        from .levels import of_pairs

        out = np.empty(self.count, np.uint16)
        of_pairs(self.index.first, self.index.second, self.events.levels(self.of), out)
        return out

    @property
    def owner(self) -> Any:
        """The event of each pair."""
        from .levels import repeated

        if "owner" not in self._whole:
            self._whole["owner"] = np.empty(self.offsets[-1], np.int32)
            repeated(np.arange(self.events.count, dtype=np.int32), self.offsets, self._whole["owner"])
        return self._whole["owner"][self._rows]

    def kept(self, node: Node) -> Column:
        """As `column`, kept for the next tile."""
        column: Column = self.events.leaves.kept(
            (*self._part, "column", node.identity), lambda: joined([some.column(node) for some in self._parts()])
        )
        return column

    @property
    def few(self) -> bool:
        """Whether there are so few pairs in each event that each can be compared with all others."""
        return bool(np.diff(self.offsets).max(initial=0) <= FEW)

    def ranks(self, node: Node) -> Any:
        """The order of the values in each event, from 1; 0 for NaN and what is missing. For `few` pairs per event."""
        from .pieces import ranks_of

        def make() -> Any:
            column = self.column(node)
            valid = np.zeros(0, np.bool_) if column.valid is None else column.valid
            out = np.empty(self.count, np.uint8)
            ranks_of(self.offsets, column.values, valid, out)
            return out

        return self.events.leaves.kept((*self._part, "ranks", node.identity), make)

    def bins(self, axes: Sequence[Axis], nodes: Sequence[Node]) -> Any:
        part = (*self._part, "bins", key_of(axes), tuple(node.identity for node in nodes))

        def make() -> Any:
            return np.concatenate([bins_of(axes, [some.column(node) for node in nodes]) for some in self._parts()])

        return self.events.leaves.kept(part, make)

    def _parts(self) -> Iterator[Self]:
        """The same pairs, some at a time: what is computed on the way stays small, and in the cache."""
        for start in range(0, max(self.count, 1), ROWS):
            rows = slice(start, start + ROWS)
            part = copy(self)
            part.index = Index(self.offsets, self.index.first[rows], self.index.second[rows])
            part.count, part._rows, part._all = len(part.index.first), rows, self
            part._columns, part._sums = {}, {}
            yield part

    def _mass(self, total: Node) -> Column | None:
        """Of all pairs at once: it is what takes longest, and bins and what is closest both ask for it."""
        key = ("mass", named(total).identity)
        if key not in self._whole:
            found = [Rows._mass(part, total) for part in (self._all or self)._parts()]
            known = [column for column in found if column is not None]
            self._whole[key] = joined(known) if len(known) == len(found) else None
        whole: Column | None = self._whole[key]
        return None if whole is None else whole.take(self._rows)

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


def _narrow(offsets: Any) -> Any:
    """A type for places in the longest of the lists."""
    return np.min_scalar_type(int((offsets[1:] - offsets[:-1]).max(initial=0)))


def _identity(value: Node | bool) -> Hashable:
    return value if isinstance(value, bool) else value.identity
