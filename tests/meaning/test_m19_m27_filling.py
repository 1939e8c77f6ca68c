"""Filling, weights, cutflow, regions, normalisation, the same numbers everywhere.

Line 26 (variations) has no code yet; the tiles, jobs and scripts of line 27 have tests of their own.
"""

from __future__ import annotations

import math
from pathlib import Path

import awkward as ak
import hist
import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.analysis.value import is_weighted
from heplens.engine.chunk import process
from heplens.engine.plan import plan
from heplens.engine.sums import add
from heplens.errors import AnalysisError, ExpressionError, HeplensError
from heplens.files.intervals import clopper_pearson
from support import HZZ, TTBAR, find, muons

NAN = math.nan
EVENTS = muons(
    [{"pt": 30.0}, {"pt": 20.0}],
    [{"pt": 5.0}],
    [],
    x=[1.0, 2.0, 3.0],
    w=[0.5, -1.0, 2.0],
    flag=[True, False, True],
    kind=["a", "b", "a"],
)


def bins(h: hist.Hist) -> list[float]:
    return [float(v) for v in h.values()]


def test_m19_an_object_fills_once_with_the_weight_of_its_event() -> None:
    h = hl.Analysis(EVENTS).weight("w").hist("Muon.pt", bins=4, range=(0, 40), name="h").run()["h"]
    assert bins(h) == [-1.0, 0, 0.5, 0.5]
    assert [float(v) for v in h.variances()] == [1.0, 0, 0.25, 0.25]


def test_m19_objects_with_the_event_and_one_collection_twice() -> None:
    a = hl.Analysis(EVENTS)
    h = a.hist(("Muon.pt", "x"), bins=(4, 3), range=((0, 40), (0.5, 3.5)), name="h").run()["h"]
    assert h.values().tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 0], [1, 0, 0]]
    flipped = a.hist(("x", "Muon.pt"), bins=(3, 4), range=((0.5, 3.5), (0, 40)), name="h").run()["h"]
    assert np.array_equal(flipped.values(), h.values().T)
    twice = a.hist(("Muon.pt", "Muon.eta"), bins=(2, 2), range=((0, 40), (-0.25, 0.75)), name="h").run()["h"]
    assert twice.values().tolist() == [[1, 0], [1, 1]]


def test_m19_two_collections_are_an_error() -> None:
    with pytest.raises(ExpressionError, match="do not go together"):
        hl.Analysis(HZZ).hist(("Muon.pt", "Jet.pt"), bins=(1, 1), range=((0, 1), (0, 1)))
    with pytest.raises(ExpressionError, match="two different selections"):
        hl.Analysis(HZZ).hist(("Muon.pt", "Muon[pt > 2].pt"), bins=(1, 1), range=((0, 1), (0, 1)))


def test_m19_booleans_fill_zero_and_one() -> None:
    a = hl.Analysis(EVENTS)
    assert bins(a.hist("flag", bins=2, range=(0, 2), name="h").run()["h"]) == [1, 2]
    assert bins(a.hist("flag", name="h").run()["h"]) == [1, 2]
    assert bins(a.hist("Muon.pt > 10", axes=[hist.axis.Integer(0, 2)], name="h").run()["h"]) == [1, 2]


def test_m19_text_fills_a_category_axis() -> None:
    h = hl.Analysis(EVENTS).weight("w").hist("kind", name="h").run()["h"]
    assert dict(zip(h.axes[0], bins(h), strict=True)) == {"a": 2.5, "b": -1.0}
    with pytest.raises(ExpressionError, match="category"):
        hl.Analysis(EVENTS).hist("kind", bins=2, range=(0, 1))


def test_m20_weights_of_a_histogram() -> None:
    a = hl.Analysis(EVENTS).weight("w", name="w")
    spec = {"bins": 4, "range": (0, 40), "name": "h"}
    assert bins(a.hist("Muon.pt", **spec).run()["h"]) == [-1.0, 0, 0.5, 0.5]
    assert bins(a.hist("Muon.pt", weight=1, **spec).run()["h"]) == [1, 0, 1, 1]
    assert bins(a.hist("Muon.pt", weight="x", **spec).run()["h"]) == [2, 0, 1, 1]
    assert bins(a.hist("Muon.pt", weight="Muon.pt", **spec).run()["h"]) == [5, 0, 20, 30]


def test_m20_a_missing_or_nan_weight_is_not_filled_but_shown() -> None:
    events = muons([{"pt": 1.0}], [], [{"pt": NAN}], [{"pt": 2.0}], x=[1.0, 1.0, 1.0, 1.0])
    result = hl.Analysis(events).weight("Muon[0].pt", name="w").hist("x", bins=1, range=(0, 2), name="h").run()
    assert bins(result["h"]) == [3.0]
    assert (result.counters["h"].filled, result.counters["h"].bad_weights) == (2, 2)
    assert result.cutflow["w"].bad_weights == 2
    assert result.cutflow["w"].weighted == 3.0
    assert result.cutflow["w"].passed == 4
    assert any("h: 2" in problem for problem in result.problems)


def test_m21_the_rows_of_a_cutflow() -> None:
    a = (
        hl.Analysis(EVENTS)
        .cut("x > 0", name="first")
        .weight("w", name="w")
        .keep("Muon", "pt > 10", name="hard")
        .cut("count(Muon) >= 1", name="one")
        .hist("x", bins=1, range=(1.5, 1.6), name="h")
    )
    result = a.run()
    rows = result.cutflow
    assert [row.name for row in rows] == ["all", "first", "w", "hard", "one"]
    assert [row.passed for row in rows] == [3, 3, 3, 3, 1]
    assert [row.weighted for row in rows] == [3, 3, 1.5, 1.5, 0.5]
    assert rows["hard"].objects == (3, 2)
    assert rows["w"].error == pytest.approx(math.sqrt(0.25 + 1 + 4))
    assert rows["one"].efficiency == pytest.approx(1 / 3)
    assert float(result["h"].sum(flow=True).value) == rows[-1].weighted
    assert "hard (3 → 2 objects)" in repr(rows)
    assert "<table" in rows._repr_html_()


def test_m21_clopper_pearson_of_raw_counts() -> None:
    """The interval solves the two binomial tails (Clopper and Pearson, Biometrika 26 (1934) 404)."""
    from scipy.stats import binom

    low, high = clopper_pearson(3, 20)
    tail = (1 - 0.682689492137086) / 2
    assert binom.sf(2, 20, low) == pytest.approx(tail)
    assert binom.cdf(3, 20, high) == pytest.approx(tail)
    assert clopper_pearson(0, 5)[0] == 0
    assert clopper_pearson(5, 5)[1] == 1
    assert all(math.isnan(x) for x in clopper_pearson(0, 0))
    row = hl.Analysis(EVENTS).weight("w").cut("x > 1", name="c").run().cutflow["c"]
    assert row.interval == clopper_pearson(2, 3)


def test_m22_n_minus_one() -> None:
    a = (
        hl.Analysis(HZZ)
        .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good")
        .cut("count(Muon) >= 2", name="two")
        .cut("(Muon[0] + Muon[1]).mass", low=60, high=120, name="Z")
    )
    assert a.run().cutflow["Z"].passed == 1186
    assert a.n_minus_one("Z").cutflow[-1].passed == 1258
    assert a.n_minus_one("good").cutflow["two"].passed == 1413
    assert a.n_minus_one("good").cutflow["Z"].passed == a.remove("good").run().cutflow["Z"].passed
    with pytest.raises(AnalysisError, match="no step"):
        a.n_minus_one("zz")
    with pytest.raises(AnalysisError, match="neither"):
        a.weight("EventWeight", name="w").n_minus_one("w")


def test_m23_regions() -> None:
    a = (
        hl.Analysis({"x": [1.0, 2.0, 3.0, NAN], "y": [1, 2, 3, 4], "z": ak.Array([True, None, False, True])})
        .cut("x > 1", name="x")
        .cut("y > 2", name="y")
        .cut("z", name="z")
        .region("both", ["x", "y"])
        .region("x alone", ["x", "!y"])
        .region("x", ["x"])
        .region("not z", ["!z"])
        .hist("y", bins=4, range=(0.5, 4.5), name="h")
    )
    h = a.run()["h"]
    assert list(h.axes["region"]) == ["both", "x alone", "x", "not z"]
    assert bins(h[{"region": "both"}]) == [0, 0, 1, 0]
    assert bins(h[{"region": "x alone"}]) == [0, 1, 0, 0]
    assert bins(h[{"region": "x"}]) == [0, 1, 1, 0]  # an event in two regions fills both
    assert bins(h[{"region": "not z"}]) == [0, 0, 1, 0]  # what is missing is neither true nor false
    with pytest.raises(AnalysisError, match="no cut"):
        a.region("odd", ["!nothing"])


def test_m23_a_cut_may_begin_with_an_exclamation_mark() -> None:
    a = hl.Analysis(EVENTS).cut("!flag").region("off", ["!flag"]).region("on", ["!!flag"])
    h = a.hist("x", bins=3, range=(0.5, 3.5), name="h").run()["h"]
    assert bins(h[{"region": "off"}]) == [0, 1, 0]
    assert bins(h[{"region": "on"}]) == [1, 0, 1]
    renamed = a.rename("!flag", "unset")
    assert [region.cuts for region in renamed.regions] == [("unset",), ("!unset",)]


def nano(path: Path, weights: list[float], runs: list[float] | None) -> str:
    """A small NanoAOD-like file, skimmed or not."""
    with uproot.recreate(path) as file:
        events = {"genWeight": np.array(weights), "x": np.arange(len(weights), dtype=float)}
        file.mktree("Events", {name: column.dtype for name, column in events.items()}).extend(events)
        if runs is not None:
            file.mktree("Runs", {"genEventSumw": np.dtype("f8")}).extend({"genEventSumw": np.array(runs)})
    return f"{path}:Events"


def test_m24_normalisation(tmp_path: Path) -> None:
    one = nano(tmp_path / "one.root", [1.0, -1.0, 2.0], [10.0, 20.0])  # skimmed: 30 before, 2 left
    two = nano(tmp_path / "two.root", [1.0], [20.0])
    data = nano(tmp_path / "data.root", [7.0, 7.0], None)
    other = nano(tmp_path / "other.root", [4.0], None)
    fileset = {
        "ttbar": {"files": [one, two], "metadata": {"xsec": 2.0}},
        "other": {"files": [other], "metadata": {"xsec": 3.0, "sumw": 6.0}},
        "data": {"files": [data], "metadata": {"role": "data", "xsec": 5.0}},
    }
    a = hl.Analysis(fileset, lumi=0.5).weight("genWeight", on="mc", name="w")
    result = a.hist("x", bins=5, range=(0, 5), name="h").hist("x", bins=5, range=(0, 5), name="n", weight=1).run()
    h = result["h"]
    assert h[{"dataset": "ttbar"}].values() == pytest.approx(np.array([2, -1, 2, 0, 0]) * 2 * 0.5 * 1000 / 50)
    assert h[{"dataset": "ttbar"}].variances() == pytest.approx(np.array([2, 1, 4, 0, 0]) * (20.0**2))
    assert h[{"dataset": "other"}].values() == pytest.approx(np.array([4, 0, 0, 0, 0]) * 3 * 0.5 * 1000 / 6)
    assert h[{"dataset": "data"}].values().tolist() == [1, 1, 0, 0, 0]
    assert result["n"][{"dataset": "ttbar"}].values().tolist() == [2, 1, 1, 0, 0]  # weight=1 asks for counts
    assert result.cutflow["w"].weighted == pytest.approx(3 * 20 + 4 * 250 + 2)


@pytest.mark.parametrize("metadata", [{"xsec": 1.0}, {"xsec": 1.0, "sumw": 40.0}])
def test_m24_a_partial_result_uses_what_was_processed(tmp_path: Path, metadata: dict[str, float]) -> None:
    files = [nano(tmp_path / f"{i}.root", [1.0] * 10, [10.0]) for i in range(4)]
    a = hl.Analysis({"s": {"files": files, "metadata": metadata}}, lumi=1).weight("genWeight", name="w")
    seen: list[int] = []
    part = a.run(progress=lambda done, total: seen.append(done), cancel=lambda: len(seen) == 2)
    assert not part.complete
    assert part.cutflow["w"].weighted == pytest.approx(a.run().cutflow["w"].weighted) == 1000


def test_m24_part_of_a_file_counts_as_its_share(tmp_path: Path) -> None:
    path = nano(tmp_path / "a.root", [1.0] * 10, [40.0])
    a = hl.Analysis({"s": {"files": [path], "metadata": {"xsec": 1.0}}}, lumi=1).weight("genWeight", name="w")
    todo = plan(a, lambda source, bound: [(0, 5), (5, 10)])
    partials = []
    for block in todo.blocks:
        source, bound = todo.of(block)
        partials.append(process(bound, source, block, True))
        partials[-1].sumw = 40.0
    assert add(a, partials, 2).cutflow["w"].weighted == pytest.approx(250)
    for part in partials:
        assert add(a, [part], 2).cutflow["w"].weighted == pytest.approx(250)


def test_m24_an_unknown_sum_of_weights_is_an_error(tmp_path: Path) -> None:
    known = nano(tmp_path / "known.root", [1.0], [1.0])
    unknown = nano(tmp_path / "unknown.root", [1.0], None)
    for files, named in (([unknown], "'s'"), ([known, unknown], "unknown.root")):
        with pytest.raises(AnalysisError, match="sumw") as caught:
            hl.Analysis({"s": {"files": files, "metadata": {"xsec": 1.0}}}, lumi=1).run()
        assert named in str(caught.value)


def test_m24_real_runs_tree() -> None:
    path = find("uproot-issue121.root") + ":Events"
    with uproot.open(find("uproot-issue121.root")) as file:
        sumw = float(np.sum(file["Runs/genEventSumw_"].array().to_numpy()))
        generated = file["Events/genWeight"].array().to_numpy().astype(float).sum()
    a = hl.Analysis({"s": {"files": [path], "metadata": {"xsec": 10.0}}}, lumi=2).weight("genWeight", name="w")
    assert a.run().cutflow["w"].weighted == pytest.approx(generated * 10 * 2 * 1000 / sumw)


def test_m25_a_branch_that_one_file_lacks_is_an_error_before_anything_runs(tmp_path: Path) -> None:
    paths = []
    for name, columns in (("a", {"x": [1.0], "HLT_Mu": [True]}), ("b", {"x": [2.0]})):
        path = tmp_path / f"{name}.root"
        with uproot.recreate(path) as file:
            file.mktree("Events", {k: np.array(v).dtype for k, v in columns.items()}).extend(
                {k: np.array(v) for k, v in columns.items()}
            )
        paths.append(f"{path}:Events")
    seen: list[int] = []
    for text in ("HLT.Mu", "HLT_Mu"):
        a = hl.Analysis(paths).cut(text, name="trigger")
        with pytest.raises(HeplensError, match=r"b\.root"):
            a.run(progress=lambda done, total: seen.append(done))
        assert not seen
        result = hl.Analysis(paths).cut(f"default({text}, False)", name="trigger").run()
        assert result.cutflow["trigger"].passed == 1
        assert any(text in problem for problem in result.problems)


def test_m25_a_weight_on_simulation_needs_no_branch_in_data(tmp_path: Path) -> None:
    mc = nano(tmp_path / "mc.root", [2.0, 3.0], None)
    path = tmp_path / "data.root"
    with uproot.recreate(path) as file:
        file.mktree("Events", {"x": np.dtype("f8")}).extend({"x": np.array([1.0])})
    fileset = {"mc": {"files": [mc]}, "data": {"files": [f"{path}:Events"], "metadata": {"role": "data"}}}
    with pytest.raises(HeplensError, match=r"data\.root"):
        hl.Analysis(fileset).weight("genWeight", name="w").run()
    rows = hl.Analysis(fileset).weight("genWeight", on="mc", name="w").cut("x >= 0", name="c").run().cutflow
    assert [(row.name, row.passed, row.weighted) for row in rows] == [("all", 3, 3), ("w", 3, 6), ("c", 3, 6)]


def test_m27_counts_do_not_depend_on_the_blocks() -> None:
    a = (
        hl.Analysis(HZZ)
        .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good")
        .cut("count(Muon) >= 2", name="two")
        .weight("EventWeight", name="w")
        .hist("(Muon[0] + Muon[1]).mass", bins=40, range=(60, 120), name="m")
        .hist("Muon.pt", bins=40, range=(0, 100), name="n", weight=1)
    )
    whole = a.run()
    for size in (1, 157, 1000):
        if size == 1:
            split = [(i, i + 1) for i in range(8)] + [(8, 2421)]
        else:
            split = [(i, min(i + size, 2421)) for i in range(0, 2421, size)]
        todo = plan(a, lambda source, bound, split=split: split)
        parts = [process(todo.of(b)[1], todo.of(b)[0], b, is_weighted(a)) for b in todo.blocks]
        result = add(a, parts, len(parts))
        assert [row.passed for row in result.cutflow] == [row.passed for row in whole.cutflow]
        assert np.array_equal(result["n"].values(flow=True), whole["n"].values(flow=True))
        assert np.allclose(result["m"].values(flow=True), whole["m"].values(flow=True), rtol=1e-12, atol=0)


def test_m27_the_same_partials_are_the_same_bits_in_whatever_order_they_were_made() -> None:
    a = hl.Analysis([HZZ, HZZ]).weight("EventWeight*1.1", name="w").hist("MET.pt", bins=20, range=(0, 100), name="h")
    todo = plan(a)
    forward = [process(todo.of(b)[1], todo.of(b)[0], b, True) for b in todo.blocks]
    backward = [process(todo.of(b)[1], todo.of(b)[0], b, True) for b in reversed(todo.blocks)][::-1]
    one, two = (add(a, parts, len(parts)) for parts in (forward, backward))
    assert (
        one["h"].view(flow=True).tobytes()
        == two["h"].view(flow=True).tobytes()
        == a.run()["h"].view(flow=True).tobytes()
    )
    assert one.cutflow["w"].weighted == two.cutflow["w"].weighted


def test_m27_counts_of_several_files_keep_their_errors() -> None:
    h = hl.Analysis([HZZ, HZZ]).hist("NMuon", bins=5, range=(0, 5), name="h").run()["h"]
    assert h.variances().tolist() == h.values().tolist()


GOLDEN = {
    "count(Muon) >= 2": 1413,
    "count(Muon) >= 4": 8,
    "any(Muon.pt > 20) & any(Muon.Iso < 1)": 1440,
    "any(Muon.pt > 20 & Muon.Iso < 1)": 1393,
    "Muon[0].pt > 25 | Electron[0].pt > 25": 2330,
}


@pytest.mark.parametrize("text", GOLDEN)
def test_golden_counts(text: str) -> None:
    assert hl.Analysis(HZZ).cut(text, name="c").run().cutflow["c"].passed == GOLDEN[text]


def test_golden_chain() -> None:
    a = hl.Analysis(HZZ).keep("Muon", "pt > 20 & abs(eta) < 2.4").cut("count(Muon) >= 2", name="two")
    assert a.run().cutflow["two"].passed == 1258
    assert a.cut("60 <= (Muon[0] + Muon[1]).mass < 120", name="Z").run().cutflow["Z"].passed == 1186
    assert hl.Analysis(TTBAR).run().cutflow["all"].passed == 200
