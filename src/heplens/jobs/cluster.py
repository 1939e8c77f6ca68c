"""The client a job runs on: the user's, or one for this machine."""

from __future__ import annotations

import atexit
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import JobError

#: Dask has its workers give memory back to the system at once. The arrays of one block are those of the next in size:
#: keeping up to 256 MB saves two thirds of a worker's CPU time. (For glibc; nothing elsewhere.)
_MEMORY = {"MALLOC_TRIM_THRESHOLD_": 2**28, "MALLOC_MMAP_THRESHOLD_": 2**25}

#: Processes look at themselves many times a second; a few times do, and use half of the CPU time when idle.
_CALM = {
    "distributed.admin.system-monitor.interval": "2s",
    "distributed.admin.tick.interval": "500ms",
    "distributed.worker.memory.monitor-interval": "250ms",
    "distributed.worker.profile.interval": "50ms",
}

_lock = threading.Lock()
_own: Any = None


def connect(client: Any = None) -> Any:
    """A `distributed.Client` from a client, a cluster object, the address of a scheduler, or None for this machine.

    Raises
    ------
    JobError : it is none of these, asynchronous, closed, or cannot be reached.
    """
    from distributed import Client

    if client is None:
        return _local()
    if isinstance(client, str) or hasattr(client, "scheduler_address"):
        try:
            client = Client(client)
        except Exception as error:
            raise JobError(f"no Dask scheduler answers at {client!s} ({type(error).__name__}: {error})") from error
    if not isinstance(client, Client):
        raise JobError(f"a job runs on a distributed.Client, a cluster or an address, not on a {type(client).__name__}")
    if client.asynchronous:
        raise JobError("the Dask client is asynchronous; give one made without asynchronous=True")
    if client.status != "running":
        raise JobError(f"the Dask client is {client.status}; make a new one")
    return client


def local_cluster(workers: int | None = None) -> Any:
    """A client of a new cluster on this machine: one process for each core, reachable from here alone."""
    import dask
    from dask.system import CPU_COUNT
    from distributed import Client

    environment = {**dask.config.get("distributed.nanny.pre-spawn-environ"), **_MEMORY}
    with _deaf_children(), dask.config.set({"distributed.nanny.pre-spawn-environ": environment, **_CALM}):
        return Client(
            n_workers=workers or CPU_COUNT,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            # Workers whose scheduler has gone, as after Ctrl-C, would print tracebacks; what fails is in job.failures.
            silence_logs=logging.CRITICAL,
        )


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile ignore Ctrl-C, which terminals and Jupyter send to the whole group: it is for us."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _local() -> Any:
    """The cluster of this process, started when it is first needed and kept for later jobs."""
    global _own
    with _lock:
        if _own is None or _own.status != "running":
            client = local_cluster()
            atexit.register(client.shutdown)
            workers = len(client.scheduler_info()["workers"])
            print(f"heplens: started a Dask cluster on this machine with {workers} workers; {client.dashboard_link}")
            _own = client
        return _own
