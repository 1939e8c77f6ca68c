"""Columns kept in memory between passes, up to a budget: what an exploration reads again and again is read once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .schema import Schema
from .source import Source

#: The share of the machine's memory (or of the container's, when it is smaller) that a store takes by itself.
SHARE = 0.25

Key = tuple[str, str, str, int, int]


@dataclass
class _Kept:
    array: Any
    source: Source  # kept alive: the identity of arrays in memory is only theirs while they live
    used: int


class Resident:
    """A bounded store of columns; every method may be called from any thread.

    A pass over data larger than the budget keeps what it read first and reads the rest again each time: dropping the
    oldest instead would drop every column just before it is needed. Columns that the last two passes did not use make
    room.
    """

    def __init__(self, budget: int | None = None) -> None:
        self.budget = int(SHARE * machine_memory()) if budget is None else budget
        self._kept: dict[Key, _Kept] = {}
        self._bytes = 0
        self._pass = 0
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._bytes

    def begin(self) -> Callable[[Source], Source]:
        """What reads in place of a source in one pass over the data."""
        with self._lock:
            self._pass += 1
            number = self._pass
        return lambda source: ResidentSource(source, self, number)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def take(self, key: Key, number: int) -> Any | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            found.used = max(found.used, number)
            return found.array

    def keep(self, key: Key, array: Any, source: Source, number: int) -> None:
        size = int(array.nbytes)
        with self._lock:
            if key in self._kept:
                return
            if self._bytes + size > self.budget:
                self._make_room(size, number - 1)
            if self._bytes + size <= self.budget:
                self._kept[key] = _Kept(array, source, number)
                self._bytes += size

    def _make_room(self, size: int, before: int) -> None:
        old = sorted((kept.used, key) for key, kept in self._kept.items() if kept.used < before)
        for _, key in old:
            self._bytes -= int(self._kept.pop(key).array.nbytes)
            if self._bytes + size <= self.budget:
                return


class ResidentSource:
    """A source whose columns are looked for in a store first."""

    def __init__(self, source: Source, store: Resident, number: int) -> None:
        self._source = source
        self._store = store
        self._number = number
        self.label = source.label
        self.uuid = source.uuid
        self.entries = source.entries

    @property
    def schema(self) -> Schema:
        return self._source.schema

    def read(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        keys = {name: (self.uuid, self.label, name, start, stop) for name in names}
        found = {name: self._store.take(key, self._number) for name, key in keys.items()}
        fresh = self._source.read([name for name in names if found[name] is None], start, stop)
        for name, array in fresh.items():
            self._store.keep(keys[name], array, self._source, self._number)
        return {name: fresh[name] if array is None else array for name, array in found.items()}

    def edges(self, names: Sequence[str]) -> list[int]:
        return self._source.edges(names)


def machine_memory() -> int:
    """Bytes of memory that this process can have at most."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 4 << 30
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            whole = min(whole, int(Path(limit).read_text()))
        except (OSError, ValueError):  # no such limit, or "max"
            continue
    return whole
