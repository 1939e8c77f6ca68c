"""Previews: bounded, counted, and the same numbers as the field's own libraries give."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from types import SimpleNamespace

import awkward as ak
import hist
import numpy as np
import pytest
import uproot

from heplens.errors import FileError
from heplens.files import limits, sampling
from heplens.files.binning import bin_numbers, bin_words
from heplens.files.intervals import clopper_pearson
from heplens.files.opening import OpenFile
from heplens.files.points import graph_preview
from heplens.files.preview import Preview, preview


def look(path: Path, node: str, branch: str = "") -> Preview:
    found = preview(OpenFile(path), node, branch)
    json.dumps(found.to_json(), allow_nan=False)
    return found


def test_a_jagged_branch(data: Path) -> None:
    p = look(data / "uproot-HZZ.root", "events", "Muon_Px")
    values = ak.to_numpy(ak.flatten(uproot.open(data / "uproot-HZZ.root")["events/Muon_Px"].array()))
    assert p.summary["values"] == len(values) == 3825
    assert p.summary["min"] == float(values.min())
    assert p.summary["mean"] == pytest.approx(float(values.astype(float).mean()))
    assert p.summary["multiplicity"] == {"min": 0, "max": 4, "mean": pytest.approx(3825 / 2421), "empty": 59}
    assert sum(p.values) + p.flow["underflow"] + p.flow["overflow"] == 3825
    assert (p.entries, p.entries_used, p.note) == (2421, 2421, "")
    assert len(p.edges) == len(p.values) + 1


def test_integers_booleans_and_words(data: Path, odd_file: Path) -> None:
    p = look(data / "uproot-HZZ.root", "events/NMuon")
    assert p.edges == [0, 1, 2, 3, 4, 5]
    assert sum(p.values) == 2421
    assert sum(p.values[2:]) == 1413
    p = look(data / "uproot-Zmumu.root", "events/Type")
    assert (p.labels, p.values) == (["GT", "TT", "GG"], [1145, 643, 516])
    p = look(odd_file, "folder/tree:1", "µ")
    assert (p.labels, sum(p.values)) == (["false", "true"], 1007)
    p = look(odd_file, "folder/tree:1", '"); import os #')
    assert len(p.values) == 7


def test_nan_and_infinities_are_counted_and_outliers_overflow(odd_file: Path) -> None:
    p = look(odd_file, "folder/tree:1/x")
    assert (p.summary["nan"], p.summary["inf"], p.summary["values"]) == (1, 2, 1007)
    assert sum(p.values) + sum(p.flow.values()) == 1004
    assert p.summary["max"] == 1e6


def test_a_constant_branch_has_a_bin(odd_file: Path) -> None:
    p = look(odd_file, "folder/tree:1", "<b>")
    assert p.values == [1007]
    assert p.edges == [3, 4]


def test_ntuple_fields(data: Path) -> None:
    path = data / "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root"
    p = look(path, "Events/Muon_pt")
    values = ak.flatten(uproot.open(path)["Events"]["Muon_pt"].array())
    assert p.summary["values"] == len(values)
    assert p.summary["max"] == float(ak.max(values))
    assert look(data / "test_stl_containers_rntuple_v1-0-0-0.root", "ntuple/lorentz_vector/pt").summary["values"] == 5
    assert look(data / "test_stl_containers_rntuple_v1-0-0-0.root", "ntuple/vector_vector_string").labels


def test_an_empty_branch(data: Path) -> None:
    p = look(data / "uproot-empty.root", "tree/x")
    assert (p.entries, p.entries_used, sum(p.values)) == (0, 0, 0)


def test_only_so_many_entries_are_read(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "PREVIEW_ENTRIES", 100)
    p = look(data / "uproot-HZZ.root", "events/Muon_Px")
    assert (p.entries_used, p.note) == (100, "")
    p = look(data / "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root", "Events/Muon_pt")
    assert (p.entries_used, p.entries) == (100, 1000)


def test_bytes_are_asked_before_they_are_read(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "PREVIEW_BYTES", 100)
    for name, node in (
        ("uproot-HZZ.root", "events/Muon_Px"),
        ("Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root", "Events/Muon_pt"),
    ):
        with pytest.raises(FileError, match=r"is not previewed: its first entries take .* more than the 100 bytes"):
            look(data / name, node)


def test_stored_histograms_keep_errors_flow_and_labels(data: Path) -> None:
    p = look(data / "uproot-issue33.root", "cutflow")
    stored = uproot.open(data / "uproot-issue33.root")["cutflow"]
    assert p.labels is not None
    assert p.labels[:2] == ["Dijet", "MET"]
    assert p.values == stored.values().tolist()
    assert p.variances == stored.variances().tolist()
    path = data / "uproot-histograms.root"
    for key in uproot.open(path).keys(cycle=False):
        stored = uproot.open(path)[key]
        p = look(path, key)
        assert p.values == stored.values().tolist()
        assert p.flow == {"underflow": stored.values(flow=True)[0], "overflow": stored.values(flow=True)[-1]}
        assert p.edges == stored.axis().edges().tolist()


def test_two_axes(data: Path) -> None:
    p = look(data / "uproot-from-geant4.root", "p_phi_diff")
    stored = uproot.open(data / "uproot-from-geant4.root")["p_phi_diff"]
    assert p.kind == "histogram2d"
    assert np.sum(p.values) == stored.values().sum()
    assert p.flow["outside"] == stored.values(flow=True).sum() - stored.values().sum()
    assert max(len(p.values), len(p.values[0])) <= limits.STORED_SIDE


def test_an_efficiency(data: Path) -> None:
    p = look(data / "uproot-issue38c.root", "TEfficiencyName")
    stored = uproot.open(data / "uproot-issue38c.root")["TEfficiencyName"]
    total, passed = (stored.member(name).values() for name in ("fTotalHistogram", "fPassedHistogram"))
    assert p.kind == "graph"
    assert p.values == (passed[total > 0] / total[total > 0]).tolist()
    assert p.note == "1 bin without entries is not shown"
    assert np.count_nonzero(total == 0) == 1
    assert p.errors["y_high"] == pytest.approx(p.errors["y_low"]), "symmetric at one half"
    # By definition: at the lower end, 2 or more of 4 have half of the probability that is left out.
    low = 0.5 - p.errors["y_low"][0]
    assert sum(math.comb(4, k) * low**k * (1 - low) ** (4 - k) for k in (2, 3, 4)) == pytest.approx(0.158655, abs=1e-5)
    low, high = clopper_pearson(np.array([0.0, 5.0]), np.array([5.0, 5.0]), 0.6827)
    assert (low[0], high[1]) == (0, 1)
    assert high[0] == pytest.approx(1 - 0.15865 ** (1 / 5), abs=1e-4)


def test_graphs_and_their_errors(tmp_path: Path) -> None:
    x, y = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    with uproot.recreate(tmp_path / "graph.root") as file:
        file["plain"] = uproot.as_TGraph({"x": x, "y": y}, title="t", xAxisLabel="X")
    p = look(tmp_path / "graph.root", "plain")
    assert (p.kind, p.edges, p.values, p.entries, p.errors) == ("graph", x.tolist(), y.tolist(), 3, {})
    # uproot makes graphs with errors, but cannot write them.
    model = uproot.as_TGraph({"x": x, "y": y, "x_errors": x / 10, "y_errors": y / 10})
    p = graph_preview(SimpleNamespace(fClassName="TGraphErrors", fObjlen=100, get=lambda: model))
    assert p.errors["x_low"] == p.errors["x_high"] == (x / 10).tolist()
    assert p.errors["y_low"] == p.errors["y_high"] == (y / 10).tolist()
    ends = {"x_errors_low": x, "x_errors_high": x * 2, "y_errors_low": x * 3, "y_errors_high": x * 4}
    model = uproot.as_TGraph({"x": x, "y": y, **ends})
    p = graph_preview(SimpleNamespace(fClassName="TGraphAsymmErrors", fObjlen=100, get=lambda: model))
    assert list(p.errors.values()) == [values.tolist() for values in ends.values()]


def test_profiles_and_three_axes(tmp_path: Path) -> None:
    filled = hist.Hist.new.Reg(3, 0, 3).Reg(2, 0, 2).Reg(2, 0, 2).Double()
    filled.fill([0.5, 1.5, 1.5, 9], [0.5, 0.5, 1.5, 0.5], [0.5, 1.5, 0.5, 0.5])
    profile = hist.Hist.new.Reg(2, 0, 2, label="x").Mean()
    profile.fill([0.5, 0.5, 1.5], sample=[1, 3, 5])
    with uproot.recreate(tmp_path / "h.root") as file:
        file["h3"], file["p"] = filled, profile
    p = look(tmp_path / "h.root", "h3")
    assert (p.kind, p.note) == ("histogram2d", "the sum over the third axis")
    assert p.values == filled.values().sum(axis=2).tolist()
    assert p.flow == {"outside": 1.0}
    p = look(tmp_path / "h.root", "p")
    assert (p.kind, p.values, p.x_label) == ("profile", [2, 5], "x")
    assert p.variances == pytest.approx([0.5, 0])


def test_a_profile_counts_what_lies_outside_and_has_no_mean_of_nothing(tmp_path: Path) -> None:
    profile = hist.Hist.new.Reg(3, 0, 3).Mean()
    profile.fill([-1, 0.5, 2.5, 7, 8], sample=[10, 20, 30, 40, 50])
    with uproot.recreate(tmp_path / "p.root") as file:
        file["p"] = profile
    p = look(tmp_path / "p.root", "p")
    assert p.flow == {"underflow": 1, "overflow": 2}
    assert (p.values[0], p.values[2]) == (20, 30)
    assert math.isnan(p.values[1])
    assert p.to_json()["values"][1] is None
    assert p.note == "1 bin without entries is not shown"


def test_the_mean_of_a_histogram_is_that_of_what_was_filled(data: Path) -> None:
    stored = uproot.open(data / "uproot-histograms.root")["one"]
    p = look(data / "uproot-histograms.root", "one")
    sums = [stored.member(name) for name in ("fTsumw", "fTsumwx", "fTsumwx2")]
    assert p.summary["mean"] == sums[1] / sums[0]
    assert p.summary["std"] == pytest.approx((sums[2] / sums[0] - (sums[1] / sums[0]) ** 2) ** 0.5)
    # Contents that do not go with the sums: from the bins.
    p = look(data / "uproot-issue38c.root", "h_num")
    stored = uproot.open(data / "uproot-issue38c.root")["h_num"]
    assert p.summary["mean"] == pytest.approx(np.average(stored.axis().centers(), weights=stored.values()))


def test_a_claim_of_too_many_bins_is_refused(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "h.root", compression=None) as file:
        file["h"] = np.histogram(np.arange(5.0), bins=5, range=(0, 5))
    content = (tmp_path / "h.root").read_bytes()
    axis = struct.pack(">idd", 5, 0, 5)
    assert content.count(axis) == 1
    for bins, sentence in (
        (1_000_000_000, r"1,000,000,002 bins, more than"),
        (6, "8 bins, and holds 7"),
        (-3, "-1 bins"),
    ):
        (tmp_path / "big.root").write_bytes(content.replace(axis, struct.pack(">idd", bins, 0, 5)))
        assert OpenFile(tmp_path / "big.root").top
        with pytest.raises(FileError, match=sentence):
            look(tmp_path / "big.root", "h")


def test_too_many_bins_are_merged(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "many.root") as file:
        file["h"] = np.histogram(np.arange(10_001), bins=10_001)
    p = look(tmp_path / "many.root", "h")
    assert len(p.values) == 3334 == len(p.edges) - 1
    assert sum(p.values) == 10_001
    assert p.note == "3 stored bins are drawn as one"


def test_what_has_no_preview_says_so(data: Path) -> None:
    for name, node, sentence in (
        ("uproot-nesteddirs.root", "one", "is a directory; choose something inside it"),
        ("uproot-HZZ.root", "events/Muon", "has no 'Muon'"),
        ("uproot-HZZ.root", "", "choose something inside it"),
    ):
        with pytest.raises(FileError, match=sentence):
            look(data / name, node)


def test_every_branch_of_small_files_has_a_preview_or_a_sentence(real_file: Path) -> None:
    """In a worker these are bounded; here, only files whose branches are known to be small."""
    from heplens.files.walking import list_node

    if real_file.stat().st_size > 250_000:
        return
    file = OpenFile(real_file)
    waiting, looked = [""], 0
    while waiting and looked < 60:
        for row in list_node(file, waiting.pop()):
            if row.expandable:
                waiting.append(row.path)
            if row.kind in ("branch", "histogram") and looked < 60:
                looked += 1
                try:
                    said = json.dumps(preview(file, row.path).to_json(), allow_nan=False)
                except FileError as error:
                    said = str(error)
                assert "\n" not in said


@pytest.mark.parametrize(
    "values",
    [
        np.array([], dtype=float),
        np.array([np.nan, np.inf]),
        np.array([1e308, -1e308]),
        np.array([5e-324, 0.0]),
        np.array([1.7976931348623157e308] * 3),
        np.array([2**64 - 1, 2**64 - 2], dtype=np.uint64),
        np.array([-(2**63), 2**63 - 1], dtype=np.int64),
        np.array([0.1, np.nextafter(0.1, 1)]),
    ],
    ids=lambda values: str(values[:2]),
)
def test_bins_of_extreme_values(values: np.ndarray) -> None:
    bins = bin_numbers(values)
    assert np.all(np.diff(bins.edges) > 0)
    assert np.all(np.isfinite(bins.edges))
    inside = np.isfinite(values.astype(float)).sum()
    assert sum(bins.counts) + bins.underflow + bins.overflow == inside


def test_rare_words_are_the_overflow() -> None:
    bins = bin_words([f"w{i}" for i in range(50)] + ["often"] * 3)
    assert bins.labels is not None
    assert (bins.labels[0], bins.counts[0]) == ("often", 3)
    assert sum(bins.counts) + bins.overflow == 53
