"""What the cuts so far guarantee: where two muons are certain, nobody makes room for a missing second one."""

from __future__ import annotations

from ...columns.nodes import Node

_ELEMENTWISE = {
    "variable", "vector", "part", "add", "p4", "arithmetic", "compare", "and", "or", "not", "call", "bit",
    "deltaR", "deltaPhi", "mT",
}  # fmt: skip


class Presence:
    """The least number of elements that lists have in the events that are left, by the axis of the lists."""

    def __init__(self) -> None:
        self._least: dict[str, int] = {}
        self._written: set[bytes] = set()  # elements that were taken when they could still be missing

    def learn(self, passed: Node) -> None:
        """Only events that pass `passed` are left."""
        if passed.operation == "and":
            for term in passed.inputs:
                self.learn(term)
        if passed.operation != "compare":
            return
        for count, bound, symbols in (
            (passed.inputs[0], passed.inputs[1], {">=": 0, "==": 0, ">": 1}),
            (passed.inputs[1], passed.inputs[0], {"<=": 0, "==": 0, "<": 1}),
        ):
            axis, number, symbol = _counted(count), bound.parameters[:1], str(passed.parameters[0])
            if axis and bound.operation == "constant" and isinstance(number[0], int) and symbol in symbols:
                self._least[axis] = max(self._least.get(axis, 0), number[0] + symbols[symbol])

    def has_item(self, item: Node) -> bool:
        """Whether the element that a node takes is there in every event that is left."""
        index, level = item.parameters
        assert isinstance(index, int)
        (lists,) = item.inputs
        if level != 0 or item.identity in self._written:
            return False
        certain = self._least.get(lists.type.axes[0].identity, 0) >= (index + 1 if index >= 0 else -index)
        if not certain:
            self._written.add(item.identity)
        return certain

    def is_certain(self, node: Node) -> bool:
        """Whether a value is missing in none of the events that are left."""
        if not node.type.optional:
            return True
        if node.operation == "item":
            return self.has_item(node) and self.is_certain(node.inputs[0])
        return node.operation in _ELEMENTWISE and all(self.is_certain(child) for child in node.inputs)


def _counted(node: Node) -> str:
    """The axis of what a number counts: all of the elements of a list or those for which something is true."""
    while node.operation == "variable":
        (node,) = node.inputs
    if node.operation == "count" and len(node.inputs[0].type.axes) == 1:
        return node.inputs[0].type.axes[0].identity
    # A counter's branch; no axis is called so unless branches have it as their counter.
    return f"counter {node.parameters[0]}" if node.operation == "column" and node.type.kind == "int" else ""
