"""What was on a worker that died: it is tried again in smaller parts, until the part that ends workers is alone."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from math import isqrt
from typing import Any

from .orders import Order

_SMALL = 8  # so many items are tried one by one; of more, as of tiny files, the root at a time
_DEATHS = 3  # worker processes that end an item's trials, the last with nothing else on it; fewer may be chance


class Suspects:
    """Deaths of workers, and who may be the cause.

    What was lost once goes out again at once, in parts, beside other work: clusters take workers away, many at a time,
    and the tasks of these are not to blame. What was lost again is tried by itself, one of them at a time. Its worker
    may have other tasks too, in other threads or waiting: it is blamed if there were none, or else when it is lost once
    more while nothing at all is beside it.
    """

    def __init__(self) -> None:
        self._again: list[tuple[Any, ...]] = []
        self._waiting: deque[tuple[Any, ...]] = deque()
        self._last: deque[tuple[Any, ...]] = deque()  # to be tried with nothing beside them
        self._order: Order | None = None  # the one that is tried by itself
        self._idle = False  # with nothing beside it
        self._deaths: dict[Any, int] = defaultdict(int)

    def __bool__(self) -> bool:
        return bool(self._again or self._waiting or self._last) or self._order is not None

    @property
    def hold(self) -> bool:
        """Whether nothing else is to be sent, so that the next part has nothing beside it."""
        return self._idle or bool(self._last and not self._again and not self._waiting and self._order is None)

    def again(self) -> list[tuple[Any, ...]]:
        """The parts to send beside other work, once."""
        found, self._again = self._again, []
        return found

    def next(self, idle: bool) -> tuple[Any, ...]:
        """The part to try by itself now, `sent` with what order it went; none while another is under way.

        `idle`: nothing is in flight.
        """
        if self._order is not None:
            return ()
        if self._waiting:
            return self._waiting.popleft()
        self._idle = idle and self.hold
        return self._last.popleft() if self._idle else ()

    def sent(self, order: Order) -> None:
        self._order = order

    def returned(self, order: Order) -> None:
        """A task came back; it may be the one that was tried by itself."""
        if order is self._order:
            self._order, self._idle = None, False

    def lost(self, order: Order, deaths: int, alone: bool) -> list[Any]:
        """A task did not come back, after ending so many workers; 0 when it had not begun. `alone`: these had no other.

        Those of its items that are guilty of it; the others wait.
        """
        tried = order is self._order and len(order.items) == 1
        sure = deaths > 0 and (alone or self._idle)
        self.returned(order)
        for item in order.items:
            self._deaths[item] += deaths
        if tried and self._deaths[order.items[0]] >= _DEATHS:
            if sure:
                return list(order.items)
            self._last.append(order.items)
            return []
        for part in _parts(order.items):
            (self._again if self._deaths[part[0]] == 1 else self._waiting).append(part)
        return []

    def deaths(self, item: Any) -> int:
        """How many workers died that had a task with this item."""
        return self._deaths.get(item, 0)

    def forget(self, item: Any) -> None:
        """It is tried again as if for the first time."""
        self._deaths.pop(item, None)


def _parts(items: Sequence[Any]) -> list[tuple[Any, ...]]:
    size = 1 if len(items) <= _SMALL else isqrt(len(items))
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]
