"""Objects: indices, pairs, four-vectors, collections, units."""

from __future__ import annotations

import itertools
import math
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.errors import ExpressionError
from support import HZZ, TTBAR, ZMUMU, find, found, muons, value

#: As in a DAOD_PHYSLITE file, and that file where it is at hand.
PHYSLITE = [
    {
        "AnalysisMuonsAuxDyn.pt": [[25_000.0, 8_000.0], [40_000.0], []],
        "AnalysisMuonsAuxDyn.eta": [[0.5, -1.0], [0.1], []],
        "AnalysisMuonsAuxDyn.phi": [[0.5, -1.0], [0.1], []],
        "AnalysisMuonsAuxDyn.charge": [[1.0, -1.0], [1.0], []],
    },
    *(f"{path}:CollectionTree" for path in found("uproot-issue-798.root")),
]
BOTH = pytest.mark.parametrize("data", PHYSLITE, ids=["made", "real"][: len(PHYSLITE)])
EVENTS = muons(
    [{"pt": 30.0}, {"pt": 20.0}, {"pt": 50.0}],
    [{"pt": 5.0}],
    [],
)


def test_m14_indices_count_from_either_end() -> None:
    assert value(EVENTS, "Muon[-1].pt") == [50, 5, None]
    assert value(EVENTS, "Muon[-2].pt") == [20, None, None]
    assert value(EVENTS, "Muon[2].pt") == [50, None, None]


def test_m14_a_slice_clips_and_is_never_missing() -> None:
    assert value(EVENTS, "Muon[:2].pt") == [[30, 20], [5], []]
    assert value(EVENTS, "Muon[1:].pt") == [[20, 50], [], []]
    assert value(EVENTS, "Muon[-2:].pt") == [[20, 50], [5], []]
    assert value(EVENTS, "count(Muon[5:9])") == [0, 0, 0]
    assert value(EVENTS, "count(Muon[:-1])") == [2, 0, 0]


def test_m14_an_element_with_a_missing_mask_is_dropped_and_counted() -> None:
    events = ak.Array(
        [
            {"J": [{"pt": 1.0, "tag": None}, {"pt": 2.0, "tag": 0.9}, {"pt": 3.0, "tag": 0.1}], "x": 1},
            {"J": [{"pt": 4.0, "tag": None}], "x": 0},
        ]
    )
    assert value(events, "J[tag > 0.5].pt") == [[2.0], []]
    result = hl.Analysis(events).keep("J", "tag > 0.5", name="tagged").run()
    assert (result.cutflow["tagged"].objects, result.cutflow["tagged"].missing) == ((4, 1), 2)
    after = hl.Analysis(events).cut("x > 0").keep("J", "tag > 0.5", name="tagged").run().cutflow["tagged"]
    assert (after.objects, after.missing) == ((3, 1), 1)


def test_m15_pairs_are_in_stored_order_without_self_pairs() -> None:
    assert value(EVENTS, "pairs(Muon).first.pt") == [[30, 30, 20], [], []]
    assert value(EVENTS, "pairs(Muon).second.pt") == [[20, 50, 50], [], []]
    four = muons([{"pt": float(i)} for i in range(1, 5)])
    for n, parts in ((3, ("first", "second", "third")), (4, ("first", "second", "third", "fourth"))):
        wanted = list(itertools.combinations([1.0, 2.0, 3.0, 4.0], n))
        for place, part in enumerate(parts):
            assert value(four, f"combinations(Muon, {n}).{part}.pt") == [[row[place] for row in wanted]]


def test_m15_cartesian_is_a_major() -> None:
    events = {"A_pt": [[1.0, 2.0], []], "B_pt": [[5.0, 6.0, 7.0], [8.0]]}
    assert value(events, "cartesian(A, B).first.pt") == [[1, 1, 1, 2, 2, 2], []]
    assert value(events, "cartesian(A, B).second.pt") == [[5, 6, 7, 5, 6, 7], []]


def test_m15_a_pair_is_the_sum_with_the_charge_summed() -> None:
    pair = value(EVENTS, "pairs(Muon).mass")[0]
    by_hand = [value(EVENTS, f"(Muon[{i}] + Muon[{j}]).mass")[0] for i, j in ((0, 1), (0, 2), (1, 2))]
    assert pair == pytest.approx(by_hand, rel=1e-12)
    assert value(EVENTS, "pairs(Muon).charge") == [[0, 2, 0], [], []]
    assert value(EVENTS, "count(pairs(Muon)[charge == 0])") == [2, 0, 0]


def test_m15_closest_takes_the_first_on_a_tie_and_is_missing_of_nothing() -> None:
    events = muons([{"pt": 9.0}, {"pt": 11.0}], [{"pt": 11.0}, {"pt": 9.0}], [])
    assert value(events, "closest(Muon, pt, 10).pt") == [9, 11, None]


def test_m15_disjoint_shares_no_object() -> None:
    events = muons([{"pt": 10.0}] * 4, [{"pt": 10.0}] * 3, [{"pt": 10.0}])
    text = "disjoint(pairs(Muon), pairs(Muon)[0])"
    assert value(events, f"count({text})") == [1, 0, 0]
    # The objects are told apart by their place, not by their values, which are all equal but for eta here.
    assert value(events, f"{text}.first.eta") == [[1.0], [], []]
    filtered = (
        hl.Analysis(events).keep("Muon", "eta > 0").define("Z", "pairs(Muon)[0]").define("R", "disjoint(Muon, Z)")
    )
    assert ak.to_list(filtered.arrays("R.eta")) == [[1.5], [], []]


def test_m15_concat_keeps_the_fields_they_share() -> None:
    events = {"A_pt": [[1.0], []], "A_x": [[1.0], []], "B_pt": [[2.0, 3.0], [4.0]], "B_y": [[1.0, 1.0], [1.0]]}
    assert value(events, "concat(A, B).pt") == [[1, 2, 3], [4]]
    assert value(events, "count(concat(A, B))") == [3, 1]
    with pytest.raises(ExpressionError, match="no field 'x'"):
        value(events, "concat(A, B).x")


def test_m15_delta_phi_is_half_open_and_delta_r_uses_eta() -> None:
    data = {"a": [math.pi, -math.pi, 3.0, 0.0, 0.0], "b": [0.0, 0.0, -3.0, math.pi, -math.pi]}
    assert value(data, "deltaPhi(a, b)") == pytest.approx([-math.pi, -math.pi, 6 - 2 * math.pi, -math.pi, -math.pi])
    near = np.nextafter(-math.pi, -4)
    assert all(-math.pi <= x < math.pi for x in value({"a": [near, -near, -1e-17]}, "deltaPhi(a, 0)"))
    assert value(EVENTS, "deltaR(Muon[0], Muon[1])")[0] == pytest.approx(math.hypot(0.5, 0.3))


def test_m16_negative_masses() -> None:
    """Computed in float64, as line 13 asks, 21 muons have m² < 0 (in the stored float32 they are 9)."""
    assert value({"px": [3.0], "py": [0.0], "pz": [4.0], "E": [4.0]}, "p4(px=px, py=py, pz=pz, E=E).mass") == [-3]
    with uproot.open(HZZ) as tree:
        x, y, z, t = (ak.flatten(tree[f"Muon_{c}"].array()).to_numpy().astype(float) for c in ("Px", "Py", "Pz", "E"))
    negative = int((t * t - (x * x + y * y + z * z) < 0).sum())
    assert negative == 21
    assert hl.Analysis(HZZ).keep("Muon", "mass < 0", name="k").run().cutflow["k"].objects == (3825, negative)


@BOTH
def test_m16_a_sum_without_stored_masses_is_an_error(data: Any) -> None:
    a = hl.Analysis(data)
    for text in ("AnalysisMuons[0] + AnalysisMuons[1]", "(AnalysisMuons[0] + AnalysisMuons[1]).mass"):
        with pytest.raises(ExpressionError, match=r"mass=0\.10566"):
            a.define("Z", text)
    for text in ("pairs(AnalysisMuons).mass", "AnalysisMuons.mass"):
        with pytest.raises(ExpressionError, match="mass"):
            a.hist(text, bins=1, range=(0, 1))
    mu = "p4(AnalysisMuons.pt, AnalysisMuons.eta, AnalysisMuons.phi, mass=105.66*MeV)"
    assert a.define("Mu", mu).cut("count(pairs(Mu)) >= 1", name="c").run().cutflow["c"].passed > 0


def test_m16_four_vectors_from_flat_columns() -> None:
    a = (
        hl.Analysis(ZMUMU)
        .define("A", "p4(px=px1, py=py1, pz=pz1, E=E1)")
        .define("B", "p4(px=px2, py=py2, pz=pz2, E=E2)")
    )
    mine, stored = (ak.to_numpy(a.arrays(text)) for text in ("(A + B).mass", "M"))
    assert np.allclose(mine, stored, rtol=1e-3)


def test_m16_stored_components_beside_a_vector_do_not_contradict_it() -> None:
    """A secondary vertex has x, y, z and pt, eta, phi, mass; a jet may have an energy beside its mass."""
    events = ak.Array(
        [{"SV": [{"pt": 3.0, "eta": 0.0, "phi": 0.0, "mass": 1.0, "x": 9.0, "y": 9.0, "z": 9.0, "E": 7.0}]}]
    )
    assert value(events, "SV.px") == [[3.0]]
    assert value(events, "SV.x + SV.px") == [[12.0]]
    assert value(events, "SV.px + SV.mass") == [[4.0]]
    assert value(events, "SV.E") == [[7.0]]
    assert value(events, "SV[0].rapidity + SV[0].x + SV[0].E") == [16.0]
    assert value(events, "(SV[0] + SV[0]).pt + SV[0].x") == [15.0]


def test_m17_collections_share_a_counter() -> None:
    hzz, nano = hl.Analysis(HZZ), hl.Analysis(TTBAR)
    assert hzz.cut("count(Muon) >= 2 & NMuon >= 2", name="c").run().cutflow["c"].passed == 1413
    assert nano.keep("Jet", "pt > 0", name="k").run().cutflow["k"].objects == (537, 537)


def test_m17_groups_by_prefix_are_records() -> None:
    a = hl.Analysis(TTBAR)
    assert ak.to_list(a.arrays("MET.pt")) == ak.to_list(a.arrays("MET_pt"))
    assert a.cut("HLT.IsoMu20 | Flag.goodVertices", name="c").run().cutflow["c"].passed > 0
    assert ak.to_list(a.arrays("PV.npvs")) == ak.to_list(a.arrays("PV_npvs"))


def test_m17_a_branch_named_like_its_counter_is_an_array() -> None:
    a = hl.Analysis(find("uproot-issue121.root") + ":Events")
    with uproot.open(find("uproot-issue121.root")) as file:
        stored = file["Events/PSWeight"].array()
    assert ak.to_list(a.arrays("PSWeight[1]")) == ak.to_list(stored[:, 1])


def test_m17_projected_twins_are_listed_once() -> None:
    path = find("cmsopendata2015_ttbar_19980_NANOAOD_RNTupleImporter_rntuple_v1-0-0-1.root")
    schema = hl.Analysis(path).bound.schema
    assert "Muon_pt" in schema.names
    assert not any(name.startswith("_collection") for name in schema.names)
    assert len(schema.names) == len(set(schema.names))


@BOTH
def test_m17_physlite_containers(data: Any) -> None:
    a = hl.Analysis(data)
    assert ak.to_list(a.arrays("AnalysisMuons.pt")) == ak.to_list(a.arrays("AnalysisMuonsAuxDyn.pt"))


def test_m18_units() -> None:
    data = {"Muon_pt": [[500.0, 25000.0]], "Muon_eta": [[0.0, 0.0]]}
    assert value(data, "Muon.pt > 20*GeV", unit="MeV") == [[False, True]]
    assert value(data, "Muon.pt > 1*TeV", unit="GeV") == [[False, True]]
    assert value(data, "20*GeV", unit="MeV") == [20000]
    assert value(data, "500*MeV", unit="GeV") == [0.5]
    assert value(data, "2*cm") == [2]
    assert value(data, "5*mm") == [0.5]


@BOTH
def test_m18_a_bare_number_is_in_the_unit_of_the_file_with_a_warning(data: Any) -> None:
    bare = hl.Analysis(data).keep("AnalysisMuons", "pt > 20", name="k").run()
    stored = 21 if isinstance(data, str) else 3
    assert bare.cutflow["k"].objects == (stored, stored)
    assert any("20*GeV" in problem for problem in bare.problems)
    meant = hl.Analysis(data).keep("AnalysisMuons", "pt > 20*GeV", name="k").run()
    assert 0 < meant.cutflow["k"].objects[1] < stored
    assert not any("means" in problem for problem in meant.problems)


def test_m18_an_unknown_unit_is_said() -> None:
    data = {"Obj_pt": [[30.0]]}
    assert any("unit" in p for p in hl.Analysis(data).keep("Obj", "pt > 20*GeV").run().problems)
    assert not hl.Analysis(data, energy_unit="GeV").keep("Obj", "pt > 20*GeV").run().problems
