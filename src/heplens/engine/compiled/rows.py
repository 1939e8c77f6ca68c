"""Values on rows that are not the events of a block: pairs of objects, and pieces of events.

What does not depend on the handle is looked up, what counts or picks objects is left to kernels, and everything else
is done by the reference's own operations, on flat arrays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...columns import operations
from ...columns.broadcast import vectors
from ...columns.nodes import Node
from ...columns.types import Type
from ..chunk import quiet
from .flat import Column, unmasked
from .lift import ELEMENTWISE, UnsupportedError, named
from .masses import formula_of, masses

if TYPE_CHECKING:
    from .events import Events

#: A missing operand makes the result of these missing; the others decide for themselves.
PROPAGATE = frozenset(("arithmetic", "compare", "call", "vector", "bit", "deltaPhi", "deltaR", "mT"))


class Rows(ABC):
    """Columns of nodes, computed once each. Subclasses say what a leaf is."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self.count = 0
        self._columns: dict[bytes, Column] = {}
        self._sums: dict[bytes, tuple[Any, Any | None]] = {}

    @abstractmethod
    def leaf(self, node: Node) -> Column | None:
        """The values of a node that are not computed from those of others; None for any other node."""

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
        propagates = node.operation in PROPAGATE
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
        if node.parameters[0] == "mass" and (mass := self._mass(node.inputs[0])) is not None:
            return mass
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

    def _mass(self, total: Node) -> Column | None:
        """The mass of a sum of two stored vectors of the same coordinates."""
        parts = [named(part) for part in named(total).inputs]
        if len(parts) != 2 or any(part.operation == "add" for part in parts):
            return None
        first, second = (self._coordinates(part) for part in parts)
        formula = formula_of(tuple(first)) if tuple(first) == tuple(second) else None
        if formula is None:
            return None
        columns = [*first.values(), *second.values()]
        with quiet():
            made = masses(formula, [column.values for column in columns])
        return Column(made, _all_valid(columns))

    def _coordinates(self, node: Node) -> dict[str, Column]:
        """The stored components of a vector."""
        shape = node.type.shape
        if shape is None or not shape.bases:
            raise UnsupportedError("sums of computed vectors")
        kind = Type("float", node.type.axes, node.type.optional)
        return {
            component: self.column(Node("get", (node,), (field if shape.branches(field) else component,), kind))
            for component, field in shape.coordinates
        }

    def _stored(self, node: Node) -> tuple[Any, Any | None]:
        import awkward as ak

        columns = self._coordinates(node)
        record = ak.zip({name: column.wide().values for name, column in columns.items()}, with_name="Momentum4D")
        return vectors(record), _all_valid(columns.values())


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


def at(column: Column, places: Any) -> Column:
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

    column = column.wide()
    array = ak.Array(column.values)
    return array if bare or column.valid is None else ak.mask(array, column.valid)


def _flattened(node: Node, bare: bool) -> Node:
    """The same operation on one value per row."""

    def flat(kind: Type) -> Type:
        return replace(kind, axes=(), optional=kind.optional and not bare)

    inputs = tuple(c if c.operation == "constant" else Node("row", (), (), flat(c.type)) for c in node.inputs)
    return replace(node, inputs=inputs, type=flat(node.type))
