"""Which branches a set of nodes needs: known before any data is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .nodes import Node, walk
from .schema import Schema
from .types import Shape
from .vectors import PROPERTIES

#: Where an object stands among the stored ones of its event; tells shared objects. No branch can be called like this.
IDENTITY = "place in event"


@dataclass(frozen=True)
class Demand:
    """What has to be read and built.

    `groups` maps each group to the fields needed of it and their branches, `vectors` to how many components of its
    vector are needed (2, 3, 4), `identified` are the groups whose objects must know their place in the event.
    """

    columns: tuple[str, ...]
    groups: Mapping[str, Mapping[str, str]]
    vectors: Mapping[str, int]
    identified: frozenset[str]

    @property
    def branches(self) -> tuple[str, ...]:
        """Every branch to read, in a fixed order."""
        inside = (branch for fields in self.groups.values() for branch in fields.values())
        return tuple(sorted({*self.columns, *inside}))


def demand(roots: Iterable[Node], schema: Schema) -> Demand:
    """What the evaluation of `roots` needs."""
    columns: set[str] = set()
    groups: dict[str, dict[str, str]] = {}
    vectors: dict[str, int] = {}
    identified: set[str] = set()

    def need(shape: Shape, field: str) -> None:
        for base, branch in zip(shape.bases, shape.branches(field) or (), strict=True):
            groups.setdefault(base, {})[field] = branch

    def need_vector(shape: Shape | None, dimension: int) -> None:
        if shape is None or not shape.bases:
            return
        for component, field in shape.coordinates[:dimension]:
            need(shape, field if shape.branches(field) else component)
        for base in shape.bases:
            vectors[base] = max(vectors.get(base, 0), dimension)

    for node in walk(roots):
        shape = node.inputs[0].type.shape if node.inputs else None
        match node.operation:
            case "column":
                columns.add(str(node.parameters[0]))
            case "group":
                groups.setdefault(str(node.parameters[0]), {})
            case "get" if shape is not None:
                need(shape, str(node.parameters[0]))
            case "vector":
                need_vector(shape, PROPERTIES[str(node.parameters[0])].dimension)
            case "add":
                for child in node.inputs:
                    need_vector(child.type.shape, 4)
            case "disjoint":
                for child in node.inputs[:2]:
                    for leaf in child.type.shape.leaves() if child.type.shape else ():
                        identified.update(leaf.bases)
    for name, fields in groups.items():
        if not fields:
            _add_any_field(schema, name, fields)
    ordered = {name: dict(sorted(fields.items(), key=_vector_first)) for name, fields in groups.items()}
    return Demand(tuple(sorted(columns)), ordered, vectors, frozenset(identified))


def _vector_first(item: tuple[str, str]) -> tuple[int, str]:
    """Components in their usual order, then the other fields by name: the same order whoever asks."""
    components = ("pt", "eta", "phi", "mass", "px", "py", "pz", "E")
    return (components.index(item[0]) if item[0] in components else len(components), item[0])


def _add_any_field(schema: Schema, name: str, fields: dict[str, str]) -> None:
    """Objects that are only counted still need one branch that tells how many there are."""
    group = schema.groups[name]
    canonical = {stored: component for component, stored in group.coordinates}
    for field, branch in sorted(group.fields.items(), key=lambda item: item[0] not in canonical):
        try:
            usable = schema.column(branch).depth == 1
        except Exception:  # one unreadable branch does not matter while its neighbours can be read
            usable = False
        if usable:
            fields[canonical.get(field, field)] = branch
            return
