"""Arithmetic, comparison and three-valued logic of single values: IEEE numbers, None for missing."""

from __future__ import annotations

import math
from collections.abc import Callable

from .values import OracleError, Value


def number(value: Value) -> int | float:
    """A number; booleans count as 0 and 1."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    raise OracleError(f"{value!r} is not a number")


def strict(function: Callable[..., Value]) -> Callable[..., Value]:
    """Missing in, missing out."""

    def wrapped(*arguments: Value) -> Value:
        return None if any(argument is None for argument in arguments) else function(*arguments)

    return wrapped


def divide(a: Value, b: Value) -> float:
    x, y = float(number(a)), float(number(b))
    if y != 0:
        return x / y
    if x == 0 or math.isnan(x):
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def modulo(a: Value, b: Value) -> int | float:
    x, y = number(a), number(b)
    return math.nan if y == 0 else x % y


def power(a: Value, b: Value) -> int | float:
    x, y = number(a), number(b)
    if isinstance(x, int) and isinstance(y, int) and y >= 0:
        return int(x**y)
    try:
        return math.pow(x, y)
    except OverflowError:
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf
    except ValueError:
        if x != 0:
            return math.nan
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf


ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: number(a) + number(b),
    "-": lambda a, b: number(a) - number(b),
    "*": lambda a, b: number(a) * number(b),
    "/": divide,
    "%": modulo,
    "**": power,
}

COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    "<": lambda a, b: number(a) < number(b),
    "<=": lambda a, b: number(a) <= number(b),
    ">": lambda a, b: number(a) > number(b),
    ">=": lambda a, b: number(a) >= number(b),
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def boolean(value: Value) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise OracleError(f"{value!r} is not a boolean: write x != 0 or bit(x, n)")


def both(a: Value, b: Value) -> bool | None:
    a, b = boolean(a), boolean(b)
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def either(a: Value, b: Value) -> bool | None:
    a, b = boolean(a), boolean(b)
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def negation(a: Value) -> bool | None:
    a = boolean(a)
    return None if a is None else not a


def guarded(function: Callable[[float], float], overflow: float = math.inf) -> Callable[[Value], float]:
    """IEEE results where Python's math raises: NaN outside the domain, infinity when too large."""

    def wrapped(value: Value) -> float:
        x = float(number(value))
        try:
            return function(x)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.copysign(overflow, x) if function is math.sinh else overflow

    return wrapped


def logarithm(function: Callable[[float], float]) -> Callable[[Value], float]:
    return lambda value: -math.inf if number(value) == 0 else guarded(function)(value)


def floor(value: Value) -> int | float:
    x = number(value)
    return float(math.floor(x)) if isinstance(x, float) and math.isfinite(x) else x


def bit(value: Value, position: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, int):
        raise OracleError("bit() takes an integer")
    return bool((value >> position) & 1)


MATHS: dict[str, Callable[..., Value]] = {
    "abs": lambda x: abs(number(x)),
    "sqrt": guarded(math.sqrt),
    "exp": guarded(math.exp),
    "log": logarithm(math.log),
    "log10": logarithm(math.log10),
    "sin": guarded(math.sin),
    "cos": guarded(math.cos),
    "tan": guarded(math.tan),
    "asin": guarded(math.asin),
    "acos": guarded(math.acos),
    "atan": guarded(math.atan),
    "sinh": guarded(math.sinh),
    "cosh": guarded(math.cosh),
    "tanh": guarded(math.tanh),
    "atan2": lambda y, x: math.atan2(number(y), number(x)),
    "hypot": lambda x, y: math.hypot(number(x), number(y)),
    "floor": floor,
    "isnan": lambda x: isinstance(x, float) and math.isnan(x),
    "bit": bit,
}
