"""The queue: nothing blocks, equal questions are asked once, and there is an end to waiting."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from heplens.files.sandbox import ReadError
from heplens.server.desk import BusyError, Desk, _Cache


class Gate:
    """A stand-in for the pool, whose readings wait until they are let through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.asked: list[str] = []

    def listing(self, path: str, identity: Any, node: str = "", shown: str = "") -> dict[str, Any]:
        self.asked.append(node)
        self.open.wait(60)
        return {"node": node}

    def trim(self) -> None: ...

    def close(self) -> None:
        self.open.set()


def answer(value: object) -> Callable[[], dict[str, Any]]:
    return lambda: {"value": value}


async def until(condition: Callable[[], object]) -> None:
    async def poll() -> None:
        while not condition():
            await asyncio.sleep(0.005)

    await asyncio.wait_for(poll(), 60)


async def test_the_server_answers_while_files_are_read(jp_fetch: Any, root: Path, jp_serverapp: Any) -> None:
    desk = jp_serverapp.web_app.settings["heplens_desk"]
    desk.pool = gate = Gate()
    waiting = [
        asyncio.ensure_future(jp_fetch("heplens", "listing", params={"path": path, "node": "x"}))
        for path in ("uproot-HZZ.root", "sub folder/#1 100%.root")
    ]
    await until(lambda: len(gate.asked) == 2)
    assert (await jp_fetch("api", "status")).code == 200
    assert (await jp_fetch("api", "contents", "uproot-HZZ.root", params={"content": "0"})).code == 200
    assert not any(task.done() for task in waiting)
    gate.open.set()
    assert [(await task).code for task in waiting] == [200, 200]


async def test_a_queue_that_is_full(jp_fetch: Any, root: Path, jp_serverapp: Any) -> None:
    desk = jp_serverapp.web_app.settings["heplens_desk"]
    desk.pool = gate = Gate()
    desk.waiting = 3
    waiting = [
        asyncio.ensure_future(jp_fetch("heplens", "listing", params={"path": "uproot-HZZ.root", "node": str(number)}))
        for number in range(3)
    ]
    await until(lambda: len(desk._under_way) == 3)
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("heplens", "listing", params={"path": "uproot-HZZ.root", "node": "one more"})
    assert caught.value.code == 429
    assert caught.value.response is not None
    assert caught.value.response.headers["Retry-After"] == "2"
    assert "try again in a few seconds" in json.loads(caught.value.response.body)["message"]
    assert len(gate.asked) == 1, "one reading per file at a time"
    gate.open.set()
    assert [(await task).code for task in waiting] == [200] * 3
    assert sorted(gate.asked) == ["0", "1", "2"]


async def test_equal_questions_are_asked_once_and_remembered() -> None:
    desk = Desk()
    calls = []

    def work() -> dict[str, Any]:
        calls.append(1)
        return {"x": 1}

    answers = await asyncio.gather(*(desk.answer("file", "same", work) for _ in range(5)))
    assert set(answers) == {b'{"x": 1}'}
    await desk.answer("file", "same", work)
    assert len(calls) == 1
    desk.close()


async def test_a_failure_is_not_remembered() -> None:
    desk = Desk()

    def fail() -> dict[str, Any]:
        raise ReadError("it cannot be read", "file")

    with pytest.raises(ReadError):
        await desk.answer("file", "q", fail)
    assert json.loads(await desk.answer("file", "q", answer(2))) == {"value": 2}
    desk.close()


async def test_whoever_goes_away_takes_nothing_from_others() -> None:
    desk = Desk()
    gate = threading.Event()

    def work() -> dict[str, Any]:
        gate.wait(60)
        return {"x": 1}

    first = asyncio.ensure_future(desk.answer("file", "q", work))
    second = asyncio.ensure_future(desk.answer("file", "q", work))
    await until(lambda: desk._under_way)
    first.cancel()
    gate.set()
    assert await second == b'{"x": 1}'
    assert first.cancelled() or first.cancelling()
    desk.close()


async def test_busy_is_said_at_once() -> None:
    desk = Desk(waiting=0)
    with pytest.raises(BusyError):
        await desk.answer("file", "q", answer(1))
    desk.close()


def test_the_cache_is_bounded() -> None:
    cache = _Cache(10)
    cache.put("a", b"12345")
    cache.put("b", b"12345")
    assert cache.get("a")
    cache.put("c", b"1")
    assert cache.get("b") is None
    assert cache.get("a") == b"12345"
    cache.put("a", b"1")
    assert cache._size == 2
    cache.put("big", b"x" * 11)
    assert cache.get("big") is None
    assert cache._size == 0


def test_importing_the_server_is_light() -> None:
    heavy = ("uproot", "awkward", "bokeh", "numpy", "numba", "hist", "dask", "anywidget", "ipywidgets")
    code = f"import sys, heplens.server; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=None)
    assert found.stdout.strip() == "[]"


async def test_a_heavy_listing_from_a_real_worker(ask: Any, jp_fetch: Any, root: Path, data: Path) -> None:
    name = "nanoAOD_2015_CMS_Open_Data_ttbar.root"
    (root / name).write_bytes((data / name).read_bytes())
    listing = asyncio.ensure_future(ask("listing", params={"path": name, "node": "Events"}))
    statuses = 0
    while not listing.done():
        assert (await jp_fetch("api", "status")).code == 200
        statuses += 1
    code, body = await listing
    assert (code, len(body["rows"])) == (200, 947)
    assert statuses > 1
