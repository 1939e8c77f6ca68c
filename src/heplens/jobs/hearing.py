"""Events of Dask: what the scheduler and the workers tell a client under a topic."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

#: Called with each message, in the thread of the client: it must not wait.
Listener = Callable[[Any], None]

_heard: WeakKeyDictionary[Any, dict[str, _Heard]] = WeakKeyDictionary()
_lock = threading.Lock()


def listen(client: Any, topic: str, listener: Listener) -> Callable[[], None]:
    """Call `listener` for every message of a topic. Returns a function that ends this."""
    with _lock:
        heard = _heard.setdefault(client, {}).setdefault(topic, _Heard(topic))
        heard.add(client, listener)

    def end() -> None:
        with _lock:
            heard.remove(client, listener)

    return end


class _Heard:
    """What one client hears of a topic. It is subscribed as long as someone listens: every message has its price."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._listeners: list[Listener] = []
        self._before: Callable[[Any], Any] | None = None  # a client has one handler for each topic: the user's

    def add(self, client: Any, listener: Listener) -> None:
        self._listeners.append(listener)
        if len(self._listeners) == 1:
            before = getattr(client, "_event_handlers", {}).get(self._topic)
            self._before = self._before if before == self.event else before
            client.subscribe_topic(self._topic, self.event)

    def remove(self, client: Any, listener: Listener) -> None:
        """Never raises: the client may be closed."""
        if listener not in self._listeners:
            return
        self._listeners.remove(listener)
        with suppress(Exception):
            if not self._listeners and self._before is not None:
                client.subscribe_topic(self._topic, self._before)
            elif not self._listeners:
                client.unsubscribe_topic(self._topic)

    def event(self, event: tuple[float, Any]) -> Any:
        for listener in list(self._listeners):
            listener(event[1])
        return None if self._before is None else self._before(event)
