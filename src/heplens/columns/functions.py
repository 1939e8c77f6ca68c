"""The functions of the language: one table, which is also the reference page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import nearest
from . import syntax as s
from .nodes import Node
from .resolve import Resolver


@dataclass(frozen=True)
class Function:
    """`build` turns a checked call into a node; `usage` and `meaning` are the reference page."""

    build: Callable[[Resolver, s.Call], Node]
    usage: str
    meaning: str


def call(resolver: Resolver, value: s.Call) -> Node:
    table = functions()
    if value.function not in table:
        raise resolver.context.error(
            f"there is no function {value.function!r}{nearest(value.function, table)}", value.start
        )
    if value.keywords and value.function != "p4":
        raise resolver.context.error(f"{value.function} takes no named arguments", value.keywords[0][1].start)
    return table[value.function].build(resolver, value)


def functions() -> dict[str, Function]:
    """Name to function, in the order of the reference page."""
    from .elementwise import ELEMENTWISE
    from .objects import OBJECTS
    from .reducers import REDUCERS

    return {**REDUCERS, **OBJECTS, **ELEMENTWISE}


def arguments(
    resolver: Resolver, value: s.Call, usage: str, least: int, most: int | None = None
) -> tuple[s.Syntax, ...]:
    """The arguments of a call, after a check of their number."""
    most = least if most is None else most
    if not least <= len(value.arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        plural = "" if wanted == "1" else "s"
        raise resolver.context.error(
            f"{value.function} takes {wanted} argument{plural}, not {len(value.arguments)}: {usage}", value.start
        )
    return value.arguments
