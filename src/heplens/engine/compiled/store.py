"""What is kept from one tile for the next: bins, masks, offsets, components; it is the same for every handle."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Any

#: Bytes that are kept unless told otherwise.
BUDGET = 2**30


class Store:
    """Arrays by key, up to `budget` bytes. May be used from any thread.

    When there is no room, what the latest tiles did not use makes way. What the tile in work uses stays: of data that
    are larger than the budget a part is kept, instead of all being replaced again and again.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.nbytes = 0
        self._kept: dict[Hashable, tuple[int, Any]] = {}  # the tile that used it last, and the array; oldest first
        self._pinned: dict[Hashable, Any] = {}
        self._tile = 0
        self._lock = Lock()

    def begin(self, source: Any) -> None:
        """A new tile of a source, whose identity stays in use as long as this store."""
        with self._lock:
            self._tile += 1
            self._pinned[source.uuid] = source

    def get(self, key: Hashable) -> Any | None:
        with self._lock:
            if key not in self._kept:
                return None
            _, value = self._kept.pop(key)
            self._kept[key] = (self._tile, value)
            return value

    def keep(self, key: Hashable, value: Any) -> None:
        size = int(value.nbytes)
        with self._lock:
            if key in self._kept or size > self.budget:
                return
            while self.nbytes + size > self.budget:
                oldest = next(iter(self._kept))
                used, old = self._kept[oldest]
                if used == self._tile:
                    return
                del self._kept[oldest]
                self.nbytes -= int(old.nbytes)
            self._kept[key] = (self._tile, value)
            self.nbytes += size

    def lent(self) -> Store:
        """What is held, for a tile that somebody waits for. It adds nothing: what is kept takes fresh memory, which
        costs more time than to compute what is written there."""
        return _Lent(self)


class _Lent(Store):
    def __init__(self, store: Store) -> None:
        super().__init__(0)
        self._store = store

    def begin(self, source: Any) -> None:
        self._store.begin(source)

    def get(self, key: Hashable) -> Any | None:
        return self._store.get(key)
