"""The client of a job may be slow, gone, or gone in silence: every wait for it has an end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from heplens.jobs import pool
from heplens.jobs.pool import ClientLostError, Pool


class Client:
    """What a pool asks of one, with a scheduler that answers as `ncores` does."""

    id = "Client-1"
    status = "running"

    def __init__(self, loop: asyncio.AbstractEventLoop, ncores: Any) -> None:
        self.loop = SimpleNamespace(asyncio_loop=loop)
        self.scheduler = SimpleNamespace(ncores=ncores)

    def subscribe_topic(self, *_: Any) -> None: ...
    def unsubscribe_topic(self, *_: Any) -> None: ...


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """In a thread of its own, as that of a client."""
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.run_until_complete(asyncio.sleep(0))  # what was cancelled ends
    made.close()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_GLANCE", 0.01)


async def _silence() -> dict[str, int]:
    await asyncio.sleep(3600)
    return {}


async def _refusal() -> dict[str, int]:
    raise TimeoutError


def test_a_scheduler_that_is_slow_is_waited_for(loop: asyncio.AbstractEventLoop) -> None:
    go = threading.Event()

    async def slow() -> dict[str, int]:
        while not go.is_set():
            await asyncio.sleep(0.001)
        return {"tcp://1": 3, "tcp://2": 1}

    made = Pool(Client(loop, slow), "job", threading.Event())
    threading.Timer(0.1, go.set).start()
    made.look()
    assert (made.workers, made.threads) == (2, 4)


@pytest.mark.parametrize("answer", [_silence, _refusal])
def test_a_scheduler_that_is_silent_is_lost(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(pool, "_PATIENCE", 0.05)
    with pytest.raises(ClientLostError, match=r"does not answer \(TimeoutError\)"):
        Pool(Client(loop, answer), "job", threading.Event()).look()


def test_a_silent_scheduler_does_not_keep_a_job_from_stopping(loop: asyncio.AbstractEventLoop) -> None:
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    made = Pool(Client(loop, _silence), "job", stop)
    made.look()
    assert made.threads == 0


def test_a_client_that_is_closed_meanwhile(loop: asyncio.AbstractEventLoop) -> None:
    client = Client(loop, _silence)
    closing = threading.Timer(0.05, lambda: setattr(client, "status", "closed"))
    closing.start()
    with pytest.raises(ClientLostError, match="client was closed"):
        Pool(client, "job", threading.Event()).look()
