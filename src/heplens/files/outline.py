"""Everything in a file from top to bottom: what `heplens list` prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import FileError
from .limits import size_text
from .listing import Listing, Row
from .text import entries_text, one_line, told_title

_DEEPEST = 40


@dataclass(frozen=True)
class Item:
    """A row and how deep it lies; ``note`` says why what is below it does not follow."""

    row: Row
    depth: int
    note: str = ""


def outline(listing: Listing) -> Iterator[Item]:
    """The rows of a level, each followed by what is below it.

    Older cycles of a name are rows, but nothing below them is; the same for a directory that was there before, since
    directories can contain themselves. Files of a folder are not opened.
    """
    yield from _below(listing, 0, set())


def _below(listing: Listing, depth: int, seen: set[object]) -> Iterator[Item]:
    for row in listing:
        old = ";" in row.path.rpartition("/")[2]
        if not row.expandable or old or row.kind in ("file", "folder"):
            yield Item(row, depth)
            continue
        try:
            below = listing.children(row)
        except FileError as error:
            yield Item(row, depth, str(error))
            continue
        place = _place(below)
        if depth >= _DEEPEST or (place is not None and place in seen):
            yield Item(row, depth, "it is listed above" if place in seen else "it is nested too deeply")
            continue
        seen.add(place)
        yield Item(row, depth)
        yield from _below(below, depth + 1, seen)


def _place(listing: Listing) -> object:
    """Where a directory keeps its keys, which no other directory has; None for other levels."""
    node = None if listing._file is None else listing._file.nodes.get(listing.node)
    return None if node is None else getattr(node.what, "_fSeekKeys", None)


def line(item: Item) -> str:
    """One item as a line: name, type, entries, size and compression, title."""
    row = item.row
    name = "  " * item.depth + one_line(row.name) + (f";{row.cycle}" if ";" in row.path.rpartition("/")[2] else "")
    facts = [one_line(row.type)]
    if row.entries is not None and row.kind not in ("branch", "collection"):
        facts.append(entries_text(row.entries))
    if row.bytes:
        facts.append(f"{size_text(row.bytes)} {row.compression}".rstrip())
    title = told_title(row)
    if title:
        facts.append(f"“{one_line(title)}”")
    why = row.error or item.note
    if why:
        facts.append(f"({one_line(why)})")
    return f"{name:<32}  {'  '.join(facts)}"
