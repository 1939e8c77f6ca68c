"""What an expression is made of, as typed: nothing here knows data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Syntax:
    """A piece of the expression text; `start` and `stop` are its character range."""

    start: int
    stop: int


@dataclass(frozen=True)
class Number(Syntax):
    value: int | float


@dataclass(frozen=True)
class Text(Syntax):
    value: str


@dataclass(frozen=True)
class Truth(Syntax):
    value: bool


@dataclass(frozen=True)
class Name(Syntax):
    name: str


@dataclass(frozen=True)
class Field(Syntax):
    """``Muon.pt``; `at` is where the field name starts."""

    value: Syntax
    name: str
    at: int


@dataclass(frozen=True)
class Index(Syntax):
    """``Muon[0]`` or ``Muon[-1]``."""

    value: Syntax
    index: int


@dataclass(frozen=True)
class Slice(Syntax):
    """``Jet[1:3]``, either end may be left out."""

    value: Syntax
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Select(Syntax):
    """``Jet[btag > 0.28]``: the elements for which the mask is true."""

    value: Syntax
    mask: Syntax


@dataclass(frozen=True)
class Call(Syntax):
    function: str
    arguments: tuple[Syntax, ...]
    keywords: tuple[tuple[str, Syntax], ...]


@dataclass(frozen=True)
class Negative(Syntax):
    value: Syntax


@dataclass(frozen=True)
class Not(Syntax):
    value: Syntax


@dataclass(frozen=True)
class Arithmetic(Syntax):
    operator: str  # one of + - * / % **
    left: Syntax
    right: Syntax


@dataclass(frozen=True)
class Comparison(Syntax):
    """``a < b <= c``: `operators` has one entry fewer than `values`."""

    operators: tuple[str, ...]  # < <= > >= == !=
    values: tuple[Syntax, ...]


@dataclass(frozen=True)
class Logic(Syntax):
    operator: str  # and, or
    values: tuple[Syntax, ...]


def number_start(value: Syntax) -> int | None:
    """Where the number of ``20`` or ``20*GeV`` starts; None for anything else."""
    if isinstance(value, Arithmetic) and value.operator == "*" and isinstance(value.right, Name):
        value = value.left
    return value.start if isinstance(value, Number) else None
