"""Tiles of the blocks of one source, by kernels where they can."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ...columns.source import Source
from ..moving import Moving
from ..tiles import BlockTile
from .leaves import Leaves, Store
from .lift import UnsupportedError
from .plan import make_plan


@cache
def available() -> bool:
    """Whether kernels can be compiled here; there is no numba in Pyodide."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return False
    return True


class Blocks:
    """The tiles of blocks of `source` for one moved number.

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

        self.source = source
        self.schema = moving.bound.schema
        self.store = store
        self._build = Build(moving, make_plan(moving))
        # One event tells what will be asked of the others, and has the kernels compiled.
        trial = Leaves(source, self.schema, 0, min(1, source.entries), Store(0))
        self._build.block(trial, lambda: False)
        self._requests = trial.requests

    def tile(self, start: int, stop: int, cancel: Callable[[], bool]) -> BlockTile:
        """The tile of the events [start, stop); incomplete when `cancel` came true.

        Raises
        ------
        UnsupportedError : these events hold what the kernels do not know, such as missing lists.
        """
        return self._build.block(Leaves(self.source, self.schema, start, stop, self.store, self._requests), cancel)
