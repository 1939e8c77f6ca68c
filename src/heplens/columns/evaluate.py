"""Nodes to awkward arrays: the reference that says what an expression is.

One block of events at a time. Equal nodes are computed once. After an event cut `narrow` drops the events that failed,
so that what comes later is computed for the survivors only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import operations
from .demand import IDENTITY, Demand
from .nodes import Node
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
        #: elements dropped because the condition of their selection was missing, by node identity
        self.dropped: dict[bytes, int] = {}

    @property
    def generation(self) -> int:
        return len(self._narrowings)

    def narrow(self, rows: Any) -> None:
        """Keep only the events whose places (among those still here) are in the integer array `rows`."""
        self._narrowings.append(rows)
        self.entries = len(rows)

    def value(self, node: Node) -> Any:
        """The array of a node, one row per event still here; a plain Python value for a constant."""
        if node.operation == "constant":
            return node.parameters[0]
        if node.operation == "variable":
            return self.value(node.inputs[0])
        key = node.identity
        if key in self._values:
            generation, array = self._values[key]
            if generation == self.generation:
                return array
        else:
            generation, array = self._compute(node)
        for rows in self._narrowings[generation:]:
            array = array[rows]
        self._values[key] = (self.generation, array)
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
        inputs = [self.value(child) for child in node.inputs]
        if node.operation == "select" and node.inputs[1].type.optional:
            self.dropped[node.identity] = operations.count_missing(inputs[1])
        return self.generation, operations.TABLE[node.operation](node, inputs)

    def _group(self, name: str, listed: bool) -> Any:
        import awkward as ak

        from ..errors import FileError

        fields = {field: self.arrays[branch] for field, branch in self.demand.groups[name].items()}
        if name in self.demand.identified:
            first = next(iter(fields.values()))
            order = sorted(self.demand.identified).index(name)
            fields[IDENTITY] = ak.local_index(first, axis=1) + (order << 32) if listed else 0 * ak.local_index(first, axis=0) + (order << 32)
        dimension = self.demand.vectors.get(name, 0)
        with_name = f"Momentum{dimension}D" if dimension else None
        try:
            return operations.vectors(ak.zip(fields, depth_limit=2 if listed else 1, with_name=with_name))
        except ValueError as error:
            branches = ", ".join(self.demand.groups[name].values())
            raise FileError(f"the branches of {name} do not have the same number of objects in each event ({branches})") from error
