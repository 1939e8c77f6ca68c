"""A listing for people: lines of text in a console, a folding table in a notebook. Names are text, never HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import PurePath

from .limits import size_text
from .listing import Listing, Row
from .opening import attempt

# Longer lists of branches are shown by collection.
_BRANCHES_SHOWN = 40
_ROWS_SHOWN = 500
_OPEN_ROWS = 80
_LINES_SHOWN = 200
_WIDTH = 40
_MEMBERS = 110
_CELL = "text-align:left"
_AUXILIARY = re.compile(r"^Aux(Dyn)?\.")


def as_text(listing: Listing) -> str:
    """The level itself and, under each tree, its branches; those of a wide tree by collection."""
    lines = [title_text(listing)]
    if listing.error:
        lines.append(f"  ({listing.error})")
    if not listing.rows:
        lines.append("  (empty)")
    width = _width(listing.rows)
    for row in listing.rows[:_ROWS_SHOWN]:
        lines.append("  " + _line(row, width))
        if _unfolds(row) and len(lines) < _LINES_SHOWN:
            lines += ["    " + line for line in _branch_lines(listing, row)]
    if len(listing.rows) > _ROWS_SHOWN:
        lines.append(f"  … {len(listing.rows) - _ROWS_SHOWN:,} more")
    return "\n".join(lines)


def as_html(listing: Listing) -> str:
    """Nested ``<details>``, with the theme's own colours."""
    parts = [f"<div><strong>{escape(title_text(listing))}</strong>"]
    if listing.error:
        parts.append(f"<p>{escape(listing.error)}</p>")
    shown = listing.rows[:_ROWS_SHOWN]
    plain: list[Row] = []
    for row in shown:
        if _unfolds(row) and len(parts) < _LINES_SHOWN:
            parts += [_table(plain), _tree_html(listing, row)]
            plain = []
        else:
            plain.append(row)
    parts.append(_table(plain))
    if len(listing.rows) > len(shown):
        parts.append(f"<p>… {len(listing.rows) - len(shown):,} more</p>")
    return "".join(parts) + "</div>"


def one_line(text: str) -> str:
    """Text from a file on one line, without control characters."""
    return "".join(c if c.isprintable() else " " for c in text)


def told_title(row: Row) -> str:
    """The title where it says something: many are the name, or the leaf list of a branch, ``run/i``."""
    return "" if row.title.startswith(row.name) else row.title


def entries_text(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _unfolds(row: Row) -> bool:
    """Trees show their branches; older cycles of a tree are history and do not."""
    return row.kind in ("tree", "ntuple") and ";" not in row.path


def title_text(listing: Listing) -> str:
    name = one_line(PurePath(listing.path).name or listing.path)
    return f"{name} : {one_line(listing.node)}" if listing.node else name


def _line(row: Row, width: int) -> str:
    name = one_line(row.name) + (f";{row.cycle}" if ";" in row.path.rpartition("/")[2] else "")
    facts = [one_line(row.type)]
    if row.entries is not None and row.kind != "branch":
        facts.append(entries_text(row.entries))
    if row.kind == "directory":
        name += "/"
    if row.error:
        facts.append(f"({one_line(row.error)})")
    return f"{name:<{width}}  {'  '.join(facts)}".rstrip()


def _branches(listing: Listing, row: Row) -> tuple[tuple[Row, ...], str | None]:
    below, problem = attempt(lambda: listing.children(row).rows)
    return below or (), problem


def _width(rows: Sequence[Row]) -> int:
    return min(max((len(row.name) for row in rows), default=0), _WIDTH)


def _branch_lines(listing: Listing, row: Row) -> list[str]:
    rows, problem = _branches(listing, row)
    if problem:
        return [f"({one_line(problem)})"]
    shown = by_collection(rows)
    width = _width(shown)
    lines = [_line(r, width) + (f"  {r.title}" if r.kind == "collection" and not r.expandable else "") for r in shown]
    if len(rows) > len(shown):
        lines.append(f"all {len(rows):,} branches: listing.children({row.path!r})")
    return lines


def by_collection(rows: Sequence[Row]) -> list[Row]:
    """The branches of a tree; when they are many, each collection is one row, with its members as the title."""
    if len(rows) <= _BRANCHES_SHOWN:
        return list(rows)
    members: dict[str, list[Row]] = {}
    for row in rows:
        members.setdefault(row.group, []).append(row)
    shown = []
    for row in rows:
        group = members[row.group]
        if not row.group or len(group) < 2:
            shown.append(row)
        elif row is group[0]:
            shown.append(_collection(row.group, group))
    return shown


def _collection(name: str, group: list[Row]) -> Row:
    short = [_AUXILIARY.sub("", row.name.removeprefix(name)).lstrip("_.") or row.name for row in group]
    text = ", ".join(short)
    while len(text) > _MEMBERS and len(short) > 1:
        short = short[: max(1, len(short) * _MEMBERS // len(text) - 1)]
        text = ", ".join(short) + ", …"
    sizes = [row.bytes for row in group]
    packed = None if None in sizes else sum(size or 0 for size in sizes)
    return Row("", name, "collection", f"{len(group)} branches", title=text, bytes=packed)


def _tree_html(listing: Listing, row: Row) -> str:
    rows, problem = _branches(listing, row)
    entries = "" if row.entries is None else f", {entries_text(row.entries)}"
    head = f"{escape(one_line(row.name))} <small>{escape(row.type)}{entries}, {len(rows):,} branches</small>"
    shown = by_collection(rows)
    body = f"<p>{escape(problem)}</p>" if problem else _table(shown[:_ROWS_SHOWN])
    if len(rows) > len(shown[:_ROWS_SHOWN]):
        body += f"<p>all {len(rows):,}: <code>listing.children({escape(repr(row.path))})</code></p>"
    opened = " open" if len(shown) <= _OPEN_ROWS else ""
    return f"<details{opened}><summary>{head}</summary>{body}</details>"


def _table(rows: list[Row]) -> str:
    if not rows:
        return ""
    cells = "".join(_cells(row) for row in rows)
    titles = "".join(f'<th style="{_CELL}">{t}</th>' for t in ("name", "type", "entries", "size", "title"))
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{cells}</tbody></table>"


def _cells(row: Row) -> str:
    entries = "" if row.entries is None else f"{row.entries:,}"
    size = "" if row.bytes is None else size_text(row.bytes)
    texts = (row.name, row.type, entries, size)
    cells = "".join(f'<td style="{_CELL};white-space:nowrap">{escape(one_line(t))}</td>' for t in texts)
    return f'<tr>{cells}<td style="{_CELL}">{escape(one_line(row.error or told_title(row)))}</td></tr>'
