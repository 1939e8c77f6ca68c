"""What is asked of workers, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..engine.partial import Block
from ..errors import HeplensError
from .packed import Packed
from .wanted import Wanted


@dataclass(frozen=True)
class Where:
    """One file of the dataset, by its number in file order."""

    index: int
    sample: str
    path: str
    tree: str


@dataclass
class FilePlan:
    """What is in a file: its blocks, or why there are none. `refused`: the analysis does not go with the file.

    `stamp` is (modified at, in ns; size), None for what is remote. `schema` stands for the names of the branches,
    `demand` for those that the analysis reads, `types` for the types of these.
    """

    where: Where
    tree: str = ""
    uuid: str = ""
    entries: int = 0
    ranges: list[tuple[int, int]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stamp: tuple[int, int] | None = None
    schema: str = ""
    demand: str = ""
    types: str = ""
    error: str = ""
    transient: bool = False
    refused: HeplensError | None = None
    worker: str = ""


@dataclass(frozen=True)
class Piece:
    """One block and its place: number `number` of the blocks of file `file`. `entries` are those of the whole file."""

    file: int
    number: int
    block: Block
    entries: int


@dataclass(slots=True)
class Outcome:
    """What became of a piece: its numbers, or an error."""

    packed: Packed | None = None
    error: str = ""
    transient: bool = False


@dataclass(slots=True)
class Done:
    """What a task gives back: one outcome for each of its items, and who computed them with what, in how long.

    The items are those from number `first` on: outcomes of earlier ones were told before.
    """

    outcomes: list[Any]  # FilePlan or Outcome
    worker: str
    mark: str
    seconds: float
    first: int = 0


@dataclass(frozen=True)
class Order:
    """What a task is asked to do. One object, so that Dask does not look for its futures in a list of blocks.

    With a `topic` it tells there what it has done, every so many seconds; see `telling`.
    """

    document: str  # the analysis, without its files
    items: tuple[Any, ...]  # Where or Piece
    tiles: tuple[Wanted, ...] = ()
    topic: str = ""
    every: float = 0.0
