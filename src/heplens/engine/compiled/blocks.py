"""The tile of one source, block by block, by kernels where they can."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache

from ...columns.source import Source
from ..moving import Moving
from ..pages import keep_freed_memory
from ..tiles import BlockTile
from .leaves import Leaves
from .lift import UnsupportedDataError, UnsupportedError
from .plan import make_plan
from .store import Store


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

    Raises
    ------
    UnsupportedError : the kernels do not know the analysis, or there are none; the text says why.
    """

    def __init__(self, moving: Moving, source: Source, store: Store) -> None:
        if not available():
            raise UnsupportedError("numba is not installed")
        from .build import Build

        keep_freed_memory()
        self.source = source
        self.schema = moving.bound.schema
        self.store = store
        store.begin(source)
        plan = make_plan(moving)
        # One event tells what will be asked of the others, and has the kernels compiled.
        trial = Leaves(source, self.schema, 0, min(1, source.entries), Store(0))
        with suppress(UnsupportedDataError):
            Build(moving, plan).add(trial, lambda: False)
        self._requests = trial.requests
        self._build = Build(moving, plan)

    def add(self, start: int, stop: int, cancel: Callable[[], bool]) -> None:
        """Add the events [start, stop) to the tile; some of them when `cancel` came true.

        Raises
        ------
        UnsupportedDataError : these events hold what the kernels do not know; they were not added.
        """
        self._build.add(Leaves(self.source, self.schema, start, stop, self.store, self._requests), cancel)

    def tile(self) -> BlockTile:
        """The tile of all events that were added."""
        return self._build.tile()
