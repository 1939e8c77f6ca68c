"""The values an expression can have in one event.

A number, boolean or string of the event; `None` for missing; an `Obj` (a muon, a pair, MET); or `Items`, a list that
remembers which objects it runs over, so that muons can never be combined with jets element by element.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Value = Any  # None | bool | int | float | str | Obj | Items


class OracleError(Exception):
    """The document asks for something that the rules call an error."""


@dataclass(frozen=True)
class Kind:
    """What the objects of a list are, known even when the list is empty: stored fields, and the kinds of its parts."""

    fields: frozenset[str]
    parts: tuple[tuple[str, Kind], ...] = ()

    def part(self, name: str) -> Kind | None:
        return dict(self.parts).get(name)


@dataclass(eq=False)
class Obj:
    """One object; identity is the Python object, so two muons with equal numbers stay two muons."""

    fields: dict[str, Value]
    parts: tuple[Obj, ...] = ()

    def leaves(self) -> set[int]:
        """Identities of the stored objects this one is made of."""
        return set().union(*(part.leaves() for part in self.parts)) if self.parts else {id(self)}


@dataclass(eq=False)
class Items:
    """A list in stored order. `axis` names the objects it runs over; `kind` is None for a list of plain values."""

    values: list[Value]
    axis: object = None
    kind: Kind | None = None

    def like(self, values: list[Value], kind: Kind | None = None) -> Items:
        """Other values for the same objects."""
        return Items(values, self.axis, kind)

    def chosen(self, positions: list[int]) -> Items:
        """A new, shorter or reordered list of the same kind of things."""
        return Items([self.values[i] for i in positions], object(), self.kind)


@dataclass
class Counters:
    """What was dropped on the way."""

    dropped_objects: int = field(default=0)


def common_axis(lists: list[Items]) -> object:
    """The axis shared by several lists; an error where they run over different objects."""
    lengths = {len(items.values) for items in lists}
    axes = {id(items.axis): items.axis for items in lists if items.axis is not None}
    names = set(axes.values()) if all(isinstance(axis, str) for axis in axes.values()) else axes.keys()
    if len(names) > 1 or len(lengths) > 1:
        raise OracleError("two different collections element by element: reduce one or pair them")
    return next(iter(axes.values()), None)


def lift(function: Callable[..., Value], *arguments: Value, kind: Kind | None = None) -> Value:
    """Apply a function of single values element by element, broadcasting event-level values."""
    lists = [argument for argument in arguments if isinstance(argument, Items)]
    if not lists:
        return function(*arguments)
    axis = common_axis(lists)
    out = []
    for i in range(len(lists[0].values)):
        row = [argument.values[i] if isinstance(argument, Items) else argument for argument in arguments]
        out.append(lift(function, *row))
    return Items(out, axis, kind)


def need_items(value: Value, what: str) -> Items:
    if not isinstance(value, Items):
        raise OracleError(f"{what} takes a collection or a list, not a single value")
    if any(isinstance(element, Items) for element in value.values):
        raise OracleError(f"{what}: lists of lists are not reduced here")
    return value
