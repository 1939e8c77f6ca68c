"""The tile of one source, block by block, by kernels where they can."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial, reduce
from operator import add
from typing import TYPE_CHECKING

from ...columns.source import Source
from ..moving import Moving
from ..pages import keep_freed_memory
from ..tiles import BlockTile
from .leaves import Leaves, Requests
from .lift import UnsupportedDataError, UnsupportedError
from .parallel import Shared, parts_of, together
from .plan import make_plan
from .store import Store

if TYPE_CHECKING:
    from .build import Build

Range = tuple[int, int]


@cache
def available() -> bool:
    """Whether kernels can be compiled here; there is no numba in Pyodide."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


class Blocks:
    """The tile of blocks of `source` for one moved number.

    Parameters
    ----------
    store : what has been computed for other handles and positions; it is added to.
    threads : how many a block is shared out to.

    Raises
    ------
    UnsupportedError : the kernels do not know the analysis, or there are none; the text says why.
    """

    def __init__(self, moving: Moving, source: Source, store: Store, threads: int = 1) -> None:
        if not available():
            raise UnsupportedError("numba is not installed")
        from .build import Build

        keep_freed_memory()
        self.source = source
        self.schema = moving.bound.schema
        self.store = store
        store.begin(source)
        self.threads = threads
        plan = make_plan(moving)
        self._made = partial(Build, moving, plan)
        self._builds = [self._made()]
        self._requests: Requests | None = None

    def add(self, start: int, stop: int, cancel: Callable[[], bool]) -> list[Range]:
        """Add the events [start, stop) to the tile; some of them when `cancel` came true.

        Returns those that hold what the kernels do not know, which were not added.
        """
        shared = Shared(self.source, start, stop)
        if self._requests is None:
            self._requests = self._asked(shared, start, min(start + 1, stop))
        ranges = parts_of(start, stop, self.threads)
        self._builds += [self._made() for _ in ranges[len(self._builds) :]]
        done = together(
            [
                partial(self._add, build, Leaves(shared, self.schema, *events, self.store, self._requests), cancel)
                for build, events in zip(self._builds, ranges, strict=False)
            ]
        )
        return [events for events, known in zip(ranges, done, strict=True) if not known]

    def _add(self, build: Build, leaves: Leaves, cancel: Callable[[], bool]) -> bool:
        """Whether the kernels know the events."""
        try:
            build.add(leaves, cancel)
        except UnsupportedDataError:
            return False
        return True

    def _asked(self, source: Source, start: int, stop: int) -> Requests:
        """One event tells what will be asked of the others, and has the kernels compiled before threads need them."""
        trial = Leaves(source, self.schema, start, stop, Store(0))
        self._add(self._made(), trial, lambda: False)
        return trial.requests

    def tile(self) -> BlockTile:
        """The tile of all events that were added."""
        return reduce(add, (build.tile() for build in self._builds))
