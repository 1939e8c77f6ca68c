"""The client a job runs on: the user's, or one for this machine."""

from __future__ import annotations

import atexit
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

from ..errors import JobError

#: Dask has its workers give memory back to the system at once. The arrays of one block are those of the next in size:
#: keeping up to 256 MB saves two thirds of a worker's CPU time. The arenas that threads have of their own would give it
#: back all the same, and tasks run in threads. (For glibc; nothing elsewhere.)
_MEMORY = {"MALLOC_TRIM_THRESHOLD_": 2**28, "MALLOC_MMAP_THRESHOLD_": 2**25, "MALLOC_ARENA_MAX": 1}

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


def local_cluster(workers: int | None = None, threads: int = 1, memory: int | str = "auto") -> Any:
    """A client of a new cluster on this machine, reachable from here alone: `workers` processes, one for each core.

    Each has so many `threads`, and is restarted when it needs more than `memory` bytes; 0 is no limit.
    """
    import dask
    from dask.system import CPU_COUNT
    from distributed import Client

    environment = {**dask.config.get("distributed.nanny.pre-spawn-environ"), **_MEMORY}
    with _deaf_children(), dask.config.set({"distributed.nanny.pre-spawn-environ": environment, **_CALM}):
        return Client(
            n_workers=workers or CPU_COUNT,
            threads_per_worker=threads,
            memory_limit=memory,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            # Workers whose scheduler has gone, as after Ctrl-C, would print tracebacks; what fails is in job.failures.
            silence_logs=logging.CRITICAL,
        )


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile ignore Ctrl-C, which terminals and Jupyter send to the whole group: it is for us.

    Blocked signals are a matter of one thread, and of the threads and processes that it starts: so are Dask's loop,
    and the workers that it starts in place of lost ones. Python hears them in the main thread all the same.
    """
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    resource_tracker.ensure_running()  # started with the first process, it would clear this thread's mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
