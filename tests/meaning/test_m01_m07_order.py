"""Order and scope."""

from __future__ import annotations

import awkward as ak
import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.errors import AnalysisError, ExpressionError
from support import HZZ, muons

EVENTS = muons(
    [{"pt": 10.0, "charge": 1}, {"pt": 50.0, "charge": -1}, {"pt": 30.0, "charge": 1}],
    [{"pt": 5.0}],
    [],
    [{"pt": 40.0}, {"pt": 40.0}],
    x=[1.0, 2.0, 3.0, 4.0],
)


def filled(analysis: hl.Analysis, expression: str, at: str | None = None) -> list[int]:
    """The values that a histogram of whole numbers gets, in order."""
    h = analysis.hist(expression, bins=100, range=(-20.5, 79.5), at=at).run()[expression]
    return [value for value, n in zip(range(-20, 80), h.values(), strict=True) for _ in range(int(n))]


def test_m01_order_is_meaning() -> None:
    a = hl.Analysis(EVENTS)
    after = a.keep("Muon", "pt > 20", name="hard").define("n", "count(Muon)")
    before = a.define("n", "count(Muon)").keep("Muon", "pt > 20", name="hard")
    assert filled(after, "n") == [0, 0, 2, 2]
    assert filled(before, "n") == [0, 1, 2, 3]
    assert filled(after.move("hard", 1), "n") == filled(before, "n")


def test_m01_a_definition_is_bound_where_it_stands() -> None:
    a = hl.Analysis(EVENTS).define("First", "Muon[0]").keep("Muon", "pt > 20")
    assert filled(a, "First.pt") == [5, 10, 40]
    assert filled(a, "Muon[0].pt") == [40, 50]


def test_m01_a_weight_acts_on_what_comes_after() -> None:
    a = hl.Analysis(EVENTS).cut("x > 1", name="first").weight("x", name="w").cut("x > 2", name="second")
    rows = a.run().cutflow
    assert [row.weighted for row in rows] == [4, 3, 9, 7]


def test_m02_histograms_see_the_end_of_the_chain() -> None:
    early = hl.Analysis(EVENTS).hist("x", bins=5, range=(0, 5), name="x").cut("x > 2", name="late")
    late = hl.Analysis(EVENTS).cut("x > 2", name="late").hist("x", bins=5, range=(0, 5), name="x")
    assert np.array_equal(early.run()["x"].values(), late.run()["x"].values())
    assert early.run()["x"].values().sum() == 2


def test_m02_at_asks_for_an_earlier_point() -> None:
    a = hl.Analysis(EVENTS).cut("x > 1", name="one").keep("Muon", "pt > 20", name="hard").cut("x > 3", name="two")
    assert filled(a, "Muon.pt", at="one") == [5, 40, 40]
    assert filled(a, "x", at="one") == [2, 3, 4]
    assert filled(a, "Muon.pt", at="hard") == [40, 40]
    assert filled(a, "x") == [4]
    with pytest.raises(AnalysisError, match="no step"):
        a.hist("x", bins=5, range=(0, 5), at="nowhere")


def test_m03_survivors_in_stored_order() -> None:
    a = hl.Analysis(EVENTS).keep("Muon", "pt > 20")
    assert filled(a, "Muon.pt") == [30, 40, 40, 50]
    assert filled(a, "count(Muon)") == [0, 0, 2, 2]
    assert filled(a, "Muon[0].pt") == [40, 50]  # of 50 and 30 the first stored, not the smallest
    assert filled(a, "Muon[1].pt") == [30, 40]


def test_m03_leading_is_the_largest_and_ties_go_to_the_first_stored() -> None:
    a = hl.Analysis(EVENTS).keep("Muon", "pt < 45")
    assert filled(a, "leading(Muon).pt") == [5, 30, 40]
    assert filled(a, "leading(Muon).eta") == [0, 0, 1]  # 40 and 40: the first, whose eta is 0
    assert filled(a, "leading(Muon).charge") == [1, 1, 1]


def test_m03_two_keeps_compose() -> None:
    a = hl.Analysis(EVENTS).keep("Muon", "pt < 45").keep("Muon", "pt == max(pt)")
    assert filled(a, "Muon.pt") == [5, 30, 40, 40]
    hard = hl.Analysis(EVENTS).keep("Muon", "pt == max(pt)").keep("Muon", "pt < 45")
    assert filled(hard, "Muon.pt") == [5, 40, 40]


def test_m04_bare_names_are_fields_first_then_the_event() -> None:
    events = muons([{"pt": 10.0}, {"pt": 50.0}], [{"pt": 30.0}], x=[20.0, 40.0], pt=[1.0, 2.0])
    a = hl.Analysis(events)
    assert filled(a.keep("Muon", "pt > x"), "Muon.pt") == [50]  # x of the event, broadcast
    assert filled(a.keep("Muon", "pt > 9"), "count(Muon)") == [1, 2]  # the field, not the event's pt
    assert filled(a, "Muon[pt > x].pt") == [50]
    assert filled(a, "pt") == [1, 2]


def good_muons() -> int:
    """The same filter, by hand."""
    with uproot.open(HZZ) as tree:
        px, py, pz = (ak.flatten(tree[f"Muon_P{c}"].array()).to_numpy().astype(float) for c in "xyz")
    pt = np.hypot(px, py)
    return int(((pt > 20) & (abs(np.arcsinh(pz / pt)) < 2.4)).sum())


def test_m04_fields_derived_from_the_vector() -> None:
    result = hl.Analysis(HZZ).keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good").run()
    assert result.cutflow["good"].objects == (3825, good_muons())


def test_m04_a_reduction_inside_is_over_the_event() -> None:
    assert filled(hl.Analysis(EVENTS).keep("Muon", "pt > 0.7*max(pt)"), "Muon.pt") == [5, 40, 40, 50]


def test_m04_elements_of_another_collection_are_an_error() -> None:
    a = hl.Analysis(HZZ)
    with pytest.raises(ExpressionError, match="reduce") as caught:
        a.keep("Jet", "pt > Muon.pt")
    assert caught.value.position is not None
    a.keep("Jet", "pt > max(Muon.pt)")
    a.keep("Jet", "default(deltaR_min(Jet, Muon), 9) > 0.4")
    with pytest.raises(ExpressionError, match="per Muon"):
        a.keep("Jet", "Muon.pt > 20")


@pytest.mark.parametrize(
    ("expression", "offered"),
    [("NMuon >= 2", "count(Muon)"), ("max(Muon_Px) > 5", "Muon.Px"), ("any(Muon_Iso < 1)", "Muon.Iso")],
)
def test_m05_raw_names_of_a_filtered_collection_are_an_error(expression: str, offered: str) -> None:
    a = hl.Analysis(HZZ).keep("Muon", "pt > 20")
    with pytest.raises(ExpressionError) as caught:
        a.cut(expression)
    assert offered in str(caught.value)
    assert "raw(" in str(caught.value)
    assert a.remove(a.steps[0].name).cut(expression).run().cutflow[-1].passed > 0


def test_m05_raw_says_which_truth_is_meant() -> None:
    a = hl.Analysis(HZZ).keep("Muon", "pt > 20 & abs(eta) < 2.4")
    assert a.cut("raw(NMuon) >= 2", name="c").run().cutflow["c"].passed == 1413
    assert a.cut("count(Muon) >= 2", name="c").run().cutflow["c"].passed == 1258


def test_m05_dotted_branches_of_a_filtered_container_too() -> None:
    events = {"GoodAuxDyn.pt": [[1.0, 2.0], [3.0]], "GoodAuxDyn.eta": [[0.0, 0.0], [0.0]]}
    a = hl.Analysis(events).keep("Good", "pt > 1")
    with pytest.raises(ExpressionError, match="unfiltered"):
        a.cut("count(GoodAuxDyn.pt) > 0")
    assert filled(a, "count(raw(GoodAuxDyn.pt))") == [1, 2]
    assert filled(a, "count(Good)") == [1, 1]


def test_m05_arrays_in_memory_have_one_truth_too() -> None:
    events = {"nMuon": [2, 1], "Muon_pt": [[1.0, 2.0], [3.0]]}
    with pytest.raises(ExpressionError, match=r"count\(Muon\)"):
        hl.Analysis(events).keep("Muon", "pt > 1").cut("nMuon > 1")


def test_m05_cross_references_index_the_unfiltered_collection() -> None:
    events = {"nMuon": [2], "Muon_pt": [[10.0, 30.0]], "Muon_jetIdx": [[0, 1]]}
    assert filled(hl.Analysis(events).keep("Muon", "pt > 20"), "Muon.jetIdx") == [1]


def test_m06_a_mask_makes_a_new_collection() -> None:
    a = hl.Analysis(EVENTS).define("Loose", "Muon[pt > 7]").define("Tight", "Loose[pt > 35]").keep("Loose", "pt < 45")
    assert filled(a, "count(Muon)") == [0, 1, 2, 3]
    assert filled(a, "Loose.pt") == [10, 30, 40, 40]
    assert filled(a, "Tight.pt") == [40, 40, 50]


@pytest.mark.parametrize("name", ["Muon", "x", "Mine", "count", "GeV", "True", "not", "é", "a b", "2x", ""])
def test_m06_redefining_a_name_is_an_error(name: str) -> None:
    with pytest.raises((AnalysisError, ExpressionError)):
        hl.Analysis(EVENTS).define("Mine", "Muon[pt > 7]").define(name, "Muon[pt > 8]")


def test_m07_a_disabled_cut_keeps_later_definitions_working() -> None:
    a = (
        hl.Analysis(EVENTS)
        .cut("count(Muon) >= 2", name="two")
        .define("Z", "Muon[0] + Muon[1]")
        .cut("Z.pt > 1", name="hard Z")
        .hist("Z.pt", bins=10, range=(0, 100), name="pt")
    )
    on, off = a.run(), a.enable("two", False).run()
    assert np.array_equal(on["pt"].values(), off["pt"].values())
    assert (on.cutflow["hard Z"].missing, off.cutflow["hard Z"].missing) == (0, 2)
    loose = a.enable("two", False).remove("hard Z").hist("Z.pt", bins=10, range=(0, 100), name="all").run()
    assert (loose.counters["all"].filled, loose.counters["all"].missing) == (2, 2)


def test_m04_a_name_of_the_event_comes_before_a_looser_spelling_of_a_component() -> None:
    events = muons([{"pt": 10.0}, {"pt": 50.0}], [{"pt": 30.0}], y=[20.0, 40.0], m=[20.0, 20.0])
    a = hl.Analysis(events)
    assert filled(a, "Muon[pt > y].pt") == [50]
    assert filled(a, "Muon[pt > m].pt") == [30, 50]
    assert filled(a, "Muon[pt > 100*mass].pt") == [30, 50]
