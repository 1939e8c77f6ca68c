"""Tokens to syntax: precedence climbing with the boolean precedence that physicists mean.

From loosest to tightest: ``or | ||``, ``and & &&``, ``not``, comparisons (chained), ``+ -``, ``* / %``, unary ``-``,
``**``, then ``! ~`` and what follows a name: ``.field``, ``[…]``, ``(…)``.

A grammar of our own rather than Python's: ``&`` binds looser than ``<`` here, every node knows its characters, and
text that is not an expression never reaches a parser which knows more than expressions.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

from ..errors import ExpressionError
from . import syntax as s
from .tokens import Token, tokenize

MAX_NODES = 200
MAX_DEPTH = 50
MAX_EXPONENT = 8

_UNITS = {"MeV", "GeV", "TeV", "mm", "cm"}
_COMPARISONS = {"<", "<=", ">", ">=", "==", "!="}


def parse(text: str) -> s.Syntax:
    """The syntax of one expression.

    Raises
    ------
    ExpressionError : with the position of the first character that cannot be right, or when a cap is exceeded
        (2,000 characters, 200 nodes, depth 50, exponent 8).
    """
    if not isinstance(text, str):
        raise ExpressionError(f"an expression is text, not {type(text).__name__}")
    return _parse(text)


@lru_cache(maxsize=4096)
def _parse(text: str) -> s.Syntax:
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.nodes = 0
        self.depth = 0

    # --- tokens ---------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def is_operator(self, *operators: str) -> bool:
        return self.token.kind == "operator" and self.token.text in operators

    def expect(self, operator: str, opened: Token) -> Token:
        if not self.is_operator(operator):
            if self.token.kind == "end":
                raise self.error(f"this {opened.text!r} is never closed; {operator!r} is missing", opened.start)
            raise self.error(f"{operator!r} expected before {self.token.text!r}", self.token.start)
        return self.take()

    def error(self, message: str, position: int | None = None) -> ExpressionError:
        return ExpressionError(message, self.text, self.token.start if position is None else position)

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError(f"the expression has more than {MAX_NODES} parts; split it with define", self.text)

    # --- grammar --------------------------------------------------------------------------------------------------

    def whole(self) -> s.Syntax:
        if self.token.kind == "end":
            raise self.error("the expression is empty", None if not self.text else 0)
        value = self.expression()
        rest = self.token
        if rest.kind != "end":
            unit = rest.text in _UNITS and self.text[: rest.start].rstrip()[-1:].isdigit()
            instead = f"; write a unit as 20*{rest.text}" if unit else "; an operator is missing before it"
            raise self.error(f"{rest.text!r} does not belong here{instead}")
        return value

    def expression(self) -> s.Syntax:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"the expression is nested more than {MAX_DEPTH} levels deep; split it with define")
        value = self.logic("|")
        self.depth -= 1
        return value

    def logic(self, operator: str) -> s.Syntax:
        def operand() -> s.Syntax:
            return self.logic("&") if operator == "|" else self.inversion()

        values = [operand()]
        while self.is_operator(operator):
            self.take()
            values.append(operand())
        if len(values) == 1:
            return values[0]
        self.count()
        return s.Logic(values[0].start, values[-1].stop, "or" if operator == "|" else "and", tuple(values))

    def inversion(self) -> s.Syntax:
        """Python's ``not``, which takes in a whole comparison."""
        if not self.is_operator("not"):
            return self.comparison()
        opened = self.take()
        self.enter()
        value = self.inversion()
        self.depth -= 1
        self.count()
        return s.Not(opened.start, value.stop, value)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"the expression is nested more than {MAX_DEPTH} levels deep; split it with define")

    def comparison(self) -> s.Syntax:
        negated = self.is_operator("!")
        values = [self.sum()]
        operators: list[str] = []
        while self.is_operator(*_COMPARISONS):
            operator = self.take()
            if negated:
                inner = self.text[values[0].start + 1 : values[0].stop].strip()
                raise self.error(
                    f"'!{inner} {operator.text} …' could mean two things; write !({inner} {operator.text} …)",
                    values[0].start,
                )
            operators.append(operator.text)
            values.append(self.sum())
        if self.is_operator("="):
            raise self.error("a lone '=' is no comparison; write '=='")
        if not operators:
            return values[0]
        self.count()
        return s.Comparison(values[0].start, values[-1].stop, tuple(operators), tuple(values))

    def sum(self) -> s.Syntax:
        value = self.product()
        while self.is_operator("+", "-"):
            operator = self.take().text
            right = self.product()
            self.count()
            value = s.Arithmetic(value.start, right.stop, operator, value, right)
        return value

    def product(self) -> s.Syntax:
        value = self.unary()
        while self.is_operator("*", "/", "%"):
            operator = self.take().text
            right = self.unary()
            self.count()
            value = s.Arithmetic(value.start, right.stop, operator, value, right)
        return value

    def unary(self) -> s.Syntax:
        if not self.is_operator("-", "+", "!"):
            return self.power()
        operator = self.take()
        self.enter()
        value = self.unary()
        self.depth -= 1
        self.count()
        if operator.text == "!":
            return s.Not(operator.start, value.stop, value)
        if operator.text == "+":
            return value
        if isinstance(value, s.Number):
            return s.Number(operator.start, value.stop, -value.value)
        return s.Negative(operator.start, value.stop, value)

    def power(self) -> s.Syntax:
        value = self.postfix()
        if not self.is_operator("**"):
            return value
        self.take()
        at = self.token.start
        exponent = self.unary()
        if not isinstance(exponent, s.Number) or abs(exponent.value) > MAX_EXPONENT:
            raise self.error(f"an exponent must be a number between -{MAX_EXPONENT} and {MAX_EXPONENT}", at)
        self.count()
        return s.Arithmetic(value.start, exponent.stop, "**", value, exponent)

    def postfix(self) -> s.Syntax:
        value = self.atom()
        while True:
            if self.is_operator("."):
                self.take()
                if self.token.kind != "name":
                    raise self.error("a field name must follow the dot")
                field = self.take()
                self.count()
                value = s.Field(value.start, field.stop, value, field.text, field.start)
            elif self.is_operator("["):
                value = self.bracket(value)
            elif self.is_operator("("):
                raise self.error("only a function of heplens can be called", value.start)
            else:
                return value

    def bracket(self, value: s.Syntax) -> s.Syntax:
        opened = self.take()
        self.count()
        if self.is_operator("]"):
            raise self.error("an index, a slice or a condition must stand between the brackets")
        if self.is_operator(":"):
            self.take()
            return self.slice_end(value, None, opened)
        inside = self.expression()
        if self.is_operator(":"):
            self.take()
            return self.slice_end(value, self.integer(inside), opened)
        closed = self.expect("]", opened)
        if isinstance(inside, s.Number):
            return s.Index(value.start, closed.stop, value, self.integer(inside))
        return s.Select(value.start, closed.stop, value, inside)

    def slice_end(self, value: s.Syntax, low: int | None, opened: Token) -> s.Syntax:
        high = None if self.is_operator("]") else self.integer(self.expression())
        closed = self.expect("]", opened)
        return s.Slice(value.start, closed.stop, value, low, high)

    def integer(self, value: s.Syntax) -> int:
        if not isinstance(value, s.Number) or not isinstance(value.value, int) or abs(value.value) >= 2**31:
            raise self.error("an index must be a whole number such as 0 or -1", value.start)
        return value.value

    def atom(self) -> s.Syntax:
        token = self.take()
        self.count()
        if token.kind == "number":
            return s.Number(token.start, token.stop, self.number(token))
        if token.kind == "string":
            return s.Text(token.start, token.stop, token.text)
        if token.kind == "name":
            quoted = self.text[token.start] == "`"
            if token.text in ("True", "False") and not quoted:
                return s.Truth(token.start, token.stop, token.text == "True")
            if self.is_operator("(") and not quoted:
                return self.call(token)
            return s.Name(token.start, token.stop, token.text)
        if token.kind == "operator" and token.text == "(":
            value = self.expression()
            closed = self.expect(")", token)
            return replace(value, start=token.start, stop=closed.stop)  # its text is whole only with its brackets
        if token.kind == "end":
            raise self.error("the expression ends too early; a value is missing", token.start)
        raise self.error(f"a value is missing before {self.text[token.start : token.stop]!r}", token.start)

    def number(self, token: Token) -> int | float:
        if token.text.isdigit():
            if len(token.text) > 20 or int(token.text) >= 2**64:
                raise self.error("this whole number does not fit into 64 bits", token.start)
            return int(token.text)
        value = float(token.text)
        if math.isinf(value):
            raise self.error("this number is too large", token.start)
        return value

    def call(self, name: Token) -> s.Syntax:
        opened = self.take()
        arguments: list[s.Syntax] = []
        keywords: list[tuple[str, s.Syntax]] = []
        while not self.is_operator(")"):
            if self.token.kind == "end":
                raise self.error("this '(' is never closed; ')' is missing", opened.start)
            if keyword := self.keyword():
                keywords.append((keyword, self.expression()))
            elif keywords:
                raise self.error("an argument without a name cannot follow a named one")
            else:
                arguments.append(self.expression())
            if self.is_operator(","):
                self.take()
            elif not self.is_operator(")"):
                self.expect(")", opened)
        closed = self.take()
        return s.Call(name.start, closed.stop, name.text, tuple(arguments), tuple(keywords))

    def keyword(self) -> str | None:
        """The name before a keyword's '=', if one stands here."""
        if self.token.kind != "name":
            return None
        following = self.tokens[self.at + 1]
        if following.kind != "operator" or following.text != "=":
            return None
        name = self.take().text
        self.take()
        return name
