"""What a job knows: files, blocks, partials and failures. The job's thread writes, everyone else reads."""

from __future__ import annotations

import threading
import time
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..engine.partial import Block, Partial
from ..engine.result import Result
from ..engine.scan import assembled
from ..engine.sums import add
from ..engine.tiles import Tile
from ..errors import JobError
from .filestate import Failure, FileState
from .notes import faulty, repeated
from .orders import FilePlan, Piece, Where
from .packed import Packed, folded
from .progress import Progress, SampleProgress
from .running import RunningSums
from .tiles import TileSums, refusal_of
from .wanted import Wanted, boundaries_of

if TYPE_CHECKING:
    from ..analysis.value import Analysis


class Ledger:
    """The state of one job. Everything is read and written under one lock."""

    def __init__(self, analysis: Analysis, files: Sequence[FileState], wants: Sequence[Wanted] = ()) -> None:
        self.analysis = analysis
        self.files = list(files)
        self.lock = threading.RLock()
        self.state = "planning"
        self.workers = 0
        self._tiles = TileSums(wants)
        numbers = Counter(file.where.sample for file in self.files)
        self._samples = {name: SampleProgress(total=number) for name, number in numbers.items()}
        self._files = numbers
        self._unseen = dict(numbers)  # files of each sample that nothing is known of yet
        self._known = dict.fromkeys(numbers, 0)  # files of which the events are known
        self._bytes = 0
        self._worked = 0.0
        self._since: float | None = None
        # Numbers of files, so that nobody has to go through thousands of them to look at the job:
        self._begun: dict[str, list[int]] = {name: [] for name in numbers}  # in order
        self._broken: set[int] = set()
        self._skipped: set[int] = set()
        self._warned: set[int] = set()
        self._faulty: set[int] = set()
        self._same: dict[tuple[str, str], list[int]] = {}  # by UUID and tree
        self._repeated: set[tuple[str, str]] = set()
        self._running: dict[str, RunningSums] = {}  # kept from the first look at the sample on

    def _count(self, file: FileState, sign: int) -> None:
        """Take a file into the sums, or out of them before it changes."""
        name, number = file.where.sample, file.where.index
        self._samples[name] = self._samples[name].plus(
            sign * file.done_events,
            sign * file.events,
            sign * len(file.done),
            sign * (len(file.failures) + (file.failure is not None)),
            sign * file.total,
            sign * len(file.reused),
            sign * sum(file.blocks[n].events for n in file.reused),
            sign * (file.total - len(file.done) if file.skipped else 0),
        )
        self._unseen[name] += sign * file.unseen
        for numbers, is_one in ((self._broken, file.broken), (self._skipped, file.skipped)):
            if is_one and sign > 0:
                numbers.add(number)
            else:
                numbers.discard(number)

    # --- written by the job's thread ------------------------------------------------------------------------------

    def planned(self, plan: FilePlan) -> None:
        """A file was looked into."""
        file = self.files[plan.where.index]
        name, number = plan.where.sample, plan.where.index
        with self.lock:
            fresh, old = file.unseen, file.plan
            if not fresh:
                self._count(file, -1)
            if old is not None and (old.uuid, old.entries, old.ranges) != (plan.uuid, plan.entries, plan.ranges):
                # The file is another one by now: what was made of the old one must not be mixed with it.
                file.done.clear()
                file.reused.clear()
                self._running.pop(name, None)
            if old is not None:
                self._same[old.uuid, old.tree].remove(number)
            else:
                self._known[name] += 1
            same = self._same.setdefault((plan.uuid, plan.tree), [])
            insort(same, number)
            if len(same) > 1:
                self._repeated.add((plan.uuid, plan.tree))
            if plan.warnings:
                self._warned.add(number)
            file.learn(plan)
            if fresh:  # as most are, of perhaps thousands: it counted as one block without events
                self._samples[name] = self._samples[name].plus(0, plan.entries, total=file.total - 1)
                self._unseen[name] -= 1
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
            name, events = piece.block.sample, file.blocks[n].events
            if not file.done and piece.file not in self._begun[name]:
                insort(self._begun[name], piece.file)
            file.done[n] = packed
            self._tiles.refusal = self._tiles.refusal or refusal_of(packed.tile)
            if name in self._running:
                self._running[name].add(file.blocks[n], packed)
            failed = -1 if file.failures.pop(n, None) is not None else 0
            if failed and not file.broken:
                self._broken.discard(piece.file)
            if packed.faults:
                self._faulty.add(piece.file)
            self._bytes += 0 if reused else packed.bytes_read
            if reused:
                file.reused.add(n)
            if packed.tile and file.whole:
                self._let_go(file)
            again = (1, events) if reused else (0, 0)
            self._samples[name] = self._samples[name].plus(events, 0, 1, failed, 0, *again, -1 if file.skipped else 0)

    def _let_go(self, file: FileState) -> None:
        """Of a file that is whole, and so will not change any more, tiles are added up. Others wait as they came."""
        for number, packed in file.done.items():
            if not refusal_of(packed.tile):
                self._tiles.add(file.where.sample, packed.tile)
            file.done[number] = replace(packed, tile=b"")

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
                if file.whole or (not file.broken and not (file.skipped and files is not None)):
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
            for file in self._some(self._broken):
                found += [file.failure] if file.failure is not None else []
                found += [failure for _, failure in sorted(file.failures.items())]
            return found

    def _some(self, numbers: Iterable[int]) -> list[FileState]:
        return [self.files[number] for number in sorted(numbers)]

    @property
    def done(self) -> int:
        return sum(sample.done for sample in self._samples.values())

    @property
    def failed_blocks(self) -> int:
        return sum(sample.failed for sample in self._samples.values())

    def progress(self) -> Progress:
        with self.lock:
            seconds = self._worked + (time.monotonic() - self._since if self._since is not None else 0.0)
            return Progress(
                self.state, dict(self._samples), self._bytes, seconds, self.workers, sum(self._unseen.values())
            )

    def result(self, extra: Sequence[str] = (), *, final: bool = True) -> Result:
        """Of what is done. When it is `final`, in file order: the same bits as if one process had done it.

        Otherwise sums are kept from one look to the next.
        """
        with self.lock:
            partials: list[Partial] = []
            for name in self._samples:
                if final:
                    partials += folded(list(self._in_order(name)), self.analysis)
                    continue
                if name not in self._running:
                    self._running[name] = RunningSums(self._in_order(name))
                partials += self._running[name].partials(self.analysis)
            total = sum(sample.total for sample in self._samples.values())
            problems = [w for file in self._some(self._warned) if file.plan for w in file.plan.warnings]
            if len(partials) < total:
                problems += [f"incomplete: {len(partials):,} of {total:,} blocks are in this result", *extra]
                problems += self._lacking()
            same = sorted(self._same[key] for key in self._repeated if len(self._same[key]) > 1)
            problems += repeated([[file.path for file in self._some(numbers)] for numbers in same])
            problems += faulty(self._some(self._faulty))
            events = self._expected()
        return add(self.analysis, partials, total, problems, events)

    def _lacking(self) -> list[str]:
        """What is not in the result, and will not be."""
        unseen = sum(self._unseen.values())
        return [
            *([f"files that were not looked into yet: {unseen:,}"] if unseen else []),
            *(f"not in this result: {failure}" for failure in self.failures),
            *(f"left out as you asked: {f.path}" for f in self._some(self._skipped) if len(f.done) < f.total),
        ]

    def _expected(self) -> dict[str, int]:
        """Events of each sample. Files that could not be looked into (yet) have as many as the others on average."""
        return {
            name: round(sample.total_events * self._files[name] / max(1, self._known[name]))
            for name, sample in self._samples.items()
        }

    @property
    def tile_bytes(self) -> int:
        """Memory that tiles take: the sums of whole files, and what waits of others."""
        with self.lock:
            waiting = sum(len(packed.tile) for file in self.files for packed in file.done.values())
            return self._tiles.nbytes + waiting

    @property
    def no_tile(self) -> str:
        """Why there are no tiles of what is done; "" when there are."""
        return self._tiles.refusal

    def tile(self, want: Wanted) -> Tile:
        """The tile of what is done. Raises JobError when that is nothing, NoTileError when a block has none."""
        with self.lock:
            done = {name: list(self._in_order(name)) for name in self._samples}
            events = self._expected()
            if not any(done.values()):
                raise JobError("nothing is done yet that a tile could be made of")
            place = self._tiles.wants.index(want)
            tiles = {
                name: self._tiles.of(name, place, (packed.tile for _, packed in found if packed.tile))
                for name, found in done.items()
            }
        read = {
            name: [Partial(block, sumw=p.sumw, file_events=p.file_events) for block, p in found]
            for name, found in done.items()
        }
        return assembled(self.analysis, want.form, boundaries_of(self.analysis, want), tiles, read, events)

    def _in_order(self, sample: str) -> Iterator[tuple[Block, Packed]]:
        for number in self._begun[sample]:
            file = self.files[number]
            for n in sorted(file.done):
                yield file.blocks[n], file.done[n]

    def copies(self) -> list[FileState]:
        """All files as they are now."""
        with self.lock:
            return [replace(f, done=dict(f.done), failures=dict(f.failures)) for f in self.files]
