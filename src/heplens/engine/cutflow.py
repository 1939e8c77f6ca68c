"""The cutflow: how many events pass each step, weighted and not."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import AnalysisError, nearest


@dataclass(frozen=True)
class CutflowRow:
    """One step. `efficiency` is relative to the row before, `total_efficiency` to the first; the interval is the
    68.3 % Clopper-Pearson interval of the raw efficiency. `weighted` ± `error` is the sum of weights declared so far
    with sqrt(sum w²). `objects` is (before, after) for a filter.
    """

    name: str
    passed: int
    weighted: float
    error: float
    efficiency: float
    total_efficiency: float
    interval: tuple[float, float]
    missing: int = 0
    nan: int = 0
    bad_weights: int = 0
    objects: tuple[int, int] | None = None


@dataclass(frozen=True)
class Cutflow(Sequence[CutflowRow]):
    """Rows in order; the first is "all". `is_weighted`: whether any weight was declared."""

    rows: tuple[CutflowRow, ...]
    is_weighted: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[CutflowRow]:
        return iter(self.rows)

    def __getitem__(self, key: int | str | slice) -> CutflowRow:  # type: ignore[override]
        """A row by number or by name."""
        if isinstance(key, str):
            found = next((row for row in self.rows if row.name == key), None)
            if found is None:
                raise AnalysisError(f"the cutflow has no row {key!r}{nearest(key, [row.name for row in self.rows])}")
            return found
        return self.rows[key]  # type: ignore[return-value]

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Headings and cells as text."""
        headings = ["step", "events", *(["weighted"] if self.is_weighted else []), "efficiency", "total"]
        flags = [name for name in ("missing", "nan", "bad_weights") if any(getattr(row, name) for row in self.rows)]
        cells = []
        for row in self.rows:
            line = [
                row.name if row.objects is None else f"{row.name} ({row.objects[0]:,} → {row.objects[1]:,} objects)"
            ]
            line.append(f"{row.passed:,}")
            if self.is_weighted:
                line.append(with_error(row.weighted, row.error))
            line += [percent(row.efficiency), percent(row.total_efficiency)]
            line += [f"{getattr(row, name):,}" if getattr(row, name) else "" for name in flags]
            cells.append(line)
        return [
            *headings,
            *({"missing": "missing", "nan": "NaN", "bad_weights": "bad weights"}[f] for f in flags),
        ], cells

    def __repr__(self) -> str:
        headings, cells = self.table()
        widths = [max(len(line[i]) for line in [headings, *cells]) for i in range(len(headings))]
        lines = []
        for line in [headings, *cells]:
            parts = [
                text.ljust(w) if i == 0 else text.rjust(w) for i, (text, w) in enumerate(zip(line, widths, strict=True))
            ]
            lines.append("  ".join(parts).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        headings, cells = self.table()

        def row(line: list[str], tag: str) -> str:
            style = "text-align: {}; padding: 2px 10px; font-variant-numeric: tabular-nums"
            return "<tr>" + "".join(
                f'<{tag} style="{style.format("left" if i == 0 else "right")}">{html.escape(text)}</{tag}>'
                for i, text in enumerate(line)
            ) + "</tr>"  # fmt: skip

        body = "".join(row(line, "td") for line in cells)
        return f'<table class="heplens-cutflow"><thead>{row(headings, "th")}</thead><tbody>{body}</tbody></table>'


def percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.2f} %"


def with_error(value: float, error: float) -> str:
    """Value ± error with two significant digits of the error."""
    if not (math.isfinite(value) and math.isfinite(error)) or error <= 0:
        return f"{value:,.6g}"
    digits = max(0, 1 - math.floor(math.log10(error)))
    return f"{value:,.{digits}f} ± {error:,.{digits}f}"
