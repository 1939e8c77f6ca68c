"""Everything that can go wrong: the good part is exact, the bad part is named, and nothing waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask
import numpy as np
import pytest

import heplens as hl
from heplens.columns.dataset import Dataset, Sample
from heplens.errors import AnalysisError, JobError
from heplens.jobs import JobTimeoutError
from support import HZZ

from .conftest import LIMIT, close, make_client, muons, same, standing


@pytest.fixture
def own_client() -> Iterator[Any]:
    """For tests that harm it."""
    made = make_client(2)
    yield made
    close(made)


def over(analysis: hl.Analysis, files: list[str]) -> hl.Analysis:
    """The analysis over files that need not be there."""
    pairs = tuple((path, "events") for path in (str(f).removesuffix(":events") for f in files))
    return hl.Analysis.make(
        Dataset((Sample("data", pairs),)), analysis.steps, analysis.regions, analysis.histograms, check=False
    )


def equal_bins(one: Any, other: Any) -> None:
    for name in one:
        assert one[name].view(flow=True).tobytes() == other[name].view(flow=True).tobytes()


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bad_files(tmp_path: Path) -> dict[str, Path]:
    whole = Path(HZZ.removesuffix(":events")).read_bytes()
    files = {name: tmp_path / f"{name}.root" for name in ("missing", "text", "empty", "truncated", "hollow", "tree")}
    files["text"].write_text("not a ROOT file")
    files["empty"].write_bytes(b"")
    files["truncated"].write_bytes(whole[: len(whole) // 2])
    files["hollow"].write_bytes(whole[:1000] + bytes(120_000) + whole[121_000:])  # opens; its baskets are zeros
    import uproot

    with uproot.recreate(files["tree"]) as file:
        file.mktree("others", {"x": "f8"}).extend({"x": np.zeros(3)})
    return files


def test_bad_files_are_named_and_the_others_exact(client: Any, bad_files: dict[str, Path]) -> None:
    analysis = muons(HZZ)
    job = over(analysis, [HZZ, *map(str, bad_files.values()), HZZ]).submit(client)
    result = job.result(LIMIT)
    assert not result.complete
    assert (len(result.used), result.blocks) == (2, 8)
    equal_bins(result, muons([HZZ, HZZ]).run())
    failures = {Path(failure.file).stem: failure for failure in job.failures}
    assert list(failures) == list(bad_files)
    for name, reason in {
        "missing": "there is no file",
        "text": "is not a ROOT file",
        "empty": "is empty",
        "tree": "has no tree 'events'",
    }.items():
        assert reason in failures[name].error
        assert str(bad_files[name]) in str(failures[name])
    assert failures["hollow"].start == 0 and failures["hollow"].stop == 2421
    assert all(failure.worker.startswith("tcp://") for failure in failures.values())
    text = "\n".join(result.problems)
    assert "2 of 8 blocks" in text
    assert all(str(path) in text for path in bad_files.values())
    assert job.progress.state == "incomplete"
    assert "6 failed" in repr(job)


def test_retry_takes_only_what_failed(client: Any, bad_files: dict[str, Path]) -> None:
    analysis = muons(HZZ)
    names = ["missing", "text"]
    job = over(analysis, [HZZ, *(str(bad_files[name]) for name in names)]).submit(client)
    assert len(job.result(LIMIT).used) == 1
    bad_files["missing"].symlink_to(HZZ.removesuffix(":events"))
    bytes_before = job.progress.bytes
    result = job.retry().result(LIMIT)
    assert [Path(failure.file).stem for failure in job.failures] == ["text"]
    equal_bins(result, muons([HZZ, HZZ]).run())
    assert job.progress.bytes == 2 * bytes_before  # the first file was not read again
    bad_files["text"].unlink()
    bad_files["text"].symlink_to(HZZ.removesuffix(":events"))
    result = job.retry().result(LIMIT)
    assert result.complete and not job.failures
    equal_bins(result, muons([HZZ, HZZ, HZZ]).run())


def test_nothing_but_bad_files_is_an_error(client: Any, bad_files: dict[str, Path]) -> None:
    job = over(muons(HZZ), [str(bad_files["missing"]), str(bad_files["text"])]).submit(client)
    with pytest.raises(JobError, match=r"missing\.root.*text\.root"):
        job.result(LIMIT)
    assert not job.partial().complete


def test_a_branch_that_one_file_lacks_is_an_error(client: Any, tmp_path: Path) -> None:
    import uproot

    other = tmp_path / "other.root"
    with uproot.recreate(other) as file:
        file.mktree("events", {"x": "f8"}).extend({"x": np.zeros(3)})
    job = over(muons(HZZ), [HZZ, str(other)]).submit(client)
    with pytest.raises(AnalysisError, match=r"other\.root:events: there is no collection 'Muon'"):
        job.result(LIMIT)
    assert job.progress.state == "failed" and not job.partial().complete


def test_a_file_replaced_between_attempts_is_not_mixed(client: Any, tmp_path: Path, generated: Any) -> None:
    place = tmp_path / "file.root"
    place.symlink_to(generated(3000, seed=1))
    analysis = hl.Analysis(f"{place}:Events").hist("MET.pt", bins=20, range=(0, 100), name="met")
    two = hl.Analysis.make(
        Dataset((Sample("data", ((str(place), "Events"), (str(tmp_path / "none.root"), "Events"))),)),
        analysis.steps, analysis.regions, analysis.histograms,
    )  # fmt: skip
    job = two.submit(client, directory=tmp_path / "job")
    assert len(job.result(LIMIT).used) == 1
    place.unlink()
    place.symlink_to(generated(2500, seed=2))
    resumed = hl.Job.resume(tmp_path / "job", client).result(LIMIT)
    assert resumed.events == 2500
    equal_bins(resumed, analysis.run())


# --- workers ----------------------------------------------------------------------------------------------------------


def test_workers_with_other_versions_are_refused(own_client: Any) -> None:
    def pretend() -> None:
        import numpy

        from heplens.jobs import environment

        environment.describe = lambda: {"heplens": "0.0.1+other", "python": "3.11", "numpy": numpy.__version__}

    own_client.run(pretend)
    with pytest.raises(JobError, match=r"tcp://.*heplens 0\.0\.1\+other instead of .*awkward absent"):
        muons(HZZ).submit(own_client)


# --- clients ----------------------------------------------------------------------------------------------------------


def test_a_closed_client(own_client: Any, client: Any, many_files: list[str]) -> None:
    analysis = muons(many_files)
    job = analysis.submit(own_client, task_seconds=0.1)
    with standing(job, after=5):
        own_client.close()
    assert job.wait(LIMIT)
    assert job.progress.state == "stopped"
    result = job.result(LIMIT)
    assert not result.complete and result.used
    assert any("client was closed" in problem for problem in result.problems)
    same(job.retry(client).result(LIMIT), analysis.run())
    with pytest.raises(JobError, match="client is closed"):
        analysis.submit(own_client)


def test_no_scheduler_at_the_address() -> None:
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "500ms"}),
        pytest.raises(JobError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
    ):
        muons(HZZ).submit("tcp://127.0.0.1:9")


def test_a_retry_that_cannot_begin_changes_nothing(client: Any, tmp_path: Path) -> None:
    """What failed is still named, by the job and by its result."""
    job = over(muons(HZZ), [HZZ, str(tmp_path / "none.root")]).submit(client)
    before = job.result(LIMIT).problems
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "500ms"}),
        pytest.raises(JobError, match="no Dask scheduler answers"),
    ):
        job.retry("tcp://127.0.0.1:9")
    assert not job.running and job.progress.state == "incomplete"
    assert [Path(failure.file).name for failure in job.failures] == ["none.root"]
    assert job.result(LIMIT).problems == before


def test_what_is_no_client() -> None:
    with pytest.raises(JobError, match="not on a int"):
        muons(HZZ).submit(4)


def test_arrays_in_memory_and_no_data(client: Any) -> None:
    with pytest.raises(JobError, match="arrays in memory"):
        hl.Analysis({"x": np.arange(3.0)}).hist("x", bins=3, range=(0, 3)).submit(client)
    with pytest.raises(AnalysisError, match="no data"):
        hl.Analysis().cut("x > 1").submit(client)


# --- the user ---------------------------------------------------------------------------------------------------------


def test_cancel_keeps_what_is_done(client: Any, many_files: list[str]) -> None:
    analysis = muons(many_files)
    job = analysis.submit(client, task_seconds=0.1)
    with standing(job, after=5):
        with pytest.raises(JobError, match="still running"):
            job.retry(client)
        job.cancel()
    result = job.result(LIMIT)
    done = len(result.used)
    assert 5 < done < 60 and not result.complete
    assert any("cancelled" in problem for problem in result.problems)
    equal_bins(result, muons(many_files[:done]).run())  # all of them are the same file
    assert job.progress.state == "cancelled"
    same(job.retry().result(LIMIT), analysis.run())


def test_a_listener_does_not_wait_for_its_own_thread(client: Any, many_files: list[str]) -> None:
    refused: list[str] = []

    def listener(job: Any) -> None:
        if job.running and job.progress.done > 5 and not refused:
            try:
                job.result()
            except JobError as error:
                refused.append(str(error))
            job.cancel()

    job = muons(many_files).submit(client, task_seconds=0.1)
    job.listen(listener)
    assert job.wait(LIMIT) and job.progress.state == "cancelled"
    assert refused == ["a listener cannot wait for its job: it is called in the job's thread"]
    assert len(job.result(LIMIT).used) > 5


def test_partial_and_timeout_while_it_runs(client: Any, many_files: list[str]) -> None:
    job = muons(many_files).submit(client, task_seconds=0.1)
    with pytest.raises(JobTimeoutError, match="not finished after 0 s"):
        job.result(timeout=0)
    with standing(job, after=0):
        partial = job.partial()
        assert job.running and not partial.complete and 0 < len(partial.used) < 60
        assert f"{len(partial.used)} of 60" in repr(partial)
        job.cancel()


def test_await_and_listen(client: Any, many_files: list[str]) -> None:
    seen: list[int] = []

    async def work() -> Any:
        job = muons(many_files[:20]).submit(client)
        job.listen(lambda job: seen.append(job.progress.done))
        return await job

    result = asyncio.run(work())
    assert result.complete
    assert seen == sorted(seen) and seen[-1] == 20


def test_samples_advance_together(client: Any, many_files: list[str]) -> None:
    files: Callable[[int, int], dict[str, Any]] = lambda a, b: {"files": many_files[a:b]}  # noqa: E731
    analysis = hl.Analysis({"few": files(0, 12), "many": files(12, 60)}).hist("MET.pt", bins=4, range=(0, 100))
    job = analysis.submit(client, task_seconds=0.05)
    with standing(job, after=19):
        job.cancel()
    shares = [sample.fraction for sample in job.progress.samples.values()]
    assert abs(shares[0] - shares[1]) < 0.25
