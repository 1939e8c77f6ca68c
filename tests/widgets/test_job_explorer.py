"""The dashboard of a job without a comm: it fills in, its handles move over all files, and it reads no event itself."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import heplens as hl
from cluster.conftest import LIMIT, close, make_client, many_files, poll, standing
from cluster.test_tiles import close_to, window
from cluster.test_trouble import over
from heplens.columns.files import open_source
from heplens.errors import NeedsJobError
from heplens.figures import bins_of
from heplens.widgets.job_compute import JobCompute
from heplens.widgets.packing import between
from support import HZZ

from .conftest import Page

__all__ = ["many_files"]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    made = make_client(2)
    yield made
    close(made)


@pytest.fixture
def explore(make_page: Callable[..., Page]) -> Callable[[Any], Page]:
    def make(job: Any) -> Page:
        compute = JobCompute(job)
        page = make_page(job.analysis, compute)
        compute.changed = page.session.refresh
        return page

    return make


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on whoever reads an event in this process fails."""

    def refuse(*_: Any) -> None:
        raise AssertionError("an event was read in the kernel")

    monkeypatch.setattr(type(open_source(*HZZ.rsplit(":", 1))), "read", refuse)


def handles(reply: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {handle["id"]: handle for handle in reply["handles"]}


def rows_at(buffers: list[bytes], value: float) -> int:
    return int(np.flatnonzero(np.frombuffer(buffers[0]) == value)[0]) + 1


def shown(page: Page) -> tuple[dict[str, Any], list[bytes]]:
    return page.answer(page.post("counts", revision=page.session.revision))


def assert_shown(page: Page, wanted: Any) -> dict[str, Any]:
    """The numbers that the page gets are those of a result."""
    reply, buffers = shown(page)
    assert reply["kind"] == "counts", reply
    for plot in reply["plots"]:
        bins = bins_of(wanted[plot["name"]])
        scale = 1e-9 * (1 + np.abs(bins.values).sum())
        assert np.allclose(np.frombuffer(buffers[plot["buffer"]]), bins.values, rtol=0, atol=scale)
        assert np.allclose(np.frombuffer(buffers[plot["buffer"] + 1]), bins.variances, rtol=0, atol=scale)
    assert [row["passed"] for row in reply["cutflow"]] == [row.passed for row in wanted.cutflow]
    return reply


def test_a_handle_moves_over_all_files(client: Any, explore: Any, unread: None) -> None:
    analysis = window([HZZ, HZZ, HZZ])
    job = analysis.submit(client, tiles=["Z window", "good muons"])
    job.result(LIMIT)
    page = explore(job)
    found = handles(assert_shown(page, job.result()))
    moves = {id: handle["tile"] is not None for id, handle in found.items()}
    assert moves == {"good muons/literal/0": True, "good muons/literal/1": True, "two muons/literal/0": False,
                     "Z window/low/0": True, "Z window/high/0": True}  # fmt: skip
    two = found["two muons/literal/0"]
    assert two["needs_job"] and two["reason"] == "no tile was made of it"
    tile, buffers = page.answer(page.post("tile", revision=page.session.revision, handle="good muons/literal/0"))
    assert tile["key"] == found["good muons/literal/0"]["tile"] and tile["coverage"] == [3, 3]
    moved = job.at(analysis.replace_step("good muons", expression="pt > 42.5 & abs(eta) < 2.4"))
    cells = zlib.decompress(buffers[2]) if tile["encoding"] else buffers[2]
    for plot in tile["plots"]:
        values, _ = between(cells, tile["rows"], plot, 0, rows_at(buffers, 42.5))
        assert np.allclose(values, moved[plot["name"]].values(flow=True), rtol=1e-9, atol=1e-6), plot["name"]
    assert page.edit(op="set_literal", name="good muons", index=0, value=42.5)["kind"] == "accepted"
    reply = assert_shown(page, moved)
    assert (reply["coverage"], reply["events"]) == ([3, 3], 3 * 2421)
    again = handles(reply)
    assert again["good muons/literal/0"]["tile"] == found["good muons/literal/0"]["tile"]
    assert again["Z window/low/0"]["tile"] is None and "not as they were counted" in again["Z window/low/0"]["reason"]


def test_the_released_position_is_a_run_of_it(client: Any, explore: Any) -> None:
    analysis = window([HZZ, HZZ])
    job = analysis.submit(client, tiles=True)
    job.result(LIMIT)
    page = explore(job)
    page.edit(op="set_window", name="Z window", low=70, high=110)
    close_to(page.session.outcome().result, page.session.analysis.run())


def test_what_needs_a_job_is_not_counted_here(client: Any, explore: Any, unread: None) -> None:
    job = window([HZZ, HZZ]).submit(client, tiles="Z window")
    job.result(LIMIT)
    page = explore(job)
    assert_shown(page, job.result())
    preview = {"op": "set_literal", "name": "two muons", "index": 0, "value": 3}
    answer = page.ask("counts", revision=page.session.revision, edit=preview)
    assert (answer["kind"], answer["needs_job"]) == ("failed", True)
    page.edit(**preview)
    refused, _ = shown(page)
    assert refused["needs_job"] and "'two muons' is not as it was counted" in refused["reason"]
    assert handles(refused)["two muons/literal/0"]["value"] == 3
    with pytest.raises(NeedsJobError):
        page.session.outcome()
    assert page.ask("recount")["kind"] == "accepted"
    second = page.session._compute.job
    assert second is not job and second.tile_steps == ["two muons", "Z window"]
    wanted = second.result(LIMIT)
    found = handles(assert_shown(page, wanted))
    assert found["two muons/literal/0"]["tile"] and found["Z window/low/0"]["tile"]
    page.edit(op="set_literal", name="two muons", index=0, value=1)
    assert_shown(page, second.at(page.session.analysis))
    for _ in range(2):
        page.session.undo()
    assert_shown(page, job.result())


def test_it_fills_in(client: Any, explore: Any, many_files: list[str], tmp_path: Path, unread: None) -> None:
    bad = tmp_path / "bad.root"
    bad.write_text("no ROOT file")
    files = [*many_files[:20], str(bad)]
    job = over(window(HZZ), files).submit(client, tiles="Z window", task_seconds=0.05)
    page = explore(job)
    seen: list[int] = []

    def part() -> bool:
        reply, _ = shown(page)
        seen.append(reply["coverage"][0])
        return 0 < seen[-1] < 20 and reply["handles"][-1]["tile"] is not None

    with standing(job, after=0):
        poll(part, "some of the numbers")
        tile = page.ask("tile", revision=page.session.revision, handle="Z window/low/0")
        assert seen[-1] <= tile["coverage"][0] < 20
    job.wait(LIMIT)
    poll(lambda: page.states and page.states[-1]["over"]["state"] == "incomplete", "the end")
    reply = assert_shown(page, job.partial())
    assert reply["coverage"] == [20, 21] and any("bad.root" in problem for problem in reply["problems"])
    counted = [state["over"]["counted"] for state in page.states]
    assert counted == sorted(counted) and counted[-1] > 2


def test_a_job_directory_is_explored_after_the_kernel_died(client: Any, explore: Any, tmp_path: Path) -> None:
    window([HZZ, HZZ]).submit(client, tiles="good muons", directory=tmp_path / "job").result(LIMIT)
    job = hl.Job.resume(tmp_path / "job", client)
    job.result(LIMIT)
    assert job.progress.reused == 2
    page = explore(job)
    page.edit(op="set_literal", name="good muons", index=0, value=42.5)
    close_to(page.session.outcome().result, page.session.analysis.run())
