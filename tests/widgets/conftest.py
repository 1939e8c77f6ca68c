"""A session without a comm: messages go in by hand, what is sent and published is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from heplens.analysis import Analysis
from heplens.widgets.compute import Compute
from heplens.widgets.protocol import PROTOCOL
from heplens.widgets.session import Session


class Page:
    """The other end of the wire."""

    def __init__(self, analysis: Analysis, compute: Compute | None = None) -> None:
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.states: list[dict[str, Any]] = []
        self.threads: set[str] = set()
        self._arrived = threading.Condition()
        self._ids = iter(range(10_000))
        self.session = Session(analysis, compute or Compute(), self._send, self.states.append)

    def _send(self, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        with self._arrived:
            self.sent.append((content, list(buffers)))
            self.threads.add(threading.current_thread().name)
            self._arrived.notify_all()

    def post(self, kind: str, **fields: Any) -> str:
        id = f"page.{next(self._ids)}"
        self.session.handle({"protocol": PROTOCOL, "id": id, "kind": kind, **fields})
        return id

    def answer(self, id: str, seconds: float = 120) -> tuple[dict[str, Any], list[bytes]]:
        """The one answer to a request, as soon as it is there."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                found = [m for m in self.sent if m[0]["id"] == id and m[0]["kind"] != "partial"]
                if found:
                    assert len(found) == 1, "a request is answered once"
                    return found[0]
                assert self._arrived.wait(deadline - time.monotonic()), f"no answer to {id}"

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        return self.answer(self.post(kind, **fields))[0]

    def edit(self, base: int | None = None, **edit: Any) -> dict[str, Any]:
        return self.ask("edit", base_revision=self.session.revision if base is None else base, edit=edit)


@pytest.fixture
def analysis() -> Analysis:
    """Flat columns, ties at the steps, NaN and infinities, a weight that is sometimes negative."""
    rng = np.random.default_rng(5)
    n = 4000
    x = np.round(rng.normal(50, 20, n), 1)
    x[:5] = [np.nan, np.inf, -np.inf, 60.0, 120.0]
    y = rng.normal(size=n)
    y[10:13] = np.nan
    return (
        Analysis({"x": x, "y": y, "n": rng.integers(0, 5, n), "w": rng.normal(1, 0.7, n)})
        .cut("n >= 1", name="some")
        .cut("x", low=20, high=80, name="window")
        .cut("y < 2.5", name="low y")
        .hist("x", bins=50, range=(0, 100), name="x")
        .hist("y", bins=20, range=(-2, 2), name="y")
    )


@pytest.fixture
def page(analysis: Analysis) -> Iterator[Page]:
    page = Page(analysis)
    yield page
    page.session.close()


@pytest.fixture
def make_page() -> Iterator[Callable[..., Page]]:
    made: list[Page] = []

    def make(analysis: Analysis, compute: Compute | None = None) -> Page:
        made.append(Page(analysis, compute))
        return made[-1]

    yield make
    for page in made:
        page.session.close()
