"""Who is served when: one reading per file at a time, equal questions asked once, a queue with an end, a cache."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakValueDictionary

from ..files.limits import MB
from ..files.sandbox import WORKERS, Pool

WAITING = 32
CACHE_BYTES = 32 * MB
# Workers that had nothing to do for so long are ended.
IDLE_SECONDS = 300.0


class BusyError(Exception):
    """Too many requests are waiting."""


class Desk:
    """Answers questions about files with a pool of workers, on the event loop of the server."""

    def __init__(self, pool: Pool | None = None, waiting: int = WAITING, cache_bytes: int = CACHE_BYTES) -> None:
        self.pool = pool or Pool()
        self.waiting = waiting
        self._cache = _Cache(cache_bytes)
        self._under_way: dict[Hashable, asyncio.Task[bytes]] = {}
        self._files: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="heplens")
        self._tidy: asyncio.TimerHandle | None = None

    async def answer(self, file: str, question: Hashable, work: Callable[[], dict[str, Any]]) -> bytes:
        """The JSON that `work` returns, as bytes.

        Parameters
        ----------
        file : real path; at most one question about it is worked on at a time.
        question : everything that the answer depends on, also the state of the file; the key of the cache.
        work : runs in a thread and may block.

        Raises
        ------
        BusyError : too many questions are waiting already.
        ReadError : what `work` raises.
        """
        cached = self._cache.get(question)
        if cached is not None:
            return cached
        task = self._under_way.get(question)
        if task is None:
            if len(self._under_way) >= self.waiting:
                raise BusyError
            task = asyncio.get_running_loop().create_task(self._work(file, question, work))
            self._under_way[question] = task
            task.add_done_callback(lambda done: self._finished(question, done))
        # A caller who goes away does not take the answer from others.
        return await asyncio.shield(task)

    def close(self) -> None:
        """Stop all workers."""
        if self._tidy is not None:
            self._tidy.cancel()
        self.pool.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _work(self, file: str, question: Hashable, work: Callable[[], dict[str, Any]]) -> bytes:
        lock = self._files.setdefault(file, asyncio.Lock())
        async with lock:
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, lambda: _encode(work()))
        self._cache.put(question, answer)
        return answer

    def _finished(self, question: Hashable, task: asyncio.Task[bytes]) -> None:
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
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> bytes | None:
        if key not in self._held:
            return None
        self._held.move_to_end(key)
        return self._held[key]

    def put(self, key: Hashable, value: bytes) -> None:
        self._size += len(value) - len(self._held.pop(key, b""))
        self._held[key] = value
        while self._size > self.limit:
            self._size -= len(self._held.popitem(last=False)[1])


def _encode(value: dict[str, Any]) -> bytes:
    return json.dumps(value, allow_nan=False).encode()
