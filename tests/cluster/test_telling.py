"""Tasks that tell what they have done while they go on."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import LIMIT, close, make_client, muons, poll, same


def _slow(seconds: float) -> Any:
    """By value: workers cannot import this module. Every block takes a while, and is told of when it begins."""
    from distributed import WorkerPlugin

    class Slow(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            import time

            from heplens.jobs import task

            whole = task.process

            def process(bound: Any, source: Any, block: Any, weighted: bool) -> Any:
                worker.log_event("blocks", block.file)
                time.sleep(seconds)
                return whole(bound, source, block, weighted)

            task.process = process

    return Slow()


@pytest.fixture
def slow(request: pytest.FixtureRequest, many_files: list[str]) -> Iterator[Any]:
    """A single worker that takes so many seconds for a block, and has seen all files: tasks are long from the start."""
    made = make_client(1)
    muons(many_files).submit(made).result(LIMIT)
    made.register_plugin(_slow(request.param))
    yield made
    close(made)


def begun(client: Any) -> list[str]:
    return [file for _, file in client.get_events("blocks")]


def told(client: Any, job: Any) -> list[Any]:
    """The messages of its tasks."""
    return [message for _, message in client.get_events(client.id) if job.id in message.get("heplens", "")]


@pytest.mark.parametrize("slow", [0.03], indirect=True)
def test_a_task_tells_what_it_has_done_before_it_ends(slow: Any, many_files: list[str]) -> None:
    analysis = muons(many_files)
    job = analysis.submit(slow, task_seconds=0.1)
    same(job.result(LIMIT), analysis.run())
    messages = told(slow, job)
    assert sorted(begun(slow)) == sorted(path.removesuffix(":events") for path in many_files)
    assert len({message["heplens"] for message in messages}) < len(messages)
    assert all(0 < len(message["outcomes"]) < 15 for message in messages)


@pytest.mark.parametrize("slow", [0.03], indirect=True)
def test_what_was_told_is_not_made_again_after_a_death(slow: Any, many_files: list[str]) -> None:
    analysis = muons(many_files)
    job = analysis.submit(slow, task_seconds=0.1)
    poll(lambda: any(message["first"] for message in told(slow, job)), "something told by a task that had told before")
    os.kill(next(iter(slow.run(os.getpid).values())), signal.SIGKILL)
    same(job.result(LIMIT), analysis.run())
    assert job.failures == []
    twice = [file for file, times in Counter(begun(slow)).items() if times > 1]
    assert len(twice) <= 10  # what the dead worker had begun and not told, of more than twice as many in its task


@pytest.mark.parametrize("slow", [0.2], indirect=True)
def test_a_cancelled_task_ends_with_its_block(slow: Any, many_files: list[str]) -> None:
    job = muons(many_files).submit(slow, task_seconds=0.5)
    poll(lambda: told(slow, job), "something told")
    job.cancel()
    assert job.wait(LIMIT)
    slow.submit(int).result(LIMIT)  # the only worker has come to the end of its task
    assert len(begun(slow)) < 16  # the second task has twenty
    result = job.partial()
    assert 0 < len(result.used) <= len(begun(slow)) and not result.complete
