"""Many changes, few messages: something is told soon after it changed, and a few times per second at most."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

INTERVAL = 0.12  # seconds between two tellings
AT_LEAST = 1.0  # seconds after which it is told again while it lives, changed or not

_log = logging.getLogger(__name__)


class Pulse:
    """Calls `tell` in a thread of its own, which lives as long as there is something to tell."""

    def __init__(
        self,
        tell: Callable[[], None],
        alive: Callable[[], bool],
        name: str = "heplens-pulse",
        interval: float = INTERVAL,
    ) -> None:
        self._interval = interval
        self._tell = tell
        self._alive = alive
        self._name = name
        self._condition = threading.Condition()
        self._news = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def changed(self) -> None:
        """Costs next to nothing; may be called from any thread, thousands of times per second."""
        with self._condition:
            if self._news or self._closed:
                return
            self._news = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
                self._thread.start()
            self._condition.notify()

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._condition.notify()

    def _loop(self) -> None:
        while True:
            with self._condition:
                if not self._news and not self._closed:
                    self._condition.wait(AT_LEAST)
                if self._closed or not (self._news or self._alive()):
                    self._thread = None
                    return
                self._news = False
            try:
                self._tell()
            except Exception:
                _log.exception("a view could not be told")
            time.sleep(self._interval)
