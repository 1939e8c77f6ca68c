"""What a run gives back: histograms, a cutflow, and what was left out."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import AnalysisError, nearest
from .cutflow import Cutflow
from .partial import Block, Counters


@dataclass
class Result(Mapping[str, Any]):
    """Histograms by name (`hist.Hist`), and what is known about how they came about.

    `cutflow` counts events step by step; `counters` says for each histogram what was missing or NaN; `used` are the
    (file, range) pairs that went in; `complete` is False when some blocks did not; `problems` are sentences that a
    careful reader should see.
    """

    histograms: dict[str, Any]
    cutflow: Cutflow
    counters: dict[str, Counters] = field(default_factory=dict)
    used: list[Block] = field(default_factory=list)
    blocks: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return len(self.used) == self.blocks

    @property
    def events(self) -> int:
        """Events that went in."""
        return sum(block.events for block in self.used)

    def __getitem__(self, name: str) -> Any:
        if name not in self.histograms:
            raise AnalysisError(f"there is no histogram {name!r}{nearest(name, self.histograms)}")
        return self.histograms[name]

    def __contains__(self, name: object) -> bool:
        return name in self.histograms

    def __iter__(self) -> Iterator[str]:
        return iter(self.histograms)

    def __len__(self) -> int:
        return len(self.histograms)

    def __repr__(self) -> str:
        share = "" if self.complete else f", incomplete: {len(self.used)} of {self.blocks} blocks"
        lines = [f"Result of {self.events:,} events{share}; histograms: {', '.join(self.histograms) or 'none'}"]
        lines.append(repr(self.cutflow))
        lines += [f"! {problem}" for problem in self.problems]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Title, cutflow, and what a reader should know. The histograms draw themselves: ``result["name"]``."""
        title = html.escape(repr(self).splitlines()[0])
        notes = "".join(f"<div>⚠ {html.escape(problem)}</div>" for problem in self.problems)
        return f'<div class="heplens-result"><div>{title}</div>{self.cutflow._repr_html_()}{notes}</div>'
