"""What one block of events contributes; everything in it adds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Block:
    """Events [start, stop) of one tree of one file of one sample."""

    sample: str
    file: str
    tree: str
    uuid: str
    start: int
    stop: int

    @property
    def events(self) -> int:
        return self.stop - self.start


@dataclass
class Row:
    """Counts of one line of the cutflow: events, their weights, and what could not be decided.

    For a filter `objects_in` and `objects_out` count objects; `missing` counts events (for a filter: objects) whose
    condition was missing, `nan` those whose variable was NaN, `bad_weights` those whose weight was missing or NaN.
    """

    passed: int = 0
    weighted: float = 0.0
    variance: float = 0.0
    missing: int = 0
    nan: int = 0
    bad_weights: int = 0
    objects_in: int | None = None
    objects_out: int | None = None

    def __add__(self, other: Row) -> Row:
        def plus(a: int | None, b: int | None) -> int | None:
            return b if a is None else a if b is None else a + b

        return Row(
            self.passed + other.passed,
            self.weighted + other.weighted,
            self.variance + other.variance,
            self.missing + other.missing,
            self.nan + other.nan,
            self.bad_weights + other.bad_weights,
            plus(self.objects_in, other.objects_in),
            plus(self.objects_out, other.objects_out),
        )

    def scaled(self, factor: float) -> Row:
        return Row(
            self.passed, self.weighted * factor, self.variance * factor**2, self.missing, self.nan, self.bad_weights,
            self.objects_in, self.objects_out,
        )  # fmt: skip


@dataclass
class Counters:
    """What was not filled into one histogram, and why. Values in the flow bins are filled, and counted too."""

    filled: int = 0
    missing: int = 0
    nan: int = 0
    bad_weights: int = 0

    def __add__(self, other: Counters) -> Counters:
        return Counters(
            self.filled + other.filled,
            self.missing + other.missing,
            self.nan + other.nan,
            self.bad_weights + other.bad_weights,
        )


@dataclass
class Partial:
    """The contribution of one block.

    `histograms` maps (histogram name, region name, "" without regions) to a `hist.Hist`; `rows` maps the name of a
    cutflow row, in order, to its counts; `sumw` is the sum of generator weights of the whole file that the block is
    of, when the file tells, and `file_events` the number of its events.
    """

    block: Block
    histograms: dict[tuple[str, str], Any] = field(default_factory=dict)
    counters: dict[str, Counters] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    sumw: float | None = None
    file_events: int = 0
    bytes_read: int = 0
