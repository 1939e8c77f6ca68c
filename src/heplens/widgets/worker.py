"""One thread that computes, so that no handler of a message ever does."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

IDLE_SECONDS = 30.0


@dataclass
class Task:
    """A piece of work in a slot. A newer task of the same slot replaces one that waits and cancels one that runs."""

    slot: str
    run: Callable[[Task], None]
    dropped: Callable[[], None]
    cancelled: threading.Event = field(default_factory=threading.Event)
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    """The caller's context: a reply sent from it belongs to the message that asked (ipykernel routes by that)."""


class Worker:
    """Runs tasks one at a time, in the order in which their slots were first asked for.

    The thread starts with the first task and ends after a while without work.
    """

    def __init__(self, name: str = "heplens-explorer", idle: float = IDLE_SECONDS) -> None:
        self._name = name
        self._idle = idle
        self._condition = threading.Condition()
        self._waiting: dict[str, Task] = {}
        self._running: Task | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, slot: str, run: Callable[[Task], None], dropped: Callable[[], None]) -> Task:
        """Queue `run`; `dropped` is called instead when a newer task of the slot takes its place before it starts."""
        task = Task(slot, run, dropped)
        with self._condition:
            if self._closed:
                return task
            old = self._waiting.get(slot)
            self._waiting[slot] = task
            if self._running is not None and self._running.slot == slot:
                self._running.cancelled.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
                self._thread.start()
            self._condition.notify()
        if old is not None:
            old.cancelled.set()
            old.context.run(old.dropped)
        return task

    def close(self) -> None:
        """Cancel everything; nothing starts after this."""
        with self._condition:
            self._closed = True
            self._waiting.clear()
            if self._running is not None:
                self._running.cancelled.set()
            self._condition.notify()

    def _next(self) -> Task | None:
        with self._condition:
            self._running = None
            if not self._waiting and not self._closed:
                self._condition.wait(self._idle)
            if not self._waiting:
                self._thread = None
                return None
            slot = next(iter(self._waiting))
            self._running = self._waiting.pop(slot)
            return self._running

    def _loop(self) -> None:
        while (task := self._next()) is not None:
            task.context.run(task.run, task)
