"""Rows for the branches of a TTree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from uproot.behaviors.TBranch import TBranch
from uproot.interpretation.grouped import AsGrouped
from uproot.interpretation.identify import UnknownInterpretation

from .compression import setting_text
from .description import read_tree
from .groups import groups_of
from .headers import check_size
from .limits import TEXT
from .listing import Row
from .naming import join
from .opening import attempt
from .records import Branch
from .types import type_text


def branch_rows(parent: Any, path: str) -> list[Row]:
    """One row per direct branch of a tree or of a split branch, in the order of the file."""
    branches = list(parent.branches)
    grouped = not isinstance(parent, TBranch)
    groups = groups_of([branch.name for branch in branches], _counters(branches)) if grouped else {}
    return [_row(branch, where, groups.get(branch.name, "")) for where, branch in named_branches(branches, path)]


def named_branches(branches: list[Any], path: str) -> Iterator[tuple[str, Any]]:
    """Branches with their paths. Nothing forbids two of one name: later ones get a number."""
    seen: Counter[str] = Counter()
    for branch in branches:
        seen[branch.name] += 1
        count = seen[branch.name]
        yield join(path, branch.name, None if count == 1 else count), branch


def open_tree(key: Any) -> Any:
    """The tree of a key: its quickly read description, or where that is of an unknown layout uproot's own tree."""
    tree, problem = attempt(lambda: read_tree(key))
    if problem is None:
        return tree
    check_size(key)
    return key.get()


def _row(branch: Any, path: str, group: str) -> Row:
    expandable = len(branch.branches) > 0
    entries, _ = attempt(lambda: int(branch.num_entries))
    (text, holds_data), error = _type(branch, expandable)
    # Baskets that are kept in the tree's own record are not counted: no bytes for some entries means unknown.
    packed, _ = attempt(lambda: int(branch.compressed_bytes) or (None if entries else 0))
    size, _ = attempt(lambda: int(branch.uncompressed_bytes) or (None if entries else 0))
    setting, _ = attempt(lambda: int(branch.member("fCompress")))
    usual = branch.tree.compression if isinstance(branch, Branch) else "zlib"
    return Row(
        path=path,
        name=branch.name,
        kind="branch" if holds_data or not expandable else "collection",
        type=text[:TEXT],
        title=(branch.title or "")[:TEXT],
        entries=entries,
        bytes=packed,
        uncompressed_bytes=size,
        compression=setting_text(setting, usual, smaller=(packed or 0) < (size or 0)),
        baskets=attempt(lambda: int(branch.num_baskets))[0],
        expandable=expandable,
        group=group,
        error=error,
    )


Type = tuple[tuple[str, bool], str | None]


def _type(branch: Any, expandable: bool) -> Type:
    """Type text and whether there is data of its own; and why it cannot be interpreted."""
    if not isinstance(branch, Branch):
        return _type_by_uproot(branch, expandable)
    text = branch.number_text()
    if text is not None:
        return (text, True), None
    if branch.is_split():
        return (_class_name(branch), False), None
    key = branch.type_key()
    if key is None:
        return _type_by_uproot(branch, expandable)
    known: dict[Any, Type] = branch.tree.types
    if key not in known:
        known[key] = _type_by_uproot(branch, expandable)
    return known[key]


def _type_by_uproot(branch: Any, expandable: bool) -> Type:
    interpretation, problem = attempt(lambda: branch.interpretation)
    if isinstance(interpretation, AsGrouped):
        return (_class_name(branch), False), None
    if interpretation is None or isinstance(interpretation, UnknownInterpretation):
        if expandable:
            return (_class_name(branch), False), None
        why = problem or getattr(interpretation, "reason", "its type is unknown")
        return (_class_name(branch), True), f"its data cannot be interpreted: {why}"
    text, problem = attempt(lambda: type_text(interpretation))
    return (text or _class_name(branch), True), None if text else f"its type cannot be told: {problem}"


def _class_name(branch: Any) -> str:
    """The C++ class as the branch states it, also where uproot says "unknown"."""
    name, _ = attempt(lambda: branch.member("fClassName", none_if_missing=True))
    if not name:
        name, _ = attempt(lambda: branch.typename)
    return str(name or "unknown")


def _counters(branches: list[Any]) -> dict[str, str]:
    """Branch name to the name of the branch that counts its elements."""
    counters = {}
    for branch in branches:
        count, _ = attempt(lambda branch=branch: branch.count_branch)  # type: ignore[misc]
        if count is not None:
            counters[branch.name] = count.name
    return counters
