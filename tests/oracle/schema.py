"""Which branches form collections and event-level groups, from their names and shapes alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .values import Items, Kind, Obj, Value

AUXILIARY = re.compile(r"(?P<collection>\w+)AuxDyn\.(?P<field>\w+)$")


@dataclass(frozen=True)
class Schema:
    """`collections` and `groups`: name -> {field: branch}; `counters`: counter branch -> collection."""

    collections: dict[str, dict[str, str]]
    counters: dict[str, str] = field(default_factory=dict)
    groups: dict[str, dict[str, str]] = field(default_factory=dict)

    def owner(self, branch: str) -> str | None:
        """The collection that a branch or a counter belongs to."""
        for name, fields in self.collections.items():
            if branch in fields.values():
                return name
        return self.counters.get(branch)


def from_shapes(shapes: dict[str, int]) -> Schema:
    """`shapes`: branch -> 0 for one value per event, 1 for a list, 2 and more for nested lists."""
    lists = {name for name, depth in shapes.items() if depth == 1}
    collections: dict[str, dict[str, str]] = {}
    counters: dict[str, str] = {}
    for counter, depth in shapes.items():
        prefix = counter[1:]
        members = {name[len(prefix) + 1 :]: name for name in shapes if name in lists and name.startswith(prefix + "_")}
        # A list named like its counter (PSWeight and nPSWeight) stays an array.
        if depth == 0 and counter[0] in "nN" and prefix and members:
            collections[prefix] = members
            counters[counter] = prefix
    for branch in lists:
        match = AUXILIARY.match(branch)
        if match:
            collections.setdefault(match["collection"], {})[match["field"]] = branch
    return Schema(collections, counters, groups_of(shapes, collections))


def groups_of(shapes: dict[str, int], collections: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Event-level records by prefix: MET_pt -> MET.pt, HLT_IsoMu24 -> HLT.IsoMu24."""
    groups: dict[str, dict[str, str]] = {}
    for branch, depth in shapes.items():
        prefix, underscore, rest = branch.partition("_")
        if depth == 0 and underscore and prefix and rest and prefix not in collections and prefix not in shapes:
            groups.setdefault(prefix, {})[rest] = branch
    return groups


def as_items(value: Any, axis: object) -> Value:
    """A stored list, nested or not, as Items."""
    if isinstance(value, list):
        return Items([as_items(element, None) for element in value], axis)
    return value


def objects(event: dict[str, Any], name: str, fields: dict[str, str]) -> Items:
    """The objects of one stored collection. Its axis is its name, which raw branches of it share."""
    columns = {label: event[branch] for label, branch in fields.items() if branch in event}
    size = len(next(iter(columns.values())))
    rows = [Obj({label: as_items(column[i], None) for label, column in columns.items()}) for i in range(size)]
    return Items(list(rows), name, Kind(frozenset(columns)))


def group(event: dict[str, Any], fields: dict[str, str]) -> Obj:
    """An event-level record such as MET."""
    return Obj({label: event[branch] for label, branch in fields.items() if branch in event})
