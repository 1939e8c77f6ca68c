"""Text to tokens. Refuses what a physicist may type from habit but what would mean something else here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..errors import ExpressionError

MAX_CHARACTERS = 2000

Kind = Literal["number", "string", "name", "operator", "end"]


@dataclass(frozen=True)
class Token:
    kind: Kind
    text: str
    start: int
    stop: int


# The exponent must be followed by no letter, so that "2e" or "1.5GeV" is one clear error, not two tokens.
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r"&&|\|\||<<|>>|\*\*|//|<=|>=|==|!=|[-+*/%<>!~&|^=()\[\],.:]")
_SPACE = re.compile(r"[ \t\r\n]+")

_WORDS = {"and": "&", "or": "|", "not": "not"}
_SPELLINGS = {"&&": "&", "||": "|", "~": "!"}
_REFUSED = {
    "^": "'^' means different things in ROOT and Python; write '**' for a power or '!=' for exclusive or",
    "<<": "'<<' is no operator here; write bit(x, n) to test bit n",
    ">>": "'>>' is no operator here; write bit(x, n) to test bit n",
    "//": "'//' is no operator here; write floor(a / b)",
}


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, ended by one of kind "end". Raises ExpressionError at the first bad character."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"the expression has {len(text):,} characters; at most {MAX_CHARACTERS:,} are allowed")
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if space := _SPACE.match(text, position):
            position = space.end()
            continue
        token = _next(text, position)
        tokens.append(token)
        position = token.stop
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _next(text: str, start: int) -> Token:
    character = text[start]
    if match := _NUMBER.match(text, start):
        if match.end() < len(text) and (text[match.end()].isalpha() or text[match.end()] == "_"):
            raise ExpressionError(
                f"{text[start : match.end() + 1]!r} is neither a number nor a name; write a unit as 20*GeV",
                text,
                match.end(),
            )
        return Token("number", match.group(), start, match.end())
    if match := _NAME.match(text, start):
        word = match.group()
        if word in _WORDS:
            return Token("operator", _WORDS[word], start, match.end())
        return Token("name", word, start, match.end())
    if character in "\"'":
        return _string(text, start)
    if character == "`":
        return _quoted_name(text, start)
    if match := _OPERATOR.match(text, start):
        operator = match.group()
        if operator in _REFUSED:
            raise ExpressionError(_REFUSED[operator], text, start)
        return Token("operator", _SPELLINGS.get(operator, operator), start, match.end())
    raise ExpressionError(f"the character {character!r} has no meaning in an expression", text, start)


def _string(text: str, start: int) -> Token:
    stop = text.find(text[start], start + 1)
    if stop < 0:
        raise ExpressionError("this string has no closing quote", text, start)
    value = text[start + 1 : stop]
    if "\\" in value:
        raise ExpressionError("a backslash has no meaning in a string here", text, start + 1 + value.index("\\"))
    return Token("string", value, start, stop + 1)


def _quoted_name(text: str, start: int) -> Token:
    """A branch whose name is no identifier, between backquotes as in SQL: `` `m(ll)` > 20 ``."""
    stop = text.find("`", start + 1)
    if stop < 0:
        raise ExpressionError("this name has no closing backquote", text, start)
    if stop == start + 1:
        raise ExpressionError("there is no name between these backquotes", text, start)
    return Token("name", text[start + 1 : stop], start, stop + 1)


def spelled(names: Iterable[str]) -> list[str]:
    """Names as they are typed: between backquotes where they are none of the grammar; without those that cannot be."""
    return [name if _is_plain(name) else f"`{name}`" for name in names if "`" not in name]


def _is_plain(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name not in (*_WORDS, "True", "False")
