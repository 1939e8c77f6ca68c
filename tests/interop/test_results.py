"""Results on disk and back, as UHI JSON and as ROOT histograms: every bit, the cutflow and the problems."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.errors import AnalysisError, FileError
from heplens.interop import load, save
from support import HZZ


def plain() -> hl.Analysis:
    return (
        hl.Analysis(HZZ)
        .keep("Muon", "pt > 20", name="good muons")
        .cut("Muon[0].pt > 25", name="hard")
        .hist("Muon.pt", bins=40, range=(0, 200), name="pt", label="pT [GeV]")
        .hist("Muon.eta", bins=[-2, 0, 1, 2.5], name="eta")
        .hist("count(Muon) > 1", axes=[hist.axis.Boolean()], name="cutflow")
        .hist("count(Muon)", axes=[hist.axis.Integer(0, 4, underflow=False)], name="muons")
    )


def everything() -> hl.Analysis:
    """Samples and regions whose names are awkward in a ROOT file, weights, and axes that ROOT does not know."""
    file = HZZ.rpartition(":")[0]
    data = {
        "Z/γ; jets": {"files": {file: "events"}, "metadata": {"xsec": 2.5, "sumw": 1000.0}},
        "data": {"files": {file: "events"}, "metadata": {"role": "data"}},
    }
    return (
        hl.Analysis(data, lumi=59.8)
        .cut("count(Muon) >= 2", name="two muons")
        .cut("any(Muon.pt > 40)", name="hard")
        .weight("EventWeight", on="mc")
        .region("SR", ["two muons", "hard"])
        .region("C/R", ["two muons", "!hard"])
        .hist("Muon.pt", bins=40, range=(0, 200), name="pt")
        .hist("count(Jet)", axes=[hist.axis.IntCategory([], growth=True)], name="jets")
        .hist("count(Muon)", axes=[hist.axis.IntCategory([2])], name="exactly two")
        .hist(
            ("Muon.pt", "Muon.eta"),
            axes=[
                hist.axis.Regular(5, 1, 100, transform=hist.axis.transform.log),
                hist.axis.Variable([-2, 0, 1], underflow=False),
            ],
            name="pt/eta",
        )
    )


def alike(one: Any, other: Any) -> None:
    assert list(one) == list(other)
    for name in one:
        assert one[name].axes == other[name].axes
        assert (one[name].name, one[name].label) == (other[name].name, other[name].label)
        assert one[name].storage_type is other[name].storage_type
        assert one[name].view(flow=True).tobytes() == other[name].view(flow=True).tobytes(), name
    assert repr(one.cutflow) == repr(other.cutflow)
    assert repr(one.cutflow.rows) == repr(other.cutflow.rows)
    assert (one.counters, one.used, one.blocks) == (other.counters, other.used, other.blocks)
    assert (one.problems, one.complete) == (other.problems, other.complete)


@pytest.mark.parametrize("suffix", [".json", ".root"])
@pytest.mark.parametrize("make", [plain, everything], ids=lambda make: make.__name__)
def test_there_and_back(make: Any, suffix: str, tmp_path: Path) -> None:
    result = make().run()
    save(result, tmp_path / f"out{suffix}")
    alike(load(tmp_path / f"out{suffix}"), result)
    assert [path.name for path in tmp_path.iterdir()] == [f"out{suffix}"]


@pytest.mark.parametrize("suffix", [".json", ".root"])
def test_an_incomplete_result_stays_one(suffix: str, tmp_path: Path) -> None:
    result = plain().run(cancel=lambda: True)
    assert not result.complete
    save(result, tmp_path / f"out{suffix}")
    alike(load(tmp_path / f"out{suffix}"), result)


def test_json_is_uhi(tmp_path: Path) -> None:
    """Other tools see histograms by name, the cutflow among them."""
    save(everything().run(), tmp_path / "out.json")
    content = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert list(content) == ["pt", "jets", "exactly two", "pt/eta", "cutflow"]
    for described in content.values():
        assert described["uhi_schema"] == 1
        assert all(isinstance(value, str | int | float) for value in described.get("metadata", {}).values())
    assert content["cutflow"]["axes"][0]["categories"] == ["all", "two muons", "hard", "EventWeight"]


def test_root_has_plain_histograms(tmp_path: Path) -> None:
    result = everything().run()
    save(result, tmp_path / "out.root")
    with uproot.open(tmp_path / "out.root") as file:
        stored = file["Z_γ_ jets/SR/pt"]
        assert stored.classname == "TH1D"
        expected = result["pt"]["Z/γ; jets", "SR", :]
        assert np.array_equal(stored.values(flow=True), expected.values(flow=True))
        assert np.array_equal(stored.variances(flow=True), expected.variances(flow=True))
        assert file["cutflow"].axis().labels() == ["all", "two muons", "hard", "EventWeight"]
        assert file["data/C_R/pt_eta"].classname == "TH2D"


def test_uhi_of_other_tools(tmp_path: Path) -> None:
    import uhi.io.json

    other = hist.Hist.new.Reg(4, 0, 1, name="x").Double().fill([0.1, 0.9])
    (tmp_path / "other.json").write_text(json.dumps({"h": other}, default=uhi.io.json.default))
    result = load(tmp_path / "other.json")
    assert result["h"] == other
    assert len(result.cutflow) == 0


def test_bad_files(tmp_path: Path) -> None:
    for name, content, message in (
        ("a.json", "{", "is not JSON"),
        ("b.json", '{"heplens": 1}', "no file of UHI histograms"),
        ("c.json", '{"h": {"uhi_schema": 1, "axes": [{"type": "odd"}]}}', "the histogram 'h' of .* cannot be read"),
        ("d.root", "root", "cannot be read"),
        ("e.txt", "", r"neither \.json"),
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(FileError, match=message):
            load(tmp_path / name)
    with pytest.raises(FileError, match="no result of heplens"):
        load(HZZ.rpartition(":")[0])
    with pytest.raises(FileError, match="there is no file"):
        load(tmp_path / "none.json")
    with pytest.raises(FileError, match="there is no folder"):
        save(plain().run(), tmp_path / "nowhere" / "out.json")


def test_more_axes_than_root_has(tmp_path: Path) -> None:
    axes = [hist.axis.Regular(2, 0, 100) for _ in range(4)]
    analysis = hl.Analysis(HZZ).hist(("MET.pt", "MET.phi", "NJet", "NMuon"), axes=axes, name="four")
    result = analysis.run()
    with pytest.raises(AnalysisError, match="'four' has 4 axes"):
        save(result, tmp_path / "out.root")
    assert list(tmp_path.iterdir()) == []
    save(result, tmp_path / "out.json")
    alike(load(tmp_path / "out.json"), result)
