"""Parquet files hold the same events as ROOT files and give the same bins."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.columns.files import open_source
from heplens.columns.source import blocks
from heplens.engine.chunk import process
from heplens.engine.partial import Block
from heplens.engine.plan import plan
from heplens.engine.sums import add
from heplens.errors import ExpressionError, FileError, TreeError
from support import HZZ, find


def events() -> Any:
    with uproot.open(find("uproot-HZZ.root")) as file:
        tree = file["events"]
        muons = {name: tree[f"Muon_{name}"].array() for name in ("Px", "Py", "Pz", "E", "Charge", "Iso")}
        jets = {f"Jet_{name}": tree[f"Jet_{name}"].array() for name in ("Px", "Py", "Pz", "E")}
        met = {"px": tree["MET_px"].array(), "py": tree["MET_py"].array()}
        columns = {"Muon": ak.zip(muons), "MET": ak.zip(met), **jets, "EventWeight": tree["EventWeight"].array()}
        return ak.zip(columns, depth_limit=1)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = tmp_path_factory.mktemp("odd: folder") / "hzz.parquet"
    ak.to_parquet(events(), made, row_group_size=700)
    return str(made)


def analysis(data: Any) -> hl.Analysis:
    return (
        hl.Analysis(data, energy_unit="GeV")
        .keep("Muon", "pt > 20 & abs(eta) < 2.4")
        .cut("count(Muon) >= 2 | Jet[0].pt > 40", name="muons or jet")
        .weight("EventWeight", name="weight")
        .hist("closest(pairs(Muon)[charge == 0], mass, 91.1876).mass", bins=60, range=(60, 120), name="mass")
        .hist("Jet.pt", bins=20, range=(0, 100), name="jets")
        .hist("mT(Muon[0], MET)", bins=20, range=(0, 100), name="mT", weight=1)
    )


def test_the_same_bins_as_from_a_root_file(path: str) -> None:
    mine, wanted = analysis(path).run(), analysis(HZZ).run()
    for name in wanted:
        assert np.array_equal(np.asarray(mine[name].view(flow=True)), np.asarray(wanted[name].view(flow=True))), name
    assert [(row.name, row.passed, row.objects) for row in mine.cutflow] == [
        (row.name, row.passed, row.objects) for row in wanted.cutflow
    ]
    assert [(block.file, block.tree) for block in mine.used] == [(path, "")]


def test_row_groups_are_the_edges_and_any_blocks_give_the_same_counts(path: str) -> None:
    source = open_source(path)
    assert (source.edges(["MET.px"]), source.entries) == ([0, 700, 1400, 2100, 2421], 2421)
    assert blocks(source.edges([]), source.entries) == [(0, 2421)]
    a = analysis(path)
    todo = plan(a)
    partials = [
        process(todo.of(todo.blocks[0])[1], source, Block("data", path, "", source.uuid, *ends), True)
        for ends in ((0, 699), (699, 701), (701, 701), (701, 2421))
    ]
    mine, wanted = add(a, partials, 4), a.run()
    assert np.array_equal(mine["mT"].values(flow=True), wanted["mT"].values(flow=True))
    assert [row.passed for row in mine.cutflow] == [row.passed for row in wanted.cutflow]


def test_only_what_is_needed_is_read(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    read = ak.from_parquet
    monkeypatch.setattr(ak, "from_parquet", lambda *a, **k: asked.append(k) or read(*a, **k))
    open_source(path).read(["MET.px", "Muon.Px"], 710, 1390)
    assert asked == [{"columns": ["MET.px", "Muon.Px"], "row_groups": [1]}]


def test_the_script_fills_the_same_bins(path: str, tmp_path: Path) -> None:
    text = analysis(path).to_script()
    assert "uproot" not in text
    (tmp_path / "selection.py").write_text(text, encoding="utf-8")
    histograms, _ = runpy.run_path(str(tmp_path / "selection.py"))["main"]()["data"]
    result = analysis(path).run()
    for name in result:
        assert np.array_equal(np.asarray(result[name].view(flow=True)), np.asarray(histograms[name].view(flow=True)))
    with pytest.raises(hl.AnalysisError, match="two analyses"):
        hl.Analysis({"one": path, "other": HZZ}).hist("MET.px", bins=1, range=(0, 1)).to_script()


def test_values_that_are_not_there_are_missing(tmp_path: Path) -> None:
    import pandas as pd

    made = tmp_path / "frame.parquet"
    frame = pd.DataFrame({"x": [1.0, None, 3.0], "n": pd.array([1, None, 3], dtype="Int64"), "v": [[1.0], [], [3.0]]})
    frame.convert_dtypes().to_parquet(made)
    result = hl.Analysis(made).cut("n > 0", name="n").hist("x + max(v)", bins=3, range=(0, 9), name="h").run()
    assert (result.cutflow["n"].passed, result.cutflow["n"].missing) == (2, 1)
    assert result["h"].values().tolist() == [1, 0, 1]
    assert json.loads(hl.Analysis(made).to_json())


def test_what_is_wrong_is_said(path: str, tmp_path: Path) -> None:
    with pytest.raises(TreeError, match="without trees"):
        hl.Analysis({"a": {"files": {path: "Events"}}}).cut("MET.px > 0").run()
    with pytest.raises(ExpressionError, match=r"there is no 'Muom' in the data; did you mean 'Muon'"):
        hl.Analysis(path).cut("count(Muom) > 1").run()
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(Path(path).read_bytes()[:3000])
    with pytest.raises(FileError, match="cannot be opened as a Parquet file; it may be truncated"):
        hl.Analysis(broken).cut("MET.px > 0").run()
