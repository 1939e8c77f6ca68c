"""The view of a job without a comm: what it tells, how often, and that it waits for nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import heplens as hl
from cluster.conftest import LIMIT, close, make_client, muons, poll, standing
from cluster.test_trouble import over
from heplens.figures import bins_of
from heplens.jobs import Job
from heplens.widgets.job_session import JobSession
from heplens.widgets.protocol import PROTOCOL
from support import HZZ


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    made = make_client(2)
    yield made
    close(made)


class Page:
    """The other end of the wire."""

    def __init__(self, job: Job) -> None:
        self.states: list[tuple[float, dict[str, Any]]] = []
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self._arrived = threading.Condition()
        self._ids = iter(range(10_000))
        self.session = JobSession(job, self._send, lambda state: self.states.append((time.monotonic(), state)))
        self.session.begin()

    def _send(self, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        with self._arrived:
            self.sent.append((content, list(buffers)))
            self._arrived.notify_all()

    def ask(self, kind: str, **fields: Any) -> tuple[dict[str, Any], list[bytes]]:
        id = f"page.{next(self._ids)}"
        self.session.handle({"protocol": PROTOCOL, "id": id, "kind": kind, **fields})
        with self._arrived:
            while not (found := [m for m in self.sent if m[0]["id"] == id]):
                assert self._arrived.wait(LIMIT), f"no answer to {kind}"
        return found[0]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The first half of a file."""
    whole = Path(HZZ.removesuffix(":events")).read_bytes()
    path = tmp_path / "broken.root"
    path.write_bytes(whole[: len(whole) // 2])
    return path


def test_the_numbers_are_those_of_the_result(client: Any, broken: Path) -> None:
    job = over(muons(HZZ), [HZZ, str(broken)]).submit(client)
    page = Page(job)
    result = job.result(LIMIT)
    reply, buffers = page.ask("counts")
    assert (reply["kind"], reply["done"], reply["total"]) == ("counts", 1, 2)
    assert reply["total_events"] == result.events and not reply["complete"]
    for plot in reply["plots"]:
        bins = bins_of(result[plot["name"]])
        assert np.array_equal(np.frombuffer(buffers[plot["buffer"]]), bins.values)
        assert np.array_equal(np.frombuffer(buffers[plot["buffer"] + 1]), bins.variances)
    assert [row["passed"] for row in reply["cutflow"]] == [row.passed for row in result.cutflow]
    snapshot, _ = page.ask("snapshot")
    assert snapshot["shape"] == reply["shape"]
    page.session.close()


def test_every_view_looks_at_the_plots_alike(client: Any) -> None:
    job = over(muons(HZZ), [HZZ]).submit(client)
    page = Page(job)
    job.result(LIMIT)
    one, *_ = (h.name for h in job.analysis.histograms)
    assert page.session.state()["log"] == []
    assert page.ask("set_log", name=one, log=True)[0]["kind"] == "accepted"
    assert page.states[-1][1]["log"] == [one], "told before the answer"
    assert page.ask("set_log", name="z", log=True)[0]["kind"] == "refused"
    assert page.ask("show_region", region="z")[0]["kind"] == "refused"
    assert page.session.state()["log"] == [one]
    assert page.ask("set_log", name=one, log=False)[0]["kind"] == "accepted"
    assert page.session.state()["log"] == []
    page.session.close()


def test_a_file_is_tried_again_or_left_out(client: Any, broken: Path) -> None:
    job = over(muons(HZZ), [HZZ, str(broken)]).submit(client)
    page = Page(job)
    job.result(LIMIT)
    told, _ = page.ask("failures", most=9)
    (failure,) = told["failures"]
    assert (failure["file"], told["failed"], told["number"]) == (str(broken), 1, page.session.state()["failures"])
    assert page.ask("failures", most=0)[0]["failures"] == []
    assert page.ask("retry", files=["another.root"])[0]["kind"] == "refused"
    assert page.ask("retry", files=[str(broken)])[0]["kind"] == "accepted"
    job.wait(LIMIT)
    assert page.ask("failures", most=9)[0]["failed"] == 1
    broken.unlink()
    broken.symlink_to(HZZ.removesuffix(":events"))
    assert page.ask("retry", files=[])[0]["kind"] == "accepted"
    assert job.result(LIMIT).complete
    assert page.ask("failures", most=9)[0]["failures"] == []
    page.session.close()


def test_a_job_is_cancelled_without_holding_up_the_page(client: Any, tmp_path: Path) -> None:
    files = [tmp_path / f"{i:03}.root" for i in range(80)]
    for path in files:
        path.symlink_to(HZZ.removesuffix(":events"))
    job = over(muons(HZZ), [str(path) for path in files]).submit(client, task_seconds=0.05)
    page = Page(job)
    with standing(job, after=0):
        assert page.ask("cancel")[0]["kind"] == "accepted"
    assert not job.running
    poll(lambda: page.states and page.states[-1][1]["progress"]["state"] == "cancelled", "the last state")
    times = [at for at, _ in page.states]
    assert all(later - sooner > 0.1 for sooner, later in pairwise(times))
    poll(lambda: not any(t.name == "heplens-job-view" for t in threading.enumerate()), "the end of the thread")
    page.session.close()


def test_the_numbers_of_the_end_are_asked_for_once_it_has_ended(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    note = Job._note

    def slowly(job: Job) -> None:
        if job.progress.state == "finished":
            assert go.wait(LIMIT)
        note(job)

    monkeypatch.setattr(Job, "_note", slowly)
    job = over(muons(HZZ), [HZZ]).submit(client)
    page = Page(job)
    poll(lambda: page.ask("counts")[0]["done"] == 1 and job.progress.state == "finished", "the last block")
    before = page.ask("counts")[0]["revision"]
    go.set()
    job.result(LIMIT)
    poll(lambda: page.states and page.states[-1][1]["revision"] > before, "news of the end")
    page.session.close()


@pytest.mark.parametrize(
    "message",
    [None, {}, {"id": "a"}, {"id": "a", "protocol": 1, "kind": "counts"}]
    + [{"id": "a", "protocol": PROTOCOL, "kind": kind} for kind in ("explode", None, ["counts"])]
    + [{"id": "a", "protocol": PROTOCOL, "kind": "skip", "files": files} for files in ("all", [1], {})],
)
def test_what_is_not_understood_is_answered_with_a_sentence(client: Any, message: Any) -> None:
    job = hl.Analysis(HZZ).submit(client)
    page = Page(job)
    page.session.handle(message)
    (reply, _), *others = page.sent
    assert not others
    assert reply["kind"] == "failed" and reply["reason"].endswith(".")
    page.session.close()
    job.result(LIMIT)
