"""The first entries of a tree as a table of text, and how one value of a branch is written in a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import awkward as ak
from uproot.interpretation.grouped import AsGrouped
from uproot.interpretation.identify import UnknownInterpretation

from .branches import named_branches
from .fields import Fields
from .limits import PREVIEW_BYTES, TABLE_COLUMNS, TABLE_ROWS, TABLE_TEXT, TEXT, size_text
from .opening import attempt
from .preview import Preview
from .types import type_text

# Of a list, so many items are written, and of a list in a list; the cell is cut at `TABLE_TEXT` characters anyway.
_ITEMS, _INNER_ITEMS = 8, 3


def tree_table(parent: Any, path: str, title: str, entries: int) -> Preview:
    """Of a TTree or a branch with sub-branches: one column per branch that holds data."""
    leaves = list(_leaves(parent, path, path))
    spent = _Budget()
    columns = []
    for name, branch in leaves[:TABLE_COLUMNS]:
        kind, _ = attempt(lambda branch=branch: type_text(branch.interpretation))  # type: ignore[misc]
        columns.append(_column(name, kind or "unknown", lambda branch=branch: _read_branch(branch, spent)))  # type: ignore[misc]
    return _table(columns, len(leaves), "branches", title, entries)


def field_table(ntuple: Any, fields: Fields, index: int | None, path: str, title: str) -> Preview:
    """Of an RNTuple or a record in it: one column per field."""
    named = list(fields.named(index, path))
    spent = _Budget()
    columns = [
        _column(
            fields.records[member].field_name,
            fields.type_text(member),
            lambda where=where, member=member: _read_field(ntuple, fields, member, where, spent),  # type: ignore[misc]
        )
        for where, member in named[:TABLE_COLUMNS]
    ]
    return _table(columns, len(named), "fields", title, fields.entries)


def object_table(array: Any, name: str, title: str, entries: int) -> Preview:
    """Of a branch whose entries are objects: one column per member."""
    columns = [
        _column(member, str(array[member].type.content), lambda member=member: array[:TABLE_ROWS][member])  # type: ignore[misc]
        for member in array.fields[:TABLE_COLUMNS]
    ]
    return _table(columns, len(array.fields), "members", title or name, entries)


def cell_text(value: Any, inside: bool = False) -> str:
    """One value as text of bounded length: ``13.6``, ``true``, ``[1.5, 2, …]``; words in a list are quoted."""
    if value is None:
        return "none" if inside else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    items = _INNER_ITEMS if inside else _ITEMS
    if isinstance(value, dict):
        parts = [f"{key}: {cell_text(member, True)}" for key, member in list(value.items())[:items]]
        text = "{" + ", ".join(parts + ["…"] * (len(value) > items)) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join([cell_text(item, True) for item in value[:items]] + ["…"] * (len(value) > items)) + "]"
    else:
        text = f"“{value}”" if inside and isinstance(value, str) else str(value)
    return text if len(text) <= TABLE_TEXT else text[: TABLE_TEXT - 1] + "…"


class _Budget:
    """Bytes that all columns together may still unpack."""

    def __init__(self) -> None:
        self.left = PREVIEW_BYTES

    def take(self, needed: int) -> None:
        if needed > self.left:
            raise ValueError(f"its first entries take {size_text(needed)} uncompressed")
        self.left -= needed


def _leaves(parent: Any, top: str, path: str) -> Iterator[tuple[str, Any]]:
    for where, branch in named_branches(list(parent.branches), path):
        if len(branch.branches) == 0:
            yield where[len(top) + 1 :], branch
        else:
            yield from _leaves(branch, top, where)


def _read_branch(branch: Any, spent: _Budget) -> Any:
    interpretation = branch.interpretation
    if interpretation is None or isinstance(interpretation, UnknownInterpretation | AsGrouped):
        raise ValueError("its data cannot be interpreted")
    stop = min(TABLE_ROWS, int(branch.num_entries))
    offsets = branch.entry_offsets
    for number, start in enumerate(offsets[:-1]):
        if int(start) < stop:
            spent.take(int(branch.basket_uncompressed_bytes(number)))
    return branch.array(entry_stop=stop, library="ak")


def _read_field(ntuple: Any, fields: Fields, index: int, path: str, spent: _Budget) -> Any:
    from .sampling import field_stop

    stop = min(TABLE_ROWS, fields.entries)
    _, needed = field_stop(ntuple, fields, index, path, stop)
    spent.take(needed)
    return ntuple.all_fields[index].array(entry_start=0, entry_stop=stop)


def _column(name: str, kind: str, read: Callable[[], Any]) -> dict[str, Any]:
    cells, problem = attempt(lambda: [cell_text(value) for value in ak.to_list(read()[:TABLE_ROWS])])
    return {"name": name, "type": kind[:TEXT], "error": problem, "cells": cells or []}


def _table(columns: list[dict[str, Any]], total: int, what: str, title: str, entries: int) -> Preview:
    length = max((len(column["cells"]) for column in columns), default=0)
    cells = [column.pop("cells") for column in columns]
    rows = [[column[at] if at < len(column) else "" for column in cells] for at in range(length)]
    parts = []
    if columns and all(column["error"] for column in columns):
        parts.append(f"none of the {what} can be shown")
    if len(columns) < total:
        parts.append(f"the first {len(columns):,} of {total:,} {what}")
    return Preview(
        kind="table",
        title=title[:TEXT],
        entries=entries,
        entries_used=length,
        columns=columns,
        rows=rows,
        note=", ".join(parts),
    )
