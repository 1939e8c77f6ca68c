"""The oracle against single lines of the rules, on events small enough to check by eye."""

from __future__ import annotations

import math

import pytest

from oracle.build import axis, cut, define, document, hist, keep, region, weight
from oracle.evaluate import Event
from oracle.run import run
from oracle.schema import from_shapes
from oracle.values import Items, OracleError

NAN = math.nan
SHAPES = {"nMuon": 0, "Muon_pt": 1, "Muon_eta": 1, "Muon_phi": 1, "Muon_mass": 1, "Muon_charge": 1}
SHAPES |= {"nJet": 0, "Jet_pt": 1, "Jet_eta": 1, "Jet_phi": 1, "Jet_mass": 1, "MET_pt": 0, "MET_phi": 0, "x": 0}
SCHEMA = from_shapes(SHAPES)


def event(muons=(), jets=(), met=10.0, x=0.0):
    """Muons and jets as pt values; eta, phi and charge follow from the position."""
    branches = {"nMuon": len(muons), "nJet": len(jets), "MET_pt": met, "MET_phi": 0.0, "x": x}
    for name, pts in (("Muon", muons), ("Jet", jets)):
        branches[f"{name}_pt"] = list(pts)
        branches[f"{name}_eta"] = [0.5 * i for i in range(len(pts))]
        branches[f"{name}_phi"] = [1.0 * i for i in range(len(pts))]
        branches[f"{name}_mass"] = [0.1] * len(pts)
    branches["Muon_charge"] = [(-1) ** i for i in range(len(muons))]
    return branches


def value(text, **parts):
    result = Event(event(**parts), SCHEMA).evaluate(text)
    return result.values if isinstance(result, Items) else result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2*3 - -2**2", 11),
        ("7/2", 3.5),
        ("-7 % 3", 2),
        (".5 + 1e1", 10.5),
        ("20*GeV + 500*MeV", 20.5),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("False & False | True", True),
        ("True | True & False", True),
        ("not 1 > 2 and 3 > 2", True),
        ("1/0 > 1e300", True),
        ("isnan(0/0)", True),
        ("isnan(sqrt(-1)) & isnan(asin(2)) & isnan(log(-1))", True),
        ("log(0) < -1e300", True),
        ("exp(1000) > 1e300", True),
        ("bit(6, 2) & !bit(6, 0)", True),
        ("floor(-1.5)", -2.0),
        ("hypot(3, 4)", 5.0),
    ],
)
def test_numbers(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Muon[0].pt > 5", None),
        ("!(Muon[0].pt > 5)", None),
        ("Muon[0].pt > 5 & False", False),
        ("Muon[0].pt > 5 & True", None),
        ("Muon[0].pt > 5 | True", True),
        ("Muon[0].pt > 5 | False", None),
        ("default(Muon[0].pt, -1)", -1),
        ("0 < Muon[0].pt < 5", None),
        ("max(Muon.pt)", None),
        ("mean(Muon.pt)", None),
        ("argmin(Muon.pt)", None),
        ("leading(Muon).pt", None),
        ("closest(pairs(Muon), mass, 91).mass", None),
        ("sum(Muon.pt)", 0),
        ("prod(Muon.pt)", 1),
        ("any(Muon.pt > 1)", False),
        ("all(Muon.pt > 1)", True),
        ("count(Muon[:2])", 0),
        ("where(nMuon > 0, Muon[0].pt, -1)", -1),
        ("count(disjoint(pairs(Muon), leading(pairs(Muon))))", 0),
    ],
)
def test_nothing_there(text, expected):
    assert value(text) is expected or value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(Muon.pt)", 30.0),
        ("argmax(Muon.pt)", 2),
        ("argmin(Muon.pt)", 1),
        ("count(Muon.pt > 0)", 4),
        ("isnan(sum(Muon.pt))", True),
        ("leading(Muon).eta", 1.0),
        ("sort(Muon).eta", [1.0, 1.5, 2.0, 0.5, 0.0]),
        ("any(Muon.pt != Muon.pt)", True),
    ],
)
def test_nan_is_skipped_by_what_orders(text, expected):
    assert value(text, muons=(NAN, 10.0, 30.0, 30.0, 20.0)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Muon[-1].pt", 20.0),
        ("Muon[1:].pt", [40.0, 20.0]),
        ("Muon[pt > 25].pt", [30.0, 40.0]),
        ("Muon[argmax(pt)].pt", 40.0),
        ("Muon[MET.pt > 5].pt", [30.0, 40.0, 20.0]),
        ("Muon.pt[Muon.charge > 0]", [30.0, 20.0]),
        ("pairs(Muon).first.pt", [30.0, 30.0, 40.0]),
        ("pairs(Muon).charge", [0, 2, 0]),
        ("combinations(Muon, 3).third.pt", [20.0]),
        ("cartesian(Muon, Jet).second.pt", [50.0, 60.0] * 3),
        ("count(disjoint(pairs(Muon), pairs(Muon)[0]))", 0),
        ("count(disjoint(pairs(concat(Muon, Jet)), pairs(Muon)[0]))", 3),
        ("concat(Muon, Jet).pt", [30.0, 40.0, 20.0, 50.0, 60.0]),
        ("deltaR_min(Jet, Muon)", [0.0, 0.0]),
        ("sum(Muon.pt > 25)", 2),
        ("where(Muon.pt > 25, 1, 0)", [1, 1, 0]),
    ],
)
def test_objects(text, expected):
    assert value(text, muons=(30.0, 40.0, 20.0), jets=(50.0, 60.0)) == expected


def test_ties_go_to_the_first():
    assert value("leading(Muon).eta", muons=(5.0, 9.0, 9.0)) == 0.5
    assert value("closest(Muon, pt, 10).eta", muons=(9.0, 11.0)) == 0.0


def test_delta_phi_is_half_open():
    assert value("deltaPhi(p4(1, 0, 3.141592653589793, 0), p4(1, 0, 0, 0))") == -math.pi
    assert value("deltaPhi(p4(1, 0, -3, 0), p4(1, 0, 3, 0))") == pytest.approx(2 * math.pi - 6)


def test_negative_mass():
    assert value("p4(px=3, py=0, pz=4, E=4).mass") == -3.0


@pytest.mark.parametrize(
    "text",
    [
        "!Muon.pt > 20",
        "nMuon & 2",
        "!nMuon",
        "any(Muon.pt)",
        "1 ^ 2",
        "nMuon = 2",
        "1 << 2",
        "Muon.pt > Jet.pt",
        "Muon[Jet.pt > 2]",
        "Muon[deltaR(Jet, Muon[0]) > 1]",
        "Unknown",
        "Muon.unknown",
        "unknown(1)",
        "p4(1, 2, 3).mass",
        "(1",
    ],
)
def test_errors(text):
    with pytest.raises(OracleError):
        value(text, muons=(1.0, 2.0), jets=(3.0, 4.0))


def test_raw_branches_of_a_filtered_collection_are_refused():
    events = [event(muons=(10.0, 30.0))]
    steps = [keep("Muon", "pt > 20"), cut("raw(nMuon) == 2 & count(Muon) == 1")]
    assert run(document(*steps), events, SCHEMA).cutflow[-1].passed == 1
    for text in ("nMuon > 1", "any(Muon_pt > 5)"):
        with pytest.raises(OracleError, match="raw"):
            run(document(keep("Muon", "pt > 20"), cut(text)), events, SCHEMA)
    with pytest.raises(OracleError, match="exists"):
        run(document(define("Jet", "Muon[pt > 1]")), events, SCHEMA)


def test_windows_and_quantifiers():
    events = [event(muons=(10.0, 30.0)), event(muons=(60.0,)), event(), event(muons=(NAN, 30.0))]

    def passed(**window):
        return run(document(cut("Muon.pt", "c", **window)), events, SCHEMA).cutflow[-1].passed

    assert passed(low=30, high=60, quantifier="any") == 2
    assert passed(low=30, high=60, quantifier="all") == 1
    assert passed(low=10, quantifier=2) == 1
    assert run(document(cut("Muon.pt", "c", low=1, quantifier="any")), events, SCHEMA).row("c").nan == 1


def test_regions_leave_out_what_they_do_not_name_and_drop_missing():
    events = [event(muons=(30.0,), x=1.0), event(muons=(10.0,), x=-1.0), event(x=1.0)]
    steps = [cut("Muon[0].pt", "hard", 20), cut("x > 0", "positive")]
    regions = [region("A", "hard"), region("B", "!hard"), region("C", "positive")]
    result = run(document(*steps, regions=regions, hists=[hist("x", axis("x", 2, -2, 2))]), events, SCHEMA)
    assert {name: row.passed for name, (row, _) in result.regions.items()} == {"A": 1, "B": 1, "C": 2}
    assert result.regions["B"][1]["x"].counts() == [0, 1, 0, 0]
    assert result.row("hard").missing == 1


def test_filling():
    events = [event(muons=(1.0, 2.0, 2.5), met=7.0, x=0.5), event(met=NAN, x=NAN), event(muons=(9.0,), x=2.0)]
    hists = [
        hist("pt", axis("Muon.pt", edges=[1, 2, 2.5])),
        hist("both", axis("Muon.pt", 1, 0, 5), axis("MET.pt", 1, 0, 8)),
        hist("met", axis("MET.pt", 2, 0, 10), weight=1),
        hist("first", axis("Muon[0].pt", 1, 0, 5), weight="Muon[0].charge"),
    ]
    filled = run(document(weight("x"), hists=hists), events, SCHEMA).histograms
    assert filled["pt"].counts() == [0, 1, 1, 2]
    assert filled["pt"].sums() == [0, 0.5, 0.5, 2.5]
    assert filled["pt"].squares() == [0, 0.25, 0.25, 4.25]
    assert filled["both"].shape == (3, 3)
    assert filled["both"].counts() == [0, 0, 0, 0, 3, 0, 0, 0, 1]
    assert (filled["met"].nan, filled["met"].counts()) == (1, [0, 0, 1, 1])
    assert (filled["first"].missing, filled["first"].sums()) == (1, [0, 1, 1])
