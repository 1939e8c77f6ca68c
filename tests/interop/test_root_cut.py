"""Cuts in the syntax of TTree::Draw select the same events here, and what cannot be said there is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import heplens as hl
from heplens.interop.root_cut import from_root_cut, to_root_cut

HZZ = f"{Path(__file__).parents[1] / 'data' / 'uproot-HZZ.root'}:events"


@pytest.mark.parametrize(
    ("root", "own"),
    [
        ("NMuon >= 2", "NMuon >= 2"),
        ("Muon_Px[0] > 20 && abs(Muon_Py[0]) < 50", "Muon_Px[0] > 20 & abs(Muon_Py[0]) < 50"),
        ("!(NJet == 1) || MET_px > 3*2", "!(NJet == 1) | MET_px > 6"),
        ("Sum$(Jet_Px > 30) >= 1", "count(Jet.Px > 30) >= 1"),
        ("Max$(Jet_E) > 100", "max(Jet.E) > 100"),
        ("TMath::Max(MET_px, MET_py) > 10", "where(MET_px > MET_py, MET_px, MET_py) > 10"),
        ("Length$(Muon_Px) == 2", "count(Muon) == 2"),
        ("TMath::Sqrt(MET_px*MET_px + MET_py*MET_py) > 20", "MET.pt > 20"),
    ],
)
def test_a_cut_of_root_selects_the_same_events(root: str, own: str) -> None:
    theirs = hl.Analysis(HZZ).cut(from_root_cut(root), name="cut").run().cutflow["cut"]
    ours = hl.Analysis(HZZ).cut(own, name="cut").run().cutflow["cut"]
    assert theirs.passed == ours.passed
    assert 0 < ours.passed < 2421


@pytest.mark.parametrize(
    "text",
    ["20 < MET_px < 30", "MET_px >", "NJet & 2", "NJet << 2", "a ? b : c", "NotAFunction(x)", "__import__('os')", ""],
)
def test_what_means_something_else_is_refused(text: str) -> None:
    with pytest.raises(hl.HeplensError):
        from_root_cut(text)


@pytest.mark.parametrize(
    "expression",
    [
        "count(Muon) >= 2",
        "Muon[0].Px > 20 & MET.px < 30",
        "count(Jet.Px > 30) >= 1",
        "any(Jet.Px > 30) & all(Jet.E > 20)",
        "20 < MET.px < 60",
        "!(NJet == 1) | MET.px > 6",
        "max(Jet.E) > 100",
        "hypot(MET.px, MET.py) > 20",
        "NJet % 2 == 0",
    ],
)
def test_there_and_back_again(expression: str) -> None:
    analysis = hl.Analysis(HZZ).cut(expression, name="cut")
    back = hl.Analysis(HZZ).cut(from_root_cut(to_root_cut(analysis)), name="cut")
    assert back.run().cutflow["cut"].passed == analysis.run().cutflow["cut"].passed


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("Muon[0].pt > 20", "computed|vector"),
        ("(Muon[0] + Muon[1]).mass > 60", "vector"),
        ("Muon[0].Px > 25 | Electron[0].Px > 25", "missing"),
        ("Muon[-1].Px > 25", "from the end"),
        ("deltaR(Muon[0], Muon[1]) > 0.4", "deltaR"),
    ],
)
def test_what_cannot_be_said_there_is_named(expression: str, part: str) -> None:
    with pytest.raises(hl.HeplensError, match=part):
        to_root_cut(hl.Analysis(HZZ).cut(expression, name="odd"))


def test_filters_cannot_be_said_there() -> None:
    with pytest.raises(hl.HeplensError, match="good muons"):
        to_root_cut(hl.Analysis(HZZ).keep("Muon", "Px > 20", name="good muons"))
