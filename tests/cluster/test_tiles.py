"""Tiles from jobs: those of one process, summed over all files, whatever the tasks were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import heplens as hl
from heplens.engine.moving import NoTileError
from heplens.engine.scan import scan
from heplens.errors import JobError
from heplens.jobs.tiles import wanted
from support import HZZ

from .conftest import LIMIT, muons


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
    want = wanted(analysis, step)
    equal(job.tile, scan(analysis, want.moved, want.values))


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
    tile, want = job.tile, wanted(analysis, "MET")
    equal(tile, scan(analysis, want.moved, want.values))
    resumed = hl.Job.resume(tmp_path, client)
    resumed.result(LIMIT)
    assert resumed.progress.reused == resumed.progress.total
    for one, other in ((tile, resumed.tile), (tile, job.tile)):
        for name, cells in one.cells.items():
            assert cells.sums.tobytes() == other.cells[name].sums.tobytes()
    plain = analysis.submit(client, directory=tmp_path)  # a job without tiles has other keys
    plain.result(LIMIT)
    assert plain.progress.reused == 0


def test_what_has_no_tile(client: Any) -> None:
    with pytest.raises(NoTileError, match="compares nothing with a number"):
        muons(HZZ).submit(client, tiles="event weight")
    job = muons(HZZ).submit(client)
    with pytest.raises(JobError, match="makes no tile"):
        _ = job.tile
