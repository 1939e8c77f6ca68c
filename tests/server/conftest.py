"""A real Jupyter server per test, with one pool of workers for all of them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 - the fixtures and hooks, for this folder only
from tornado.httpclient import HTTPClientError
from traitlets.config import Config

from heplens.files.sandbox import Pool

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def data() -> Path:
    return DATA


@pytest.fixture(scope="session")
def shared_pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


@pytest.fixture
def jp_server_config() -> Config:
    extensions = {"heplens.server": True, "jupyter_server_terminals": False}
    return Config({"ServerApp": {"jpserver_extensions": extensions, "allow_unauthenticated_access": False}})


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    """The server's folder, with a file at the top and one in a folder whose name needs quoting."""
    for name in ("uproot-HZZ.root", "sub folder/#1 100%.root"):
        path = jp_root_dir / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes((DATA / "uproot-HZZ.root").read_bytes())
    return jp_root_dir


@pytest.fixture
def desk(jp_serverapp: Any, shared_pool: Pool) -> Any:
    """The desk of the running server, working with the pool that all tests share."""
    desk = jp_serverapp.web_app.settings["heplens_desk"]
    desk.pool = shared_pool
    return desk


Ask = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def ask(jp_fetch: Any, root: Path, desk: Any) -> Ask:
    """GET an endpoint: status and JSON, also for errors."""

    async def get(*parts: str, **options: Any) -> tuple[int, dict[str, Any]]:
        params = options.pop("params", {})
        try:
            response = await jp_fetch("heplens", *parts, params=params, **options)
        except HTTPClientError as error:
            response = error.response
        return response.code, json.loads(response.body)

    return get
