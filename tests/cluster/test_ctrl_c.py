"""Ctrl-C is for the process that started a cluster, not for its workers, whichever thread started it."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from heplens.jobs.cluster import local_cluster

from .conftest import close, poll


def _deaf() -> bool:
    """Asked in the main thread of a worker."""
    import signal

    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.parametrize("elsewhere", [False, True], ids=["main thread", "another thread, as the launcher"])
@pytest.mark.usefixtures("cache")
def test_workers_do_not_hear_ctrl_c(elsewhere: bool) -> None:
    before = signal.getsignal(signal.SIGINT)
    if elsewhere:
        with ThreadPoolExecutor(1) as threads:
            client: Any = threads.submit(local_cluster, 2).result()
    else:
        client = local_cluster(2)
    try:
        pids = client.run(os.getpid)
        for pid in pids.values():
            os.kill(pid, signal.SIGINT)
        assert client.run(_deaf) == dict.fromkeys(pids, True)
        assert client.run(os.getpid) == pids
        os.kill(next(iter(pids.values())), signal.SIGKILL)

        def others() -> set[int]:
            return set(client.run(os.getpid, on_error="ignore").values()) - set(pids.values())

        poll(others, "a worker in its place")
        assert all(client.run(_deaf, on_error="ignore").values())
        # This process hears it as before.
        assert signal.getsignal(signal.SIGINT) is before
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    finally:
        close(client)
