"""The client a job runs on: the user's, or one for this machine."""

from __future__ import annotations

import atexit
import threading
from typing import Any

from ..errors import JobError

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
    from dask.system import CPU_COUNT
    from distributed import Client

    return Client(
        n_workers=workers or CPU_COUNT,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    )


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
