"""Every number that can be dragged, in every shape of cut: the tile is the reference, at every position."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest
import uproot
from generated import EVENTS, arrays, many
from hypothesis import HealthCheck, given, settings
from moved_tiles import assert_exact

from heplens import Analysis
from heplens.analysis.moved import Moved
from heplens.engine.compiled.lift import UnsupportedError
from heplens.engine.moving import NoTileError
from heplens.engine.scan import scan
from heplens.errors import AnalysisError

STEPS = [-5.0, 0.0, 10.0, 20.0, 20.000000000000004, 30.0, 60.0]
COUNTS = [0.0, 1.0, 2.0, 3.0, 4.0]


def plots(analysis: Analysis) -> Analysis:
    return (
        analysis.hist("Muon.pt", bins=6, range=(0, 60), name="pt")
        .hist("x", bins=[-5, 0, 10, 20, 20.000000000000004, 30, 60], name="x")
        .hist("count(Muon)", bins=5, range=(0, 5), name="n")
        .hist(("Muon.pt", "x"), bins=(3, 4), range=((0, 60), (0, 40)), name="plane")
        .hist("Jet.pt", bins=4, range=(0, 60), name="own weight", weight="Jet.btag")
        .hist("x", bins=4, range=(0, 60), name="plain", weight=1)
    )


def pairs(analysis: Analysis) -> Analysis:
    return (
        plots(analysis)
        .define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.2)")
        .hist("Z.mass", bins=10, range=(0, 200), name="mass")
        .hist("leading(Muon).iso", bins=4, range=(0, 60), name="leading")
        .hist("sum(Muon.pt)", bins=5, range=(0, 200), name="HT")
        .hist("Muon[0].pt", bins=5, range=(0, 100), name="first")
    )


def keep(text: str, more: Any = pairs) -> Any:
    return lambda a: more(a.keep("Muon", text, name="it"))


def cut(text: str, more: Any = plots, **kwargs: Any) -> Any:
    return lambda a: more(a.cut(text, name="it", **kwargs))


IT = Moved("it", "literal", 0)
LOW, HIGH = Moved("it", "low"), Moved("it", "high")
SHAPES: dict[str, tuple[Any, Moved, list[float]]] = {
    "x > t": (cut("x > 20"), IT, STEPS),
    "x >= t": (cut("x >= 20"), IT, STEPS),
    "t <= x, optional": (cut("10 <= y"), IT, STEPS),
    "x < t": (cut("x < 20"), IT, STEPS),
    "window, low": (cut("x", low=0, high=60), LOW, STEPS),
    "window, high": (cut("x", low=0, high=60), HIGH, STEPS[1:]),
    "chain": (cut("0 < x <= 60"), Moved("it", "literal", 1), STEPS),
    "and": (cut("x > 20 & y < 30"), IT, STEPS),
    "or, missing": (cut("y > 20 | x < 30"), IT, STEPS),
    "not": (cut("!(y > 20 & n > 0)"), IT, STEPS),
    "at least 2": (cut("count(Muon.iso > 20) >= 2"), IT, STEPS),
    "exactly 1": (cut("count(Muon.iso >= 20) == 1"), IT, STEPS),
    "an odd number": (cut("count(Muon.iso > 20) % 2 == 1"), IT, STEPS),
    "none": (cut("!any(Muon.iso < 20)"), IT, STEPS),
    "all": (cut("all(Muon.iso <= 20)"), IT, STEPS),
    "k of at least k": (cut("count(Muon.iso > 20) >= 2"), Moved("it", "literal", 1), COUNTS),
    "objects and more": (cut("any(Muon.pt > 20 & Muon.iso < 30) & x > 0"), Moved("it", "literal", 1), STEPS),
    "inside a window": (cut("count(Muon.iso > 20)", low=1, high=3), IT, STEPS),
    "quantified low": (cut("Muon.iso", low=0, high=60, at_least=2), LOW, STEPS),
    "quantified high": (cut("Muon.iso", low=0, high=60, all=True), HIGH, STEPS[1:]),
    "option of objects": (cut("any(Muon.tag > 20)"), IT, STEPS),
    "selection inside": (cut("sum(Muon[pt > 20].iso) > 10"), IT, STEPS),
    "sum of selected": (cut("sum(Muon[pt > 20].pt) > 30"), Moved("it", "literal", 1), STEPS),
    "default": (cut("default(Muon[1].pt, 5) > 20"), IT, STEPS),
    "keep": (keep("pt > 20"), IT, STEPS),
    "keep, reversed": (keep("20 >= iso"), IT, STEPS),
    "keep, missing": (keep("tag < 20 | pt >= 30"), IT, STEPS),
    "keep, its event": (keep("pt > 10 & x > 20"), Moved("it", "literal", 1), STEPS),
    "keep, then cut": (keep("pt >= 20", lambda a: pairs(a.cut("count(Muon) >= 2", name="two"))), IT, STEPS),
    "cut, then keep": (
        lambda a: pairs(a.cut("any(Muon.iso > 10)", name="it").keep("Muon", "pt > 10", name="hard")),
        IT,
        STEPS,
    ),
    "define": (
        lambda a: plots(
            a.define("hard", "count(Muon.pt > 20)").cut("hard >= 1", name="c").hist("hard", bins=5, range=(0, 5))
        ),
        Moved("hard", "literal", 0),
        STEPS,
    ),
    "weight": (
        lambda a: plots(a.cut("n != 0", name="c").weight("where(x > 20, 2, 1)", name="it")),
        IT,
        STEPS,
    ),
    "both sides of one number": (cut("y < 20 < x"), IT, STEPS),
}


DATA = arrays(many(1, 120))


@pytest.fixture(autouse=True, params=["sweep", "kernels"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How tiles are made. `test_compiled_tiles.py` holds kernels against the sweep; shapes need not be made twice."""
    if request.param == "sweep":

        def refuse(*_: object) -> None:
            raise UnsupportedError("a test of the sweep")

        monkeypatch.setattr("heplens.engine.scan.Blocks", refuse)
    return str(request.param)


BY_SWEEP = pytest.mark.parametrize("way", ["sweep"], indirect=True)


@BY_SWEEP
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", SHAPES)
def test_every_position_is_the_reference(name: str, weighted: bool) -> None:
    make, moved, values = SHAPES[name]
    analysis = Analysis(DATA, energy_unit="GeV").cut("n > -4", name="before")
    if weighted:
        analysis = analysis.weight("w", name="weight")
    with np.errstate(all="ignore"):
        assert_exact(make(analysis), moved, values)


QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


@BY_SWEEP
@pytest.mark.parametrize("name", ["or, missing", "exactly 1", "keep, missing", "window, low"])
@settings(parent=QUICK, max_examples=4)
@given(events=EVENTS)
def test_every_position_is_the_reference_for_generated_events(name: str, events: list[dict[str, Any]]) -> None:
    make, moved, values = SHAPES[name]
    few = Analysis(arrays(events), energy_unit="GeV").weight("w", name="weight")
    with np.errstate(all="ignore"):
        assert_exact(make(few), moved, values[::2])


@BY_SWEEP
def test_pieces_of_few_events_at_a_time_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heplens.engine.sweep.MAX_VALUES", 300)
    for name in ("keep, then cut", "exactly 1"):
        make, moved, values = SHAPES[name]
        assert_exact(make(Analysis(DATA, energy_unit="GeV").weight("w", name="weight")), moved, values)


def test_blocks_and_files_add(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("heplens.columns.source.BLOCK_EVENTS", 30)
    monkeypatch.setattr("heplens.columns.source.MAX_BLOCK_EVENTS", 50)
    rng = np.random.default_rng(3)
    for number, count in enumerate((130, 0, 40)):
        numbers = rng.poisson(2, count)
        with uproot.recreate(tmp_path / f"{number}.root") as file:
            pt = ak.unflatten(np.float32(rng.choice(STEPS, numbers.sum()) + 0.1), numbers)
            file.mktree("Events", {"Muon_pt": "var * float32", "event": "uint64"}, counter_name=lambda name: "nMuon")
            if count:
                file["Events"].extend({"Muon_pt": pt, "nMuon": numbers, "event": rng.integers(0, 99, count)})
    a = Analysis(str(tmp_path / "*.root")).keep("Muon", "pt > 10", name="it").hist("Muon.pt", bins=7, range=(0, 70))
    tile = assert_exact(a.cut("event % 2 == 0"), IT, [*STEPS, 0.1, float(np.float32(10.1)), 10.1])
    assert tile.rows["it"].objects_in.sum() > 50


SAMPLES = {
    "ttbar": {"files": {}, "metadata": {"xsec": 2.0, "sumw": 50.0}},
    "data": {"files": {}, "metadata": {"is_data": True}},
}


def samples(tmp_path: Path) -> Analysis:
    """Two samples with a normalisation, of which one has a weight of its own."""
    rng = np.random.default_rng(8)
    for name, count in (("ttbar", 90), ("data", 60)):
        with uproot.recreate(tmp_path / f"{name}.root") as file:
            columns = {"x": rng.choice(STEPS, count) + 0.25, "n": rng.integers(0, 4, count)}
            file.mktree("t", {"x": "float64", "n": "int64", "g": "float64"})
            file["t"].extend({**columns, "g": rng.normal(1, 1, count)})
    fileset = {name: {**value, "files": {str(tmp_path / f"{name}.root"): "t"}} for name, value in SAMPLES.items()}
    return Analysis(fileset, lumi=0.1).cut("n >= 0", name="before")


@pytest.mark.parametrize("regions", [False, True])
def test_samples_and_regions_are_axes(tmp_path: Path, regions: bool) -> None:
    analysis = (
        samples(tmp_path)
        .cut("x > 10", name="it")
        .weight("g", on="mc", name="generator")
        .cut("n", low=1, high=3, name="some")
        .hist("x", bins=4, range=(0, 60), name="x")
        .hist("n", axes=[hist.axis.IntCategory([0, 2])], name="kinds")
        .hist("x", bins=3, range=(0, 60), name="plain", weight=1)
        .hist("n", bins=4, range=(0, 4), name="early", at="it")
    )
    if regions:
        analysis = analysis.region("SR", ["it", "some"]).region("CR", ["!it", "some"]).region("some", ["some"])
    tile = assert_exact(analysis, IT, STEPS)
    assert tile.form == ("steps" if regions else "range")
    assert tile.cells["x"].counts.shape[1] == 2 * (3 if regions else 1) * 6
    assert_exact(analysis, Moved("some", "high"), [1.0, 2.0, 3.0])


def test_units_are_those_of_the_file() -> None:
    data = {"Muon_pt": ak.Array([[19_999.0, 20_000.0], [25_100.0], []]), "Muon_eta": ak.Array([[0.0, 1.0], [2.0], []])}
    a = (
        Analysis(data, energy_unit="MeV")
        .keep("Muon", "20*GeV <= pt", name="it")
        .hist("Muon.pt", bins=4, range=(0, 4e4))
    )
    tile = assert_exact(a, IT, [0.0, 19.999, 20.0, 20.1, 25.1])
    assert tile.boundaries.limits.tolist() == [0, 19_999, 20_000, 20_100, 25_100]
    assert tile.boundaries.values.tolist() == [0, 19.999, 20, 20.1, 25.1]


def test_lists_within_objects() -> None:
    hits = ak.Array([[[1.0, 5.0], []], [], [[7.0, np.nan], [2.0], [9.0]], [[]]])
    a = Analysis(
        ak.zip({"Track": ak.zip({"hits": hits, "pt": ak.num(hits, axis=2) * 1.0}, depth_limit=2)}, depth_limit=1)
    )
    a = (
        a.keep("Track", "any(hits > 4)", name="it")
        .hist("Track.pt", bins=4, range=(0, 4))
        .hist("count(Track)", bins=3, range=(0, 3))
    )
    assert_exact(a, IT, [0.0, 1.0, 2.0, 5.0, 7.0, 9.0])


def test_flow_that_an_axis_lacks_is_nowhere() -> None:
    axes = [hist.axis.Regular(3, 0, 60, underflow=False, overflow=False)]
    a = Analysis(DATA, energy_unit="GeV").cut("x > 20", name="it").hist("x", axes=axes, name="x")
    a = a.hist("flag", axes=[hist.axis.Boolean()], name="flag").hist("n", axes=[hist.axis.Integer(-2, 3)], name="n")
    a = a.hist("Muon.pt", axes=[hist.axis.Regular(4, 1, 100, transform=hist.axis.transform.log)], name="log")
    assert_exact(a, IT, STEPS)


def test_large_whole_numbers_compare_as_they_do() -> None:
    big = np.array([2**63 + 5, 2**53 + 1, 7, 0], dtype=np.uint64)
    a = Analysis({"event": big}).cut("event > 7", name="it").hist("event", bins=3, range=(0, 1e19))
    assert_exact(a, IT, [0.0, 6.5, 7.0, 8.0])
    with pytest.raises(NoTileError, match="beyond"):
        scan(a, IT, [0.0, 2.0**53])


def test_what_is_infinite_cannot_be_taken_back() -> None:
    a = Analysis({"x": [1.0, 2.0], "w": [1.0, np.inf]}).weight("w", name="weight").cut("x > 1", name="it")
    with pytest.raises(NoTileError, match="infinite"):
        scan(a.hist("x", bins=2, range=(0, 3)), IT, [0.0, 1.0])


def test_a_scan_stops_when_it_is_told_to() -> None:
    a = Analysis(DATA, energy_unit="GeV").cut("x > 1", name="it")
    with pytest.raises(AnalysisError, match="cancelled"):
        scan(a, IT, [0.0, 1.0], cancel=lambda: True)
