"""What does not depend on the handle, from the reference evaluator: flat columns of one block of events.

They are the same for every handle and position, so that what is small is kept for the next one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...analysis.axes import Axis
from ...columns.demand import demand
from ...columns.evaluate import Evaluator
from ...columns.nodes import Node
from ...columns.schema import Schema
from ...columns.source import Source
from ..chunk import fitted, quiet
from .lift import UnsupportedDataError, UnsupportedError
from .store import Store

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """Flat values, and which of them are not missing (None: all)."""

    values: Any
    valid: NDArray[np.bool_] | None = None

    @property
    def nbytes(self) -> int:
        return int(self.values.nbytes) + (0 if self.valid is None else self.valid.nbytes)

    def take(self, places: Any) -> Column:
        return Column(self.values[places], None if self.valid is None else self.valid[places])

    def truth(self) -> NDArray[np.bool_]:
        """True where it is true; missing is not."""
        truth: NDArray[np.bool_] = self.values if self.valid is None else self.values & self.valid
        return truth


def joined(columns: Sequence[Column]) -> Column:
    """Columns one after the other."""
    values = np.concatenate([column.values for column in columns])
    if all(column.valid is None for column in columns):
        return Column(values)
    valid = [np.ones(len(c.values), np.bool_) if c.valid is None else c.valid for c in columns]
    return Column(values, np.concatenate(valid))


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

    @property
    def events(self) -> int:
        return self.stop - self.start

    def column(self, node: Node, keep: bool = False) -> Column:
        """Values of a node that has one number or truth per event or per object, the objects of all events in a row."""
        part = ("column", node.identity)
        self.requests[part] = (node,)
        if node.identity not in self._columns:
            kept = self.store.get(self._key(*part))
            self._columns[node.identity] = self._flat(node) if kept is None else kept
            if kept is None and keep:
                self.store.keep(self._key(*part), self._columns[node.identity])
        return self._columns[node.identity]

    def offsets(self, node: Node) -> NDArray[np.int64]:
        """Where the objects of each event begin in the columns, and where the last ones end."""
        part = ("offsets", node.type.axes[0].identity)
        self.requests[part] = (node,)
        kept = self.store.get(self._key(*part))
        if kept is None:
            import awkward as ak

            kept = np.zeros(self.events + 1, np.int64)
            np.cumsum(ak.to_numpy(ak.num(self._array(node), axis=1)), out=kept[1:])
            self.store.keep(self._key(*part), kept)
        offsets: NDArray[np.int64] = kept
        return offsets

    def owners(self, node: Node) -> NDArray[np.uint32]:
        """The event of each object, counted from the first of these events."""
        return self.kept(("owners", node.type.axes[0].identity), lambda: owners(self.offsets(node)))

    def bins(self, axes: Sequence[Axis], nodes: Sequence[Node], offsets: Any | None) -> Any:
        """Flat indices of bins, `size_of` the axes for what is not filled; per-event values go with each object."""
        part = ("bins", tuple(axes), tuple(node.identity for node in nodes))
        self.requests[part] = tuple(nodes)
        kept = self.store.get(self._key(*part))
        if kept is None:
            columns = [self._columns.get(node.identity) or self._flat(node) for node in nodes]
            if offsets is not None:
                columns = [
                    column if node.type.axes else column.take(np.repeat(np.arange(self.events), np.diff(offsets)))
                    for node, column in zip(nodes, columns, strict=True)
                ]
                if any(len(column.values) != offsets[-1] for column in columns):
                    raise UnsupportedDataError("axes of a histogram with different numbers of values")
            kept = bins_of(axes, columns)
            self.store.keep(self._key(*part), kept)
        return kept

    def kept(self, part: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """What `make` makes of columns of these events, which must say the same wherever the handle stands."""
        found: T | None = self.store.get(self._key(*part))
        if found is None:
            asked, self.requests = self.requests, {}
            try:
                found = make()
            finally:
                asked[part] = tuple(dict.fromkeys(node for nodes in self.requests.values() for node in nodes))
                self.requests = asked
            self.store.keep(self._key(*part), found)
        return found

    def _key(self, *part: Hashable) -> Hashable:
        return (self.source.label, self.source.uuid, self.start, self.stop, *part)

    def _flat(self, node: Node) -> Column:
        return flat(node, self._array(node))

    def _array(self, node: Node) -> Any:
        if self._evaluator is None or node not in self._expected:
            self._expected = list(dict.fromkeys([*self._expected, node]))
            needed = demand(self._expected, self.schema)
            arrays = self.source.read(needed.branches, self.start, self.stop)
            self._evaluator = Evaluator(arrays, self.schema, needed, self.events)
        with quiet():
            return self._evaluator.column(node)


def flat(node: Node, array: Any) -> Column:
    """One value per event or object, without lists."""
    import awkward as ak

    if len(node.type.axes) > 1 or node.type.kind in ("object", "str"):
        raise UnsupportedError(f"flat columns of {node.type}")
    if not isinstance(array, ak.Array):
        return Column(np.asarray(array))
    if node.type.axes:
        if node.type.optional and ak.any(ak.is_none(array, axis=0)):
            raise UnsupportedDataError("lists that are missing")
        array = ak.flatten(array, axis=1)
    return unmasked(array)


def unmasked(array: Any) -> Column:
    """A flat awkward array, which may have missing values, as plain ones and where they are."""
    import awkward as ak

    if not array.layout.is_option and not array.layout.is_indexed:
        return Column(ak.to_numpy(array, allow_missing=False))
    masked = ak.to_numpy(array, allow_missing=True)
    if not isinstance(masked, np.ma.MaskedArray):
        return Column(masked)
    absent = np.ma.getmaskarray(masked)
    return Column(masked.data, ~absent) if absent.any() else Column(masked.data)


def owners(offsets: Any) -> NDArray[np.uint32]:
    """For each object of a row which event it is of: a loop over objects is faster than one over short lists."""
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.uint32), np.diff(offsets))


def size_of(axes: Sequence[Axis]) -> int:
    """Bins with an underflow and an overflow on every axis."""
    return math.prod(len(axis.make("x")) + 2 for axis in axes)


def bins_of(axes: Sequence[Axis], columns: Sequence[Column]) -> Any:
    """The flat index that the hist library would fill for each row; `size_of` the axes where it would not fill."""
    total: Any = None
    wrong: Any = None
    for axis, column in zip(axes, columns, strict=True):
        made = axis.make("x")
        values = fitted(axis, column.values)
        places = np.asarray(made.index(values))
        bad = None
        if not made.traits.underflow:
            bad = places < 0
        if not made.traits.overflow:
            bad = _either(bad, places >= len(made))
        if values.dtype.kind == "f" and np.isnan(np.min(values, initial=0.0)):
            bad = _either(bad, np.isnan(values))
        if column.valid is not None:
            bad = _either(bad, ~column.valid)
        places = places + 1
        total = places if total is None else total * (len(made) + 2) + places
        wrong = _either(wrong, bad)
    size = size_of(axes)
    if wrong is not None:
        total = np.where(wrong, size, total)
    return total.astype(np.uint8 if size < 2**8 else np.uint16 if size < 2**16 else np.uint32)


def _either(a: Any | None, b: Any | None) -> Any | None:
    return b if a is None else a if b is None else a | b
