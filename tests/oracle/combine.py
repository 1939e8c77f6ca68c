"""Collections -> collections and objects: pairs, closest, disjoint, concat, sort, four-vectors, distances."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations as choose
from typing import cast

from .logic import number
from .reducers import argmax, argmin
from .values import Items, Kind, Obj, OracleError, Value, lift, need_items
from .vectors import composite, composite_kind, delta_phi, delta_r, kind_of, transverse_mass


def collection(value: Value, what: str) -> Items:
    items = need_items(value, what)
    if items.kind is None:
        raise OracleError(f"{what} takes a collection of objects")
    return items


def kind(items: Items) -> Kind:
    return cast(Kind, items.kind)


def combinations(value: Value, n: int) -> Value:
    """All i < j < ... in stored order."""
    if value is None:
        return None
    items = collection(value, "combinations()")
    return Items([composite(list(row)) for row in choose(items.values, n)], object(), composite_kind([kind(items)] * n))


def cartesian(a: Value, b: Value) -> Value:
    """Every object of A with every object of B, A-major."""
    if a is None or b is None:
        return None
    left, right = collection(a, "cartesian()"), collection(b, "cartesian()")
    rows = [composite([x, y]) for x in left.values for y in right.values]
    return Items(rows, object(), composite_kind([kind(left), kind(right)]))


def disjoint(value: Value, other: Value) -> tuple[Value, int]:
    """The candidates that share no object with another one, and how many were dropped because that is missing."""
    if value is None:
        return None, 0
    items = collection(value, "disjoint()")
    if other is None:
        return items.chosen([]), len(items.values)
    taken = set().union(*(obj.leaves() for obj in (other.values if isinstance(other, Items) else [other])))
    return items.chosen([i for i, obj in enumerate(items.values) if not obj.leaves() & taken]), 0


def concat(a: Value, b: Value) -> Value:
    if a is None or b is None:
        return None
    left, right = collection(a, "concat()"), collection(b, "concat()")
    return Items([*left.values, *right.values], object(), Kind(kind(left).fields & kind(right).fields))


def pick(items: Items, position: int | None) -> Value:
    """One element; negative positions count from the end, beyond the end is missing."""
    if position is None or not -len(items.values) <= position < len(items.values):
        return None
    return items.values[position]


def leading(items: Value, keys: Value) -> Value:
    return None if items is None else pick(collection(items, "leading()"), argmax(keys))


def closest(items: Value, keys: Value, target: Value) -> Value:
    """The object whose key is nearest to the target: the first on a tie."""
    if items is None or target is None:
        return None
    distances = lift(lambda key: None if key is None else abs(number(key) - number(target)), keys)
    return pick(collection(items, "closest()"), argmin(distances))


def sort(value: Value, keys: Value) -> Value:
    """Largest key first, equal keys in stored order, NaN and missing keys last."""
    if value is None:
        return None
    items = need_items(value, "sort()")

    def rank(i: int) -> tuple[bool, float]:
        key = keys.values[i]
        unordered = key is None or key != key
        return unordered, 0.0 if unordered else -number(key)

    return items.chosen(sorted(range(len(items.values)), key=rank))


def p4(named: dict[str, Value]) -> Value:
    """A four-vector from its coordinates, element by element where they are lists."""
    names = list(named)
    if set(names) not in ({"pt", "eta", "phi"}, {"pt", "eta", "phi", "mass"}, {"px", "py", "pz", "E"}):
        raise OracleError(f"p4() takes pt, eta, phi, mass or px, py, pz, E, not {names}")

    def build(*values: Value) -> Value:
        return (
            None if any(value is None for value in values) else Obj(dict(zip(names, map(number, values), strict=True)))
        )

    return lift(build, *named.values(), kind=Kind(frozenset(names)))


def two_objects(function: Callable[[Obj, Obj], float]) -> Callable[[Value, Value], Value]:
    def single(a: Value, b: Value) -> Value:
        if a is None or b is None:
            return None
        if not isinstance(a, Obj) or not isinstance(b, Obj):
            raise OracleError(f"{function.__name__} takes objects")
        return function(a, b)

    return lambda a, b: lift(single, a, b)


def delta_r_min(a: Value, b: Value) -> Value:
    """For each A the distance to the nearest B, missing when there is none."""
    if a is None or b is None:
        return None
    others = b.values if isinstance(b, Items) else [b]

    def nearest(obj: Value) -> Value:
        return (
            None if obj is None else min((delta_r(obj, other) for other in others if other is not None), default=None)
        )

    return lift(nearest, a)


def add_vectors(a: Value, b: Value) -> Value:
    """Muon[0] + Muon[1]."""

    def single(x: Value, y: Value) -> Value:
        if x is None or y is None:
            return None
        total = composite([x, y])
        return Obj({name: value for name, value in total.fields.items() if not isinstance(value, Obj)}, total.parts)

    result = lift(single, a, b)
    if isinstance(result, Items):
        kinds = [x.kind if isinstance(x, Items) else kind_of(x) for x in (a, b) if x is not None]
        result.kind = Kind(composite_kind([k for k in kinds if k is not None]).fields)
    return result


BINARY = {
    "deltaR": two_objects(delta_r),
    "deltaPhi": two_objects(delta_phi),
    "mT": two_objects(transverse_mass),
    "deltaR_min": delta_r_min,
}
