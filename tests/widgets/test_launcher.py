"""The launcher: what will be read, where it runs, a sentence at the field that is wrong, and the job."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import heplens as hl
from cluster.conftest import LIMIT, close, make_client, muons, same
from heplens.errors import AnalysisError, JobError
from heplens.widgets import launcher_places
from heplens.widgets.launcher import Launcher
from support import HZZ


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    made = make_client(2)
    yield made
    close(made)


@pytest.fixture
def factories() -> Iterator[None]:
    yield
    launcher_places._factories.clear()


def choose(launcher: Launcher, label: str) -> None:
    launcher.refresh()
    place = launcher.form.place.control
    place.value = next(i for text, i in place.options if label in text)


def press_start(launcher: Launcher) -> None:
    """And wait until what it began is done."""
    launcher.form.start.click()
    launcher.wait()


def test_what_is_seen_before_is_what_the_job_reads(client: Any, tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"{i}.root").symlink_to(HZZ.removesuffix(":events"))
    launcher = muons(HZZ).launch()
    launcher.form.dataset.control.value = f"{tmp_path}/*.root:events"
    assert launcher.form.place.control.label  # a choice is made, and shown
    launcher.wait()
    assert launcher.job is None
    outlook = re.fullmatch(
        r"3 files, 7.3 k events, (\d+) of 51 branches, about ([\d.]+) kB of ([\d.]+) kB on disk", launcher.form.outlook
    )
    assert outlook, launcher.form.outlook
    branches = muons(HZZ).bound.demand.branches
    rows = {row.name: row.bytes or 0 for row in hl.inspect(HZZ.removesuffix(":events"), "events")}
    assert int(outlook[1]) == len(branches)
    assert float(outlook[2]) == pytest.approx(3 * sum(rows[name] for name in branches) / 1000, abs=1)
    choose(launcher, client.scheduler.address)
    press_start(launcher)
    assert launcher.job is not None and launcher.job.client is client
    assert launcher.children[-1] is launcher.job._view
    assert launcher.form not in launcher.children  # the job needs the room
    same(launcher.job.result(LIMIT), muons(f"{tmp_path}/*.root:events").run())


def test_a_fileset_and_an_address(client: Any, tmp_path: Path) -> None:
    fileset = tmp_path / "fileset.json"
    fileset.write_text(json.dumps({"ZZ": {"files": {HZZ.removesuffix(":events"): "events"}}}))
    launcher = muons(HZZ).launch()
    launcher.form.dataset.control.value = str(fileset)
    choose(launcher, "an address")
    press_start(launcher)
    assert "give the address" in launcher.form.address.problem and launcher.job is None
    launcher.form.address.control.value = client.scheduler.address
    assert launcher.form.address.problem == ""
    press_start(launcher)
    assert launcher.job is not None
    same(launcher.job.result(LIMIT), muons(str(fileset)).run())
    launcher.job.client.close()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("none-*.root", "no file matches"),
        ("none.root", "none.root"),
        (f"{HZZ}x", "eventsx"),
        ("no.json", "no.json"),
    ],
)
def test_wrong_data_are_told_at_their_field(data: str, sentence: str) -> None:
    launcher = muons(HZZ).launch()
    launcher.form.dataset.control.value = data
    launcher.wait()
    assert sentence in launcher.form.dataset.problem
    press_start(launcher)
    assert launcher.job is None and sentence in launcher.form.dataset.problem


def test_factories(client: Any, factories: None) -> None:
    def broken() -> Any:
        raise OSError("the queue is closed")

    hl.register_cluster("broken", broken)
    hl.register_cluster("nothing", lambda: None)
    hl.register_cluster("mine", lambda: client)
    launcher = muons(HZZ).launch()
    for name, sentence in (("broken", "the queue is closed"), ("nothing", "returned None")):
        choose(launcher, name)
        press_start(launcher)
        assert launcher.job is None and sentence in launcher.form.place.problem
    choose(launcher, "mine")
    press_start(launcher)
    assert launcher.job is not None and launcher.job.result(LIMIT).complete
    for wrong in (("", lambda: client), ("a client", client)):
        with pytest.raises(JobError):
            hl.register_cluster(*wrong)


def test_a_new_cluster_on_this_machine_is_checked_before_it_is_started() -> None:
    launcher = muons(HZZ).launch()
    choose(launcher, "on this machine")
    launcher.form.workers.control.value = 0
    press_start(launcher)
    assert launcher.form.workers.problem == "at least 1"
    launcher.form.workers.control.value = 1
    for text, sentence in (("many", "such as 4 GB"), ("1 MB", "at least 200 MB")):
        launcher.form.memory.control.value = text
        press_start(launcher)
        assert sentence in launcher.form.memory.problem and launcher.job is None


def test_nobody_answers_at_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher_places, "PATIENCE", 1)
    launcher = muons(HZZ).launch()
    choose(launcher, "an address")
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        launcher.form.address.control.value = address
        press_start(launcher)
        assert f"no Dask scheduler answers at {address}" in launcher.form.address.problem
        assert "\n" not in launcher.form.address.problem and launcher.job is None
    assert not launcher.form.start.disabled


def test_data_that_do_not_travel_are_told() -> None:
    launcher = hl.Analysis({"x": [1.0, 2.0]}).hist("x", bins=2, range=(0, 3)).launch()
    launcher.wait()
    assert "arrays in memory" in launcher.form.dataset.problem
    press_start(launcher)
    assert launcher.job is None


def test_what_is_assigned_is_what_runs(client: Any) -> None:
    launcher = muons(HZZ).launch()
    other = muons(HZZ).hist("count(Muon)", bins=5, range=(0, 5), name="muons")
    launcher.analysis = other
    launcher.submit(client)
    launcher.wait()
    assert launcher.job is not None
    same(launcher.job.result(LIMIT), other.run())


def test_the_cuts_of_a_job_move_when_that_was_asked_for(client: Any) -> None:
    launcher = muons(HZZ).launch()
    launcher.submit(client)
    launcher.wait()
    assert launcher.job is not None and not launcher.job.wanted
    assert launcher._other.layout.display == "none"
    launcher.job.wait(LIMIT)
    launcher.form.tiles.value = True
    launcher.submit(client)
    launcher.wait()
    assert launcher.job.wanted and launcher._other.layout.display == ""
    launcher._other.click()
    dashboard = launcher.children[-1]
    assert dashboard.job is launcher.job
    launcher.job.wait(LIMIT)
    same(dashboard.result, muons(HZZ).run())
    launcher._other.click()
    assert launcher.children[-1] is launcher.job._view
    launcher._other.click()
    assert launcher.children[-1] is dashboard
    launcher.submit(client)
    launcher.wait()
    assert dashboard.comm is None and launcher.children[-1] is launcher.job._view
    launcher.close()


def test_one_job_at_a_time(client: Any, tmp_path: Path) -> None:
    for i in range(60):
        (tmp_path / f"{i:02}.root").symlink_to(HZZ.removesuffix(":events"))
    launcher = muons(f"{tmp_path}/*.root:events").launch()
    launcher.submit(client)
    with pytest.raises(AnalysisError, match="running already"):
        launcher.submit(client)
    launcher.wait()
    assert launcher.job is not None
    launcher.job.cancel()
