"""What the checker knows of a value before any data is read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal["bool", "int", "float", "str", "object"]

_KIND_WORDS = {"bool": "true/false", "int": "whole number", "float": "number", "str": "text"}


@dataclass(frozen=True)
class Axis:
    """One nesting level below the event. Two values pair element by element when they share the axis.

    `identity` tells axes apart (it names the filter, slice or combination that made them), `label` is for messages.
    """

    identity: str
    label: str = field(compare=False)


@dataclass(frozen=True)
class Shape:
    """What an object is made of.

    `fields` maps the name of each stored field to the branches that hold it (one per stored group it comes from:
    several after ``concat``), `coordinates` the components of its vector, as the `vector` library spells them, to
    the stored field. `bases` are the stored groups. For a combination, `parts` holds the shapes of first, second, …;
    its four-vector is their sum. A computed four-vector has coordinates and no branches.
    """

    label: str
    bases: tuple[str, ...] = ()
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    coordinates: tuple[tuple[str, str], ...] = ()
    parts: tuple[Shape, ...] = ()

    def branches(self, name: str) -> tuple[str, ...] | None:
        return next((branches for field, branches in self.fields if field == name), None)

    @property
    def dimension(self) -> int:
        """Components of the vector that can be computed: 0 (none), 2, 3 or 4."""
        return min(part.dimension for part in self.parts) if self.parts else len(self.coordinates)

    def leaves(self) -> tuple[Shape, ...]:
        """The single objects in it: itself, or those of its parts."""
        return tuple(leaf for part in self.parts for leaf in part.leaves()) if self.parts else (self,)


@dataclass(frozen=True)
class Type:
    """Kind of the innermost value, the axes below the event (none: one per event), whether it may be missing.

    `quantity` ("energy", "length" or "") serves warnings about units only.
    """

    kind: Kind
    axes: tuple[Axis, ...] = ()
    optional: bool = False
    shape: Shape | None = None
    quantity: str = field(default="", compare=False)

    @property
    def is_number(self) -> bool:
        return self.kind in ("int", "float")

    def maybe(self, optional: bool = True) -> Type:
        return replace(self, optional=self.optional or optional)

    def __str__(self) -> str:
        per = " and ".join(axis.label for axis in self.axes) or "event"
        if self.kind == "object":
            label = self.shape.label if self.shape else "object"
            return f"a collection of {label}" if self.axes else f"one {label} per event"
        return f"one {_KIND_WORDS[self.kind]} per {per}"
