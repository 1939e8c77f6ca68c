"""Which files are opened before a job begins: those that are new, that changed, and one of each kind."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from heplens.jobs import planning
from heplens.jobs.planning import KnownFiles, Planner, stamp_of
from heplens.jobs.task import FilePlan, Where

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


def teach(files: list[Where], folder: Path) -> None:
    known = KnownFiles(folder)
    planner = Planner(files, DATA, known)
    assert planner.waiting == files
    for where in files:
        assert planner.settle(look(where)) == []
    known.save()


def test_one_of_each_kind_is_opened(files: list[Where], tmp_path: Path) -> None:
    teach(files, tmp_path / "cache")
    planner = Planner(files, DATA, KnownFiles(tmp_path / "cache"))
    assert planner.waiting == [files[0], files[4]]
    planner.waiting.clear()
    assert planner  # the two are being looked into
    settled = planner.settle(look(files[0]))
    assert settled == [look(where) for where in files[1:4]]
    assert planner.settle(look(files[4])) == [look(files[5])]
    assert not planner


@pytest.mark.parametrize("change", [{"demand": "eta"}, {"types": "int"}, {"schema": "other"}])
def test_other_branches_or_types_are_looked_into(files: list[Where], tmp_path: Path, change: dict[str, str]) -> None:
    teach(files[:3], tmp_path / "cache")
    planner = Planner(files[:3], DATA, KnownFiles(tmp_path / "cache"))
    planner.waiting.clear()
    assert planner.settle(look(files[0], **change)) == []
    assert planner.waiting == files[1:3]


def test_a_failure_settles_nothing(files: list[Where], tmp_path: Path) -> None:
    teach(files[:3], tmp_path / "cache")
    planner = Planner(files[:3], DATA, KnownFiles(tmp_path / "cache"))
    planner.waiting.clear()
    assert planner.settle(FilePlan(files[0], error="it is gone")) == []
    assert planner.waiting == files[1:3]


def test_what_changed_is_looked_into(files: list[Where], tmp_path: Path) -> None:
    teach(files[:4], tmp_path / "cache")
    Path(files[1].path).write_text("another size altogether")
    os.utime(files[2].path, ns=(1, 1))
    Path(files[3].path).unlink()
    planner = Planner(files[:4], DATA, KnownFiles(tmp_path / "cache"))
    assert planner.waiting == files[:4]  # the first stands for its kind
    known = KnownFiles(tmp_path / "cache")
    assert known.of(files[0].path, "t") is not None and known.of(files[0].path, "u") is None


def test_what_is_kept_may_be_damaged_or_of_another_engine(
    files: list[Where], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(files, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    whole = kept.read_bytes()
    for damaged in (whole[:-9], b"", b"[]", whole.replace(b'"t"', b"[1]"), whole.replace(b"[0, 10]", b"[0]")):
        kept.write_bytes(damaged)
        KnownFiles(tmp_path / "cache").of(files[0].path, "t")
    kept.write_bytes(whole)
    monkeypatch.setattr(planning, "engine_version", lambda: "another")
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
