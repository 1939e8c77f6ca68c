"""`submit` fills the bins of `run`, bit by bit, for every kind of file and number of workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import heplens as hl
from support import HZZ, TTBAR, ZMUMU, find

from .conftest import LIMIT, close, make_client, muons, same

DIMUON = find("Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root")


def nanoaod() -> hl.Analysis:
    return (
        hl.Analysis(TTBAR)
        .keep("Jet", "pt > 30 & abs(eta) < 2.4")
        .define("BJet", "Jet[btagDeepFlavB > 0.28]")
        .cut("count(Jet) >= 2", name="two jets")
        .weight("genWeight", on="mc")
        .hist("Jet.pt", bins=50, range=(0, 300))
        .hist(("Jet.pt", "Jet.eta"), bins=(10, 12), range=((0, 300), (-3, 3)), name="plane")
        .hist("count(BJet)", bins=5, range=(0, 5), weight=1, name="b jets", at="two jets")
    )


def hzz() -> hl.Analysis:
    return muons(HZZ)


def flat() -> hl.Analysis:
    return (
        hl.Analysis(ZMUMU)
        .define("Z", "p4(px=px1, py=py1, pz=pz1, E=E1) + p4(px=px2, py=py2, pz=pz2, E=E2)")
        .cut("Z.mass", low=60, high=120)
        .hist("Z.mass", bins=60, range=(60, 120), name="mass")
    )


def rntuple() -> hl.Analysis:
    return (
        hl.Analysis(DIMUON)
        .cut("count(Muon) == 2 & sum(Muon.charge) == 0")
        .hist("(Muon[0] + Muon[1]).mass", bins=300, range=(0.25, 300), name="mass")
    )


def regions() -> hl.Analysis:
    """Named samples, one of them with other files, regions, and categories that grow."""
    import hist

    file, _, _ = HZZ.rpartition(":")
    data = {
        "signal": {"files": {file: "events"}, "metadata": {"xsec": 2.5, "sumw": 1000.0}},
        "data": {"files": {file: "events"}, "metadata": {"role": "data"}},
    }
    return (
        hl.Analysis(data, lumi=59.8)
        .cut("count(Muon) >= 2", name="two muons")
        .cut("any(Muon.pt > 40)", name="hard")
        .weight("EventWeight", on="mc")
        .region("SR", ["two muons", "hard"])
        .region("CR", ["two muons", "!hard"])
        .hist("Muon.pt", bins=40, range=(0, 200), name="pt")
        .hist("count(Jet)", axes=[hist.axis.IntCategory([], growth=True)], name="jets")
    )


@pytest.mark.parametrize("make", [nanoaod, hzz, flat, rntuple, regions], ids=lambda make: make.__name__)
def test_two_workers(client: Any, make: Callable[[], hl.Analysis]) -> None:
    analysis = make()
    same(analysis.submit(client).result(LIMIT), analysis.run())


@pytest.fixture(scope="module")
def one_worker() -> Iterator[Any]:
    """One process with two threads that share the open files."""
    made = make_client(1, threads=2)
    yield made
    close(made)


@pytest.mark.parametrize("make", [nanoaod, hzz, regions], ids=lambda make: make.__name__)
def test_one_worker_with_threads(one_worker: Any, make: Callable[[], hl.Analysis]) -> None:
    analysis = make()
    same(analysis.submit(one_worker).result(LIMIT), analysis.run())


@pytest.mark.parametrize("kind", ["ttree", "rntuple"])
@pytest.mark.parametrize("task_seconds", [0.0, 5.0])
def test_weighted_sums_do_not_depend_on_the_tasks(
    client: Any, generated: Callable[..., Path], kind: str, task_seconds: float
) -> None:
    """Files of several blocks: sums of weights are those of each block, added in file order."""
    files = [str(generated(420_000, kind, seed)) + ":Events" for seed in (1, 2)]
    analysis = (
        hl.Analysis({"z": {"files": files, "metadata": {"xsec": 6000.0}}}, lumi=10.0)
        .weight("genWeight")
        .cut("count(Muon) >= 2")
        .hist("(Muon[0] + Muon[1]).mass", bins=60, range=(60, 120), name="mass")
    )
    job = analysis.submit(client, task_seconds=task_seconds)
    result = job.result(LIMIT)
    assert result.blocks > 2
    same(result, analysis.run())


def test_the_golden_counts(client: Any) -> None:
    analysis = (
        hl.Analysis(HZZ)
        .keep("Muon", "pt > 20 & abs(eta) < 2.4")
        .cut("count(Muon) >= 2", name="two")
        .cut("(Muon[0] + Muon[1]).mass", low=60, high=120, name="window")
        .hist("(Muon[0] + Muon[1]).mass", bins=60, range=(60, 120), name="mass")
    )
    cutflow = analysis.submit(client).result(LIMIT).cutflow
    assert (cutflow["two"].passed, cutflow["window"].passed) == (1258, 1186)
    plain = hl.Analysis(HZZ).cut("count(Muon) >= 2", name="two").submit(client).result(LIMIT)
    assert plain.cutflow["two"].passed == 1413


def test_relative_paths(client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers have another working directory."""
    (tmp_path / "here.root").symlink_to(HZZ.rpartition(":")[0])
    monkeypatch.chdir(tmp_path)
    analysis = muons("here.root:events")
    result = analysis.submit(client).result(LIMIT)
    same(result, analysis.run())
    assert result.used[0].file == "here.root"


def test_a_file_twice_and_an_empty_tree(client: Any) -> None:
    analysis = hl.Analysis([HZZ, HZZ]).hist("MET.pt", bins=10, range=(0, 100), name="met")
    same(analysis.submit(client).result(LIMIT), analysis.run())
    empty = hl.Analysis(find("uproot-empty.root"))
    empty = empty.hist(empty.bound.schema.names[0], bins=4, range=(0, 1), name="nothing")
    same(empty.submit(client).result(LIMIT), empty.run())
