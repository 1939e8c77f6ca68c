"""Who is served when: one reading per file at a time, equal questions asked once, a queue with an end, a cache."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from ..files.limits import MB
from ..files.sandbox import WORKERS, Pool, Stop

WAITING = 32
CACHE_BYTES = 32 * MB
# Workers that had nothing to do for so long are ended.
IDLE_SECONDS = 300.0
# Longer answers are kept and sent compressed.
PACKED_ABOVE = 4_000
# What nobody waits for any more is stopped after so long. A reader that is killed takes a second to be replaced, and
# most readings take less than this: someone who runs through a list of branches should not pay for it.
PATIENCE = 1.0

Work = Callable[[Stop], dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """A JSON document as bytes, compressed by gzip when ``packed``."""

    body: bytes
    packed: bool

    def plain(self) -> bytes:
        return gzip.decompress(self.body) if self.packed else self.body


@dataclass
class _Reading:
    """A question that is being worked on, or waits for its turn."""

    task: asyncio.Task[Answer]
    stop: Stop
    begun: bool = False
    asking: int = 0


class BusyError(Exception):
    """Too many requests are waiting."""


class Desk:
    """Answers questions about files with a pool of workers, on the event loop of the server."""

    def __init__(self, pool: Pool | None = None, waiting: int = WAITING, cache_bytes: int = CACHE_BYTES) -> None:
        self.pool = pool or Pool()
        self.waiting = waiting
        self._cache = _Cache(cache_bytes)
        self._under_way: dict[Hashable, _Reading] = {}
        self._files: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="heplens")
        self._tidy: asyncio.TimerHandle | None = None

    async def answer(self, file: str, question: Hashable, work: Work) -> Answer:
        """The JSON that `work` returns. A caller who is cancelled takes the answer from nobody else who asked.

        Parameters
        ----------
        file : real path; at most one question about it is worked on at a time.
        question : everything that the answer depends on, also the state of the file; the key of the cache.
        work : runs in a thread and may block. Its `Stop` is asked for when nobody wants the answer any more.

        Raises
        ------
        BusyError : too many questions are waiting already.
        ReadError : what `work` raises.
        """
        cached = self._cache.get(question)
        if cached is not None:
            return cached
        reading = self._under_way.get(question)
        if reading is None:
            if len(self._under_way) >= self.waiting:
                raise BusyError
            reading = self._begin(file, question, work)
        reading.asking += 1
        try:
            return await asyncio.shield(reading.task)
        finally:
            reading.asking -= 1
            if reading.asking == 0 and not reading.task.done():
                self._abandon(reading)

    def close(self) -> None:
        """Stop all workers."""
        if self._tidy is not None:
            self._tidy.cancel()
        self.pool.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self, file: str, question: Hashable, work: Work) -> _Reading:
        stop = Stop()

        async def read() -> Answer:
            lock = self._files.setdefault(file, asyncio.Lock())
            async with lock:
                reading.begun = True
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(self._threads, lambda: _encode(work(stop)))
            self._cache.put(question, answer)
            return answer

        reading = _Reading(asyncio.get_running_loop().create_task(read()), stop)
        self._under_way[question] = reading
        reading.task.add_done_callback(lambda done: self._finished(question, done))
        return reading

    def _abandon(self, reading: _Reading) -> None:
        """Nobody waits for this any more: at once out of the queue, or after a little patience out of work."""
        if not reading.begun:
            reading.task.cancel()
            return

        def stop() -> None:
            if reading.asking == 0 and not reading.task.done():
                # In a thread: it waits for a process to end.
                asyncio.get_running_loop().run_in_executor(None, reading.stop)

        asyncio.get_running_loop().call_later(PATIENCE, stop)

    def _finished(self, question: Hashable, task: asyncio.Task[Answer]) -> None:
        self._under_way.pop(question, None)
        if not task.cancelled():
            task.exception()  # seen: whoever asked may have gone
        if self._tidy is not None:
            self._tidy.cancel()
        self._tidy = asyncio.get_running_loop().call_later(IDLE_SECONDS, self.pool.trim)


class _Cache:
    """The last answers, bounded by their bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: OrderedDict[Hashable, Answer] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> Answer | None:
        if key not in self._held:
            return None
        self._held.move_to_end(key)
        return self._held[key]

    def put(self, key: Hashable, value: Answer) -> None:
        old = self._held.pop(key, None)
        self._size += len(value.body) - (len(old.body) if old is not None else 0)
        self._held[key] = value
        while self._size > self.limit:
            self._size -= len(self._held.popitem(last=False)[1].body)


def _encode(value: dict[str, Any]) -> Answer:
    body = json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    return Answer(gzip.compress(body, 5, mtime=0), True) if len(body) > PACKED_ABOVE else Answer(body, False)
