"""A block of events in parts, one for each core."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from threading import Lock
from typing import Any, TypeVar

from ...columns.schema import Schema
from ...columns.source import Source, widen

T = TypeVar("T")

#: More cores than this are left to others: parts would be small, and memory is what limits then.
MOST = 8
#: Events of a part at least; with fewer it is not worth a thread.
ENOUGH = 100_000


def cores() -> int:
    """Cores that this process may use, at most MOST."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, MOST)


def parts_of(start: int, stop: int, threads: int) -> list[tuple[int, int]]:
    """The events [start, stop) in up to `threads` parts, the same whenever they are asked for."""
    count = max(1, min(threads, (stop - start) // ENOUGH))
    edges = [start + (stop - start) * i // count for i in range(count + 1)]
    return list(pairwise(edges))


def together(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """What the tasks return, run at the same time; an error of one is raised when all have ended."""
    waiting = [_pool().submit(task) for task in tasks[1:]]
    try:
        first = tasks[0]()
    finally:
        errors = [future.exception() for future in waiting]
    for error in errors:
        if error is not None:
            raise error
    return [first, *(future.result() for future in waiting)]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST, thread_name_prefix="heplens-tile")


class Shared:
    """The branches of one block of a source, read once for all of its parts."""

    def __init__(self, source: Source, start: int, stop: int) -> None:
        self.label, self.uuid, self.entries = source.label, source.uuid, source.entries
        self._source = source
        self._start, self._stop = start, stop
        self._arrays: dict[str, Any] = {}
        self._lock = Lock()

    @property
    def schema(self) -> Schema:
        return self._source.schema

    def edges(self, names: Sequence[str]) -> list[int]:
        return self._source.edges(names)

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        with self._lock:
            absent = [name for name in names if name not in self._arrays]
            if absent:
                self._arrays |= self._source.stored(absent, self._start, self._stop)
        return {name: self._arrays[name][start - self._start : stop - self._start] for name in names}

    def read(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        return {name: widen(array) for name, array in self.stored(names, start, stop).items()}
