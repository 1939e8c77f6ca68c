"""Datasets as they are: a range that cannot be read, a file that is replaced or listed twice, very many small files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.engine.chunk import process
from heplens.engine.plan import plan
from heplens.engine.sums import add
from support import HZZ

from .conftest import LIMIT, muons, same
from .test_trouble import equal_bins


def test_a_range_that_cannot_be_read(client: Any, generated: Callable[..., Path], tmp_path: Path) -> None:
    """One basket is overwritten: its block is named, the blocks before and after it are in the result."""
    whole = generated(420_000, "ttree", 1)
    damaged = tmp_path / "damaged.root"
    data = bytearray(whole.read_bytes())
    with uproot.open(whole) as file:
        branch = file["Events"]["Muon_pt"]
        place, size = int(branch.member("fBasketSeek")[25]), int(branch.member("fBasketBytes")[25])
    data[place + 100 : place + size] = bytes(size - 100)
    damaged.write_bytes(data)

    def over(path: Path) -> hl.Analysis:
        return hl.Analysis(f"{path}:Events").weight("genWeight").hist("Muon.pt", bins=40, range=(0, 200), name="pt")

    job = over(damaged).submit(client)
    result = job.result(LIMIT)
    ranges = [(block.start, block.stop) for block in plan(over(whole)).blocks]
    bad = next((start, stop) for start, stop in ranges if start <= 250_000 < stop)
    assert [(failure.start, failure.stop) for failure in job.failures] == [bad]
    assert "Muon_pt" in job.failures[0].error and str(damaged) in str(job.failures[0])
    assert (len(result.used), result.blocks) == (len(ranges) - 1, len(ranges))
    todo = plan(over(whole))
    good = [block for block in todo.blocks if (block.start, block.stop) != bad]
    partials = [process(todo.of(block)[1], todo.of(block)[0], block, True) for block in good]
    equal_bins(result, add(over(whole), partials, len(partials)))


def test_a_file_that_was_replaced(client: Any, tmp_path: Path) -> None:
    """By one that even looks the same from outside: the UUID tells. `retry` reads it anew."""
    original = Path(HZZ.removesuffix(":events")).read_bytes()
    with uproot.open(HZZ.removesuffix(":events")) as file:
        identity = file.file.uuid.bytes
    place = original.index(identity)
    paths = [tmp_path / f"{i}.root" for i in range(3)]
    for path in paths:
        path.write_bytes(original)
    analysis = muons([f"{path}:events" for path in paths])
    same(analysis.submit(client).result(LIMIT), analysis.run())
    for path in paths[1:]:
        before = path.stat()
        path.write_bytes(original[:place] + bytes(reversed(identity)) + original[place + 16 :])
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def forget() -> None:
        from heplens.columns.files import close_all

        close_all()

    client.run(forget)
    job = analysis.submit(client)
    result = job.result(LIMIT)
    assert [failure.file for failure in job.failures] == [str(path) for path in paths[1:]]
    assert all("was replaced while the job ran" in failure.error for failure in job.failures)
    assert len(result.used) == 1 and not result.complete
    forget()
    same(job.retry().result(LIMIT), analysis.run())


def test_a_file_twice_and_under_two_names(client: Any, tmp_path: Path) -> None:
    """It counts as often as it is listed, as in `run`, and the result says so."""
    other = tmp_path / "other.root"
    other.symlink_to(HZZ.removesuffix(":events"))
    for data, text in (
        ([HZZ, HZZ], "is in the dataset 2 times: its events count as often"),
        ([HZZ, f"{other}:events"], f"is in the dataset 2 times, also as {other}: its events"),
    ):
        analysis = muons(data)
        result = analysis.submit(client).result(LIMIT)
        same(result, analysis.run())
        assert result.events == 2 * 2421
        assert any(text in problem for problem in result.problems)
    assert not any("times" in problem for problem in muons(HZZ).submit(client).result(LIMIT).problems)


@pytest.mark.timeout(400)
def test_thousands_of_tiny_files(client: Any, tmp_path: Path) -> None:
    """They share tasks, and the sums are those of one process."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    kinds = []
    for i in range(4):
        kinds.append(tmp_path / f"kind{i}.root")
        with uproot.recreate(kinds[-1]) as file:
            values = np.linspace(0, 1, 7 * i)  # the first has no events at all
            file.mktree("t", {"x": "f8", "w": "f8"}).extend({"x": values, "w": 0.1 + values})
    for i in range(2000):
        (folder / f"{i:04}.root").symlink_to(kinds[i % 4])
    analysis = hl.Analysis(f"{folder}/*.root:t").weight("w").hist("x", bins=5, range=(0, 1), name="x")
    job = analysis.submit(client)
    result = job.result(300)
    assert result.complete and (result.events, result.blocks) == (500 * (7 + 14 + 21), 2000)
    assert job._runner._pool.sent < 700
    few = hl.Analysis([f"{kind}:t" for kind in kinds]).weight("w").hist("x", bins=5, range=(0, 1), name="x")
    todo = plan(few)
    made = [process(todo.of(block)[1], todo.of(block)[0], block, True) for block in todo.blocks]
    total = add(few, [made[i % 4] for i in range(2000)], 2000)
    equal_bins(result, total)
