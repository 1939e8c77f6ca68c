"""The numbers of an expression that something is compared with: each can be moved without touching the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from ..columns import syntax as s
from ..columns.parse import parse
from ..columns.scope import ENERGY, LENGTH
from ..errors import AnalysisError


@dataclass(frozen=True)
class Literal:
    """A number as typed at characters [start, stop), the text it is compared with, and how.

    `operator` reads with the variable on the left: ``20 < pt`` gives ``pt > 20``. `unit` is what it is multiplied
    with, "" for nothing.
    """

    value: float | int
    start: int
    stop: int
    variable: str
    operator: str
    unit: str


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def literals(text: str) -> list[Literal]:
    """The compared numbers of an expression, from left to right."""
    found: list[Literal] = []
    for node in _walk(parse(text)):
        if not isinstance(node, s.Comparison):
            continue
        for index, operator in enumerate(node.operators):
            left, right = node.values[index], node.values[index + 1]
            for side, other, shown in ((left, right, _MIRRORED[operator]), (right, left, operator)):
                number, unit = _number(side)
                if number is not None and _number(other)[0] is None:
                    found.append(
                        Literal(number.value, number.start, number.stop, text[other.start : other.stop], shown, unit)
                    )
    return sorted(found, key=lambda literal: literal.start)


def replace_literal(text: str, index: int, value: float | int) -> str:
    """The expression with one compared number replaced; all else stays as typed.

    Raises
    ------
    AnalysisError : there is no such number.
    """
    found = literals(text)
    if not 0 <= index < len(found):
        raise AnalysisError(f"{text!r} has {len(found)} compared numbers; there is none at place {index}")
    literal = found[index]
    return text[: literal.start] + number_text(value) + text[literal.stop :]


def number_text(value: float | int) -> str:
    """A number as a person writes it: 20, not 20.0."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def _number(node: s.Syntax) -> tuple[s.Number | None, str]:
    if isinstance(node, s.Number):
        return node, ""
    if (
        isinstance(node, s.Arithmetic)
        and node.operator == "*"
        and isinstance(node.left, s.Number)
        and isinstance(node.right, s.Name)
        and (node.right.name in ENERGY or node.right.name in LENGTH)
    ):
        return node.left, node.right.name
    return None, ""


def _walk(node: s.Syntax) -> Iterator[s.Syntax]:
    yield node
    for item in fields(node):
        value = getattr(node, item.name)
        for child in value if isinstance(value, tuple) else (value,):
            inner = child[1] if isinstance(child, tuple) else child
            if isinstance(inner, s.Syntax):
                yield from _walk(inner)
