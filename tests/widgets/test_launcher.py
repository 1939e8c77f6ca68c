"""The launcher: what will be read, where it runs, a sentence at the field that is wrong, and the job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import heplens as hl
from cluster.conftest import LIMIT, close, make_client, muons, poll, same
from heplens.errors import JobError
from heplens.widgets import launcher_places
from heplens.widgets.launcher import Field, Launcher
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
    place = launcher.place.control
    place.value = next(i for text, i in place.options if label in text)


def press(launcher: Launcher, button: str) -> None:
    """And wait until what it began is done."""
    getattr(launcher, f"{button}_button").click()
    poll(lambda: not launcher._busy.locked(), button)


def told(field: Field) -> str:
    problem: str = field.children[1].value
    return problem


def test_what_is_seen_before_is_what_the_job_reads(client: Any, tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"{i}.root").symlink_to(HZZ.removesuffix(":events"))
    launcher = muons(HZZ).launch()
    launcher.dataset.control.value = f"{tmp_path}/*.root:events"
    assert launcher.place.control.label == launcher._chosen().label  # a choice is made, and shown
    press(launcher, "look")
    assert launcher.job is None
    assert launcher.outlook.value.startswith("3 files, 7.3 k events, ")
    assert "branches" in launcher.outlook.value and "kB on disk" in launcher.outlook.value
    choose(launcher, client.scheduler.address)
    press(launcher, "start")
    assert launcher.job is not None and launcher.job.client is client
    assert launcher.children[-1] is launcher.job._view
    same(launcher.job.result(LIMIT), muons(f"{tmp_path}/*.root:events").run())


def test_a_fileset_and_an_address(client: Any, tmp_path: Path) -> None:
    fileset = tmp_path / "fileset.json"
    fileset.write_text(json.dumps({"ZZ": {"files": {HZZ.removesuffix(":events"): "events"}}}))
    launcher = muons(HZZ).launch()
    launcher.dataset.control.value = str(fileset)
    choose(launcher, "an address")
    press(launcher, "start")
    assert "give the address" in told(launcher.address) and launcher.job is None
    launcher.address.control.value = client.scheduler.address
    assert told(launcher.address) == ""
    press(launcher, "start")
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
    launcher.dataset.control.value = data
    press(launcher, "look")
    assert sentence in told(launcher.dataset)
    press(launcher, "start")
    assert launcher.job is None and sentence in told(launcher.dataset)


def test_factories(client: Any, factories: None) -> None:
    def broken() -> Any:
        raise OSError("the queue is closed")

    hl.register_cluster("broken", broken)
    hl.register_cluster("nothing", lambda: None)
    hl.register_cluster("mine", lambda: client)
    launcher = muons(HZZ).launch()
    for name, sentence in (("broken", "the queue is closed"), ("nothing", "returned None")):
        choose(launcher, name)
        press(launcher, "start")
        assert launcher.job is None and sentence in told(launcher.place)
    choose(launcher, "mine")
    press(launcher, "start")
    assert launcher.job is not None and launcher.job.result(LIMIT).complete
    for wrong in (("", lambda: client), ("a client", client)):
        with pytest.raises(JobError):
            hl.register_cluster(*wrong)


def test_a_new_cluster_on_this_machine_is_checked_before_it_is_started() -> None:
    launcher = muons(HZZ).launch()
    choose(launcher, "on this machine")
    launcher.workers.control.value = 0
    press(launcher, "start")
    assert told(launcher.workers) == "at least 1"
    launcher.workers.control.value = 1
    launcher.memory.control.value = "many"
    press(launcher, "start")
    assert "such as 4 GB" in told(launcher.memory) and launcher.job is None
