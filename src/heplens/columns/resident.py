"""Columns kept in memory between passes, up to a budget: what an exploration reads again and again is read once.

They are kept as they are stored, and widened when they are used: a float32 takes four bytes. Branches of one
collection say where the lists of each event begin once for all of them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .memory import ArraySource
from .schema import Schema
from .source import Source, widen

#: The share of the machine's memory (or of the container's, when it is smaller) that a store takes by itself.
SHARE = 0.25

Key = tuple[str, str, int, int, str]


@dataclass(eq=False)
class _Offsets:
    """Where lists begin, and how many columns share it."""

    data: Any
    columns: int = 0


@dataclass
class _Kept:
    array: Any
    offsets: _Offsets | None
    nbytes: int  # less the offsets
    used: int


class Resident:
    """A bounded store of columns; every method may be called from any thread.

    A pass over data larger than the budget keeps what it read first and reads the rest again each time: dropping the
    oldest instead would drop every column just before it is needed. Columns that the last two passes did not use make
    room. Arrays that are in memory anyway are not held a second time.
    """

    def __init__(self, budget: int | None = None) -> None:
        self.budget = int(SHARE * machine_memory()) if budget is None else budget
        self._kept: dict[Key, _Kept] = {}
        self._offsets: dict[tuple[str, str, int, int], list[_Offsets]] = {}
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
        return lambda source: source if isinstance(source, ArraySource) else ResidentSource(source, self, number)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._offsets.clear()
            self._bytes = 0

    def take(self, key: Key, number: int) -> Any | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            found.used = max(found.used, number)
            return found.array

    def keep(self, key: Key, array: Any, number: int) -> Any:
        """The array, kept if there is room for it; with the offsets of a column that has the same."""
        with self._lock:
            if key in self._kept:
                return self._kept[key].array
            array, offsets = self._shared(key, array)
            content = int(array.nbytes) - (0 if offsets is None else int(offsets.data.nbytes))

            def size() -> int:  # making room may take the others that share the offsets
                return content + (int(offsets.data.nbytes) if offsets is not None and not offsets.columns else 0)

            if self._bytes + size() > self.budget:
                self._make_room(size(), number - 1)
            if self._bytes + size() <= self.budget:
                self._bytes += size()
                self._kept[key] = _Kept(array, offsets, content, number)
                if offsets is not None:
                    offsets.columns += 1
                    if offsets.columns == 1:
                        self._offsets.setdefault(key[:4], []).append(offsets)
            return array

    def _shared(self, key: Key, array: Any) -> tuple[Any, _Offsets | None]:
        """Lists of numbers with offsets that are kept already, if there are such."""
        import awkward as ak
        import numpy as np

        layout = array.layout
        if not isinstance(layout, ak.contents.ListOffsetArray) or not layout.content.is_numpy:
            return array, None
        mine = layout.offsets.data
        for known in self._offsets.get(key[:4], ()):
            if known.data.dtype == mine.dtype and np.array_equal(known.data, mine):
                whole = ak.contents.ListOffsetArray(
                    ak.index.Index(known.data), layout.content, parameters=layout.parameters
                )
                return ak.Array(whole), known
        return array, _Offsets(mine)

    def _make_room(self, size: int, before: int) -> None:
        old = sorted((kept.used, key) for key, kept in self._kept.items() if kept.used < before)
        for _, key in old:
            self._drop(key)
            if self._bytes + size <= self.budget:
                return

    def _drop(self, key: Key) -> None:
        gone = self._kept.pop(key)
        self._bytes -= gone.nbytes
        if gone.offsets is not None:
            gone.offsets.columns -= 1
            if not gone.offsets.columns:
                self._bytes -= int(gone.offsets.data.nbytes)
                self._offsets[key[:4]].remove(gone.offsets)


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
        return {name: widen(array) for name, array in self.stored(names, start, stop).items()}

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        keys = {name: (self.uuid, self.label, start, stop, name) for name in names}
        found = {name: self._store.take(key, self._number) for name, key in keys.items()}
        absent = [name for name in names if found[name] is None]
        fresh = self._source.stored(absent, start, stop) if absent else {}
        kept = {name: self._store.keep(keys[name], array, self._number) for name, array in fresh.items()}
        return {name: kept[name] if array is None else array for name, array in found.items()}

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
