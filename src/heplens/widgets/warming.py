"""Work for the next gesture while nobody asks for anything."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from .worker import Task, Worker

#: Seconds without a request after which it begins: importing and compiling must not delay what is being painted.
PATIENCE = 1.0


class Warming:
    """Runs one piece of work in a worker when it is quiet; any request stops it.

    Parameters
    ----------
    patience : seconds.
    """

    def __init__(self, worker: Worker, patience: float = PATIENCE) -> None:
        self._worker = worker
        self._patience = patience
        self._task: Task | None = None
        self._lock = Lock()

    def later(self, run: Callable[[Callable[[], bool]], None]) -> None:
        """Call `run` with what tells whether it has to stop, unless `stop` is called before."""

        def work(task: Task) -> None:
            if not task.cancelled.wait(self._patience):
                with suppress(Exception):  # it is told to whoever asks for the same
                    run(task.cancelled.is_set)

        with self._lock:
            self._task = self._worker.submit("warming", work, lambda: None)

    def stop(self) -> None:
        with self._lock:
            if self._task is not None:
                self._task.cancelled.set()
