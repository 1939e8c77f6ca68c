"""What a job knows: files, blocks, partials and failures. The job's thread writes, everyone else reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..engine.partial import Block, Partial
from ..engine.result import Result
from ..engine.sums import add
from .progress import Progress
from .task import FilePlan, Piece, Where

if TYPE_CHECKING:
    from ..analysis.value import Analysis


@dataclass(frozen=True)
class Failure:
    """A file or a range of its events that is not in the result, and why.

    `start` and `stop` are None for a file that could not be opened at all; `attempts` is how often it was tried.
    """

    file: str
    start: int | None
    stop: int | None
    error: str
    attempts: int = 1
    worker: str = ""

    def __str__(self) -> str:
        what = "" if self.start is None else f" (events {self.start:,} to {self.stop:,})"
        return self.error if self.file in self.error and not what else f"{self.file}{what}: {self.error}"


@dataclass
class FileState:
    """One file of the dataset: its blocks once it was looked into, or its failure."""

    where: Where
    path: str  # as the user wrote it
    looked: bool = False  # into the file, successfully
    plan: FilePlan | None = None  # of the last time it was
    blocks: list[Block] = field(default_factory=list)
    failure: Failure | None = None


class Ledger:
    """The state of one job. Everything is read and written under one lock."""

    def __init__(self, analysis: Analysis, files: Sequence[FileState]) -> None:
        self.analysis = analysis
        self.files = list(files)
        self.lock = threading.RLock()
        self.state = "planning"
        self.workers = 0
        self._partials: dict[tuple[int, int], Partial] = {}
        self._failures: dict[tuple[int, int], Failure] = {}
        self._reused: set[tuple[int, int]] = set()
        self._bytes = 0
        self._worked = 0.0
        self._since: float | None = None

    # --- written by the job's thread ------------------------------------------------------------------------------

    def planned(self, plan: FilePlan) -> None:
        """A file was looked into."""
        file = self.files[plan.where.index]
        with self.lock:
            old = file.plan
            if old is not None and (old.uuid, old.entries, old.ranges) != (plan.uuid, plan.entries, plan.ranges):
                # The file is another one by now: what was made of the old one must not be mixed with it.
                for place in [place for place in self._partials if place[0] == plan.where.index]:
                    del self._partials[place]
                    self._reused.discard(place)
            file.looked, file.plan, file.failure = True, plan, None
            file.blocks = [
                Block(plan.where.sample, file.path, plan.tree, plan.uuid, start, stop) for start, stop in plan.ranges
            ]

    def pieces(self, file: FileState, all: bool = False) -> list[Piece]:
        """The blocks of a file that are not done (or all of them), as they go to workers."""
        if file.plan is None:
            return []
        where, plan = file.where, file.plan
        return [
            Piece(where.index, n, Block(where.sample, where.path, plan.tree, plan.uuid, *ends), plan.entries)
            for n, ends in enumerate(plan.ranges)
            if all or (where.index, n) not in self._partials
        ]

    def file_failed(self, index: int, error: str, attempts: int, worker: str) -> None:
        file = self.files[index]
        with self.lock:
            file.failure = Failure(file.path, None, None, error, attempts, worker)

    def add(self, piece: Piece, partial: Partial, reused: bool = False) -> None:
        """A block is done."""
        place = (piece.file, piece.number)
        with self.lock:
            partial.block = self.files[piece.file].blocks[piece.number]
            self._partials[place] = partial
            self._failures.pop(place, None)
            self._bytes += 0 if reused else partial.bytes_read
            if reused:
                self._reused.add(place)

    def failed(self, piece: Piece, error: str, attempts: int, worker: str) -> None:
        block = self.files[piece.file].blocks[piece.number]
        with self.lock:
            self._failures[piece.file, piece.number] = Failure(
                block.file, block.start, block.stop, error, attempts, worker
            )

    def forget_failures(self) -> None:
        """Before failed blocks and files are tried again. Their files are looked into anew: they may be others now."""
        with self.lock:
            broken = {index for index, _ in self._failures}
            for file in self.files:
                if file.failure is not None or file.where.index in broken:
                    file.looked, file.failure = False, None
            self._failures.clear()

    def enter(self, state: str) -> None:
        with self.lock:
            now = time.monotonic()
            if self._since is not None:
                self._worked += now - self._since
            self._since = now if state == "running" else None
            self.state = state

    # --- read by anyone -------------------------------------------------------------------------------------------

    @property
    def failures(self) -> list[Failure]:
        """In file order."""
        with self.lock:
            found = [((file.where.index, -1), file.failure) for file in self.files if file.failure is not None]
            found += list(self._failures.items())
            return [failure for _, failure in sorted(found, key=lambda item: item[0])]

    @property
    def total(self) -> int:
        """Blocks in all; a file that was not looked into counts as one."""
        return sum(max(1, len(file.blocks)) for file in self.files)

    @property
    def done(self) -> int:
        return len(self._partials)

    def progress(self) -> Progress:
        with self.lock:
            samples: dict[str, tuple[int, int]] = {}
            for file in self.files:
                done = sum(
                    block.events for n, block in enumerate(file.blocks) if (file.where.index, n) in self._partials
                )
                before = samples.get(file.where.sample, (0, 0))
                total = sum(block.events for block in file.blocks)
                samples[file.where.sample] = (before[0] + done, before[1] + total)
            seconds = self._worked + (time.monotonic() - self._since if self._since is not None else 0.0)
            reused = sum(self._partials[place].block.events for place in self._reused)
            events = sum(pair[0] for pair in samples.values())
            return Progress(
                self.state, self.done, len(self.failures), self.total, events,
                sum(pair[1] for pair in samples.values()), self._bytes, seconds, self.workers, len(self._reused),
                samples, events - reused,
            )  # fmt: skip

    def result(self, extra: Sequence[str] = ()) -> Result:
        """Of what is done, in file order: the same bits as if one process had done it."""
        with self.lock:
            partials = list(self._in_order())
            failures = self.failures
            total = self.total
            problems = [w for file in self.files if file.plan is not None for w in file.plan.warnings]
            events: dict[str, int] = {}
            for file in self.files:
                entries = sum(block.events for block in file.blocks)
                events[file.where.sample] = events.get(file.where.sample, 0) + entries
        if len(partials) < total:
            problems += [
                f"incomplete: {len(partials):,} of {total:,} blocks are in this result",
                *extra,
                *(f"not in this result: {failure}" for failure in failures),
            ]
        result = add(self.analysis, partials, total, problems, events)
        # The sum of one block is that block's histogram: what the user does to it must not reach the next result.
        result.histograms = {name: histogram.copy() for name, histogram in result.histograms.items()}
        return result

    def _in_order(self) -> Iterator[Partial]:
        for file in self.files:
            for n in range(len(file.blocks)):
                if (file.where.index, n) in self._partials:
                    yield self._partials[file.where.index, n]
