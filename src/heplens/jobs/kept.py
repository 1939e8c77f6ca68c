"""Decoded columns that a worker keeps, up to a number of bytes: a moved cut reads nothing twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..columns.schema import Schema
from ..columns.source import Source

_SHARE = 0.15  # of a worker's memory
_USUAL_LIMIT = 2**28  # bytes, where a worker has no limit

_Key = tuple[str, str, str, int, int]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a range of events, and how many of its values are NaN and infinite."""

    array: Any
    nan: int
    inf: int


class Columns:
    """The columns used last, below `limit` bytes in all. For any number of threads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nbytes = 0
        self._kept: OrderedDict[_Key, Column] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: _Key) -> Column | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: _Key, column: Column) -> None:
        size = int(column.array.nbytes)
        if size > self.limit // 4:  # one column must not throw out all others
            return
        with self._lock:
            old = self._kept.pop(key, None)
            self.nbytes += size - (0 if old is None else int(old.array.nbytes))
            self._kept[key] = column
            while self.nbytes > self.limit:
                _, gone = self._kept.popitem(last=False)
                self.nbytes -= int(gone.array.nbytes)


class Reader:
    """A source that reads through kept columns, and notes the NaN and infinite values that it came across."""

    def __init__(self, source: Source, columns: Columns) -> None:
        self.source = source
        self.label, self.uuid, self.entries = source.label, source.uuid, source.entries
        self.faults: dict[str, tuple[int, int]] = {}
        self._columns = columns

    @property
    def schema(self) -> Schema:
        return self.source.schema

    def edges(self, names: Sequence[str]) -> list[int]:
        return self.source.edges(names)

    def read(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        found: dict[str, Column] = {}
        for name in names:
            column = self._columns.get((self.uuid, self.label, name, start, stop))
            if column is not None:
                found[name] = column
        absent = [name for name in names if name not in found]
        if absent:
            for name, array in self.source.read(absent, start, stop).items():
                found[name] = Column(array, *faulty(array))
                self._columns.put((self.uuid, self.label, name, start, stop), found[name])
        for name, column in found.items():
            if column.nan or column.inf:
                self.faults[name] = (column.nan, column.inf)
        return {name: found[name].array for name in names}

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        return self.read(names, start, stop)  # what is kept is wide already


def faulty(array: Any) -> tuple[int, int]:
    """How many values of an awkward array are NaN and infinite; (0, 0) for what is no array of numbers."""
    import numpy as np

    layout = array.layout
    while layout.is_list or layout.is_option or layout.is_indexed:
        layout = layout.content
    if not layout.is_numpy or layout.data.dtype.kind != "f":
        return 0, 0
    data = layout.data
    with np.errstate(all="ignore"):
        if np.isfinite(data.sum()):  # ten times as fast as looking at each, and almost always the end of it
            return 0, 0
    return int(np.count_nonzero(np.isnan(data))), int(np.count_nonzero(np.isinf(data)))


def columns_of_worker(worker: Any) -> Columns:
    """The columns that one worker process keeps."""
    limit = getattr(getattr(worker, "memory_manager", None), "memory_limit", None)
    return Columns(int(_SHARE * limit) if limit else _USUAL_LIMIT)
