"""The oracle alone: the quoted counts, and histograms that someone else filled from the same file."""

from __future__ import annotations

import pytest
import uproot

from oracle.build import axis, document, hist
from oracle.cases import CASES
from oracle.golden import GOLDEN, OBJECTS
from oracle.read import find, is_there, load
from oracle.run import run, without

STORED = {
    "h_Muon_pt": "Muon.pt",
    "h_Muon_eta": "Muon.eta",
    "h_Electron_pt": "Electron.pt",
    "h_Electron_eta": "Electron.eta",
    "h_Muon_Electron_invariant_mass": "(Muon + Electron).mass",
    "h_leading_lepton_pt": "where(Muon.pt > Electron.pt, Muon.pt, Electron.pt)",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_events_left(name):
    golden = GOLDEN[name]
    assert run(golden.document, *load(*golden.file)).cutflow[-1].passed == golden.events


@pytest.mark.parametrize("name", [name for name, (_, (file, _), _) in OBJECTS.items() if is_there(file)])
def test_objects_left(name):
    keeping, file, counts = OBJECTS[name]
    row = run(keeping, *load(*file)).cutflow[-1]
    assert (row.objects_in, row.objects_out) == counts


@pytest.mark.parametrize("name", STORED)
def test_histograms_stored_beside_the_tree(name):
    with uproot.open(find("uproot-issue-750.root")) as file:
        stored = file[name]
        edges, values = stored.axis().edges(), stored.values(flow=True)
    wanted = axis(STORED[name], len(edges) - 1, edges[0], edges[-1])
    result = run(document(hists=[hist("h", wanted)]), *load("uproot-issue-750.root", "tout"))
    assert result.histograms["h"].counts() == list(values)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cases_are_consistent(case):
    result = case.expected()
    alive = [row.passed for row in result.cutflow]
    assert alive == sorted(alive, reverse=True)
    for one in case.document["histograms"]:
        filled = result.histograms[one["name"]]
        whole = sum(filled.counts()) + filled.missing + filled.nan + filled.bad_weights
        assert whole > 0 or result.cutflow[-1].passed == 0 or "pairs" in one["axes"][0]["expression"]
        assert sum(filled.sums()) == pytest.approx(sum(sum(weights) for weights in filled.cells.values()))


def test_the_last_row_is_the_sum_of_a_histogram():
    chosen = next(case for case in CASES if case.name == "generator weights with signs")
    result = chosen.expected()
    assert result.cutflow[-1].weighted == pytest.approx(sum(result.histograms["met"].sums()))
    assert result.cutflow[-1].squared == pytest.approx(sum(result.histograms["met"].squares()))
    assert 0 < result.cutflow[-1].weighted < result.cutflow[-1].passed


def test_n_minus_one_of_a_cut_and_of_a_keep():
    golden = GOLDEN["Z window as a window"]
    data = load(*golden.file)
    assert run(without(golden.document, "Z"), *data).cutflow[-1].passed == 1258
    assert run(without(golden.document, "good Muon"), *data).row("count(Muon) >= 2").passed == 1413
