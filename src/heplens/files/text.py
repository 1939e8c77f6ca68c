"""A listing for people: lines of text in a console, a folding table in a notebook. Names are text, never HTML."""

from __future__ import annotations

from html import escape
from pathlib import PurePath

from .limits import size_text
from .listing import Listing, Row
from .opening import attempt

_BRANCHES_SHOWN = 40
_ROWS_SHOWN = 500
_LINES_SHOWN = 200
_WIDTH = 40


def as_text(listing: Listing) -> str:
    """The level itself and, under each tree, its branches."""
    lines = [_title(listing)]
    if listing.error:
        lines.append(f"  ({listing.error})")
    if not listing.rows:
        lines.append("  (empty)")
    width = min(max((len(row.name) for row in listing.rows), default=0), _WIDTH)
    for row in listing.rows[:_ROWS_SHOWN]:
        lines.append("  " + _line(row, width))
        if _unfolds(row) and len(lines) < _LINES_SHOWN:
            lines += ["    " + line for line in _branch_lines(listing, row)]
    if len(listing.rows) > _ROWS_SHOWN:
        lines.append(f"  … {len(listing.rows) - _ROWS_SHOWN:,} more")
    return "\n".join(lines)


def as_html(listing: Listing) -> str:
    """Nested ``<details>``, with the theme's own colours."""
    parts = [f"<div><strong>{escape(_title(listing))}</strong>"]
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


def _unfolds(row: Row) -> bool:
    """Trees show their branches; older cycles of a tree are history and do not."""
    return row.kind in ("tree", "ntuple") and ";" not in row.path


def _title(listing: Listing) -> str:
    name = one_line(PurePath(listing.path).name or listing.path)
    return f"{name} : {one_line(listing.node)}" if listing.node else name


def _line(row: Row, width: int) -> str:
    name = one_line(row.name) + (f";{row.cycle}" if ";" in row.path.rpartition("/")[2] else "")
    facts = [one_line(row.type)]
    if row.entries is not None and row.kind != "branch":
        facts.append(f"{row.entries:,} entries")
    if row.kind == "directory":
        name += "/"
    if row.error:
        facts.append(f"({one_line(row.error)})")
    return f"{name:<{width}}  {'  '.join(facts)}".rstrip()


def _branches(listing: Listing, row: Row) -> tuple[tuple[Row, ...], str | None]:
    below, problem = attempt(lambda: listing.children(row).rows)
    return below or (), problem


def _branch_lines(listing: Listing, row: Row) -> list[str]:
    rows, problem = _branches(listing, row)
    if problem:
        return [f"({one_line(problem)})"]
    shown = rows[:_BRANCHES_SHOWN]
    width = min(max((len(r.name) for r in shown), default=0), _WIDTH)
    lines = [_line(r, width) for r in shown]
    if len(rows) > len(shown):
        lines.append(f"… {len(rows) - len(shown):,} more branches: listing.children({row.path!r})[{len(shown)}:]")
    return lines


def _tree_html(listing: Listing, row: Row) -> str:
    rows, problem = _branches(listing, row)
    entries = "" if row.entries is None else f", {row.entries:,} entries"
    head = f"{escape(one_line(row.name))} <small>{escape(row.type)}{entries}, {len(rows):,} branches</small>"
    body = f"<p>{escape(problem)}</p>" if problem else _table(list(rows[:_ROWS_SHOWN]))
    if len(rows) > _ROWS_SHOWN:
        body += f"<p>… {len(rows) - _ROWS_SHOWN:,} more: <code>listing.children({escape(repr(row.path))})</code></p>"
    opened = " open" if len(rows) <= _BRANCHES_SHOWN else ""
    return f"<details{opened}><summary>{head}</summary>{body}</details>"


def _table(rows: list[Row]) -> str:
    if not rows:
        return ""
    cells = "".join(_cells(row) for row in rows)
    titles = "".join(f'<th style="text-align:left">{t}</th>' for t in ("name", "type", "entries", "size", "title"))
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{cells}</tbody></table>"


def _cells(row: Row) -> str:
    entries = "" if row.entries is None else f"{row.entries:,}"
    size = "" if row.bytes is None else size_text(row.bytes)
    texts = (row.name, row.type, entries, size, row.error or row.title)
    return "<tr>" + "".join(f'<td style="text-align:left">{escape(one_line(t))}</td>' for t in texts) + "</tr>"
