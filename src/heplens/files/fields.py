"""Rows for the fields of an RNTuple, from the flat list of field records in its header.

uproot's `keys` compares each field with all others (969 fields: seconds); here each record is visited once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .compression import setting_text
from .groups import groups_of
from .limits import TEXT
from .listing import Row
from .naming import join
from .opening import attempt
from .pages import read_columns
from .types import cpp_text

_COLLECTION, _RECORD, _VARIANT = 1, 2, 3
_REPETITIVE, _PROJECTED = 1, 2
_DEEPEST = 16


class Fields:
    """The tree of fields of one RNTuple."""

    def __init__(self, ntuple: Any) -> None:
        self.entries = int(ntuple.num_entries)
        self.records = list(ntuple.field_records)
        self._ntuple = ntuple
        self._sizes: dict[int, tuple[int, int, str]] | None = None
        self._below: dict[int, list[int]] = {}
        tops: list[int] = []
        for index, record in enumerate(self.records):
            if record.parent_field_id == index:
                tops.append(index)
            else:
                self._below.setdefault(record.parent_field_id, []).append(index)
        sources = {self._root(self.records[top].source_field_id) for top in tops if self._is_projected(top)}
        # NanoAOD's importer stores nameless collections and projects their members under the real names.
        self.tops = [t for t in tops if not (t in sources and self.records[t].field_name.startswith("_collection"))]

    def members(self, index: int | None = None) -> list[int]:
        """The fields that are listed below a field (None: at the top): members of a record or of a list of records."""
        if index is None:
            return self.tops
        below = self._below.get(index, [])
        for _ in range(_DEEPEST):
            role = int(self.records[index].struct_role)
            if role == _VARIANT:
                return []
            if role == _RECORD or len(below) != 1:
                break
            index = below[0]
            below = self._below.get(index, [])
        return below

    def subtree(self, index: int) -> Iterator[int]:
        """A field and everything below it."""
        waiting = [index]
        while waiting:
            here = waiting.pop()
            yield here
            waiting += self._below.get(here, [])

    def type_text(self, index: int, depth: int = 0) -> str:
        """``var * float32`` and the like; classes by name, nameless records by their members."""
        record, below = self.records[index], self._below.get(index, [])
        if depth > _DEEPEST:
            return "…"
        role = int(record.struct_role)
        if record.flags & _REPETITIVE and len(below) == 1:
            return f"{record.repetition} * {self.type_text(below[0], depth + 1)}"
        if role == _COLLECTION and len(below) == 1:
            return f"var * {self.type_text(below[0], depth + 1)}"
        if role == _RECORD and not record.type_name:
            shown = [f"{self.records[b].field_name}: {self.type_text(b, depth + 1)}" for b in below[:8]]
            return "{" + ", ".join(shown + ["…"] * (len(below) > 8)) + "}"
        return cpp_text(record.type_name)

    def named(self, index: int | None, path: str) -> Iterator[tuple[str, int]]:
        """The listed fields below a field, with their paths."""
        for member in self.members(index):
            yield join(path, self.records[member].field_name), member

    def rows(self, index: int | None, path: str) -> list[Row]:
        """One row per listed field below a field (None: at the top)."""
        names = [self.records[member].field_name for member in self.members(index)]
        groups = groups_of(names, self._counters(names)) if index is None else {}
        return [self._row(member, where, groups) for where, member in self.named(index, path)]

    def _row(self, index: int, path: str, groups: dict[str, str]) -> Row:
        record = self.records[index]
        expandable = len(self.members(index)) > 0
        packed, full, compression = self._size(index)
        return Row(
            path=path,
            name=record.field_name,
            kind="collection" if expandable else "branch",
            type=self.type_text(index)[:TEXT],
            title=(record.field_desc or "")[:TEXT],
            entries=self.entries,
            bytes=packed,
            uncompressed_bytes=full,
            compression=compression,
            expandable=expandable,
            group=groups.get(record.field_name, ""),
        )

    def _size(self, index: int) -> tuple[int | None, int | None, str]:
        """Bytes on disk and in memory of a field with all that is below it, and its compression."""
        if self._sizes is None:
            self._sizes = attempt(self._column_sizes)[0] or {}
        found = [self._sizes[below] for below in self.subtree(index) if below in self._sizes]
        if not found:
            return None, None, ""
        texts = {text for _, _, text in found if text}
        return sum(p for p, _, _ in found), sum(f for _, f, _ in found), texts.pop() if len(texts) == 1 else ""

    def _column_sizes(self) -> dict[int, tuple[int, int, str]]:
        """By field: its own columns, or those that it projects, save for the offsets that all of a collection share."""
        columns = read_columns(self._ntuple)
        if columns is None:
            return {}
        records = self._ntuple.column_records
        owners = [(number, record.field_id) for number, record in enumerate(records)]
        for alias in self._ntuple.alias_column_records:
            if int(self.records[alias.field_id].struct_role) != _COLLECTION:
                owners.append((alias.physical_id, alias.field_id))
        sizes: dict[int, tuple[int, int, str]] = {}
        for number, field in owners:
            if number < len(columns):
                column = columns[number]
                packed, full, text = sizes.get(field, (0, 0, ""))
                full += column.elements * int(records[number].nbits) // 8
                sizes[field] = (packed + column.compressed, full, text or setting_text(column.setting))
        return sizes

    def _counters(self, names: list[str]) -> dict[str, str]:
        # The header does not link a projected list to its cardinality; their names do.
        known = set(names)
        return {name: counter for name in names if (counter := "n" + name.partition("_")[0]) in known and "_" in name}

    def _is_projected(self, index: int) -> bool:
        record = self.records[index]
        return bool(record.flags & _PROJECTED) and record.source_field_id is not None

    def _root(self, index: int) -> int:
        """The top-level field that a field lies in."""
        for _ in range(_DEEPEST):
            parent = self.records[index].parent_field_id if 0 <= index < len(self.records) else index
            if parent == index:
                break
            index = parent
        return index
