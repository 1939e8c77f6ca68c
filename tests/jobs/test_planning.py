"""Which files are opened before a job begins: those that are new, that changed, and one of each kind."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from heplens.jobs import planning
from heplens.jobs.orders import FilePlan, Where
from heplens.jobs.planning import KnownFiles, Planner, stamp_of

DATA = {"a": False, "data": True}


@pytest.fixture
def files(tmp_path: Path) -> list[Where]:
    found = []
    for i in range(6):
        path = tmp_path / f"{i}.root"
        path.write_text("x" * (i + 1))
        found.append(Where(i, "a" if i < 4 else "data", str(path), "t"))
    return found


def look(where: Where, demand: str = "pt", schema: str = "s", types: str = "float") -> FilePlan:
    """What a worker would say."""
    n = where.index
    return FilePlan(
        where, "t", f"u{n}", 10 * n, [(0, 10 * n)], ["careful"], stamp_of(where.path), schema, demand, types
    )


def step(planner: Planner) -> list[FilePlan]:
    """All that can be told at once."""
    found: list[FilePlan] = []
    while planner.busy:
        found += planner.step()
    return found


def planner_of(files: list[Where], folder: Path) -> Planner:
    """That has gone through all files, and is asked to look into some."""
    planner = Planner(files, [], DATA, KnownFiles(folder))
    assert step(planner) == []
    return planner


def teach(files: list[Where], folder: Path) -> None:
    known = KnownFiles(folder)
    planner = Planner(files, [], DATA, known)
    assert step(planner) == [] and planner.waiting == files
    planner.waiting.clear()
    for where in files:
        planner.settle(look(where))
    assert not planner
    known.save()


def test_one_of_each_kind_is_opened(files: list[Where], tmp_path: Path) -> None:
    teach(files, tmp_path / "cache")
    planner = planner_of(files, tmp_path / "cache")
    assert planner.waiting == [files[0], files[4]]
    planner.waiting.clear()
    assert planner and not planner.busy  # the two are being looked into
    planner.settle(look(files[0]))
    assert step(planner) == [look(where) for where in files[1:4]]
    planner.settle(look(files[4]))
    assert step(planner) == [look(files[5])]
    assert not planner


def test_files_are_gone_through_a_few_at_a_time(files: list[Where], tmp_path: Path) -> None:
    """So that the first blocks are sent before the last of thousands of files was thought of."""
    teach(files[:1], tmp_path / "cache")
    planner = Planner(files[:1] * 10_000, [], DATA, KnownFiles(tmp_path / "cache"))
    assert planner.step() == [] and planner.waiting == files[:1]
    planner.waiting.clear()
    planner.settle(look(files[0]))
    first = planner.step()
    assert 0 < len(first) < 1000 and planner.busy
    assert len(first) + len(step(planner)) == 10_000 - 1


@pytest.mark.parametrize("change", [{"demand": "eta"}, {"types": "int"}])
def test_other_branches_or_types_are_looked_into(files: list[Where], tmp_path: Path, change: dict[str, str]) -> None:
    teach(files[:3], tmp_path / "cache")
    planner = planner_of(files[:3], tmp_path / "cache")
    planner.waiting.clear()
    planner.settle(look(files[0], **change))
    assert step(planner) == []
    assert planner.waiting == files[1:3]


@pytest.mark.parametrize("answer", [{"schema": "other"}, {"error": "it is gone"}])
def test_a_file_that_is_not_what_it_was_stands_for_no_other(
    files: list[Where], tmp_path: Path, answer: dict[str, str]
) -> None:
    """The next one is looked into in its place."""
    teach(files[:3], tmp_path / "cache")
    planner = planner_of(files[:3], tmp_path / "cache")
    planner.waiting.clear()
    planner.settle(replace(look(files[0]), **answer))  # type: ignore[arg-type]
    assert step(planner) == []
    assert planner.waiting == files[1:2]
    planner.settle(look(files[1]))
    assert step(planner) == [look(files[2])]


def test_what_changed_is_looked_into(files: list[Where], tmp_path: Path) -> None:
    teach(files[:4], tmp_path / "cache")
    Path(files[1].path).write_text("another size altogether")
    os.utime(files[2].path, ns=(1, 1))
    Path(files[3].path).unlink()
    planner = planner_of(files[:4], tmp_path / "cache")
    assert planner.waiting == files[:4]  # the first stands for its kind
    known = KnownFiles(tmp_path / "cache")
    assert known.of(files[0].path, "t") is not None and known.of(files[0].path, "u") is None


def test_what_is_kept_may_be_damaged_or_of_another_engine(
    files: list[Where], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(files, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    whole = kept.read_bytes()
    for damaged in (
        *(whole[:-9], whole[:3], b"", b"[]", b"\xff", whole.replace(b"\t", b"")),
        *(whole.replace(b'"t"', b"[1]"), whole.replace(b"[0, 50]", b"[0]")),
    ):
        kept.write_bytes(damaged)
        planning._read.cache_clear()  # times of modification are no finer than some milliseconds
        assert KnownFiles(tmp_path / "cache").of(files[5].path, "t") is None or damaged.count(b"[1]") == 6
    kept.write_bytes(whole)
    planning._read.cache_clear()
    assert KnownFiles(tmp_path / "cache").of(files[5].path, "t") is not None
    monkeypatch.setattr(planning, "engine_version", lambda: "another")
    planning._read.cache_clear()
    assert KnownFiles(tmp_path / "cache").of(files[0].path, "t") is None


def test_where_nothing_can_be_kept(files: list[Where], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    teach(files, tmp_path / "cache")


def test_remote_files_and_files_that_only_workers_see(tmp_path: Path) -> None:
    known = KnownFiles(tmp_path)
    remote = Where(0, "a", "root://host//a.root", "t")
    known.learn(replace(look(Where(0, "a", str(tmp_path), "t")), where=remote, stamp=None))
    assert known.of(remote.path, "t") is None
    assert known.of("/nowhere/at/all.root", "t") is None
