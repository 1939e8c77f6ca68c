"""Text of an expression -> tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .values import OracleError

WORDS = {"and": "and", "or": "or", "not": "not"}
SAME = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "!", "~": "!"}
PATTERN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<refused><<|>>|\^)
    | (?P<sign>\*\*|//|<=|>=|==|!=|&&|\|\||[-+*/%<>=&|!~()\[\],.:])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    kind: str  # "number", "name", "text", "sign", "end"
    text: str
    position: int


def tokenize(text: str) -> list[Token]:
    """All tokens and a final "end"; boolean operators come out as "and", "or", "not" and "!"."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = PATTERN.match(text, position)
        if match is None or match.lastgroup == "refused" or match.group() == "//":
            raise OracleError(f"unexpected {text[position]!r} at {position} of {text!r}")
        kind, piece = str(match.lastgroup), match.group()
        if kind == "name" and piece in WORDS:
            kind, piece = "sign", WORDS[piece]
        elif kind == "sign":
            piece = SAME.get(piece, piece)
        if kind != "space":
            tokens.append(Token(kind, piece, position))
        position = match.end()
    tokens.append(Token("end", "", position))
    return tokens
