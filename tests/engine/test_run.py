"""Running: progress, cancelling, what is used, and coffea's PackedSelection as a second opinion on masks."""

from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np
import pytest
from coffea.analysis_tools import PackedSelection

import heplens as hl
from heplens.errors import AnalysisError
from support import HZZ, TTBAR, muons, value

CUTS = {
    "two muons": "count(Muon) >= 2",
    "trigger": "triggerIsoMu24",
    "met": "MET.pt < 40",
    "jets": "any(Jet.pt > 30) | NJet == 0",
    "vertices": "NPrimaryVertices % 3 != 1",
}


def masks() -> dict[str, np.ndarray[Any, Any]]:
    a = hl.Analysis(HZZ)
    return {name: ak.to_numpy(a.arrays(text, selected=False)) for name, text in CUTS.items()}


def selection() -> PackedSelection:
    packed = PackedSelection()
    for name, mask in masks().items():
        packed.add(name, mask)
    return packed


def analysis() -> hl.Analysis:
    a = hl.Analysis(HZZ)
    for name, text in CUTS.items():
        a = a.cut(text, name=name)
    return a


def test_cutflow_is_that_of_packed_selection() -> None:
    _, _, cumulative, *_ = selection().cutflow(*CUTS).result()
    assert [row.passed for row in analysis().run().cutflow] == list(cumulative)


def test_n_minus_one_is_that_of_packed_selection() -> None:
    packed = selection()
    counts = dict(zip(*packed.nminusone(*CUTS).result()[:2], strict=False))
    for name in CUTS:
        mine = analysis().n_minus_one(name).cutflow[-1].passed
        assert mine == int(packed.all(*(other for other in CUTS if other != name)).sum())
        assert mine in counts.values()


def test_inverted_regions_are_those_of_packed_selection() -> None:
    packed = selection()
    a = analysis().region("A", ["two muons", "!met"]).region("B", ["!trigger", "!jets", "vertices"])
    h = a.hist("NMuon", bins=1, range=(-1, 100), name="h").run()["h"]
    assert h[{"region": "A"}].sum() == packed.require(**{"two muons": True, "met": False}).sum()
    assert h[{"region": "B"}].sum() == packed.require(trigger=False, jets=False, vertices=True).sum()


def test_progress_tells_events_done_and_in_all() -> None:
    seen: list[tuple[int, int]] = []
    result = hl.Analysis([HZZ, HZZ]).run(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2421, 4842), (4842, 4842)]
    assert result.complete
    assert result.events == 4842
    assert [(block.start, block.stop) for block in result.used] == [(0, 2421), (0, 2421)]


@pytest.mark.parametrize("after", [0, 1])
def test_cancelling_gives_what_is_done_and_does_not_call_it_complete(after: int) -> None:
    seen: list[int] = []
    a = hl.Analysis({"one": {"files": [HZZ]}, "two": {"files": [HZZ]}}).cut("NMuon >= 2", name="c")
    a = a.region("R", ["c"]).hist("NMuon", bins=5, range=(0, 5), name="h")
    result = a.run(progress=lambda done, total: seen.append(done), cancel=lambda: len(seen) == after)
    assert not result.complete
    assert "incomplete" in repr(result)
    assert result["h"].sum(flow=True) == after * 1413
    assert [axis.name for axis in result["h"].axes] == ["dataset", "region", "x"]
    whole = a.run()
    assert [axis.name for axis in whole["h"].axes] == ["dataset", "region", "x"]
    assert whole["h"].sum(flow=True) == 2 * 1413


def test_named_samples_make_an_axis_and_text_axes_agree() -> None:
    a = hl.Analysis({"hzz": [HZZ], "again": [HZZ]}).hist("NMuon", bins=5, range=(0, 5), name="h")
    h = a.run()["h"]
    assert list(h.axes["dataset"]) == ["hzz", "again"]
    assert np.array_equal(h[{"dataset": "hzz"}].values(), h[{"dataset": "again"}].values())


def test_counters_tell_what_was_filled() -> None:
    events = muons([{"pt": 30.0}], [], [{"pt": float("nan")}], [{"pt": 1e9}])
    result = hl.Analysis(events).hist("Muon[0].pt", bins=1, range=(0, 100), name="h").run()
    counters = result.counters["h"]
    assert (counters.filled, counters.missing, counters.nan) == (2, 1, 1)
    assert result["h"].values(flow=True).tolist() == [0, 1, 1]


def test_a_result_is_a_mapping() -> None:
    result = hl.Analysis(HZZ).hist("NMuon", bins=1, range=(0, 5), name="h").run()
    assert list(result) == ["h"]
    assert len(result) == 1
    assert "h" in result
    with pytest.raises(AnalysisError, match="no histogram"):
        result["g"]
    with pytest.raises(AnalysisError, match="no row"):
        result.cutflow["zz"]


def test_many_histograms_do_not_change_each_other() -> None:
    """Events are dropped as soon as many fail; what was computed before must follow."""
    a = hl.Analysis(TTBAR).hist("Jet.pt", bins=10, range=(0, 200), name="first")
    a = a.cut("nJet >= 3", name="three").keep("Jet", "pt > 30", name="hard").cut("count(Jet) >= 2", name="two")
    a = a.hist("sum(Jet.pt)", bins=10, range=(0, 999), name="ht").hist(
        "Jet.pt", bins=10, range=(0, 200), name="early", at="three"
    )
    alone = {h.name: a.with_parts(histograms=(h,)).run()[h.name] for h in a.histograms}
    together = a.run()
    for name, h in alone.items():
        assert np.array_equal(h.values(flow=True), together[name].values(flow=True)), name


def test_an_expression_that_drops_many_keeps_its_objects_aligned() -> None:
    events = muons([{"pt": 30.0}, {"pt": 20.0}], [], [{"pt": 50.0}], [{"pt": 10.0}], x=[1.0, 2.0, 3.0, 4.0])
    a = hl.Analysis(events).define("lead", "leading(Muon).pt").cut("x > 1").cut("lead > 20", name="c")
    assert ak.to_list(a.arrays("lead", "x")["x"] if len(a.arrays("lead", "x").fields) else []) == [3.0]
    assert value(events, "leading(Muon).pt") == [30, None, 50, 10]


def test_a_trace_tells_what_each_step_did_to_one_event() -> None:
    events = ak.Array({"Muon": [[{"pt": 30.0}, {"pt": 10.0}], [{"pt": 5.0}], []], "met": [40.0, 40.0, 1.0]})
    chain = (
        hl.Analysis(events)
        .keep("Muon", "pt > 20", name="good")
        .define("soft", "Muon[pt < 25]")
        .cut("met > 20", name="met")
        .cut("Muon[0].pt > 25", name="hard")
    )
    passes, undecided, fails = (chain.trace(event=i) for i in range(3))
    assert [(row.name, row.outcome, row.values) for row in passes.rows] == [
        ("good", "", "1 left: pt [30]"),
        ("soft", "", "0"),
        ("met", "passed", "40"),
        ("hard", "passed", "30"),
    ]
    assert passes.passed
    assert (undecided.failed_at, undecided.rows[-1].outcome, undecided.rows[-1].values) == (
        "hard",
        "missing",
        "missing",
    )
    assert fails.failed_at == "met"
    assert "fails at 'met'" in repr(fails)
    with pytest.raises(AnalysisError, match="there is no event 3; the data have 3, counted from 0"):
        chain.trace(event=3)
