"""Nodes to awkward arrays: the reference that says what an expression is.

One block of events at a time. Equal nodes are computed once. After an event cut `narrow` drops the events that failed,
so that what comes later is computed for the survivors only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import FileError
from . import operations
from .demand import IDENTITY, Demand
from .nodes import Node, walk
from .schema import Schema


class Evaluator:
    """Values of nodes for the events of one block.

    Parameters
    ----------
    arrays : branch name to awkward array, all of the block's length, widened to 64 bits.
    schema, demand : of the data and of all the nodes that will be asked for.
    entries : events in the block.
    """

    def __init__(self, arrays: Mapping[str, Any], schema: Schema, demand: Demand, entries: int) -> None:
        self.arrays = arrays
        self.schema = schema
        self.demand = demand
        self.entries = entries
        self._values: dict[bytes, tuple[int, Any]] = {}
        self._narrowings: list[Any] = []

    @property
    def generation(self) -> int:
        return len(self._narrowings)

    def narrow(self, rows: Any) -> None:
        """Keep the events whose places (among those still here) are in the integer array `rows`; some may repeat."""
        self._narrowings.append(rows)
        self.entries = len(rows)

    def fork(self) -> Evaluator:
        """Another evaluator of the same events that knows the same values; from here on each goes its own way."""
        other = Evaluator(self.arrays, self.schema, self.demand, self.entries)
        other._values = dict(self._values)
        other._narrowings = list(self._narrowings)
        return other

    def give(self, node: Node, array: Any) -> None:
        """Let `array` be the value of a node, one row per event still here, instead of what it would be."""
        self._values[node.identity] = (self.generation, array)

    def release(self, later: Iterable[Node]) -> None:
        """Forget what none of the nodes in `later` needs: memory in use at once, and of fresh pages, is what costs."""
        wanted: set[bytes] = set()
        stack = list(later)
        while stack:
            node = stack.pop()
            if node.identity not in wanted:
                wanted.add(node.identity)
                stack.extend(() if node.identity in self._values else node.inputs)
        self._values = {identity: value for identity, value in self._values.items() if identity in wanted}

    def value(self, node: Node) -> Any:
        """The array of a node, one row per event still here; a plain Python value for a constant."""
        self._prepare(node)
        return self._current(node)

    def _prepare(self, root: Node) -> None:
        """Compute what `root` is made of, innermost first: chains of definitions may be deeper than Python's stack."""
        stack = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if node.operation == "constant" or node.identity in self._values:
                continue
            if not ready:
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.inputs))
            elif node.operation != "variable":
                self._values[node.identity] = self._compute(node)

    def _current(self, node: Node) -> Any:
        """The value of a node that was computed before, for the events that are still here."""
        while node.operation == "variable":
            node = node.inputs[0]
        if node.operation == "constant":
            return node.parameters[0]
        generation, array = self._values[node.identity]
        if generation < self.generation:
            for rows in self._narrowings[generation:]:
                array = array[rows]
            self._values[node.identity] = (self.generation, array)
        return array

    def column(self, node: Node) -> Any:
        """As `value`, but an array also for what is one number for all events, such as ``sqrt(2)``."""
        import numpy as np

        value = self.value(node)
        return np.full(self.entries, value) if isinstance(value, bool | int | float | str) else value

    def _compute(self, node: Node) -> tuple[int, Any]:
        if node.operation == "column":
            return 0, self.arrays[str(node.parameters[0])]
        if node.operation == "group":
            return 0, self._group(str(node.parameters[0]), bool(node.type.axes))
        inputs = [self._current(child) for child in node.inputs]
        import numpy as np

        try:
            made = operations.TABLE[node.operation](node, inputs)
        except ValueError as error:
            lists = sorted({str(n.parameters[0]) for n in walk([node]) if n.operation == "column" and n.type.axes})
            if len(lists) < 2 or "broadcast" not in str(error):
                raise
            raise FileError(
                f"{', '.join(lists)} do not have the same number of values in each event, so they cannot be paired"
            ) from error
        # What is made of plain numbers alone is one.
        return self.generation, made.item() if isinstance(made, np.generic) else made

    def _group(self, name: str, listed: bool) -> Any:
        import awkward as ak

        fields = {field: self.arrays[branch] for field, branch in self.demand.groups[name].items()}
        if name in self.demand.identified:
            first = next(iter(fields.values()))
            order = sorted(self.demand.identified).index(name)
            fields[IDENTITY] = (
                ak.local_index(first, axis=1) + (order << 32)
                if listed
                else 0 * ak.local_index(first, axis=0) + (order << 32)
            )
        try:
            return ak.zip(fields, depth_limit=2 if listed else 1)
        except ValueError as error:
            branches = ", ".join(self.demand.groups[name].values())
            raise FileError(
                f"the branches of {name} do not have the same number of objects in each event ({branches})"
            ) from error
