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
import distributed  # noqa: F401  # read before some of its settings are set for a while: all would go with them
import pytest

from .conftest import LIMIT, close, make_client, muons, poll, same, standing
from .test_trouble import equal_bins

#: Every death is followed by the start of a process that imports all we have: seconds alone, a minute beside others.
pytestmark = pytest.mark.timeout(900)


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
    remote = Client(scheduler_file=str(contact), timeout=LIMIT)
    remote.wait_for_workers(2, timeout=LIMIT)
    analysis = muons(many_files)
    job = analysis.submit(remote, task_seconds=0.1)
    with standing(job, after=5) as further:
        started["first"].kill()
        further(25)
        started["scheduler"].kill()
    assert job.wait(LIMIT)
    assert job.progress.state == "stopped" and job.failures == []
    result = job.result(3 * LIMIT)
    assert not result.complete and len(result.used) >= 25
    assert any("scheduler" in problem for problem in result.problems)
    equal_bins(result, muons(many_files[: len(result.used)]).run())  # all of them are the same file
    same(job.retry(client).result(LIMIT), analysis.run())
    remote.close(timeout=LIMIT)


def test_a_killed_worker_changes_nothing(many_files: list[str]) -> None:
    client = make_client(2)
    try:
        pids = client.run(os.getpid)
        analysis = muons(many_files)
        job = analysis.submit(client, task_seconds=0.1)
        with standing(job, after=5):
            os.kill(next(iter(pids.values())), signal.SIGKILL)
        result = job.result(3 * LIMIT)
        assert job.failures == []
        same(result, analysis.run())
    finally:
        close(client)


def _plugin(files: set[str], deed: Any) -> Any:
    """By value: workers cannot import this module. Processing one of `files` does the deed."""
    from distributed import WorkerPlugin

    class Poison(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            from heplens.jobs import task

            healthy = task.process

            def process(bound: Any, source: Any, block: Any, weighted: bool) -> Any:
                if block.file in files:
                    deed()
                return healthy(bound, source, block, weighted)

            task.process = process

    return Poison()


def _exit() -> None:
    import os

    os._exit(1)


def _devour() -> None:
    """More than the limit, until the nanny ends it; at most 2 GB, and not for ever, should there be none."""
    import time

    hoard = []
    for _ in range(20):
        hoard.append(b"x" * 100_000_000)
        time.sleep(0.05)
    time.sleep(60)


def lost_workers(client: Any) -> list[str]:
    """Workers that died so far, as the scheduler noted."""
    return [event["worker"] for _, event in client.get_events("all") if event["action"] == "remove-worker"]


@pytest.mark.parametrize(
    ("deed", "memory", "allowed"),
    [(_exit, 0, 0), (_exit, 0, 3), (_devour, "1GB", 3)],
    ids=["exit", "exit, as Dask usually is", "memory"],
)
def test_a_block_that_ends_its_worker_is_named(many_files: list[str], deed: Any, memory: Any, allowed: int) -> None:
    """The blocks that were in the same task, or waited on the same worker, are not blamed; few workers die."""
    files = many_files[:12]
    poison = files[5].removesuffix(":events")
    with dask.config.set({"distributed.scheduler.allowed-failures": allowed}):
        client = make_client(2, memory_limit=memory)
    try:
        client.register_plugin(_plugin({poison}, deed))
        job = muons(files).submit(client, task_seconds=5)
        result = job.result(3 * LIMIT)
        assert [(failure.file, failure.start, failure.stop) for failure in job.failures] == [(poison, 0, 2421)]
        (failure,) = job.failures
        assert failure.worker.startswith("tcp://127.0.0.1")
        last = f"the last, {failure.worker}, with nothing else to do"
        assert f"{failure.attempts} worker processes died that had it, {last}" in failure.error
        assert 3 <= failure.attempts <= 6
        # With its task, with a part of that, and alone; each may end one more that gets it before the news are there.
        assert 3 <= len(lost_workers(client)) <= 6
        assert (len(result.used), result.blocks) == (11, 12)
        equal_bins(result, muons(files[:11]).run())  # all of them are the same file
    finally:
        close(client)


def test_no_other_block_is_named_beside_two_that_end_workers(many_files: list[str]) -> None:
    """Each takes what runs in the other threads of its worker, and what waits there, with it."""
    poison = [many_files[n].removesuffix(":events") for n in (3, 17)]
    client = make_client(1, threads=4)
    try:
        client.register_plugin(_plugin(set(poison), _exit))
        job = muons(many_files[:24]).submit(client, task_seconds=0.05)
        result = job.result(3 * LIMIT)
        assert [failure.file for failure in job.failures] == poison
        assert (len(result.used), result.blocks) == (22, 24)
        equal_bins(result, muons(many_files[:22]).run())  # all of them are the same file
    finally:
        close(client)


def test_a_dead_worker_is_heard_of_by_all_who_ask(many_files: list[str]) -> None:
    """Two jobs on one client, and a handler of the user's for the same news; each job splits its own tasks."""
    client = make_client(2)
    heard: list[Any] = []
    try:
        client.subscribe_topic("all", lambda event: heard.append(event[1]["action"]))
        analysis = muons(many_files[:30])
        jobs = [analysis.submit(client, task_seconds=0.1) for _ in range(2)]
        with standing(jobs[0], after=2), standing(jobs[1], after=2):
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        for job in jobs:
            same(job.result(3 * LIMIT), analysis.run())
            assert job.failures == []
        poll(lambda: "remove-worker" in heard, "the user's handler")
        before = len(heard)
        client.log_event("all", {"action": "hello"})
        poll(lambda: "hello" in heard[before:], "the user's handler, after the jobs")
    finally:
        close(client)
