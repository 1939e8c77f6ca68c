"""Processes that die: a worker, the scheduler, and workers that a block of events kills. No wait is without an end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import pytest

from .conftest import LIMIT, close, make_client, muons, poll, same
from .test_trouble import equal_bins


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[tuple[Path, dict[str, subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each started for itself, that talk over TCP."""
    contact = tmp_path / "scheduler.json"
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(contact)]
    worker = ["worker", *common, "--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--name"]
    commands = {
        "scheduler": ["scheduler", *common, "--port", "0"],
        "first": [*worker, "first"],
        "second": [*worker, "second"],
    }
    started = {
        name: subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + command[0], *command[1:]],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
        )
        for name, command in commands.items()
    }
    yield contact, started
    for process in started.values():
        process.kill()
        process.wait()


def test_a_worker_and_then_the_scheduler_are_killed(client: Any, many_files: list[str], processes: Any) -> None:
    from distributed import Client

    contact, started = processes
    poll(contact.exists, "the scheduler")
    remote = Client(scheduler_file=str(contact), timeout=60)
    remote.wait_for_workers(2, timeout=LIMIT)
    analysis = muons(many_files)
    job = analysis.submit(remote, task_seconds=0.1)
    poll(lambda: job.progress.done > 5, "first blocks")
    started["first"].kill()
    poll(lambda: job.progress.done > 25, "more blocks")
    assert job.running
    started["scheduler"].kill()
    assert job.wait(LIMIT)
    assert job.progress.state == "stopped" and job.failures == []
    result = job.result(LIMIT)
    assert not result.complete and len(result.used) >= 25
    assert any("scheduler" in problem for problem in result.problems)
    equal_bins(result, muons(many_files[: len(result.used)]).run())  # all of them are the same file
    same(job.retry(client).result(LIMIT), analysis.run())
    remote.close(timeout=5)


def test_a_killed_worker_changes_nothing(many_files: list[str]) -> None:
    client = make_client(2)
    try:
        pids = client.run(os.getpid)
        analysis = muons(many_files)
        job = analysis.submit(client, task_seconds=0.1)
        poll(lambda: job.progress.done > 5, "first blocks")
        assert job.running
        os.kill(next(iter(pids.values())), signal.SIGKILL)
        result = job.result(LIMIT)
        assert job.failures == []
        same(result, analysis.run())
    finally:
        close(client)


def _plugin(file: str, deed: Any) -> Any:
    """By value: workers cannot import this module. Processing `file` does the deed."""
    from distributed import WorkerPlugin

    class Poison(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            from heplens.jobs import task

            healthy = task.process

            def process(bound: Any, source: Any, block: Any, weighted: bool) -> Any:
                if block.file == file:
                    deed()
                return healthy(bound, source, block, weighted)

            task.process = process

    return Poison()


def _exit() -> None:
    import os

    os._exit(1)


def _devour() -> None:
    """Until the nanny ends it; at most 2 GB, should there be none."""
    import time

    hoard = []
    for _ in range(20):
        hoard.append(b"x" * 100_000_000)
        time.sleep(0.05)


@pytest.mark.parametrize(("deed", "memory"), [(_exit, 0), (_devour, "1GB")], ids=["exit", "memory"])
def test_a_block_that_ends_its_worker_is_named(many_files: list[str], deed: Any, memory: Any) -> None:
    """The blocks that were in the same task, or waited on the same worker, are not blamed."""
    files = many_files[:12]
    poison = files[5].removesuffix(":events")
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        client = make_client(2, memory_limit=memory)
    try:
        client.register_plugin(_plugin(poison, deed))
        job = muons(files).submit(client, task_seconds=5)
        result = job.result(LIMIT)
        assert [(failure.file, failure.start, failure.stop) for failure in job.failures] == [(poison, 0, 2421)]
        assert "a worker process died while working on it, the last at tcp://127.0.0.1" in job.failures[0].error
        assert job.failures[0].attempts == 2 and job.failures[0].worker.startswith("tcp://127.0.0.1")
        assert (len(result.used), result.blocks) == (11, 12)
        equal_bins(result, muons(files[:11]).run())  # all of them are the same file
    finally:
        close(client)
