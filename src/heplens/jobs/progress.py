"""How far a job is: one snapshot, and how it is written."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

_PREFIXES = ("", "k", "M", "G", "T")


@dataclass(frozen=True)
class Progress:
    """A snapshot of a job.

    `state` is "planning", "running", "finished", "incomplete" (some blocks failed), "failed" (nothing could be
    processed), "cancelled" or "stopped" (the cluster was lost). `done`, `failed` and `total` count blocks, `reused`
    those from an earlier run; `events` and `total_events` count events, `fresh_events` without the reused; `bytes`
    were read, uncompressed; `samples` maps a sample's name to (events done, events in all); `seconds` is time of work.
    """

    state: str
    done: int = 0
    failed: int = 0
    total: int = 0
    events: int = 0
    total_events: int = 0
    bytes: int = 0
    seconds: float = 0.0
    workers: int = 0
    reused: int = 0
    samples: dict[str, tuple[int, int]] = field(default_factory=dict)
    fresh_events: int = 0

    @property
    def fraction(self) -> float:
        """Share of the blocks that are done, 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def rate(self) -> float:
        """Events per second, of what was not taken from an earlier run; 0 when nothing came back yet."""
        return self.fresh_events / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Estimated seconds until the end, None when there is nothing to go by."""
        if self.state != "running" or not self.rate:
            return None
        return (self.total_events - self.events) / self.rate

    @property
    def text(self) -> str:
        """One line."""
        if self.state == "planning":
            return "looking into the files" + ("" if self.workers else ", waiting for workers")
        parts = [f"{self.done:,} of {self.total:,} blocks", f"{count(self.events)} events"]
        if self.rate:
            parts.append(f"{count(self.rate)} events/s")
        if self.bytes:
            parts.append(size(self.bytes))
        if self.reused:
            parts.append(f"{self.reused:,} of them from an earlier run")
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        if self.state == "running":
            left = self.remaining
            parts.append(f"{duration(left)} left" if left is not None else f"{self.workers} workers")
        else:
            parts.append(f"{self.state} after {duration(self.seconds)}")
        return ", ".join(parts)

    def __repr__(self) -> str:
        width = 24
        full = round(width * self.fraction)
        lines = [f"[{'=' * full}{' ' * (width - full)}] {100 * self.fraction:3.0f} %  {self.text}"]
        if len(self.samples) > 1:
            pad = max(len(name) for name in self.samples)
            lines += [
                f"  {name.ljust(pad)}  {100 * share(pair):3.0f} %  {count(pair[0])} of {count(pair[1])} events"
                for name, pair in self.samples.items()
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = ""
        if len(self.samples) > 1:
            rows = "".join(
                f"<tr><td>{html.escape(name)}</td><td>{_bar(share(pair))}</td>"
                f"<td>{count(pair[0])} of {count(pair[1])} events</td></tr>"
                for name, pair in self.samples.items()
            )
            rows = f"<table>{rows}</table>"
        return f'<div class="heplens-progress">{_bar(self.fraction)} {html.escape(self.text)}{rows}</div>'


def share(pair: tuple[int, int]) -> float:
    return pair[0] / pair[1] if pair[1] else 1.0


def _bar(fraction: float) -> str:
    return f'<progress max="1" value="{fraction:.4f}"></progress>'


def count(number: float) -> str:
    """12,345,678 as "12.3 M"."""
    prefix = 0
    while number >= 999.5 and prefix < len(_PREFIXES) - 1:
        number /= 1000
        prefix += 1
    if not prefix:
        return f"{number:,.0f}"
    return f"{number:.1f} {_PREFIXES[prefix]}" if number < 99.95 else f"{number:.0f} {_PREFIXES[prefix]}"


def size(number: float) -> str:
    """Bytes: 12,345,678 as "12.3 MB"."""
    return f"{count(number)}B" if number >= 999.5 else f"{number:.0f} B"


def duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"
