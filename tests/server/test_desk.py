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

from heplens.files import sandbox
from heplens.files.opening import identity_of
from heplens.files.sandbox import ReadError, Stop
from heplens.server import desk as desk_module
from heplens.server.desk import Answer, BusyError, Desk, _Cache


class Gate:
    """A stand-in for the pool, whose readings wait until they are let through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.asked: list[str] = []
        self.stopped = 0

    def listing(
        self, path: str, identity: Any, node: str = "", shown: str = "", stop: Stop | None = None
    ) -> dict[str, Any]:
        self.asked.append(node)
        while not self.open.wait(0.01) and not (stop and stop.asked):
            pass
        self.stopped += bool(stop and stop.asked)
        return {"node": node}

    def trim(self) -> None: ...

    def close(self) -> None:
        self.open.set()


def answer(value: object) -> Callable[[Stop], dict[str, Any]]:
    return lambda stop: {"value": value}


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

    def work(stop: Stop) -> dict[str, Any]:
        calls.append(1)
        return {"x": 1}

    answers = await asyncio.gather(*(desk.answer("file", "same", work) for _ in range(5)))
    assert {found.plain() for found in answers} == {b'{"x":1}'}
    await desk.answer("file", "same", work)
    assert len(calls) == 1
    desk.close()


async def test_a_failure_is_not_remembered() -> None:
    desk = Desk()

    def fail(stop: Stop) -> dict[str, Any]:
        raise ReadError("it cannot be read", "file")

    with pytest.raises(ReadError):
        await desk.answer("file", "q", fail)
    assert json.loads((await desk.answer("file", "q", answer(2))).plain()) == {"value": 2}
    desk.close()


async def test_whoever_goes_away_takes_nothing_from_others() -> None:
    desk = Desk()
    gate = threading.Event()

    def work(stop: Stop) -> dict[str, Any]:
        gate.wait(60)
        return {"x": 1}

    first = asyncio.ensure_future(desk.answer("file", "q", work))
    second = asyncio.ensure_future(desk.answer("file", "q", work))
    await until(lambda: desk._under_way)
    first.cancel()
    gate.set()
    assert (await second).plain() == b'{"x":1}'
    assert first.cancelled() or first.cancelling()
    desk.close()


async def test_busy_is_said_at_once() -> None:
    desk = Desk(waiting=0)
    with pytest.raises(BusyError):
        await desk.answer("file", "q", answer(1))
    desk.close()


def test_the_cache_is_bounded() -> None:
    def kept(text: str) -> Answer:
        return Answer(text.encode(), False)

    cache = _Cache(10)
    cache.put("a", kept("12345"))
    cache.put("b", kept("12345"))
    assert cache.get("a")
    cache.put("c", kept("1"))
    assert cache.get("b") is None
    assert cache.get("a") == kept("12345")
    cache.put("a", kept("1"))
    assert cache._size == 2
    cache.put("big", kept("x" * 11))
    assert cache.get("big") is None
    assert cache._size == 0


async def ask_and_go(server: Any, port: int, path: str) -> asyncio.StreamWriter:
    """Ask as a browser does, without waiting for the answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    token = server.identity_provider.token
    writer.write(
        f"GET {server.base_url}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: token {token}\r\n\r\n".encode()
    )
    await writer.drain()
    return writer


async def test_a_page_that_is_left_ends_what_it_asked_for(
    root: Path, jp_fetch: Any, jp_serverapp: Any, http_server_port: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "PATIENCE", 0.01)
    desk = jp_serverapp.web_app.settings["heplens_desk"]
    desk.pool = gate = Gate()
    first = await ask_and_go(jp_serverapp, http_server_port[-1], "heplens/listing?path=uproot-HZZ.root&node=begun")
    await until(lambda: gate.asked == ["begun"])
    second = await ask_and_go(jp_serverapp, http_server_port[-1], "heplens/listing?path=uproot-HZZ.root&node=waiting")
    await until(lambda: len(desk._under_way) == 2)
    second.close()
    await until(lambda: len(desk._under_way) == 1)
    first.close()
    await until(lambda: not desk._under_way)
    assert gate.asked == ["begun"], "what waited was never begun"
    assert gate.stopped == 1


def test_a_reading_is_stopped_by_ending_its_worker(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = "import time; from heplens.files import worker; worker._OPERATIONS['listing'] = lambda r: time.sleep(60)"
    boot = sandbox._BOOT.replace("from heplens.files.worker import main; main()", f"{sleeper}; worker.main()")
    monkeypatch.setattr(sandbox, "_BOOT", boot)
    pool, stop, path = sandbox.Pool(size=1, seconds=60), Stop(), data / "uproot-HZZ.root"
    said: list[str] = []

    def read() -> None:
        try:
            pool.listing(str(path), identity_of(path.stat()), stop=stop)
        except ReadError as error:
            said.append(error.kind)

    thread = threading.Thread(target=read)
    thread.start()
    while not (pool._busy and next(iter(pool._busy)).requests):
        thread.join(0.01)
    worker = next(iter(pool._busy))
    stop()
    thread.join(60)
    assert said == ["stopped"]
    assert worker.process.poll() is not None
    with pytest.raises(ReadError, match="nobody waits"):
        pool.listing(str(path), identity_of(path.stat()), stop=stop)
    pool.close()


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
