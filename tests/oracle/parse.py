"""Tokens -> a tree of expression nodes, by recursive descent.

or < and < not < comparison < + - < * / % < unary - < ** < brackets, dots and calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .tokens import Token, tokenize
from .values import OracleError

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


@dataclass(frozen=True)
class Node:
    """Any node of the tree."""


@dataclass(frozen=True)
class Literal(Node):
    value: bool | int | float | str


@dataclass(frozen=True)
class Name(Node):
    name: str


@dataclass(frozen=True)
class Attribute(Node):
    value: Node
    name: str


@dataclass(frozen=True)
class Bracket(Node):
    value: Node
    content: Node


@dataclass(frozen=True)
class Slice(Node):
    value: Node
    start: Node | None
    stop: Node | None


@dataclass(frozen=True)
class Call(Node):
    function: str
    arguments: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Negative(Node):
    value: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Compare(Node):
    """a < b < c: all of the neighbouring comparisons."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Logic(Node):
    operator: str  # "and", "or"
    left: Node
    right: Node


@dataclass(frozen=True)
class Not(Node):
    value: Node


@dataclass(frozen=True)
class Parentheses(Node):
    """Kept in the tree because `!x > 20` is an error and `!(x > 20)` is not."""

    value: Node


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    parser = Parser(tokenize(text), text)
    node = parser.disjunction()
    if parser.token.kind != "end":
        raise parser.error()
    return node


class Parser:
    def __init__(self, tokens: list[Token], text: str) -> None:
        self.tokens, self.text, self.at = tokens, text, 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def error(self) -> OracleError:
        return OracleError(f"unexpected {self.token.text!r} at {self.token.position} of {self.text!r}")

    def sees(self, *signs: str) -> bool:
        return self.token.kind == "sign" and self.token.text in signs

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1].text

    def accept(self, sign: str) -> bool:
        found = self.sees(sign)
        self.at += found
        return found

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise self.error()

    def name(self) -> str:
        if self.token.kind != "name":
            raise self.error()
        return self.take()

    def disjunction(self) -> Node:
        node = self.conjunction()
        while self.accept("or"):
            node = Logic("or", node, self.conjunction())
        return node

    def conjunction(self) -> Node:
        node = self.negation()
        while self.accept("and"):
            node = Logic("and", node, self.negation())
        return node

    def negation(self) -> Node:
        if self.accept("not"):
            return Not(self.negation())
        if self.accept("!"):
            value = self.negation()
            if isinstance(value, Compare):
                raise OracleError(f"write !(...) around the comparison in {self.text!r}")
            return Not(value)
        return self.comparison()

    def comparison(self) -> Node:
        operands, operators = [self.sum()], []
        while self.sees(*COMPARISONS):
            operators.append(self.take())
            operands.append(self.sum())
        return Compare(tuple(operators), tuple(operands)) if operators else operands[0]

    def sum(self) -> Node:
        node = self.product()
        while self.sees("+", "-"):
            node = Arithmetic(self.take(), node, self.product())
        return node

    def product(self) -> Node:
        node = self.signed()
        while self.sees("*", "/", "%"):
            node = Arithmetic(self.take(), node, self.signed())
        return node

    def signed(self) -> Node:
        if self.accept("-"):
            return Negative(self.signed())
        if self.accept("+"):
            return self.signed()
        node = self.trailers()
        return Arithmetic("**", node, self.signed()) if self.accept("**") else node

    def trailers(self) -> Node:
        node = self.atom()
        while True:
            if self.accept("."):
                node = Attribute(node, self.name())
            elif self.accept("["):
                node = self.bracket(node)
            elif self.sees("(") and isinstance(node, Name):
                node = self.call(node.name)
            else:
                return node

    def bracket(self, value: Node) -> Node:
        start = None if self.sees(":") else self.disjunction()
        if not self.accept(":"):
            self.expect("]")
            assert start is not None
            return Bracket(value, start)
        stop = None if self.sees("]") else self.disjunction()
        self.expect("]")
        return Slice(value, start, stop)

    def call(self, function: str) -> Node:
        self.expect("(")
        arguments: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self.sees(")"):
            following = self.tokens[self.at + 1]
            if self.token.kind == "name" and (following.kind, following.text) == ("sign", "="):
                name = self.name()
                self.expect("=")
                named.append((name, self.disjunction()))
            else:
                arguments.append(self.disjunction())
            if not self.accept(","):
                break
        self.expect(")")
        return Call(function, tuple(arguments), tuple(named))

    def atom(self) -> Node:
        kind, text = self.token.kind, self.token.text
        if self.accept("("):
            inside = self.disjunction()
            self.expect(")")
            return Parentheses(inside)
        if kind == "number":
            self.take()
            return Literal(int(text) if text.isdigit() else float(text))
        if kind == "text":
            return Literal(self.take()[1:-1])
        if kind == "name":
            self.take()
            return Literal(text == "True") if text in ("True", "False") else Name(text)
        raise self.error()
