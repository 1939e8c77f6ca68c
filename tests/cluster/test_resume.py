"""A job that is kept on disk goes on after everything died, and never takes over what no longer fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import heplens as hl
from heplens.errors import JobError
from support import HZZ

from .conftest import LIMIT, muons, same, standing


def test_resume_goes_on(client: Any, many_files: list[str], tmp_path: Path) -> None:
    analysis = muons(many_files)
    job = analysis.submit(client, directory=tmp_path / "job", task_seconds=0.1)
    with standing(job, after=5):
        job.cancel()
    assert 5 < job.progress.done < 60
    resumed = hl.Job.resume(tmp_path / "job", client)
    same(resumed.result(LIMIT), analysis.run())
    assert resumed.progress.reused == 60  # one file under 60 names: its block is done for all of them


def test_only_new_files_are_read(client: Any, generated: Any, tmp_path: Path) -> None:
    files = [f"{generated(4000, seed=seed)}:Events" for seed in range(1, 5)]

    def over(data: list[str]) -> hl.Analysis:
        return hl.Analysis(data).weight("genWeight").hist("Muon.pt", bins=30, range=(0, 100), name="pt")

    over(files[:3]).submit(client, directory=tmp_path).result(LIMIT)
    job = over(files).submit(client, directory=tmp_path)
    same(job.result(LIMIT), over(files).run())
    assert job.progress.reused == 3
    again = hl.Job.resume(tmp_path, client)
    same(again.result(LIMIT), over(files).run())
    assert again.progress.reused == 4 and again.progress.bytes == 0


def test_a_changed_analysis_takes_nothing_over(client: Any, tmp_path: Path) -> None:
    def above(threshold: int) -> hl.Analysis:
        return hl.Analysis(HZZ).cut(f"any(Muon.pt > {threshold})").hist("Muon.pt", bins=30, range=(0, 100), name="pt")

    first = above(20).submit(client, directory=tmp_path).result(LIMIT)
    job = above(60).submit(client, directory=tmp_path)
    second = job.result(LIMIT)
    assert job.progress.reused == 0
    same(second, above(60).run())
    assert first["pt"].sum() != second["pt"].sum()
    back = above(20).submit(client, directory=tmp_path)
    same(back.result(LIMIT), first)
    assert back.progress.reused == 1


def test_a_damaged_record_is_worked_again(client: Any, tmp_path: Path) -> None:
    analysis = muons(HZZ)
    analysis.submit(client, directory=tmp_path).result(LIMIT)
    (kept,) = (tmp_path / "partials").iterdir()
    kept.write_bytes(kept.read_bytes()[:-200])
    job = hl.Job.resume(tmp_path, client)
    same(job.result(LIMIT), analysis.run())
    assert job.progress.reused == 0


def test_what_is_no_job(client: Any, tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"no job in .*it has no job\.json"):
        hl.Job.resume(tmp_path / "nothing", client)
    (tmp_path / "job.json").write_text("{}")
    with pytest.raises(JobError, match="no job of version 1"):
        hl.Job.resume(tmp_path, client)
    (tmp_path / "job.json").write_text("{")
    with pytest.raises(JobError, match="damaged"):
        hl.Job.resume(tmp_path, client)
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("")
    with pytest.raises(JobError, match=r"holds other things \(thesis\.tex\)"):
        muons(HZZ).submit(client, directory=other)


def test_the_record_is_plain(client: Any, tmp_path: Path) -> None:
    muons(HZZ).submit(client, directory=tmp_path).result(LIMIT)
    assert hl.Analysis.from_json(json.dumps(json.loads((tmp_path / "job.json").read_text())["analysis"])).steps
    (file,) = json.loads((tmp_path / "plan.json").read_text())["files"]
    assert file["entries"] == 2421 and file["blocks"][0][:2] == [0, 2421]
