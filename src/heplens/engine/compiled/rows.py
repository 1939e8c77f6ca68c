"""Values on rows that are not the events of a block: pairs of objects, and pieces of events.

What does not depend on the handle is looked up, what counts or picks objects is left to kernels, and everything else
is done by the reference's own operations, on flat arrays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...columns import operations
from ...columns.broadcast import vectors
from ...columns.nodes import Node
from ...columns.types import Type
from ..chunk import quiet
from .leaves import Column, unmasked
from .lift import ELEMENTWISE, Objects, UnsupportedError, named

if TYPE_CHECKING:
    from .events import Events

#: A missing operand makes the result of these missing; the others decide for themselves.
_PROPAGATE = frozenset(("arithmetic", "compare", "call", "vector", "bit", "deltaPhi", "deltaR", "mT"))


class Rows:
    """Columns of nodes, computed once each. Subclasses say what a leaf is."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self.count = 0
        self._columns: dict[bytes, Column] = {}
        self._sums: dict[bytes, tuple[Any, Any | None]] = {}

    def leaf(self, node: Node) -> Column | None:
        raise NotImplementedError

    def column(self, node: Node) -> Column:
        node = named(node)
        if node.identity not in self._columns:
            found = self.leaf(node)
            self._columns[node.identity] = self._computed(node) if found is None else found
        return self._columns[node.identity]

    def _computed(self, node: Node) -> Column:
        if node.operation not in ELEMENTWISE or node.operation in ("get", "part", "p4"):
            raise UnsupportedError(f"{node.operation} here")
        if node.operation == "vector":
            return self._component(node)
        inputs = [None if child.operation == "constant" else self.column(child) for child in node.inputs]
        columns = [column for column in inputs if column is not None]
        valid = _all_valid(columns)
        propagates = node.operation in _PROPAGATE
        values = [
            child.parameters[0] if column is None else _array(column, propagates)
            for child, column in zip(node.inputs, inputs, strict=True)
        ]
        with quiet():
            made = operations.TABLE[node.operation](_flattened(node, propagates), values)
        column = unmasked(made)
        return Column(column.values, valid) if propagates else column

    def _component(self, node: Node) -> Column:
        """A property of a sum of vectors; that of one object is a leaf."""
        total, valid = self._total(node.inputs[0])
        with quiet():
            made = operations.TABLE["vector"](_flattened(node, True), [total])
        return Column(unmasked(made).values, valid)

    def _total(self, node: Node) -> tuple[Any, Any | None]:
        """A vector or a sum of some, and where it is not missing (None: nowhere).

        The vector library adds them in the coordinates that are stored: others give other last bits.
        """
        node = named(node)
        if node.identity not in self._sums:
            if node.operation == "add":
                (first, here), (second, there) = (self._total(child) for child in node.inputs)
                with quiet():
                    made = operations.TABLE["add"](_flattened(node, True), [first, second])
                self._sums[node.identity] = made, here if there is None else there if here is None else here & there
            else:
                self._sums[node.identity] = self._stored(node)
        return self._sums[node.identity]

    def _stored(self, node: Node) -> tuple[Any, Any | None]:
        import awkward as ak

        shape = node.type.shape
        if shape is None or not shape.bases:
            raise UnsupportedError("sums of computed vectors")
        kind = Type("float", node.type.axes, node.type.optional)
        columns = {
            component: self.column(Node("get", (node,), (field if shape.branches(field) else component,), kind))
            for component, field in shape.coordinates
        }
        record = ak.zip({name: column.values for name, column in columns.items()}, with_name="Momentum4D")
        return vectors(record), _all_valid(columns.values())


class Pairs(Rows):
    """Rows are pairs of the objects that can pass, of events that can pass, in stored order."""

    def __init__(self, events: Events, objects: Objects) -> None:
        from . import levels

        super().__init__(events)
        assert objects.of is not None
        own, offsets, wanted = events.levels(objects.of), events.offsets(objects.of), events.wanted
        count = levels.count_pairs(offsets, own, wanted)
        self.offsets = np.empty(events.count + 1, np.int64)
        self.first, self.second = np.empty(count, np.int64), np.empty(count, np.int64)
        levels.pairs_of(offsets, own, wanted, self.offsets, self.first, self.second)
        self.count = count
        self.levels = np.minimum(own[self.first], own[self.second])
        self.node = objects.base
        self.lifted = events.lift.lifted(objects.base)

    def leaf(self, node: Node) -> Column | None:
        if not node.type.axes:
            return self.events.leaves.column(node).take(self.owner)
        if node.operation in ("get", "vector") and (inner := named(node.inputs[0])).operation == "part":
            if named(inner.inputs[0]) != self.lifted:
                raise UnsupportedError("objects of other pairs")
            of_objects = replace(node, inputs=self.lifted.inputs)
            places = self.first if inner.parameters[0] == "first" else self.second
            return self.events.leaves.column(of_objects, keep=True).take(places)
        return None

    @property
    def owner(self) -> Any:
        return np.repeat(np.arange(self.events.count), np.diff(self.offsets))


class Pieces(Rows):
    """Rows are pieces: positions lo <= b < hi of one event, within which nothing changes."""

    def __init__(self, events: Events, event: Any, lo: Any, hi: Any) -> None:
        super().__init__(events)
        self.count = len(event)
        self.event, self.lo, self.hi = event, lo, hi
        self._places: dict[object, Any] = {}

    @classmethod
    def of(cls, events: Events, objects: Objects | None, tops: Any) -> Pieces:
        """All pieces below `tops`, where the levels of `objects` (None: of the event's own number) begin and end."""
        from .pieces import pieces_of

        if objects is None:
            offsets, own = np.arange(events.count + 1), events.moved_events
        else:
            offsets, own = events.offsets(objects), events.levels(objects)
        room = int(offsets[-1]) + events.count
        event, lo, hi = np.empty(room, np.int32), np.empty(room, np.uint16), np.empty(room, np.uint16)
        count = pieces_of(offsets, own, tops, event, lo, hi)
        return cls(events, event[:count], lo[:count], hi[:count])

    def where(self, chosen: Any) -> Pieces:
        """Some of the pieces."""
        if chosen.all():
            return self
        places = np.flatnonzero(chosen)
        return Pieces(self.events, self.event[places], self.lo[places], self.hi[places])

    def leaf(self, node: Node) -> Column | None:
        lift = self.events.lift
        if not lift.depends(node):
            return self.events.leaves.column(node, keep=node.type.kind == "bool").take(self.event)
        if node == lift.handle:
            valid = self.events.leaves.column(lift.variable).valid
            held = self.events.moved_events[self.event] > self.lo
            return Column(held, None if valid is None else valid[self.event])
        if node.operation == "count":
            return Column(self.counted(lift.counted(node)))
        if node.operation == "reduce":
            return self.reduced(node)
        source = picked(node)
        return None if source is None else self.gathered(*source)

    def counted(self, objects: Objects) -> Any:
        from .pieces import count_passing

        out = np.empty(self.count, np.int64)
        count_passing(self.event, self.lo, self.events.offsets(objects), self.events.levels(objects), out)
        return out

    def reduced(self, node: Node) -> Column:
        from . import pieces

        name = node.parameters[0]
        objects, lifted = self.events.lift.reduced(node)
        if name == "any":
            return Column(self.counted(objects) > 0)
        column = self.events.on_objects(objects, lifted)
        valid = np.zeros(0, np.bool_) if column.valid is None else column.valid
        where = (self.event, self.lo, self.events.offsets(objects), self.events.levels(objects))
        if name in ("min", "max"):
            out = np.empty(self.count, np.int64)
            pieces.place_of_best(*where, column.values, valid, name == "max", out)
            return _at(column, out)
        out = np.empty(self.count, np.bool_ if name == "all" else column.values.dtype)
        if name == "all":
            pieces.all_of(*where, column.values, valid, True, out)
        else:
            pieces.sum_of(*where, column.values, valid, out)
        return Column(out)

    def gathered(self, source: Node, node: Node) -> Column:
        """The value of the object that `source` picks."""
        lift = self.events.lift
        objects, _ = lift.moving(source.inputs[0])
        return _at(self.events.on_objects(objects, lift.lifted(node)), self.place(source))

    def place(self, source: Node) -> Any:
        """Where the object stands that an ``item`` or ``pick`` takes, -1 where there is none."""
        from . import pieces

        objects, _ = self.events.lift.moving(source.inputs[0])
        key = (source.operation, source.parameters, objects, source.inputs[1:])
        if key not in self._places:
            where = (self.event, self.lo, self.events.offsets(objects), self.events.levels(objects))
            out = np.empty(self.count, np.int64)
            if source.operation == "item":
                pieces.place_of(*where, int(source.parameters[0]), out)  # type: ignore[arg-type]
            else:
                column = self.events.on_objects(objects, self.events.lift.lifted(source.inputs[1]))
                valid = np.zeros(0, np.bool_) if column.valid is None else column.valid
                pieces.place_of_best(*where, column.values, valid, source.parameters[0] == "max", out)
            self._places[key] = out
        return self._places[key]


def picked(node: Node) -> tuple[Node, Node] | None:
    """The ``item`` or ``pick`` that a node is made of alone, and the same node made of the whole collection."""
    node = named(node)
    if node.operation in ("item", "pick"):
        return node, node.inputs[0]
    if node.operation in ("get", "part", "vector", "add"):
        sources = [picked(child) for child in node.inputs]
        found = [source for source in sources if source is not None]
        if len(found) == len(sources) and all(source[0] == found[0][0] for source in found):
            kind = replace(node.type, axes=named(found[0][0].inputs[0]).type.axes)
            return found[0][0], replace(node, inputs=tuple(inner for _, inner in found), type=kind)
    return None


def _at(column: Column, places: Any) -> Column:
    """Values at places, missing at -1."""
    absent = places < 0
    if not absent.any():
        return column.take(places)
    if not len(column.values):
        return Column(np.zeros(len(places), column.values.dtype), ~absent)
    taken = column.take(np.maximum(places, 0))
    return Column(taken.values, ~absent if taken.valid is None else taken.valid & ~absent)


def _all_valid(columns: Any) -> Any | None:
    valid = None
    for column in columns:
        if column.valid is not None:
            valid = column.valid if valid is None else valid & column.valid
    return valid


def _array(column: Column, bare: bool) -> Any:
    """As an awkward array; `bare` without what is missing."""
    import awkward as ak

    array = ak.Array(column.values)
    return array if bare or column.valid is None else ak.mask(array, column.valid)


def _flattened(node: Node, bare: bool) -> Node:
    """The same operation on one value per row."""

    def flat(kind: Type) -> Type:
        return replace(kind, axes=(), optional=kind.optional and not bare)

    inputs = tuple(c if c.operation == "constant" else Node("row", (), (), flat(c.type)) for c in node.inputs)
    return replace(node, inputs=inputs, type=flat(node.type))
