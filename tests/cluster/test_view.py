"""What a view of a job stands on: who it is, how it and its cluster are, and acting on single files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import heplens as hl
from heplens import jobs
from heplens.errors import JobError
from support import HZZ

from .conftest import LIMIT, muons, poll, same, standing
from .test_trouble import equal_bins, over


def test_jobs_are_found_again(client: Any) -> None:
    seen: list[str] = []
    end = jobs.watch(lambda job: seen.append(job.id))
    first = muons(HZZ).submit(client, name="my muons")
    second = muons(HZZ).submit(client)
    end()
    muons(HZZ).submit(client).result(LIMIT)
    assert seen == [first.id, second.id]
    assert jobs.find(first.id) is first
    assert jobs.known()[1:3] == [second, first]  # the newest first
    assert (first.name, second.name) == ("my muons", "uproot-HZZ.root")
    first.result(LIMIT)
    jobs.forget(first)
    assert jobs.find(first.id) is None


def test_a_directory_describes_itself(
    client: Any, many_files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In plain JSON, that a server without Dask or the engine can show."""
    monkeypatch.setattr("heplens.jobs.job._NOTE_EVERY", 0.0)
    folder = tmp_path / "job"
    job = muons(many_files).submit(client, directory=folder, name="Z → μμ", task_seconds=0.1)
    told: list[dict[str, Any]] = []

    def read() -> dict[str, Any]:
        told.append(json.loads((folder / "status.json").read_text()))
        return told[-1]

    with standing(job, after=0):
        assert read()["state"] == "running" and read()["progress"]["done"] > 0
        job.cancel()
    assert read()["state"] == "cancelled"
    assert {"name": "Z → μμ", "id": job.id, "heplens_job": 1, "failed": 0, "error": None}.items() <= told[-1].items()
    assert told[-1]["created"] <= told[0]["updated"] <= told[-1]["updated"]
    assert told[-1]["progress"]["samples"]["data"]["done"] == job.progress.done
    resumed = hl.Job.resume(folder, client)
    assert resumed.name == "Z → μμ" and resumed.result(LIMIT).complete
    assert read()["state"] == "finished" and told[-1]["progress"]["events"] == 60 * 2421


def test_one_file_is_tried_again_and_one_left_out(client: Any, tmp_path: Path) -> None:
    lost, bad = tmp_path / "lost.root", tmp_path / "bad.root"
    bad.write_text("no ROOT file")
    job = over(muons(HZZ), [HZZ, str(lost), str(bad)]).submit(client)
    assert len(job.result(LIMIT).used) == 1 and job.progress.failed == 2
    lost.symlink_to(HZZ.removesuffix(":events"))
    job.retry(files=[str(lost)])
    assert len(job.result(LIMIT).used) == 2
    assert [Path(failure.file).name for failure in job.failures] == ["bad.root"]
    job.skip([str(bad)])
    assert (job.failures, job.progress.state, job.progress.skipped) == ([], "finished", 1)
    result = job.result()
    assert not result.complete and f"left out as you asked: {bad}" in result.problems
    equal_bins(result, muons([HZZ, HZZ]).run())
    with pytest.raises(JobError, match=r"has no file 'lost2\.root'"):
        job.skip(["lost2.root"])
    bad.unlink()
    bad.symlink_to(HZZ.removesuffix(":events"))
    same(job.retry(files=[str(bad)]).result(LIMIT), over(muons(HZZ), [HZZ, str(lost), str(bad)]).run())


def test_a_file_is_tried_again_while_the_others_run(client: Any, many_files: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.root"
    bad.write_text("no ROOT file")
    files = [str(bad), *many_files]
    seen: list[str] = []

    def mend(job: Any) -> None:
        """In the job's thread, so that it cannot end meanwhile."""
        if job.failures and not seen:
            seen.extend(failure.file for failure in job.failures)
            bad.unlink()
            bad.symlink_to(HZZ.removesuffix(":events"))
            assert job.running
            job.retry(files=[str(bad)])
            job.skip(many_files[-1].removesuffix(":events"))

    job = over(muons(HZZ), files).submit(client, task_seconds=0.1)
    job.listen(mend)
    poll(lambda: seen, "a failure")
    assert seen == [str(bad)]
    result = job.result(LIMIT)
    assert not job.failures and len(result.used) >= 60
    assert str(bad) in {block.file for block in result.used}


def test_the_cluster_is_told_without_waiting(client: Any) -> None:
    job = muons(HZZ).submit(client)
    poll(lambda: len(job.cluster.workers) == 2 and job.cluster.memory > 10**7, "an answer of the scheduler")
    state = job.cluster
    assert (state.status, state.threads) == ("running", 2)
    assert state.address.startswith("tcp://127.0.0.1:") and state.dashboard.startswith("http://127.0.0.1:")
    assert all(worker.address.startswith("tcp://") and worker.threads == 1 for worker in state.workers)
    job.result(LIMIT)


def test_files_that_look_odd_are_told(client: Any, tmp_path: Path) -> None:
    """As damaged baskets do, which decompress without an error."""
    import uproot

    values = {"good": np.linspace(0, 99, 100), "odd": np.linspace(0, 99, 100)}
    values["odd"][:10] = [np.nan, np.nan, np.inf, -np.inf, *[1e30] * 6]
    for name, x in values.items():
        with uproot.recreate(tmp_path / f"{name}.root") as file:
            file.mktree("t", {"x": "f8"}).extend({"x": x})
    paths = [str(tmp_path / f"{name}.root") for name in values]
    analysis = hl.Analysis([f"{path}:t" for path in paths]).hist("x", bins=10, range=(0, 100), name="x")
    job = analysis.submit(client)
    result = job.result(LIMIT)
    same(result, analysis.run())
    good, odd = job.files
    assert (good.file, good.done, good.events, dict(good.nan), dict(good.outside)) == (paths[0], 1, 100, {}, {"x": 0.0})
    assert dict(odd.nan) == {"x": 2} and dict(odd.infinite) == {"x": 2}
    assert odd.outside["x"] == pytest.approx(8 / 98)
    assert f"'x' of {paths[1]} holds 2 NaN and 2 infinite values" in result.problems


def test_known_files_are_not_opened_again(client: Any, many_files: list[str], tmp_path: Path) -> None:
    """A moved cut, and a job of another process, begin with one file of each kind."""
    from heplens.jobs import task

    def count(dask_worker: Any) -> int:
        from heplens.jobs import task

        plan = task._plan_file

        def counted(*arguments: Any) -> Any:
            dask_worker.looked = getattr(dask_worker, "looked", 0) + 1
            return plan(*arguments)

        task._plan_file = counted
        return 0

    client.run(count)
    looked = lambda: sum(client.run(lambda dask_worker: getattr(dask_worker, "looked", 0)).values())  # noqa: E731
    analysis = muons(many_files[:12])
    analysis.submit(client).result(LIMIT)
    assert looked() == 12
    moved = analysis.replace_step("two muons", expression="count(Muon) >= 3")
    same(moved.submit(client).result(LIMIT), moved.run())
    assert looked() == 13
    other = analysis.hist("MET.pt", bins=4, range=(0, 100), name="another branch")
    same(other.submit(client).result(LIMIT), other.run())
    assert looked() == 13 + 12
    assert task._plan_file.__name__ == "_plan_file"
