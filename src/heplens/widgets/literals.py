"""The numbers of an expression that are compared with something: each is a handle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from ..columns import syntax as s
from ..columns.parse import parse

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Literal:
    """One number literal.

    index : its place among the literals of the expression, from the left.
    value : with its sign, without its unit.
    operator : as if the literal stood on the right: ``20 < x`` is ``x > 20``.
    variable : the text it is compared with; `whole` when the comparison is all there is in the expression.
    start, stop : where sign and digits stand in the text.
    """

    index: int
    value: float | int
    operator: str
    variable: str
    unit: str
    whole: bool
    start: int
    stop: int


def literals(text: str) -> list[Literal]:
    """The literals of an expression, left to right. Raises ExpressionError when it does not parse."""
    tree = parse(text)
    found: list[tuple[s.Syntax, str, s.Syntax, bool]] = []
    for node in _walk(tree):
        if isinstance(node, s.Comparison):
            found += _compared(node, node is tree)
    found.sort(key=lambda item: item[0].start)
    result = []
    for index, (side, operator, variable, whole) in enumerate(found):
        number, unit = _number(side)
        assert number is not None
        shown = text[variable.start : variable.stop]
        result.append(Literal(index, number[0], operator, shown, unit, whole, *number[1:]))
    return result


def _compared(node: s.Comparison, whole: bool) -> Iterator[tuple[s.Syntax, str, s.Syntax, bool]]:
    last = len(node.values) - 1
    for place, side in enumerate(node.values):
        if _number(side)[0] is None:
            continue
        if place == 0:
            operator, other = _MIRRORED.get(node.operators[0]), node.values[1]
        elif place == last:
            operator, other = node.operators[-1], node.values[-2]
        else:
            continue
        if operator in _MIRRORED and _number(other)[0] is None:
            yield side, operator, other, whole


def _number(node: s.Syntax) -> tuple[tuple[float | int, int, int] | None, str]:
    """(value, start, stop) and unit of ``20``, ``-2.4`` or ``20*GeV``; None for everything else."""
    match node:
        case s.Number():
            return (node.value, node.start, node.stop), ""
        case s.Negative(value=s.Number() as inner):
            return (-inner.value, node.start, inner.stop), ""
        case s.Arithmetic(operator="*", left=left, right=s.Name(name=unit)):
            number, inner_unit = _number(left)
            return (number, unit) if number is not None and not inner_unit else (None, "")
    return None, ""


def _walk(node: s.Syntax) -> Iterator[s.Syntax]:
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, s.Syntax):
                yield from _walk(child)
            elif isinstance(child, tuple):
                yield from (n for part in child if isinstance(part, s.Syntax) for n in _walk(part))
