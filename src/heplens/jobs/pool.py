"""Tasks on a client, a bounded number at a time, and their results as they come: the only place that talks to Dask."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..errors import JobError
from .task import Done, Order

_AT_ONCE = 16  # tasks to send, when that many threads are there
_ASK_EVERY = 2.0  # seconds between questions about the workers
_LINGER = 0.2  # seconds between answers that can wait: Dask charges for the message, not for what is in it
_PATIENCE = 10.0  # seconds until a scheduler that does not answer is taken for lost


class ClientLostError(JobError):
    """The client was closed, or its scheduler cannot be reached."""


@dataclass
class Answer:
    """What came back for an order: a value, or why there is none."""

    order: Order
    value: Done | None = None
    error: str = ""
    deaths: int = 0  # of worker processes while they had it
    worker: str = ""


class Pool:
    """Submits orders and hands back answers. Used by one thread."""

    def __init__(self, client: Any, name: str, stop: threading.Event) -> None:
        self.client = client
        self.threads = 0
        self.workers = 0
        self._name = name
        self._stop = stop
        self._number = 1
        self._asked = 0.0
        self._answered = 0.0
        self._orders: dict[int, Order] = {}
        self._futures: dict[int, Any] = {}
        self._done: queue.SimpleQueue[int] = queue.SimpleQueue()

    def __len__(self) -> int:
        return len(self._futures)

    @property
    def sent(self) -> int:
        """Tasks that were sent so far."""
        return self._number - 1

    @property
    def room(self) -> int:
        """How many more tasks to have in flight: each thread works on one and has two waiting.

        None while most of them are still there: tasks cost half as much when several are sent at once.
        """
        self.look()
        room = max(3, 3 * self.threads) - len(self)
        return room if room >= min(self.threads, _AT_ONCE) else 0

    def look(self) -> None:
        """Count workers and threads, now and then. Raises ClientLostError."""
        self.check()
        if time.monotonic() - self._asked < _ASK_EVERY:
            return
        try:
            threads = self.client.sync(self.client.scheduler.ncores, callback_timeout=_PATIENCE)
        except Exception as error:
            raise ClientLostError(f"the Dask scheduler does not answer ({type(error).__name__})") from error
        self.threads, self.workers = sum(threads.values()), len(threads)
        self._asked = time.monotonic()

    def check(self) -> None:
        """Raises ClientLostError when there is no connection."""
        status = self.client.status
        if status in ("closed", "closing"):
            raise ClientLostError("the Dask client was closed")
        if status != "running":
            raise ClientLostError("the connection to the Dask scheduler was lost")

    def submit(self, function: Callable[[Order], Done], orders: Sequence[Order]) -> None:
        """All at once: that is what a graph costs, whatever the number of tasks in it."""
        if not orders:
            return
        numbers = range(self._number, self._number + len(orders))
        self._number += len(orders)
        keys = [f"heplens-{self._name}-{number}" for number in numbers]
        try:
            futures = self.client.map(function, orders, key=keys, pure=False)
        except Exception as error:
            self.check()
            raise ClientLostError(f"the Dask client takes no task: {error}") from error
        for number, order, future in zip(numbers, orders, futures, strict=True):
            self._orders[number], self._futures[number] = order, future
            future.add_done_callback(partial(self._ended, number))

    def _ended(self, number: int, _: Any) -> None:
        self._done.put(number)

    def answers(self, timeout: float) -> Iterator[Answer]:
        """What is ready, after waiting up to `timeout` seconds for the first. Raises ClientLostError."""
        ready = self._ready(timeout)
        if not ready:
            self.look()  # a silent scheduler is noticed here
            return
        self.check()
        values = self._gather({n: self._futures[n] for n in ready if self._futures[n].status == "finished"})
        if self._stop.is_set():
            return
        for number in ready:
            order, future = self._orders.pop(number), self._futures.pop(number)
            if values.get(number) is not None:
                yield Answer(order, values[number])
            elif future.status == "error":
                yield _failed(order, future)
            else:
                self.check()
                yield Answer(order, error="its task was cancelled by someone else")

    def _ready(self, timeout: float) -> list[int]:
        """Tasks that ended. Soon after the last ones others are waited for, as long as no thread runs out of work."""
        ready: list[int] = []
        try:
            ready.append(self._done.get(timeout=timeout))
            end = self._answered + _LINGER
            while True:
                idle = len(self._futures) - len(ready) <= self.threads
                ready.append(self._done.get(timeout=0.0 if idle else max(0.0, end - time.monotonic())))
        except queue.Empty:
            pass
        if ready:
            self._answered = time.monotonic()
        return ready

    def cancel(self) -> None:
        """Let go of everything in flight. Never raises: there may be no scheduler left to tell."""
        if self._futures and self.client.status == "running":
            with suppress(Exception):
                coroutine = self.client.cancel(list(self._futures.values()), asynchronous=True, force=True)
                asyncio.run_coroutine_threadsafe(coroutine, self.client.loop.asyncio_loop)
        self._orders.clear()
        self._futures.clear()

    def _gather(self, futures: dict[int, Any]) -> dict[int, Any]:
        """Number to value; None where a result was lost. Bounded by the life of the client, unlike `Client.gather`."""
        if not futures:
            return {}
        loop = self.client.loop.asyncio_loop
        waiting = asyncio.run_coroutine_threadsafe(self.client.gather(futures, errors="skip", asynchronous=True), loop)
        while True:
            try:
                found: dict[int, Any] = waiting.result(timeout=1.0)
                return found
            except NotYet:
                self.check()
                if self._stop.is_set():
                    waiting.cancel()
                    return {}
            except Exception as error:
                self.check()
                raise ClientLostError(f"results could not be fetched from the workers: {error}") from error


def _failed(order: Order, future: Any) -> Answer:
    from distributed.scheduler import KilledWorker

    error = future.exception(timeout=_PATIENCE)
    if isinstance(error, KilledWorker):
        deaths = error.allowed_failures + 1
        died = "a worker process" if deaths == 1 else f"{deaths} worker processes"
        text = f"{died} died while working on it, the last at {error.last_worker.address} (out of memory, or a crash)"
        return Answer(order, None, text, deaths, str(error.last_worker.address))
    first = next(iter(str(error).strip().splitlines()), "")
    return Answer(order, error=f"the task failed on its worker: {type(error).__name__}: {first}")
