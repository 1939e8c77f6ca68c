"""Columns of an RNTuple, read with uproot; names and types come from the header, in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import FileError
from .schema import Column, Schema, group_branches, guess_units
from .source import Widening, missing, unreadable
from .types import Kind

_INTEGER = re.compile(r"^(std::)?u?int\d+_t$|^ROOT::RNTupleCardinality<|^char$|^std::byte$")
_PLAIN: dict[str, Kind] = {"bool": "bool", "float": "float", "double": "float", "std::string": "str"}

_LEAF, _COLLECTION, _RECORD = 0, 1, 2


@dataclass(frozen=True)
class _Place:
    """Where a column lies: the top-level field that is read, and the members below it."""

    field: str
    path: tuple[str, ...]
    depth: int
    type_name: str


class NTupleSource(Widening):
    """One RNTuple of one open file."""

    def __init__(self, ntuple: Any, label: str) -> None:
        self.ntuple = ntuple
        self.label = label
        self.uuid = str(ntuple.file.uuid)
        self.entries = int(ntuple.num_entries)

    @cached_property
    def _places(self) -> Mapping[str, _Place]:
        """Column name to place. Anonymous collections are left out: their members are projected under real names."""
        records = self.ntuple.header.field_records
        children: dict[int, list[int]] = {}
        tops: list[int] = []
        for index, record in enumerate(records):
            if record.parent_field_id == index:
                tops.append(index)
            else:
                children.setdefault(record.parent_field_id, []).append(index)
        found: dict[str, _Place] = {}

        def visit(index: int, top: str, names: tuple[str, ...], depth: int) -> None:
            record = records[index]
            role, below = int(record.struct_role), children.get(index, [])
            if record.flags & 1:  # a fixed-size array is one more level of lists
                depth += 1
            if role == _RECORD and below:
                for child in below:
                    visit(child, top, (*names, records[child].field_name), depth)
            elif role == _COLLECTION and len(below) == 1:
                visit(below[0], top, names, depth + 1)
            elif role == _LEAF and len(below) == 1:
                visit(below[0], top, names, depth)
            else:
                found.setdefault(".".join((top, *names)), _Place(top, names, depth, record.type_name))

        for index in tops:
            if not records[index].field_name.startswith("_collection"):
                visit(index, records[index].field_name, (), 0)
        return found

    @cached_property
    def schema(self) -> Schema:
        names = tuple(self._places)
        jagged = [name for name in names if self._places[name].depth and not self._places[name].path]
        known = set(names)
        # Projected collections keep NanoAOD's counters; the header does not link the two, their names do.
        counters = {name: counter for name in jagged if (counter := "n" + name.partition("_")[0]) in known}
        energy, length = guess_units(names)
        return Schema(names, group_branches(names, counters), counters, self.column, energy, length)

    def column(self, name: str) -> Column:
        place = self._places.get(name)
        if place is None:
            raise missing(self.label, self._places, name)
        if _INTEGER.match(place.type_name):
            return Column(name, "int", place.depth)
        if place.type_name in _PLAIN:
            return Column(name, _PLAIN[place.type_name], place.depth)
        raise FileError(f"{name!r} of {self.label} has the type {place.type_name!r}, which expressions cannot use")

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        arrays: dict[str, Any] = {}
        wholes: dict[str, Any] = {}
        for name in names:
            place = self._places.get(name)
            if place is None:
                raise missing(self.label, self._places, name)
            try:
                if place.field not in wholes:
                    field = self.ntuple[place.field]
                    wholes[place.field] = field.array(entry_start=start, entry_stop=stop)
                array = wholes[place.field]
                for member in place.path:
                    array = array[member]
            except Exception as error:
                raise unreadable(self.label, name, error, (start, stop)) from error
            arrays[name] = array
        return arrays

    def edges(self, names: Sequence[str]) -> list[int]:
        starts = {int(cluster.num_first_entry) for cluster in self.ntuple.cluster_summaries}
        return sorted(starts | {0, self.entries})
