"""Values on pieces of events: what counts or picks the objects that are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.axes import Axis
from ...columns.nodes import Node
from .bins import bins_of, size_of
from .flat import Column
from .lift import Objects, named
from .rows import Rows, at, picked

if TYPE_CHECKING:
    from .events import Events


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
            offsets, own = np.arange(events.count + 1, dtype=np.int32), events.moved_events
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
        some = Pieces(self.events, self.event[places], self.lo[places], self.hi[places])
        some._places = {key: found[places] for key, found in self._places.items()}
        return some

    def bins(self, axes: Sequence[Axis], nodes: Sequence[Node]) -> Any:
        """Bins of values per event that move: those of the objects or pairs that are picked, where only these tell."""
        lift = self.events.lift
        sources = [picked(node) for node in nodes]
        found = [source for source in sources if source is not None]
        if len(found) == len(nodes) and all(source[0] == found[0][0] for source in found):
            objects, _ = lift.moving(found[0][0].inputs[0])
            bins = self.events.bins(objects, axes, [lift.lifted(inner) for _, inner in found])
            return _gathered(bins, self.place(found[0][0]), size_of(axes))
        if len(nodes) == 1 and named(nodes[0]).operation == "count" and self.count:
            numbers = self.counted(lift.counted(named(nodes[0])))
            return bins_of(axes, [Column(np.arange(numbers.max() + 1))])[numbers]
        return bins_of(axes, [self.column(node) for node in nodes])

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
        if name == "sum":
            column = column.wide()
        valid = np.zeros(0, np.bool_) if column.valid is None else column.valid
        where = (self.event, self.lo, self.events.offsets(objects), self.events.levels(objects))
        if name in ("min", "max"):
            out = np.empty(self.count, np.int64)
            pieces.place_of_best(*where, column.values, valid, name == "max", out)
            return at(column, out)
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
        return at(self.events.on_objects(objects, lift.lifted(node)), self.place(source))

    def place(self, source: Node) -> Any:
        """Where the object stands that an ``item`` or ``pick`` takes, -1 where there is none."""
        from . import pieces

        objects, _ = self.events.lift.moving(source.inputs[0])
        key = (source.operation, source.parameters, objects, source.inputs[1:])
        if key not in self._places:
            where = (self.event, self.lo, self.events.offsets(objects), self.events.levels(objects))
            out = np.empty(self.count, np.int32 if self.events.offsets(objects)[-1] < 2**31 else np.int64)
            if source.operation == "item":
                pieces.place_of(*where, int(source.parameters[0]), out)  # type: ignore[arg-type]
            elif objects.of is not None and self.events.pairs(objects).few:
                ranks = self.events.pairs(objects).ranks(self.events.lift.lifted(source.inputs[1]))
                pieces.place_of_ranked(*where, ranks, source.parameters[0] == "max", out)
            else:
                column = self.events.on_objects(objects, self.events.lift.lifted(source.inputs[1]))
                valid = np.zeros(0, np.bool_) if column.valid is None else column.valid
                pieces.place_of_best(*where, column.values, valid, source.parameters[0] == "max", out)
            self._places[key] = out
        return self._places[key]


def _gathered(bins: Any, places: Any, missing: int) -> Any:
    from .pieces import gather

    out = np.empty(len(places), bins.dtype)
    gather(bins, places, missing, out)
    return out
