"""The script that an analysis writes runs alone, without heplens, and fills the same bins."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest

import heplens as hl

DATA = Path(__file__).parents[2] / "data"
HZZ = f"{DATA / 'uproot-HZZ.root'}:events"
NANO = f"{DATA / 'nanoAOD_2015_CMS_Open_Data_ttbar.root'}:Events"
ZMUMU = f"{DATA / 'uproot-Zmumu.root'}:events"
NTUPLE = str(DATA / "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root")
OBJECTS = str(DATA / "uproot-HZZ-objects.root")


def dimuon() -> hl.Analysis:
    return (
        hl.Analysis(HZZ)
        .keep("Muon", "pt > 20*GeV & abs(eta) < 2.4", name="good muons")
        .cut("count(Muon) >= 2", name="two muons")
        .define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.1876)")
        .cut("Z.mass", low=60, high=120, name="Z window")
        .weight("EventWeight", name="event weight")
        .hist("Z.mass", bins=60, range=(60, 120), name="mass", label="m(μμ) [GeV]")
        .hist("Muon.pt", bins=50, range=(0, 100), name="pt", weight=1)
        .hist(("Muon.pt", "Muon.eta"), bins=(5, 5), range=((0, 100), (-2.4, 2.4)), name="pt and eta")
        .hist("Muon[0].pt", bins=10, range=(0, 100), name="early", at="two muons")
    )


def four_muons() -> hl.Analysis:
    return (
        hl.Analysis(HZZ)
        .define("Z", "pairs(Muon)[charge == 0]")
        .define("Z1", "closest(Z, mass, 91.1876)")
        .define("Z2", "leading(disjoint(Z, Z1))")
        .cut("Z2.pt > 0", name="four muons")
        .hist("(Z1 + Z2).mass", bins=40, range=(70, 470))
        .hist("Z2.mass", bins=40, range=(0, 120))
    )


def regions() -> hl.Analysis:
    return (
        hl.Analysis(NANO)
        .keep("Muon", "pt > 20")
        .cut("count(Muon) >= 1", name="muon")
        .cut("Jet[0].pt > 30 | Electron[0].pt > 20", name="jet or electron")
        .weight("genWeight", on="mc")
        .region("signal", ["muon", "jet or electron"])
        .region("control", ["muon", "!jet or electron"])
        .hist("leading(Muon).pt", bins=20, range=(0, 200), name="muon pt")
        .hist("Jet[deltaR_min(Jet, Muon) > 0.4].pt", bins=20, range=(0, 200), name="clean jets")
    )


def samples() -> hl.Analysis:
    fileset = {
        "simulation": {"files": {str(DATA / "uproot-HZZ.root"): "events"}, "metadata": {"xsec": 2.5, "sumw": 2421}},
        "data": {"files": {OBJECTS: "events"}, "metadata": {"role": "data"}},
    }
    return hl.Analysis(fileset, lumi=3).cut("MET.pt > 20").weight("2", on="mc").hist("MET.pt", bins=9, range=(0, 90))


def functions() -> hl.Analysis:
    a = hl.Analysis(HZZ)
    for expression, low, high in (
        ("mean(Jet.pt)", 0, 200),
        ("max(Jet.pt) - min(Jet.pt)", 0, 200),
        ("mT(Muon[0], MET)", 0, 200),
        ("deltaR(Muon[0], Muon[1])", 0, 5),
        ("deltaPhi(Muon[0], MET)", -4, 4),
        ("sort(Jet)[:2].pt", 0, 200),
        ("argmax(Jet.pt)", 0, 5),
        ("Muon[pt > Electron[0].pt].pt", 0, 100),
        ("count(concat(Electron, Muon)[pt > 30])", 0, 5),
        ("where(Muon[0].pt > 20, MET.px, MET.py)", -50, 50),
        ("cartesian(Electron, Muon).mass", 0, 150),
        ("default(Jet[0].pt, -1)", -2, 150),
        ("p4(Muon.pt, Muon.eta, Muon.phi, mass=0.10566).mass", 0, 1),
        ("(Muon[-1] + Jet[0]).mass", 0, 400),
        ("NJet % 3 + 2**2 / 3 - -1", 0, 5),
        ("hypot(MET.px, MET.py) * sqrt(2)", 0, 100),
        ("prod(Muon.Charge)", -2, 2),
        ("Muon[0].p - Muon[0].E", -1, 1),
    ):
        a = a.hist(expression, bins=10, range=(low, high))
    return a.hist("bit(NJet, 0) | !any(Muon.pt > 40) & all(Jet.pt > 30)")


def presence() -> hl.Analysis:
    """Elements that are certain to be there, or not, or only since a cut that came later."""
    return (
        hl.Analysis(HZZ)
        .define("early", "Muon[1].pt")
        .hist("early", bins=10, range=(0, 100), name="before")
        .cut("early > 5 | NMuon < 2", name="soft")
        .cut("2 <= count(Muon) & count(Jet.pt > 30) > 0", name="objects")
        .hist("early", bins=10, range=(0, 100), name="after")
        .hist("Muon[1].pt + Jet[0].pt", bins=10, range=(0, 200))
        .hist("Muon[2].pt", bins=10, range=(0, 100))
        .hist("Muon[-2].pt", bins=10, range=(0, 100))
        .hist("Jet.pt - Muon[0].pt", bins=10, range=(-100, 100))
        .hist("Jet.pt - Electron[0].pt", bins=10, range=(-100, 100))
        .hist("Muon[0].pt > 30 | Electron[0].pt > 30")
        .keep("Muon", "pt > 20")
        .cut("Muon[0].pt > 25 | Jet[0].pt > 50", name="either")
        .hist("Muon[1].pt", bins=10, range=(0, 100), name="kept")
    )


CASES: dict[str, Callable[[], hl.Analysis]] = {
    "dimuon": dimuon,
    "four muons": four_muons,
    "regions": regions,
    "samples": samples,
    "functions": functions,
    "presence": presence,
    "flat columns": lambda: (
        hl.Analysis(ZMUMU)
        .define("A", "p4(px=px1, py=py1, pz=pz1, E=E1)")
        .define("B", "p4(px=px2, py=py2, pz=pz2, E=E2)")
        .cut("Q1 * Q2 < 0", name="opposite charge")
        .hist("(A + B).mass", bins=60, range=(60, 120))
        .hist("Type")
        .hist("M > 90")
    ),
    "ntuple": lambda: (
        hl.Analysis(NTUPLE)
        .cut("count(Muon) == 2")
        .cut("Muon[0].charge != Muon[1].charge", name="opposite charge")
        .hist("(Muon[0] + Muon[1]).mass", bins=60, range=(0, 120))
    ),
    "objects": lambda: (
        hl.Analysis(OBJECTS)
        .keep("muonp4", "pt > 20")
        .cut("count(muonp4) >= 2")
        .hist("(muonp4[0] + muonp4[1]).mass", bins=60, range=(60, 120))
    ),
}


def run_script(text: str, folder: Path) -> dict[str, Any]:
    """Run a script in a fresh interpreter in which heplens cannot be imported, and get its bins back."""
    (folder / "selection.py").write_text(text, encoding="utf-8")
    (folder / "driver.py").write_text(
        "import sys, json\n"
        "sys.modules['heplens'] = None\n"
        "import selection\n"
        "out = {}\n"
        "for sample, (histograms, cutflow) in selection.main().items():\n"
        "    bins = {json.dumps(k): h.view(flow=True).tolist() for k, h in histograms.items()}\n"
        "    out[sample] = {'bins': bins, 'cutflow': cutflow}\n"
        "json.dump(out, open('out.json', 'w'))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "driver.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    import json

    return dict(json.loads((folder / "out.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("case", CASES)
def test_script_fills_the_same_bins(case: str, tmp_path: Path) -> None:
    import json

    analysis = CASES[case]()
    result = analysis.run()
    written = run_script(analysis.to_script(), tmp_path)
    compared = 0
    for sample, found in written.items():
        for key, bins in found["bins"].items():
            name = json.loads(key)
            histogram = result[name if isinstance(name, str) else name[0]]
            if analysis.dataset is not None and analysis.dataset.named:
                histogram = histogram[{"dataset": sample}]
            if isinstance(name, list):
                histogram = histogram[{"region": name[1]}]
            assert np.array_equal(np.asarray(histogram.view(flow=True).tolist()), np.asarray(bins)), name
            compared += 1
    expected = len(analysis.histograms) * max(1, len(analysis.regions)) * len(written)
    assert compared == expected
    assert any(np.any(np.asarray(bins)) for found in written.values() for bins in found["bins"].values())


def test_cutflow_of_the_script_is_that_of_the_run(tmp_path: Path) -> None:
    analysis = dimuon()
    cutflow = run_script(analysis.to_script(), tmp_path)["data"]["cutflow"]
    result = analysis.run()
    for row in result.cutflow:
        if row.name == "event weight":
            assert cutflow[row.name] == pytest.approx(row.weighted, rel=1e-12)
        else:
            assert cutflow[row.name] == row.passed


def test_script_imports_neither_heplens_nor_anything_unusual() -> None:
    tree = ast.parse(dimuon().to_script())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= {"awkward", "hist", "math", "numpy", "uproot", "vector"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_script_reads_only_what_is_needed() -> None:
    text = dimuon().to_script()
    assert '"Muon_Px"' in text
    assert '"Muon_Iso"' not in text


def test_numbers_stand_as_typed() -> None:
    text = dimuon().to_script()
    assert "muon.pt > 20)" in text
    assert "19.99" not in text
    assert "pt > 20*GeV & abs(eta) < 2.4" in text  # the author's words, as a comment


def test_fields_that_are_called_like_components_stay_fields(tmp_path: Path) -> None:
    import uproot

    path = tmp_path / "odd.root"
    rng = np.random.default_rng(1)
    names = ("pt", "eta", "phi", "mass", "x", "theta", "deltaR", "tau")
    hits = ak.unflatten(ak.zip({name: rng.uniform(1, 3, 60) for name in names}), [2, 3, 1] * 10)
    with uproot.recreate(path) as file:
        tree = file.mktree("t", {"Hit": ak.type(hits).content}, counter_name=lambda name: f"n{name}",
                           field_name=lambda outer, inner: f"{outer}_{inner}")  # fmt: skip
        tree.extend({"Hit": hits})
    analysis = hl.Analysis(f"{path}:t", energy_unit="GeV").keep("Hit", "x > 1.2 & px < 2.5")
    for expression in ("Hit.x + Hit.theta", "Hit.deltaR", "(Hit[0] + Hit[1]).mass", "Hit.pz + Hit.tau",
                       "concat(Hit, Hit[x > 2]).px", "pairs(Hit).mass", "Hit.pt"):  # fmt: skip
        analysis = analysis.hist(expression, bins=20, range=(-5, 15))
    result = analysis.run()
    bins = run_script(analysis.to_script(), tmp_path)["data"]["bins"]
    for histogram in analysis.histograms:
        assert result[histogram.name].view(flow=True).tolist() == bins[f'"{histogram.name}"'], histogram.name
    with uproot.open(path) as file:
        pt, phi, x = (file["t"][f"Hit_{name}"].array() for name in ("pt", "phi", "x"))
    kept = (x > 1.2) & (pt * np.cos(phi) < 2.5)
    assert result["Hit.pz + Hit.tau"].sum(flow=True) == ak.sum(kept)
    by_hand = np.histogram(ak.flatten(pt[kept]), bins=20, range=(-5, 15))[0]
    assert result["Hit.pt"].values().tolist() == by_hand.tolist()


def test_a_script_of_nothing_but_numbers_is_refused() -> None:
    with pytest.raises(hl.AnalysisError, match="needs none"):
        hl.Analysis(HZZ).hist("1", bins=2, range=(0, 2)).to_script()


def test_no_room_for_the_missing_where_a_cut_has_made_sure() -> None:
    text = (
        hl.Analysis(HZZ)
        .cut("count(Muon) >= 2")
        .cut("Muon[0].Charge != Muon[1].Charge")
        .hist("(Muon[0] + Muon[1]).mass", bins=60, range=(60, 120))
        .to_script()
    )
    assert "passed = muon.Charge[:, 0] != muon.Charge[:, 1]" in text
    assert "(muon[:, 0] + muon[:, 1]).mass" in text
    assert "fill_none" not in text


def test_hostile_names_are_literals_and_comments_stay_on_their_line(tmp_path: Path) -> None:
    import uproot

    name = '"); import os #'
    path = tmp_path / "odd.root"
    with uproot.recreate(path) as file:
        tree = file.mktree("t", {name: np.float64, "x": np.float64})
        tree.extend({name: np.arange(5.0), "x": np.arange(5.0)})
    analysis = (
        hl.Analysis(f"{path}:t")
        .cut(f"`{name}` > 1", name="first\nimport os")
        .hist("x", bins=5, range=(0, 5), name='a"b\\')
    )
    written = run_script(analysis.to_script(), tmp_path)
    assert written["data"]["cutflow"] == {"all": 5, "first\nimport os": 3}
    tree_of_script = ast.parse(analysis.to_script())
    assert "os" not in {a.name for n in ast.walk(tree_of_script) if isinstance(n, ast.Import) for a in n.names}


def test_arrays_in_memory_have_no_script() -> None:
    analysis = hl.Analysis({"x": np.arange(3.0)}).hist("x", bins=3, range=(0, 3))
    with pytest.raises(hl.HeplensError, match="on\\("):
        analysis.to_script()


def test_helpers_agree_with_the_engine_where_it_is_delicate() -> None:
    from heplens.analysis.script import prelude
    from heplens.columns.geometry import delta_phi

    close = np.array([-np.pi - 1e-16, -np.pi, np.pi, -1e-17 - np.pi, 0.0, np.nextafter(-np.pi, -4)])
    assert np.array_equal(prelude.delta_phi(close, 0.0), delta_phi(close, 0.0))
    key = ak.Array([[np.nan, 1.0, -np.inf, 3.0, 3.0], [], [-np.inf, np.nan]])
    place = ak.local_index(key, axis=1)
    assert prelude.descending(place, key).to_list() == [[3, 4, 1, 2, 0], [], [0, 1]]
