"""Paths inside a file: names joined by "/", each name written so that any name at all can be one component.

ROOT allows every character in names of keys and branches. "%", "/" and ";" are percent-encoded, bytes that were
not UTF-8 (uproot holds them as lone surrogates, which cannot be part of a URL) are "%u" and four digits, the empty name
is a lone "%", and ";number" is the cycle of a key that is not the newest of its name (for branches: which of several
branches of one name).
"""

from __future__ import annotations

import re

_ENCODE = {ord("%"): "%25", ord("/"): "%2F", ord(";"): "%3B"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODED_SURROGATE = re.compile("%u(d[89a-f][0-9a-f]{2})")


def component(name: str, cycle: int | None = None) -> str:
    """One name as one component of a path; `cycle` only when it is needed to tell it from a newer one."""
    text = _SURROGATE.sub(lambda match: f"%u{ord(match[0]):04x}", name.translate(_ENCODE)) or "%"
    return text if cycle is None else f"{text};{cycle}"


def join(parent: str, name: str, cycle: int | None = None) -> str:
    """The path of `name` inside `parent` ("" is the top of the file)."""
    return f"{parent}/{component(name, cycle)}" if parent else component(name, cycle)


def split(path: str) -> list[tuple[str, int | None]]:
    """The names of a path and their cycles (None: the newest). Undoes `join`."""
    return [_name_cycle(part) for part in path.split("/")] if path else []


def _name_cycle(part: str) -> tuple[str, int | None]:
    text, semicolon, digits = part.partition(";")
    cycle = int(digits) if semicolon and digits.isdecimal() and len(digits) < 10 else None
    if text == "%":
        return "", cycle
    text = _ENCODED_SURROGATE.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("%3B", ";").replace("%2F", "/").replace("%25", "%"), cycle
