"""Tasks on a client, a bounded number at a time, and their results as they come: the only place that talks to Dask."""

from __future__ import annotations

import asyncio
import math
import queue
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..errors import JobError, first_line
from .deaths import on_death
from .orders import Done, Order
from .sent import Answer, Sent
from .telling import on_told

_WINDOW = 4  # tasks in flight for each thread: one is worked on, and at least one waits when others are sent
_AT_ONCE = 16  # tasks to send, when that many threads are there
_ASK_EVERY = 2.0  # seconds between questions about the workers
_SOON, _LATER = 0.1, 0.5  # seconds between answers that can wait: Dask charges for each time that they are fetched
_SEVERAL = 4  # answers that are worth the price
_GLANCE = 0.5  # seconds between looks at the connection, and at whether to stop, while something is waited for
_UNDER_WAY = ("pending", "lost")  # of a future
_PATIENCE = 60.0  # seconds until a scheduler that does not answer is taken for lost: a busy one takes long


class ClientLostError(JobError):
    """The client was closed, or its scheduler cannot be reached."""


@dataclass(frozen=True)
class Death:
    """A worker that is gone, and the tasks that it had, or was to have."""

    worker: str
    numbers: frozenset[int]
    had: bool = True
    alone: bool = False  # it had no other task


@dataclass(frozen=True)
class Told:
    """What a task tells while it goes on."""

    number: int
    done: Done


class Pool:
    """Submits orders and hands back answers. Used by one thread."""

    def __init__(self, client: Any, name: str, stop: threading.Event) -> None:
        self.client = client
        self.threads = 0
        self.workers = 0
        self._stop = stop
        self._number = 1
        self._addresses: list[str] = []
        self._asked = 0.0
        self._answered = 0.0
        self._taken = 0
        self._sent: dict[int, Sent] = {}
        self._done: queue.SimpleQueue[int | Death | Told] = queue.SimpleQueue()
        self._prefix = f"heplens-{name}-"
        self._leave = (on_death(client, self._died), on_told(client, self._prefix, self._hear))

    def __len__(self) -> int:
        return len(self._sent)

    @property
    def orders(self) -> list[Order]:
        """What is in flight."""
        return [sent.asked for sent in self._sent.values()]

    @property
    def sent(self) -> int:
        """Tasks that were sent so far."""
        return self._number - 1

    @property
    def room(self) -> int:
        """How many more tasks to have in flight.

        None while most of them are still there: tasks cost half as much when several are sent at once.
        """
        self.look()
        room = _WINDOW * max(1, self.threads) - len(self)
        return room if room >= min(_WINDOW // 2 * self.threads, _AT_ONCE) else 0

    def look(self) -> None:
        """Count workers and threads, now and then. Raises ClientLostError."""
        self.check()
        if time.monotonic() - self._asked < _ASK_EVERY:
            return
        try:
            threads = self._wait_for(self.client.scheduler.ncores(), _PATIENCE)
        except Exception as error:
            self.check()
            raise ClientLostError(f"the Dask scheduler does not answer ({type(error).__name__})") from error
        if threads is None:
            return
        self.threads, self.workers = sum(threads.values()), len(threads)
        self._addresses = sorted(threads)
        self._asked = time.monotonic()
        for number, sent in self._sent.items():
            if sent.worker and sent.worker not in threads:  # gone before it had the task, maybe: nobody would tell
                self._done.put(Death(sent.worker, frozenset([number]), had=False))

    def check(self) -> None:
        """Raises ClientLostError when there is no connection."""
        status = self.client.status
        if status in ("closed", "closing"):
            raise ClientLostError("the Dask client was closed")
        if status != "running":
            raise ClientLostError("the connection to the Dask scheduler was lost")

    def submit(self, function: Callable[[Order], Done], orders: Sequence[Order], bound: bool = False) -> None:
        """All at once: that is what a graph costs, whatever the number of tasks in it.

        When they are `bound` to one worker Dask does not try them elsewhere, should it die; there must be one.
        """
        if not orders:
            return
        numbers = range(self._number, self._number + len(orders))
        self._number += len(orders)
        keys = [f"{self._prefix}{number}" for number in numbers]
        worker = self._addresses[numbers[0] % len(self._addresses)] if bound else ""
        options: dict[str, Any] = {"workers": [worker], "allow_other_workers": False} if bound else {}
        try:
            futures = self.client.map(function, orders, key=keys, pure=False, **options)
        except Exception as error:
            self.check()
            raise ClientLostError(f"the Dask client takes no task: {error}") from error
        for number, order, future in zip(numbers, orders, futures, strict=True):
            self._sent[number] = Sent(order, future, worker)
            future.add_done_callback(partial(self._ended, number))

    def _ended(self, number: int, _: Any) -> None:
        self._done.put(number)

    def _died(self, worker: str, keys: Collection[Any]) -> None:
        mine = [key.removeprefix(self._prefix) for key in keys if isinstance(key, str) and key.startswith(self._prefix)]
        self._done.put(Death(worker, frozenset(map(int, mine)), alone=len(keys) == 1))

    def _hear(self, key: str, done: Done) -> None:
        self._done.put(Told(int(key.removeprefix(self._prefix)), done))

    def answers(self, timeout: float) -> Iterator[Answer]:
        """What is ready, after waiting up to `timeout` seconds for the first. Raises ClientLostError."""
        for number, sent in self._sent.items():
            if sent.lost and sent.future.status not in _UNDER_WAY:
                sent.lost = False
                self._done.put(number)
        ready, deaths, told = self._ready(timeout)
        if not ready and not deaths and not told:
            self.look()  # a silent scheduler is noticed here
            return
        self.check()
        for each in told:
            task = self._sent.get(each.number)  # None when it was given up meanwhile
            if task and (answer := task.tells(each.done)):
                yield answer
        values = self._gather({n: f for n in ready if (f := self._sent[n].future).status == "finished"})
        if self._stop.is_set():
            return
        for number in ready:
            sent = self._sent[number]
            value = values.get(number)
            if value is None and sent.future.status in _UNDER_WAY:
                sent.lost = True
                continue
            del self._sent[number]
            if value is not None:
                if answer := sent.ends(value):
                    yield answer
            elif sent.future.status == "error":
                yield _failed(sent)
            else:
                self.check()
                yield Answer(sent.order, error="its task was cancelled by someone else")
        for death in deaths:
            # Dask would run them again as they are; what has come back all the same is taken with the next answers.
            self._asked = 0.0
            lost = [n for n in sorted(death.numbers) if n in self._sent and self._sent[n].future.status != "finished"]
            gone = [self._sent.pop(n) for n in lost]
            self._let_go([sent.future for sent in gone])
            for sent in gone:
                yield Answer(sent.order, deaths=int(death.had), worker=death.worker, alone=death.alone)

    def _ready(self, timeout: float) -> tuple[list[int], list[Death], list[Told]]:
        """Tasks that ended, workers, and what other tasks tell.

        Soon after the last ones others are waited for, as long as every thread has more to do; not for the first ones.
        """
        ready: list[int] = []
        deaths: list[Death] = []
        told: list[Told] = []
        try:
            while True:
                found = self._done.get(timeout=timeout)
                if isinstance(found, Death):
                    deaths.append(found)
                elif isinstance(found, Told):
                    told.append(found)
                elif found in self._sent:  # it was not given up meanwhile
                    ready.append(found)
                idle = len(self._sent) - len(ready) <= _WINDOW // 2 * self.threads
                linger = _SOON if len(ready) >= _SEVERAL else _LATER
                hurry = idle or deaths or not ready or self._taken < _WINDOW * self.threads
                timeout = 0.0 if hurry else max(0.0, self._answered + linger - time.monotonic())
        except queue.Empty:
            pass
        if ready:
            self._answered = time.monotonic()
            self._taken += len(ready)
        return ready, deaths, told

    def cancel(self) -> None:
        """Let go of everything in flight. Never raises: there may be no scheduler left to tell."""
        for leave in self._leave:
            leave()
        self._let_go([sent.future for sent in self._sent.values()])
        self._sent.clear()

    def _let_go(self, futures: list[Any]) -> None:
        if futures and self.client.status == "running":
            with suppress(Exception):
                coroutine = self.client.cancel(futures, asynchronous=True, force=True)
                asyncio.run_coroutine_threadsafe(coroutine, self.client.loop.asyncio_loop)

    def _gather(self, futures: dict[int, Any]) -> dict[int, Any]:
        """Number to value; None where a result was lost. Bounded by the life of the client, unlike `Client.gather`."""
        if not futures:
            return {}
        try:
            found: dict[int, Any] | None = self._wait_for(
                self.client.gather(futures, errors="skip", asynchronous=True), math.inf
            )
        except Exception as error:
            self.check()
            raise ClientLostError(f"results could not be fetched from the workers: {error}") from error
        return found or {}

    def _wait_for(self, coroutine: Coroutine[Any, Any, Any], patience: float) -> Any:
        """What it gives, run in the loop of the client; None when the job is to stop. Raises whatever it raises,
        TimeoutError after so many seconds, and ClientLostError when there is no connection any more."""
        waiting = asyncio.run_coroutine_threadsafe(coroutine, self.client.loop.asyncio_loop)
        end = time.monotonic() + patience
        while True:
            try:
                return waiting.result(timeout=_GLANCE)
            except TimeoutError:
                if waiting.done():  # just now, or it is an answer
                    return waiting.result()
            try:
                self.check()
                if time.monotonic() > end:
                    raise TimeoutError
            except BaseException:
                waiting.cancel()
                raise
            if self._stop.is_set():
                waiting.cancel()
                return None


def _failed(sent: Sent) -> Answer:
    from distributed.scheduler import KilledWorker

    error = sent.future.exception(timeout=_PATIENCE)
    if isinstance(error, KilledWorker):
        return Answer(sent.order, deaths=error.allowed_failures + 1, worker=str(error.last_worker.address))
    first = first_line(error)
    return Answer(sent.order, error=f"the task failed on its worker: {type(error).__name__}: {first}")
