"""The jobs of this kernel for the sidebar of its page, over the comm target ``heplens.jobs``.

The kernel opens the comm when its first job is made. A page that was reloaded attaches to it again and asks for the
list; nothing is executed in the kernel. Without the labextension the page closes the comm at once: the next job opens
another, and nothing else happens.
"""

from __future__ import annotations

import threading
from typing import Any

from ..jobs import registry
from .job_pulse import Pulse
from .protocol import PROTOCOL, Json
from .reachable import unnoted

TARGET = "heplens.jobs"
INTERVAL = 0.5  # seconds between two lists

_lock = threading.Lock()
_told: Teller | None = None


class Teller:
    """Sends the list of jobs whenever one of them has changed."""

    def __init__(self) -> None:
        self._comm: Any = None
        self._pulse = Pulse(self._tell, lambda: any(job.running for job in registry.known()), "heplens-jobs", INTERVAL)
        self._followed: set[str] = set()

    def follow(self, job: Any) -> None:
        """A job was made; open the comm if there is none."""
        from comm import create_comm

        if self._comm is None:
            with unnoted():
                self._comm = create_comm(target_name=TARGET, data=listing())
            self._comm.on_msg(lambda _: self._pulse.changed())
            self._comm.on_close(lambda _: self._closed())
        if job.id not in self._followed:
            self._followed.add(job.id)
            job.listen(lambda _: self._pulse.changed())
        self._pulse.changed()

    def _closed(self) -> None:
        self._comm = None

    def _tell(self) -> None:
        if self._comm is not None:
            with unnoted():
                self._comm.send(listing())


def announce(job: Any) -> None:
    """Tell the page of this kernel about a job; nothing happens where there is no kernel."""
    from ipykernel.kernelapp import IPKernelApp

    global _told
    if not IPKernelApp.initialized():
        return
    with _lock:
        _told = _told or Teller()
        _told.follow(job)


def listing() -> Json:
    """What is sent: who the jobs of this process are and how far."""
    return {"protocol": PROTOCOL, "kind": "jobs", "jobs": [_row(job) for job in registry.known()]}


def _row(job: Any) -> Json:
    progress = job.progress
    counts = ("done", "failed", "total", "events", "total_events")
    return {
        "id": job.id,
        "name": job.name,
        "state": progress.state,
        "created": job.created,
        "directory": None if job.directory is None else str(job.directory),
        "dashboard": job.cluster.dashboard if job.running else "",
        "progress": {name: getattr(progress, name) for name in counts},
    }
