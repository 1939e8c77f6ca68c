"""What does not depend on the handle, from the reference evaluator: flat columns of one block of events.

They are the same for every handle and position, so that what is small is kept for the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...analysis.axes import Axis
from ...columns.demand import demand
from ...columns.evaluate import Evaluator
from ...columns.nodes import Node
from ...columns.schema import Schema
from ...columns.source import Source
from ...columns.types import Type
from ..chunk import quiet
from .bins import bins_of, key_of
from .flat import Column, branch_of, flat, numbers_of
from .lift import UnsupportedDataError, named
from .store import Store

T = TypeVar("T")
Offsets = NDArray[np.int32]

#: What was asked for: a key of the store, less the block, and the nodes that it takes.
Requests = dict[tuple[Hashable, ...], tuple[Node, ...]]


class Leaves:
    """Columns of the events [start, stop) of a source.

    Parameters
    ----------
    expected : what will be asked for; branches of all that the store lacks are read together, when the first is.
    """

    def __init__(
        self, source: Source, schema: Schema, start: int, stop: int, store: Store, expected: Requests | None = None
    ) -> None:
        self.source = source
        self.schema = schema
        self.start = start
        self.stop = stop
        self.store = store
        self.requests: Requests = {}
        missing = [nodes for part, nodes in (expected or {}).items() if store.get(self._key(*part)) is None]
        self._expected = list(dict.fromkeys(node for nodes in missing for node in nodes))
        self._evaluator: Evaluator | None = None
        self._columns: dict[bytes, Column] = {}
        self._made: dict[Hashable, Any] = {}  # of this block, whether there is room in the store or not
        self._stored: dict[str, Any] = {}
        self._computed: list[Node] = []
        self._known_offsets: dict[Hashable, Offsets] = {}
        self._begins: dict[str, Any] = {}  # where the lists of an axis begin

    @property
    def events(self) -> int:
        return self.stop - self.start

    def column(self, node: Node, keep: bool = False) -> Column:
        """Values of a node that has one number or truth per event or per object, the objects of all events in a row.

        Those of a branch are in the type that they are stored in.
        """
        part = ("column", node.identity)
        self.requests[part] = (node,)
        if node.identity not in self._columns:
            kept = self.store.get(self._key(*part))
            self._columns[node.identity] = self._flat(node) if kept is None else kept
            if kept is None and keep and branch_of(node) is None:
                self.store.keep(self._key(*part), self._columns[node.identity])
        return self._columns[node.identity]

    def offsets(self, node: Node) -> Offsets:
        """Where the objects of each event begin in the columns, and where the last ones end."""
        part = ("offsets", node.type.axes[0].identity)
        self.requests[part] = (node,)
        if part not in self._known_offsets:
            kept = self.store.get(self._key(*part))
            self._known_offsets[part] = self._offsets(node) if kept is None else kept
            if kept is None:
                self.store.keep(self._key(*part), self._known_offsets[part])
        return self._known_offsets[part]

    def _offsets(self, node: Node) -> Offsets:
        import awkward as ak

        lists = self._lists(node) or self._lists_of_group(node)
        if lists is not None and lists[0] is not None:
            offsets = lists[0]
        else:
            offsets = np.zeros(self.events + 1, np.int64)
            np.cumsum(ak.to_numpy(ak.num(self._array(node), axis=1)), out=offsets[1:])
        if offsets[-1] - offsets[0] >= 2**31:
            raise UnsupportedDataError("so many objects")
        made: Offsets = np.empty(len(offsets), np.int32)
        np.subtract(offsets, offsets[0], out=made, casting="unsafe")
        return made

    def bins(self, axes: Sequence[Axis], nodes: Sequence[Node], offsets: Any | None) -> Any:
        """Flat indices of bins, `size_of` the axes for what is not filled; per-event values go with each object."""
        part = ("bins", key_of(axes), tuple(node.identity for node in nodes))
        self.requests[part] = tuple(nodes)
        bins = self._found(part)
        if bins is None:
            columns = [self._columns.get(node.identity) or self._flat(node) for node in nodes]
            if offsets is not None:
                columns = [
                    column if node.type.axes else column.take(np.repeat(np.arange(self.events), np.diff(offsets)))
                    for node, column in zip(nodes, columns, strict=True)
                ]
                if any(len(column.values) != offsets[-1] for column in columns):
                    raise UnsupportedDataError("axes of a histogram with different numbers of values")
            bins = bins_of(axes, columns)
            self._keep(part, bins)
        return bins

    def kept(self, part: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """What `make` makes of columns of these events, which must say the same wherever the handle stands."""
        found: T | None = self._found(part)
        if found is None:
            asked, self.requests = self.requests, {}
            try:
                found = make()
            finally:
                asked[part] = tuple(dict.fromkeys(node for nodes in self.requests.values() for node in nodes))
                self.requests = asked
            self._keep(part, found)
        return found

    def _found(self, part: tuple[Hashable, ...]) -> Any | None:
        made = self._made.get(part)
        return self.store.get(self._key(*part)) if made is None else made

    def _keep(self, part: tuple[Hashable, ...], made: Any) -> None:
        self._made[part] = made
        self.store.keep(self._key(*part), made)

    def _key(self, *part: Hashable) -> Hashable:
        return (self.source.label, self.source.uuid, self.start, self.stop, *part)

    def _flat(self, node: Node) -> Column:
        lists = self._lists(node)
        return flat(node, self._array(node)) if lists is None else Column(lists[1])

    def _lists(self, node: Node) -> tuple[Any, Any] | None:
        """Offsets and values of a branch of plain numbers; None for anything else."""
        branch = branch_of(node)
        if branch is None:
            return None
        if branch not in self._stored:
            wanted = [branch, *(other for one in self._expected if (other := branch_of(one)) is not None)]
            absent = [name for name in dict.fromkeys(wanted) if name not in self._stored]
            self._stored |= self.source.stored(absent, self.start, self.stop)
        found = numbers_of(self._stored[branch])
        if found is not None and found[0] is not None:
            begins = self._begins.setdefault(node.type.axes[0].identity, found[0])
            same = begins.ctypes.data == found[0].ctypes.data or np.array_equal(begins, found[0])
            if not same and not np.array_equal(begins - begins[0], found[0] - found[0][0]):
                raise UnsupportedDataError("objects with other numbers of values")
        return found

    def _lists_of_group(self, group: Node) -> tuple[Any, Any] | None:
        """Those of any branch of the objects of a group, best of one that is needed anyway."""
        group = named(group)
        if group.operation != "group" or group.type.shape is None:
            return None
        wanted = {branch_of(node) for node in self._expected}
        inside = [branches[0] for _, branches in group.type.shape.fields]
        for branch in sorted(inside, key=lambda branch: branch not in wanted):
            column = self.schema.column(branch)
            if column.depth == 1 and column.kind in ("bool", "int", "float"):
                return self._lists(Node("column", (), (branch,), Type(column.kind, group.type.axes)))
        return None

    def _array(self, node: Node) -> Any:
        if self._evaluator is None or node not in self._computed:
            computed = [one for one in self._expected if branch_of(one) is None]
            self._computed = list(dict.fromkeys([*computed, *self._computed, node]))
            needed = demand(self._computed, self.schema)
            arrays = self.source.read(needed.branches, self.start, self.stop)
            self._evaluator = Evaluator(arrays, self.schema, needed, self.events)
        with quiet():
            return self._evaluator.column(node)
