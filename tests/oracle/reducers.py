"""Lists -> one value. Missing elements are not there; NaN is skipped by what orders and kept by what adds."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps

from .logic import boolean, number
from .values import Items, OracleError, Value, need_items


def present(value: Items) -> list[Value]:
    return [element for element in value.values if element is not None]


def reducer(function: Callable[[Items], Value]) -> Callable[[Value], Value]:
    @wraps(function)
    def wrapped(value: Value) -> Value:
        return None if value is None else function(need_items(value, function.__name__.strip("_")))

    return wrapped


def not_nan(value: Value) -> bool:
    return not (isinstance(value, float) and math.isnan(value))


def ordered(value: Items) -> list[tuple[int, int | float]]:
    """(position, number) of the elements that can be ordered."""
    pairs = [(i, element) for i, element in enumerate(value.values) if element is not None]
    return [(i, number(element)) for i, element in pairs if not_nan(element)]


@reducer
def count(value: Items) -> int:
    """Number of objects, or number of True."""
    return sum(1 for element in present(value) if element is not False)


@reducer
def sum_(value: Items) -> int | float:
    total: int | float = 0
    for element in present(value):
        total = total + number(element)
    return total


@reducer
def prod(value: Items) -> int | float:
    total: int | float = 1
    for element in present(value):
        total = total * number(element)
    return total


@reducer
def mean(value: Items) -> float | None:
    elements = [number(element) for element in present(value)]
    return sum(elements) / len(elements) if elements else None


@reducer
def min_(value: Items) -> int | float | None:
    return min((x for _, x in ordered(value)), default=None)


@reducer
def max_(value: Items) -> int | float | None:
    return max((x for _, x in ordered(value)), default=None)


@reducer
def argmin(value: Items) -> int | None:
    """Position of the first smallest."""
    best = min(ordered(value), key=lambda pair: (pair[1], pair[0]), default=None)
    return None if best is None else best[0]


@reducer
def argmax(value: Items) -> int | None:
    """Position of the first largest."""
    best = min(ordered(value), key=lambda pair: (-pair[1], pair[0]), default=None)
    return None if best is None else best[0]


@reducer
def any_(value: Items) -> bool:
    return True in [need_boolean(element) for element in present(value)]


@reducer
def all_(value: Items) -> bool:
    return False not in [need_boolean(element) for element in present(value)]


def need_boolean(value: Value) -> bool | None:
    try:
        return boolean(value)
    except OracleError as error:
        raise OracleError("any() and all() take booleans") from error


REDUCERS: dict[str, Callable[[Value], Value]] = {
    "count": count,
    "sum": sum_,
    "prod": prod,
    "mean": mean,
    "min": min_,
    "max": max_,
    "argmin": argmin,
    "argmax": argmax,
    "any": any_,
    "all": all_,
}
