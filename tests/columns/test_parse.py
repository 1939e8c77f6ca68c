"""Syntax: precedence, spellings, positions, caps."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from heplens.columns import syntax as s
from heplens.columns.parse import MAX_DEPTH, MAX_NODES, parse
from heplens.columns.tokens import MAX_CHARACTERS
from heplens.errors import ExpressionError


def shown(node: Any) -> str:
    """The tree with every bracket written out."""
    match node:
        case s.Number(value=v) | s.Text(value=v) | s.Truth(value=v):
            return repr(v)
        case s.Name():
            return node.name
        case s.Field():
            return f"{shown(node.value)}.{node.name}"
        case s.Index():
            return f"{shown(node.value)}[{node.index}]"
        case s.Slice():
            return f"{shown(node.value)}[{node.low}:{node.high}]"
        case s.Select():
            return f"{shown(node.value)}[{shown(node.mask)}]"
        case s.Call():
            inside = [shown(a) for a in node.arguments] + [f"{k}={shown(v)}" for k, v in node.keywords]
            return f"{node.function}({', '.join(inside)})"
        case s.Negative():
            return f"(-{shown(node.value)})"
        case s.Not():
            return f"(!{shown(node.value)})"
        case s.Arithmetic():
            return f"({shown(node.left)} {node.operator} {shown(node.right)})"
        case s.Comparison():
            parts = [shown(node.values[0])]
            for operator, value in zip(node.operators, node.values[1:], strict=True):
                parts += [operator, shown(value)]
            return f"({' '.join(parts)})"
        case s.Logic():
            return "(" + f" {node.operator} ".join(map(shown, node.values)) + ")"
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a & b > 2", "(a and (b > 2))"),
        ("a > 1 & b < 2 | c", "(((a > 1) and (b < 2)) or c)"),
        ("a | b & c", "(a or (b and c))"),
        ("a || b && c", "(a or (b and c))"),
        ("a or b and not c", "(a or (b and (!c)))"),
        ("not a > 2", "(!(a > 2))"),
        ("!(a > 2)", "(!(a > 2))"),
        ("!a & ~b", "((!a) and (!b))"),
        ("20 < x <= 30", "(20 < x <= 30)"),
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("8 / 4 / 2 % 3", "(((8 / 4) / 2) % 3)"),
        ("-a**2", "(-(a ** 2))"),
        ("a**-1", "(a ** -1)"),
        ("-2*-x", "(-2 * (-x))"),
        ("+x", "x"),
        ("Muon.pt[0]", "Muon.pt[0]"),
        ("Muon[-1].pt", "Muon[-1].pt"),
        ("Jet[:2][1:][0:3]", "Jet[None:2][1:None][0:3]"),
        ("Jet[btag > 0.2 & pt > 20*GeV].pt", "Jet[((btag > 0.2) and (pt > (20 * GeV)))].pt"),
        ("(Muon[0] + Muon[1]).mass", "(Muon[0] + Muon[1]).mass"),
        ("f(a, b, )", "f(a, b)"),
        ("p4(px=1, E = 2)", "p4(px=1, E=2)"),
        ("`m(ll)`.`x y` > 2", "(m(ll).x y > 2)"),
        ("`True`", "True"),
        ("True", "True"),
        ("s == 'a b'", "(s == 'a b')"),
        ('s != "it\'s"', '(s != "it\'s")'),
        ("1e3 + .5 + 2. + 1E-2", "(((1000.0 + 0.5) + 2.0) + 0.01)"),
        ("18446744073709551615", "18446744073709551615"),
        ("a\n & \tb", "(a and b)"),
    ],
)
def test_precedence_and_spellings(text: str, tree: str) -> None:
    assert shown(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("Muon.pt > ", 10, "too early"),
        ("Muon.pt >> 3", 8, "bit"),
        ("a + * b", 4, "missing before"),
        ("(a + b", 0, "never closed"),
        ("f(a, b", 1, "never closed"),
        ("a[0", 1, "never closed"),
        ("a[1.5]", 2, "whole number"),
        ("a[]", 2, "between the brackets"),
        ("a b", 2, "operator is missing"),
        ("20GeV", 2, r"20\*GeV"),
        ("x > 20 GeV", 7, r"write a unit as 20\*GeV"),
        ("1.5e", 3, "neither"),
        ("Muon.", 5, "field name"),
        ("a = 2", 2, "=="),
        ("a ^ 2", 2, r"\*\*"),
        ("!a > 2", 0, "two things"),
        ("a**b", 3, "exponent"),
        ("a**9", 3, "exponent"),
        ("a(1)(2)", 0, "function"),
        ("(a)(1)", 0, "function"),
        ("f(x=1, 2)", 7, "without a name"),
        ("'a", 0, "closing quote"),
        ("`a", 0, "backquote"),
        ("'a\\n'", 2, "backslash"),
        ("a § b", 2, "no meaning"),
        ("99999999999999999999", 0, "64 bits"),
        ("1e999", 0, "too large"),
    ],
)
def test_messages_point_at_the_character(text: str, position: int, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as caught:
        parse(text)
    assert caught.value.position == position
    lines = str(caught.value).split("\n")
    assert lines[1] == "  " + text
    assert lines[2].index("^") == position + 2


def test_every_node_knows_its_characters() -> None:
    text = "max(Jet[btag > 0.5].pt) > 20*GeV & !(a | b)"

    def visit(node: s.Syntax) -> None:
        inner = text[node.start : node.stop]
        assert shown(parse(inner)) == shown(node)
        for item in dataclasses.fields(node):
            value = getattr(node, item.name)
            for child in value if isinstance(value, tuple) else (value,):
                if isinstance(child, s.Syntax):
                    visit(child)

    visit(parse(text))


def test_caps() -> None:
    parse("x" + " " * (MAX_CHARACTERS - 1))
    with pytest.raises(ExpressionError, match="characters"):
        parse("x" + " " * MAX_CHARACTERS)
    parse("+".join(["1"] * (MAX_NODES // 2)))
    with pytest.raises(ExpressionError, match="parts"):
        parse("+".join(["1"] * MAX_NODES))
    parse("(" * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1))
    with pytest.raises(ExpressionError, match="levels"):
        parse("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH)
    with pytest.raises(ExpressionError, match="levels"):
        parse("!" * (MAX_DEPTH + 1) + "x")
