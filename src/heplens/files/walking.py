"""Finding a node of an open file and listing the level below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import nearest
from .headers import check_size
from .keys import Key, key_row, keys_of, kind_of
from .listing import Listing, Row
from .naming import join, split
from .opening import NodeError, OpenFile, reading


@dataclass(frozen=True)
class Node:
    """A place in a file: what it is, and where.

    ``what`` is a directory, a key, a tree, a branch or an ntuple; ``field`` the number of an ntuple's field.
    """

    kind: str
    what: Any
    path: str
    field: int | None = None


def list_node(file: OpenFile, node: str) -> Listing:
    """The rows directly below `node`.

    Raises
    ------
    FileError : there is no such node, nothing is below it, or it cannot be read.
    """
    with file.lock:
        known: Listing | None = file.listings.get(node)
        if known is None:
            known = file.listings[node] = _list(file, node)
    return known


def _list(file: OpenFile, node: str) -> Listing:
    found = find_node(file, node)
    list_rows = _LISTERS.get(found.kind)
    if list_rows is None:
        raise NodeError(f"{node!r} of {file.path!r} is a {found.what.stored.fClassName}; there is nothing below it")
    with reading(file.path, node):
        rows = list_rows(found)
    return Listing(file.path, node, tuple(rows), None, file)


def find_node(file: OpenFile, path: str) -> Node:
    """Follow a path, one component at a time.

    Raises
    ------
    NodeError : a component does not exist; the nearest names are offered.
    FileError : something on the way cannot be read.
    """
    node = Node("directory", file.top, "")
    for name, cycle in split(path):
        known: Node | None = file.nodes.get(join(node.path, name, cycle))
        if known is None:
            with reading(file.path, node.path):
                known = file.nodes[join(node.path, name, cycle)] = _open(_member(file, node, name, cycle))
        node = known
    return node


def _member(file: OpenFile, node: Node, name: str, cycle: int | None) -> Node:
    below: dict[str, Node] | None = file.below.get(node.path)
    if below is None:
        below = file.below[node.path] = dict(_BELOW[node.kind](node)) if node.kind in _BELOW else {}
    found = below.get(join(node.path, name, cycle))
    if found is None and node.kind == "directory" and cycle is not None:
        # "name;cycle" is accepted for the newest cycle as well.
        newest = below.get(join(node.path, name))
        found = newest if newest is not None and _cycle(newest) == cycle else None
    if found is None:
        raise NodeError(_no_such(file.path, node.path, name, [split(where)[-1][0] for where in below]))
    return found


def _open(node: Node) -> Node:
    """Read what a key points to, when there may be something below it."""
    if not isinstance(node.what, Key):
        return node
    stored = node.what.stored
    kind = kind_of(stored.fClassName)
    if kind == "tree":
        from .branches import open_tree

        return Node(kind, open_tree(stored), node.path)
    if kind in ("directory", "ntuple"):
        check_size(stored)
        what = stored.get()
        if kind == "ntuple":
            from .fields import Fields

            return Node(kind, (what, Fields(what)), node.path)
        return Node(kind, what, node.path)
    return node


def _cycle(node: Node) -> int:
    return int(node.what.stored.fCycle)


def _no_such(file: str, parent: str, name: str, known: list[str]) -> str:
    where = f"{parent!r} of {file!r}" if parent else f"{file!r}"
    if not known:
        return f"{where} has no {name!r}; there is nothing below it"
    return f"{where} has no {name!r}{nearest(name, known) or ''}"


def _in_directory(node: Node) -> list[tuple[str, Node]]:
    return [(key.path, Node("key", key, key.path)) for key in keys_of(node.what, node.path)]


def _in_branches(node: Node) -> list[tuple[str, Node]]:
    from .branches import named_branches

    return [(where, Node("branch", b, where)) for where, b in named_branches(list(node.what.branches), node.path)]


def _in_fields(node: Node) -> list[tuple[str, Node]]:
    _, fields = node.what
    return [(where, Node("field", node.what, where, index)) for where, index in fields.named(node.field, node.path)]


def _list_directory(node: Node) -> list[Row]:
    return [key_row(key) for key in keys_of(node.what, node.path)]


def _list_branches(node: Node) -> list[Row]:
    from .branches import branch_rows

    return branch_rows(node.what, node.path)


def _list_fields(node: Node) -> list[Row]:
    rows: list[Row] = node.what[1].rows(node.field, node.path)
    return rows


_BELOW: dict[str, Callable[[Node], list[tuple[str, Node]]]] = {
    "directory": _in_directory,
    "tree": _in_branches,
    "branch": _in_branches,
    "ntuple": _in_fields,
    "field": _in_fields,
}
_LISTERS: dict[str, Callable[[Node], list[Row]]] = {
    "directory": _list_directory,
    "tree": _list_branches,
    "branch": _list_branches,
    "ntuple": _list_fields,
    "field": _list_fields,
}
