"""What a job knows: files, blocks, partials and failures. The job's thread writes, everyone else reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from ..engine.partial import Block, Partial
from ..engine.result import Result
from ..engine.scan import assembled
from ..engine.sums import add
from ..engine.tiles import Tile
from ..errors import JobError
from .packed import Packed, folded
from .progress import Progress, SampleProgress
from .task import FilePlan, Piece, Where
from .tiles import Wanted, boundaries_of, summed

if TYPE_CHECKING:
    from ..analysis.value import Analysis

_SHOWN = 5  # notes of one kind


@dataclass(frozen=True)
class Failure:
    """A file or a range of its events that is not in the result, and why.

    `start` and `stop` are None for a file that could not be opened at all; `attempts` is how often it was tried,
    `worker` the address of the last that did.
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
    done: dict[int, Packed] = field(default_factory=dict)  # by number of the block
    reused: set[int] = field(default_factory=set)
    failure: Failure | None = None
    failures: dict[int, Failure] = field(default_factory=dict)
    skipped: bool = False  # the user does not want it any more

    @property
    def events(self) -> int:
        return sum(block.events for block in self.blocks)

    @property
    def broken(self) -> bool:
        return self.failure is not None or bool(self.failures)


class Ledger:
    """The state of one job. Everything is read and written under one lock."""

    def __init__(self, analysis: Analysis, files: Sequence[FileState]) -> None:
        self.analysis = analysis
        self.files = list(files)
        self.lock = threading.RLock()
        self.state = "planning"
        self.workers = 0
        self._samples = {file.where.sample: SampleProgress() for file in self.files}
        self._bytes = 0
        self._worked = 0.0
        self._since: float | None = None
        for file in self.files:
            self._samples[file.where.sample] = self._samples[file.where.sample].plus(total=1)

    def _count(self, file: FileState, sign: int) -> None:
        """Take a file into the sums, or out of them before it changes."""
        name = file.where.sample
        self._samples[name] = self._samples[name].plus(
            sign * sum(file.blocks[n].events for n in file.done),
            sign * file.events,
            sign * len(file.done),
            sign * (len(file.failures) + (file.failure is not None)),
            sign * max(1, len(file.blocks)),
            sign * len(file.reused),
            sign * sum(file.blocks[n].events for n in file.reused),
            sign * (max(1, len(file.blocks)) - len(file.done) if file.skipped else 0),
        )

    # --- written by the job's thread ------------------------------------------------------------------------------

    def planned(self, plan: FilePlan) -> None:
        """A file was looked into."""
        file = self.files[plan.where.index]
        with self.lock:
            fresh = file.plan is None and not file.skipped and file.failure is None
            if not fresh:
                self._count(file, -1)
            old = file.plan
            if old is not None and (old.uuid, old.entries, old.ranges) != (plan.uuid, plan.entries, plan.ranges):
                # The file is another one by now: what was made of the old one must not be mixed with it.
                file.done.clear()
                file.reused.clear()
            file.looked, file.plan, file.failure = True, plan, None
            file.blocks = [
                Block(plan.where.sample, file.path, plan.tree, plan.uuid, start, stop) for start, stop in plan.ranges
            ]
            if fresh:  # as most are, of perhaps thousands: it counted as one block without events
                name = plan.where.sample
                self._samples[name] = self._samples[name].plus(0, plan.entries, total=max(1, len(file.blocks)) - 1)
            else:
                self._count(file, +1)

    def pieces(self, file: FileState, all: bool = False) -> list[Piece]:
        """The blocks of a file that are not done (or all of them), as they go to workers."""
        if file.plan is None or (file.skipped and not all):
            return []
        where, plan = file.where, file.plan
        return [
            Piece(where.index, n, Block(where.sample, where.path, plan.tree, plan.uuid, *ends), plan.entries)
            for n, ends in enumerate(plan.ranges)
            if all or n not in file.done
        ]

    def file_failed(self, index: int, error: str, attempts: int, worker: str) -> None:
        file = self.files[index]
        with self.lock:
            self._count(file, -1)
            file.failure = Failure(file.path, None, None, error, attempts, worker)
            self._count(file, +1)

    def add(self, piece: Piece, packed: Packed, reused: bool = False) -> None:
        """A block is done."""
        file, n = self.files[piece.file], piece.number
        with self.lock:
            if n in file.done or n >= len(file.blocks) or file.blocks[n].uuid != piece.block.uuid:
                return  # the file was looked into anew meanwhile, or the user had it tried twice
            events = file.blocks[n].events
            file.done[n] = packed
            failed = -1 if file.failures.pop(n, None) is not None else 0
            self._bytes += 0 if reused else packed.bytes_read
            if reused:
                file.reused.add(n)
            again = (1, events) if reused else (0, 0)
            name = file.where.sample
            self._samples[name] = self._samples[name].plus(events, 0, 1, failed, 0, *again, -1 if file.skipped else 0)

    def failed(self, piece: Piece, error: str, attempts: int, worker: str) -> None:
        file = self.files[piece.file]
        block = file.blocks[piece.number]
        with self.lock:
            self._count(file, -1)
            file.failures[piece.number] = Failure(block.file, block.start, block.stop, error, attempts, worker)
            self._count(file, +1)

    def forget_failures(self, files: Sequence[int] | None = None) -> list[Where]:
        """Before what failed (in these files) is tried again. These files are looked into anew: they may be others."""
        found: list[Where] = []
        with self.lock:
            for file in self.files if files is None else [self.files[index] for index in files]:
                if not file.broken and not (file.skipped and files is not None):
                    continue
                self._count(file, -1)
                file.looked, file.failure, file.skipped = False, None, False
                file.failures.clear()
                self._count(file, +1)
                found.append(file.where)
        return found

    def skip(self, files: Sequence[int]) -> None:
        """Leave out what is not done of these files; it is no failure any more, and never in the result."""
        with self.lock:
            for file in [self.files[index] for index in files]:
                self._count(file, -1)
                file.skipped, file.failure = True, None
                file.failures.clear()
                self._count(file, +1)

    def enter(self, state: str) -> None:
        with self.lock:
            now = time.monotonic()
            if self._since is not None:
                self._worked += now - self._since
            self._since = now if state == "running" else None
            self.state = state

    def outcome(self) -> str:
        """The state of a job that has nothing more to do."""
        if not self.failed_blocks:
            return "finished"
        return "incomplete" if self.done else "failed"

    # --- read by anyone -------------------------------------------------------------------------------------------

    @property
    def failures(self) -> list[Failure]:
        """In file order."""
        with self.lock:
            found: list[Failure] = []
            for file in self.files:
                found += [file.failure] if file.failure is not None else []
                found += [failure for _, failure in sorted(file.failures.items())]
            return found

    @property
    def done(self) -> int:
        return sum(sample.done for sample in self._samples.values())

    @property
    def failed_blocks(self) -> int:
        return sum(sample.failed for sample in self._samples.values())

    def progress(self) -> Progress:
        with self.lock:
            seconds = self._worked + (time.monotonic() - self._since if self._since is not None else 0.0)
            return Progress(self.state, dict(self._samples), self._bytes, seconds, self.workers)

    def result(self, extra: Sequence[str] = ()) -> Result:
        """Of what is done, in file order: the same bits as if one process had done it."""
        with self.lock:
            done = {name: list(self._in_order(name)) for name in self._samples}
            failures = self.failures
            samples = dict(self._samples)
            problems = [w for file in self.files if file.plan is not None for w in file.plan.warnings]
            skipped = [file.path for file in self.files if file.skipped and len(file.done) < max(1, len(file.blocks))]
            notes = [*self._twice(), *self._fault_notes()]
        number, total = sum(map(len, done.values())), sum(sample.total for sample in samples.values())
        if number < total:
            problems += [
                f"incomplete: {number:,} of {total:,} blocks are in this result",
                *extra,
                *(f"not in this result: {failure}" for failure in failures),
                *(f"left out as you asked: {path}" for path in skipped),
            ]
        partials: list[Partial] = []
        for mine in done.values():
            partials += folded(mine, self.analysis)
        events = {name: sample.total_events for name, sample in samples.items()}
        return add(self.analysis, partials, total, [*problems, *notes], events)

    def tile(self, want: Wanted) -> Tile:
        """The tile of what is done. Raises JobError when that is nothing."""
        with self.lock:
            done = {name: list(self._in_order(name)) for name in self._samples}
            events = {name: sample.total_events for name, sample in self._samples.items()}
        if not any(done.values()):
            raise JobError("nothing is done yet that a tile could be made of")
        tiles = {
            name: summed([p.tile for _, p in mine] for _, mine in groupby(found, lambda item: item[0].file))
            for name, found in done.items()
        }
        read = {
            name: [Partial(block, sumw=p.sumw, file_events=p.file_events) for block, p in found]
            for name, found in done.items()
        }
        return assembled(self.analysis, want.form, boundaries_of(self.analysis, want), tiles, read, events)

    def _twice(self) -> list[str]:
        """Files that are in the dataset more than once, under whatever names; their events count as often."""
        names: dict[tuple[str, str], list[str]] = {}
        for file in self.files:
            if file.plan is not None:
                names.setdefault((file.plan.uuid, file.plan.tree), []).append(file.path)
        found = [
            f"{paths[0]} is in the dataset {len(paths):,} times"
            + ("" if len(set(paths)) == 1 else f", also as {next(path for path in paths if path != paths[0])}")
            + ": its events count as often"
            for paths in names.values()
            if len(paths) > 1
        ]
        return found if len(found) <= _SHOWN else [*found[:_SHOWN], f"and {len(found) - _SHOWN:,} more such files"]

    def _fault_notes(self) -> list[str]:
        """NaN and infinite values are allowed, and yet are what damaged baskets look like."""
        notes: list[str] = []
        for file in self.files:
            if not any(packed.faults for packed in file.done.values()):
                continue
            for branch, (nan, inf) in faults_of(file).items():
                what = " and ".join(f"{n:,} {kind}" for n, kind in ((nan, "NaN"), (inf, "infinite")) if n)
                notes.append(f"{branch!r} of {file.path} holds {what} values")
        more = f"; {len(notes) - _SHOWN:,} more such branches, see job.files"
        return notes if len(notes) <= _SHOWN else [*notes[: _SHOWN - 1], notes[_SHOWN - 1] + more]

    def _in_order(self, sample: str) -> Iterator[tuple[Block, Packed]]:
        for file in self.files:
            if file.where.sample == sample:
                for n in sorted(file.done):
                    yield file.blocks[n], file.done[n]

    def copies(self) -> list[FileState]:
        """All files as they are now."""
        with self.lock:
            return [replace(f, blocks=list(f.blocks), done=dict(f.done), failures=dict(f.failures)) for f in self.files]


def faults_of(file: FileState) -> dict[str, tuple[int, int]]:
    """NaN and infinite values of all blocks of a file, by branch."""
    found: dict[str, tuple[int, int]] = {}
    for packed in file.done.values():
        for branch, (nan, inf) in (packed.faults or {}).items():
            before = found.get(branch, (0, 0))
            found[branch] = (before[0] + nan, before[1] + inf)
    return found
