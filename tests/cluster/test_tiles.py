"""Tiles from jobs: those of one process, summed over all files, whatever the tasks were."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.engine.moving import NoTileError
from heplens.engine.scan import scan
from heplens.errors import NeedsJobError
from heplens.jobs.wanted import wanted
from support import HZZ

from .conftest import LIMIT, close, make_client, muons, same, standing
from .test_trouble import over


def equal(one: Any, other: Any) -> None:
    assert one.form == other.form and np.array_equal(one.boundaries.values, other.boundaries.values)
    assert list(one.cells) == list(other.cells) and list(one.rows) == list(other.rows)
    for name, cells in one.cells.items():
        assert np.array_equal(cells.counts, other.cells[name].counts)
        assert np.allclose(cells.with_sums(), other.cells[name].with_sums(), rtol=1e-9, atol=1e-9)
    for name, row in one.rows.items():
        assert np.array_equal(row.passed, other.rows[name].passed)


def window(data: Any) -> hl.Analysis:
    return muons(data).cut("(Muon[0] + Muon[1]).mass", low=60, high=120, name="Z window")


@pytest.mark.parametrize("step", ["Z window", "two muons", "good muons"])
def test_the_tile_of_one_process(client: Any, step: str) -> None:
    analysis = window([HZZ, HZZ])
    job = analysis.submit(client, tiles=step)
    assert job.result(LIMIT).complete
    for want in wanted(analysis, step):
        equal(job.tiles[want.id], scan(analysis, want.moved, want.values))


def test_blocks_and_tasks_make_no_difference(client: Any, generated: Callable[..., Path], tmp_path: Path) -> None:
    files = [str(generated(420_000, "ttree", seed)) + ":Events" for seed in (1, 2)]
    analysis = (
        hl.Analysis({"z": {"files": files, "metadata": {"xsec": 6000.0}}}, lumi=10.0)
        .weight("genWeight")
        .cut("MET.pt", low=10, high=50, name="MET")
        .hist("Muon.pt", bins=40, range=(0, 200), name="pt")
    )
    job = analysis.submit(client, tiles="MET", directory=tmp_path, task_seconds=0.0)
    job.result(LIMIT)
    tile, want = job.tiles["MET/low/0"], wanted(analysis, "MET")[0]
    equal(tile, scan(analysis, want.moved, want.values))
    resumed = hl.Job.resume(tmp_path, client)
    resumed.result(LIMIT)
    assert resumed.progress.reused == resumed.progress.total
    for one, other in ((tile, resumed.tiles["MET/low/0"]), (tile, job.tiles["MET/low/0"])):
        for name, cells in one.cells.items():
            assert cells.sums.tobytes() == other.cells[name].sums.tobytes()
    plain = analysis.submit(client, directory=tmp_path)  # a job without tiles has other keys
    plain.result(LIMIT)
    assert plain.progress.reused == 0


def test_what_has_no_tile(client: Any) -> None:
    with pytest.raises(NoTileError, match="compares nothing with a number"):
        muons(HZZ).submit(client, tiles="event weight")
    assert muons(HZZ).submit(client).tiles == {}


def test_events_without_tiles_are_in_the_result(client: Any, tmp_path: Path) -> None:
    """An infinite weight cannot be taken back, so nothing moves over it; what `run` counts is counted all the same."""
    weights = np.ones(100)
    files = []
    for name in ("good", "bad"):
        with uproot.recreate(tmp_path / f"{name}.root") as file:
            file.mktree("Events", {"x": "float64", "w": "float64"}).extend({"x": np.arange(100.0), "w": weights})
        files.append(f"{tmp_path / name}.root:Events")
        weights = np.where(np.arange(100) == 7, np.inf, 1.0)
    analysis = hl.Analysis(files).cut("x", low=5, high=50, name="x").weight("w").hist("x", bins=9, range=(0, 90))
    for job in (
        analysis.submit(client, tiles="x", directory=tmp_path / "job"),
        hl.Job.resume(tmp_path / "job", client),
    ):
        same(job.result(LIMIT), analysis.run())
        assert job.failures == [] and "infinite" in job.no_tile
        with pytest.raises(NoTileError, match="infinite"):
            _ = job.tiles
        with pytest.raises(NeedsJobError, match=r"this needs a job: a weight .* is infinite"):
            job.at(analysis.replace_step("x", low=10))


def close_to(got: Any, wanted: Any) -> None:
    """Counts are identical, sums of weights as near as a tile promises; rows of the cutflow too."""
    assert list(got) == list(wanted) and got.complete == wanted.complete
    for name in wanted:
        mine, theirs = got[name], wanted[name]
        assert mine.axes == theirs.axes and mine.storage_type is theirs.storage_type
        for part in ("values", "variances"):
            a, b = (np.asarray(getattr(h, part)(flow=True), dtype=float) for h in (mine, theirs))
            assert np.allclose(a, b, rtol=0, atol=1e-9 * (1 + np.abs(b).sum())), name
        if "Double" in theirs.storage_type.__name__:
            assert mine.view(flow=True).tobytes() == theirs.view(flow=True).tobytes(), name
    for row, other in zip(got.cutflow, wanted.cutflow, strict=True):
        for part in ("name", "passed", "missing", "nan", "bad_weights", "objects", "efficiency", "interval"):
            assert repr(getattr(row, part)) == repr(getattr(other, part)), (row.name, part)
        assert np.allclose([row.weighted, row.error], [other.weighted, other.error], rtol=1e-9, atol=1e-7)
    assert [p for p in got.problems if "weight" in p] == [p for p in wanted.problems if "weight" in p]


def test_every_number_stands_elsewhere(client: Any) -> None:
    """`job.at` of a moved analysis is `run` of it, over all files, weighted or not, with regions and 2-D."""
    base = window([HZZ, HZZ]).hist(("MET.pt", "count(Jet)"), bins=(4, 3), range=((0, 80), (0, 6)), name="two")
    samples = {"a": {"files": [HZZ], "metadata": {"xsec": 2.0, "sumw": 100.0}}, "b": [HZZ, HZZ]}
    weighted = window(HZZ).on(samples, lumi=3.0).region("SR", ["two muons", "Z window"])
    weighted = weighted.region("CR", ["two muons", "!Z window"])
    for analysis in (base, base.remove("event weight"), weighted):
        job = analysis.submit(client, tiles=["Z window", "good muons", "two muons"])
        close_to(job.at(analysis) if job.wait(LIMIT) else None, analysis.run())
        both = {} if analysis.regions else {"low": 70, "high": 96}  # with regions each edge has a tile of its own
        for moved in (
            analysis.replace_step("Z window", low=81.2),
            analysis.replace_step("Z window", **both),
            analysis.replace_step("good muons", expression="pt > 33.5 & abs(eta) < 2.4"),
            analysis.replace_step("good muons", expression="pt > 20 & abs(eta) < 1.24"),
            analysis.replace_step("two muons", expression="count(Muon) >= 1"),
        ):
            close_to(job.at(moved), moved.run())
        with pytest.raises(NeedsJobError, match="'good muons' is not as it was counted"):
            job.at(analysis.replace_step("good muons", expression="pt > 33.5 & abs(eta) < 1.1"))
        with pytest.raises(NeedsJobError, match="between the positions"):
            job.at(analysis.replace_step("Z window", low=81.23456))
        with pytest.raises(NeedsJobError, match="histograms"):
            job.at(analysis.hist("MET.pt", bins=3, range=(0, 9), name="more"))


def same_tiles(one: Any, other: Any) -> None:
    """In every bit."""
    assert list(one) == list(other)
    for id, tile in one.items():
        assert list(tile.cells) == list(other[id].cells) and list(tile.rows) == list(other[id].rows)
        for name, cells in tile.cells.items():
            for part in ("counts", "sums", "squares"):
                assert getattr(cells, part).tobytes() == getattr(other[id].cells[name], part).tobytes()
        for name, row in tile.rows.items():
            for part, values in vars(row).items():
                assert np.asarray(values).tobytes() == np.asarray(getattr(other[id].rows[name], part)).tobytes()


def test_a_bad_file_is_told_and_the_rest_is_exact(client: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.root"
    bad.write_text("no ROOT file")
    files = [HZZ, str(bad), HZZ]
    job = over(window(HZZ), files).submit(client, tiles=["Z window", "good muons"])
    assert not job.result(LIMIT).complete
    for change in ({"name": "Z window", "high": 100}, {"name": "good muons", "expression": "pt > 42 & abs(eta) < 2.4"}):
        got = job.at(over(window(HZZ).replace_step(**change), files))
        assert any("incomplete: 2 of 3" in p for p in got.problems) and any("bad.root" in p for p in got.problems)
        wanted = window([HZZ, HZZ]).replace_step(**change).run()
        assert [row.passed for row in got.cutflow] == [row.passed for row in wanted.cutflow]
        for name in wanted:
            assert np.allclose(got[name].values(flow=True), wanted[name].values(flow=True), rtol=1e-9, atol=1e-9)
    bad.unlink()
    bad.symlink_to(HZZ.removesuffix(":events"))
    job.retry().result(LIMIT)
    whole = over(window(HZZ), files).submit(client, tiles=["Z window", "good muons"])
    whole.result(LIMIT)
    same_tiles(job.tiles, whole.tiles)


def test_a_killed_worker_and_a_resume_change_nothing(client: Any, many_files: list[str], tmp_path: Path) -> None:
    analysis = window(many_files[:24])
    calm = analysis.submit(client, tiles="good muons")
    calm.result(LIMIT)
    mine = make_client(2)
    try:
        job = analysis.submit(mine, tiles="good muons", task_seconds=0.1, directory=tmp_path / "job")
        part = analysis.replace_step("good muons", expression="pt > 33.5 & abs(eta) < 2.4")
        with standing(job, after=3) as further:
            os.kill(next(iter(mine.run(os.getpid).values())), signal.SIGKILL)
            further(8)
            assert 8 < len(job.at(part).used) < 24
            job.cancel()
    finally:
        close(mine)
    resumed = hl.Job.resume(tmp_path / "job", client)
    resumed.result(LIMIT)
    same_tiles(resumed.tiles, calm.tiles)
    close_to(resumed.at(resumed.analysis), analysis.run())


def test_memory_does_not_grow_with_files(client: Any, many_files: list[str]) -> None:
    held = []
    for files in (many_files[:3], many_files[:24]):
        job = window(files).submit(client, tiles="good muons")
        assert job.result(LIMIT).complete
        held.append(job.tile_bytes)
        assert not any(packed.tile for file in job._ledger.files for packed in file.done.values())
    assert held[0] == held[1] > 10_000
