"""How far a job is: one snapshot, and how it is written."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_PREFIXES = ("", "k", "M", "G", "T")


@dataclass(frozen=True, slots=True)
class SampleProgress:
    """How far one sample is: events and blocks. `reused` blocks came from an earlier run, `skipped` ones are not
    wanted any more. A file that was not looked into counts as one block without events."""

    events: int = 0
    total_events: int = 0
    done: int = 0
    failed: int = 0
    total: int = 0
    reused: int = 0
    reused_events: int = 0
    skipped: int = 0

    @property
    def fraction(self) -> float:
        """Share of the events that are done, 0 to 1; of the blocks when there are no events."""
        if self.total_events:
            return self.events / self.total_events
        return self.done / self.total if self.total else 1.0

    def plus(
        self,
        events: int = 0,
        total_events: int = 0,
        done: int = 0,
        failed: int = 0,
        total: int = 0,
        reused: int = 0,
        reused_events: int = 0,
        skipped: int = 0,
    ) -> SampleProgress:
        return SampleProgress(
            self.events + events,
            self.total_events + total_events,
            self.done + done,
            self.failed + failed,
            self.total + total,
            self.reused + reused,
            self.reused_events + reused_events,
            self.skipped + skipped,
        )


@dataclass(frozen=True)
class Progress:
    """A snapshot of a job.

    `state` is "planning", "running", "finished", "incomplete" (some blocks failed), "failed" (nothing could be
    processed), "cancelled" or "stopped" (the cluster was lost). `samples` tells by name how far each sample is; the
    sums over them are `done`, `failed` and `total` blocks, `events` and so on. `bytes` were read, uncompressed;
    `seconds` is time of work; `workers` is how many the cluster has; of `unseen` files nothing is known yet.
    """

    state: str
    samples: Mapping[str, SampleProgress] = field(default_factory=dict)
    bytes: int = 0
    seconds: float = 0.0
    workers: int = 0
    unseen: int = 0

    @property
    def done(self) -> int:
        return self._sum.done

    @property
    def failed(self) -> int:
        return self._sum.failed

    @property
    def total(self) -> int:
        return self._sum.total

    @property
    def events(self) -> int:
        return self._sum.events

    @property
    def total_events(self) -> int:
        return self._sum.total_events

    @property
    def reused(self) -> int:
        return self._sum.reused

    @property
    def skipped(self) -> int:
        return self._sum.skipped

    @cached_property
    def _sum(self) -> SampleProgress:
        whole = SampleProgress()
        for sample in self.samples.values():
            whole = whole.plus(*(getattr(sample, name) for name in SampleProgress.__slots__))
        return whole

    @property
    def fraction(self) -> float:
        """Share of the blocks that are done, 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def rate(self) -> float:
        """Events per second, of what was not taken from an earlier run; 0 when nothing came back yet."""
        fresh = self.events - self._sum.reused_events
        return fresh / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Estimated seconds until the end, None when there is nothing to go by."""
        if self.state != "running" or not self.rate or not self.workers or self.unseen:
            return None
        return (self.total_events - self.events) / self.rate

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what a view shows."""
        samples = {
            name: {"events": s.events, "total_events": s.total_events, "done": s.done, "failed": s.failed}
            | {"total": s.total, "skipped": s.skipped}
            for name, s in self.samples.items()
        }
        names = ("done", "failed", "total", "events", "total_events", "reused", "skipped", "bytes", "seconds")
        own = {name: getattr(self, name) for name in (*names, "unseen", "workers", "rate", "remaining", "text")}
        return {"state": self.state, **own, "samples": samples}

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
        if self.skipped:
            parts.append(f"{self.skipped:,} left out")
        if self.unseen and self.state == "running":
            parts.append(f"looking into {self.unseen:,} more files")
        elif self.state == "running" and not self.workers:
            parts.append("waiting for workers")
        elif self.state == "running":
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
                f"  {name.ljust(pad)}  {100 * s.fraction:3.0f} %  {count(s.events)} of {count(s.total_events)} events"
                for name, s in self.samples.items()
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = ""
        if len(self.samples) > 1:
            rows = "".join(
                f"<tr><td>{html.escape(name)}</td><td>{_bar(s.fraction)}</td>"
                f"<td>{count(s.events)} of {count(s.total_events)} events</td></tr>"
                for name, s in self.samples.items()
            )
            rows = f"<table>{rows}</table>"
        return f'<div class="heplens-progress">{_bar(self.fraction)} {html.escape(self.text)}{rows}</div>'


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
