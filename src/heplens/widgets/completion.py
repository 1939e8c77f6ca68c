"""What could be typed next in an expression: names of the data, of the analysis and of the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ..columns import fields
from ..columns.functions import functions
from ..columns.nodes import Node
from ..columns.resolve import resolve
from ..columns.scope import ENERGY, Scope, group_node, withheld
from ..columns.tokens import spelled
from ..errors import HeplensError

if TYPE_CHECKING:
    from ..analysis import Analysis

LIMIT = 40
_WORD = re.compile(r"`?[A-Za-z_]\w*$")
_OBJECT = re.compile(r"[A-Za-z_][\w.]*(\[[^\[\]]*\])?$")
_PAIRS = {")": "(", "]": "["}


@dataclass(frozen=True)
class Option:
    """`text` replaces the word before the cursor; `kind` is field, collection, branch, definition, function or unit."""

    text: str
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Completions:
    """Options for the characters from `start` to the cursor, best first."""

    start: int
    options: tuple[Option, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def complete(analysis: Analysis, place: int, text: str, cursor: int, collection: str = "") -> Completions:
    """Options at `cursor` of an expression that stands before step `place`; never raises, whatever is typed.

    Parameters
    ----------
    collection : whose fields bare names are first, inside a filter.
    """
    before = text[: max(0, cursor)]
    found = _WORD.search(before)
    word = found.group() if found else ""
    start = len(before) - len(word)
    try:
        scope = analysis.with_parts(steps=analysis.steps[:place], histograms=(), regions=()).bound.scope
        options = list(_options(scope, before[:start], collection))
    except HeplensError:
        options = list(_language())
    return Completions(start, tuple(_ranked(options, word)))


def _options(scope: Scope, before: str, collection: str) -> Iterator[Option]:
    if before.endswith("."):
        yield from _fields(_named(scope, before[:-1], collection))
        return
    inside = _bracketed(before)
    for name in filter(None, (inside, collection)):
        yield from _fields(_named(scope, name, ""))
    for name, node in scope.definitions.items():
        yield Option(name, "definition" if name not in scope.filtered else "collection", str(node.type))
    for name in scope.schema.groups:
        if name not in scope.definitions:
            yield Option(name, "collection", ", ".join(list(scope.schema.groups[name].fields)[:6]))
    yield from _language()
    for name in scope.schema.names:
        group = scope.schema.group_of.get(name)
        if "." not in name and name not in scope.schema.groups and not withheld(scope, name):
            yield from (Option(typed, "branch", f"also {group}" if group else "") for typed in spelled([name]))


def _language() -> Iterator[Option]:
    for name, function in functions().items():
        yield Option(name, "function", function.usage)
    for unit in ENERGY:
        yield Option(unit, "unit")


def _named(scope: Scope, text: str, collection: str) -> Node | None:
    """The object that the end of `text` names, as far as it means anything."""
    found = _OBJECT.search(text)
    if found is None:
        return None
    inside = group_node(scope.schema, scope.schema.groups[collection]) if collection in scope.schema.groups else None
    try:
        return resolve(found.group(), scope, scope.definitions.get(collection, inside))[0]
    except HeplensError:
        return None


def _fields(node: Node | None) -> Iterator[Option]:
    for name in fields.names(node) if node is not None else ():
        yield Option(name, "field", node.type.shape.label if node is not None and node.type.shape else "")


def _bracketed(before: str) -> str:
    """The text before the innermost bracket that is open: ``Jet`` in ``any(Jet[pt >``."""
    closed: list[str] = []
    for index in range(len(before) - 1, -1, -1):
        letter = before[index]
        if letter in _PAIRS:
            closed.append(_PAIRS[letter])
        elif letter in "([":
            if not closed:
                return before[:index] if letter == "[" else ""
            closed.pop()
    return ""


def _ranked(options: Iterable[Option], word: str) -> list[Option]:
    """Those that begin with the word, then those that contain it; each name once, in the order given."""
    wanted = word.lstrip("`").casefold()
    first: dict[str, Option] = {}
    for option in options:
        if wanted in option.text.casefold():
            first.setdefault(option.text, option)

    def later(option: Option) -> tuple[bool, bool]:
        return not option.text.casefold().lstrip("`").startswith(wanted), option.text == word

    ordered = sorted(first.values(), key=later)
    return ordered[:LIMIT]
