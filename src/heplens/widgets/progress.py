"""What a request that takes long has found so far."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from .protocol import Json

if TYPE_CHECKING:
    from .compute import Outcome

#: Seconds between two partial replies: as often as one can follow, and seldom enough to cost nothing.
INTERVAL = 0.15


class Progress:
    """Sends partial replies to one request: the first at once, the others at intervals."""

    def __init__(
        self,
        reply: Callable[..., None],
        id: str,
        revision: int,
        pack: Callable[[Outcome], tuple[Json, list[bytes]]],
    ) -> None:
        self._reply = reply
        self._id = id
        self._revision = revision
        self._pack = pack
        self._last = -math.inf

    def counts(self, total: int, make: Callable[[], Outcome]) -> None:
        """The numbers until now; they are made only when they are sent."""
        if self._due():
            outcome = make()
            fields, buffers = self._pack(outcome)
            self._send(outcome.events, total, fields, buffers)

    def events(self, done: int, total: int) -> None:
        if done < total and self._due():
            self._send(done, total, None, [])

    def _send(self, done: int, total: int, numbers: Json | None, buffers: list[bytes]) -> None:
        self._reply("partial", self._id, buffers, revision=self._revision, done=done, total=total, numbers=numbers)

    def _due(self) -> bool:
        now = time.monotonic()
        if now - self._last < INTERVAL:
            return False
        self._last = now
        return True
