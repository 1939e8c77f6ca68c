"""What a view shows of the cluster: workers, memory and tasks, as the scheduler tells them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_AGE = 1.0  # seconds after which an answer is asked for anew
_PATIENCE = 10.0  # seconds after which a question is taken for lost


@dataclass(frozen=True)
class WorkerState:
    """One worker. Bytes of memory, share of one core (2.0: two cores), tasks that run and tasks that wait."""

    address: str
    name: str = ""
    threads: int = 0
    memory: int = 0
    memory_limit: int = 0  # 0: none
    cpu: float = 0.0
    running: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class ClusterState:
    """The cluster some moments ago. `status` is that of the client: "running", "closed", "connecting" …"""

    address: str = ""
    dashboard: str = ""  # link, "" without a dashboard
    status: str = ""
    workers: tuple[WorkerState, ...] = field(default_factory=tuple)

    @property
    def threads(self) -> int:
        return sum(worker.threads for worker in self.workers)

    @property
    def memory(self) -> int:
        return sum(worker.memory for worker in self.workers)

    @property
    def memory_limit(self) -> int:
        return sum(worker.memory_limit for worker in self.workers)

    @property
    def running(self) -> int:
        """Tasks that are worked on, of whatever client."""
        return sum(worker.running for worker in self.workers)

    @property
    def waiting(self) -> int:
        """Tasks that wait on the workers."""
        return sum(worker.waiting for worker in self.workers)


class Watch:
    """The last known state of a client's cluster. Asks in the background, and only while someone looks."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._lock = threading.Lock()
        self._workers: tuple[WorkerState, ...] = ()
        self._asked = 0.0  # when the question that is on its way was asked; 0: there is none
        self._answered = 0.0

    @property
    def state(self) -> ClusterState:
        """At once, from the last answer; asks again when that is old."""
        client = self.client
        running = client.status == "running"
        if running:
            self._ask()
        address = getattr(client.scheduler, "address", "") if client.scheduler is not None else ""
        return ClusterState(address, link(client), client.status, self._workers if running else ())

    def _ask(self) -> None:
        now = time.monotonic()
        with self._lock:
            if now - self._answered < _AGE or (self._asked and now - self._asked < _PATIENCE):
                return
            self._asked = now
        question = self._refresh()
        try:
            asyncio.run_coroutine_threadsafe(question, self.client.loop.asyncio_loop)
        except RuntimeError:  # its loop has ended
            question.close()

    async def _refresh(self) -> None:
        try:
            found = await self.client.scheduler.identity(n_workers=-1)
            self._workers = tuple(_worker(address, told) for address, told in found["workers"].items())
        except Exception:  # the connection was lost; the client's status tells
            self._workers = ()
        with self._lock:
            self._asked, self._answered = 0.0, time.monotonic()


def link(client: Any) -> str:
    """Where the Dask dashboard of a client is."""
    try:
        return str(client.dashboard_link or "")
    except Exception:  # a client that is closed, or a scheduler without a dashboard
        return ""


def _worker(address: str, told: Mapping[str, Any]) -> WorkerState:
    metrics: Mapping[str, Any] = told.get("metrics") or {}
    tasks: Mapping[str, int] = metrics.get("task_counts") or {}
    return WorkerState(
        str(address),
        str(told.get("name", "")),
        int(told.get("nthreads") or 0),
        int(metrics.get("memory") or 0),
        int(told.get("memory_limit") or 0),
        float(metrics.get("cpu") or 0.0) / 100,
        int(tasks.get("executing", 0)),
        int(tasks.get("ready", 0)),
    )
