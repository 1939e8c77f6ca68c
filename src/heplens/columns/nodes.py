"""The checked expression: a tree of operations whose names are resolved and whose types are known.

One node type for all operations, so that a node is its own key: equal nodes are computed once, and the evaluator and
the script writer are two tables over the same operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from .types import Type

Parameter = str | int | float | bool | None | tuple["Parameter", ...]


@dataclass(frozen=True, eq=False)
class Node:
    """`operation` applied to `inputs`, with constants in `parameters`."""

    operation: str
    inputs: tuple[Node, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    type: Type = field(default=Type("float"), repr=False)
    #: a digest shared by equal nodes, so that comparing deep trees costs nothing
    identity: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        digest = blake2b(digest_size=16)
        # repr keeps True, 1 and 1.0 apart: the type of a constant is part of what it is.
        digest.update(repr((self.operation, self.parameters, len(self.inputs))).encode())
        for node in self.inputs:
            digest.update(node.identity)
        object.__setattr__(self, "identity", digest.digest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


def walk(roots: Iterable[Node]) -> Iterator[Node]:
    """Every distinct node in and below `roots`, inputs before the nodes that use them."""
    seen: set[bytes] = set()
    stack = [(node, False) for node in reversed(list(roots))]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            yield node
        elif node.identity not in seen:
            seen.add(node.identity)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.inputs))
