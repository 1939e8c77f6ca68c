"""One file of a job: what is known of it, what is done of it, and what failed."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..engine.partial import Block
from .orders import FilePlan, Where
from .packed import Packed


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


@dataclass(slots=True)
class FileState:
    """One file of the dataset: its blocks once it was looked into, or its failure."""

    where: Where
    path: str  # as the user wrote it
    looked: bool = False  # into the file, successfully
    plan: FilePlan | None = None  # of the last time it was
    done: dict[int, Packed] = field(default_factory=dict)  # by number of the block
    reused: set[int] = field(default_factory=set)
    failure: Failure | None = None
    failures: dict[int, Failure] = field(default_factory=dict)
    skipped: bool = False  # the user does not want it any more
    _blocks: list[Block] | None = None

    @property
    def blocks(self) -> list[Block]:
        """With the file as the user wrote it. Made when they are first asked for: there may be thousands of files."""
        if self._blocks is None:
            sample, path, plan = self.where.sample, self.path, self.plan
            self._blocks = (
                [] if plan is None else [Block(sample, path, plan.tree, plan.uuid, *ends) for ends in plan.ranges]
            )
        return self._blocks

    def learn(self, plan: FilePlan) -> None:
        """It was looked into."""
        self.looked, self.plan, self.failure, self._blocks = True, plan, None, None

    @property
    def total(self) -> int:
        """Blocks; a file that was not looked into counts as one, and so does one without events."""
        return 1 if self.plan is None else max(1, len(self.plan.ranges))

    @property
    def events(self) -> int:
        return 0 if self.plan is None else self.plan.entries

    @property
    def done_events(self) -> int:
        return sum(self.blocks[n].events for n in self.done)

    @property
    def whole(self) -> bool:
        """All of it is done, for good."""
        return self.plan is not None and len(self.done) == len(self.plan.ranges)

    @property
    def broken(self) -> bool:
        return self.failure is not None or bool(self.failures)

    @property
    def unseen(self) -> bool:
        """Nothing is known of it yet, and it is still wanted."""
        return self.plan is None and self.failure is None and not self.skipped


def faults_of(file: FileState) -> dict[str, tuple[int, int]]:
    """NaN and infinite values of all blocks of a file, by branch."""
    found: dict[str, tuple[int, int]] = {}
    for packed in file.done.values():
        for branch, (nan, inf) in (packed.faults or {}).items():
            before = found.get(branch, (0, 0))
            found[branch] = (before[0] + nan, before[1] + inf)
    return found
