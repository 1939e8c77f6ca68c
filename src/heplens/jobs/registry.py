"""The jobs of this process, so that a view finds them again: those that run, and the last that ended."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .job import Job

_KEPT = 10  # jobs that have ended; their partials stay in memory

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_jobs: dict[str, Job] = {}
_watchers: list[Callable[[Job], None]] = []


def known() -> list[Job]:
    """The jobs of this process, the newest first."""
    with _lock:
        return list(reversed(_jobs.values()))


def find(id: str) -> Job | None:
    with _lock:
        return _jobs.get(id)


def forget(job: Job) -> None:
    """Let go of a job; one that runs goes on, but is not found any more."""
    with _lock:
        _jobs.pop(job.id, None)


def watch(watcher: Callable[[Job], None]) -> Callable[[], None]:
    """Call `watcher(job)` for every job that is made from now on. Returns a function that ends this."""
    _watchers.append(watcher)
    return lambda: _watchers.remove(watcher) if watcher in _watchers else None


def enter(job: Job) -> None:
    """Called by every new job."""
    with _lock:
        _jobs[job.id] = job
        ended = [id for id, other in _jobs.items() if not other.running]
        for id in ended[: max(0, len(ended) - _KEPT)]:
            del _jobs[id]
    if "ipykernel" in sys.modules:  # the page of a notebook lists the jobs of its kernel
        from ..widgets.job_comm import announce

        announce(job)
    for watcher in list(_watchers):
        try:
            watcher(job)
        except Exception:
            _log.exception("a watcher of the jobs failed")
