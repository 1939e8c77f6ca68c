"""The first entries of a tree as a table of text."""

from __future__ import annotations

import json
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot

from heplens.files import table
from heplens.files.opening import OpenFile
from heplens.files.preview import Preview, preview
from heplens.files.table import cell_text


def look(path: Path, node: str) -> Preview:
    found = preview(OpenFile(path), node)
    json.dumps(found.to_json(), allow_nan=False)
    return found


def test_the_first_entries_of_a_tree(data: Path) -> None:
    p = look(data / "uproot-HZZ.root", "events")
    assert (p.kind, p.entries, p.entries_used) == ("table", 2421, 20)
    assert p.note == "the first 40 of 51 branches"
    assert len(p.columns) == 40
    assert {len(row) for row in p.rows} == {40}
    column = [c["name"] for c in p.columns].index("Muon_Px")
    assert p.columns[column] == {"name": "Muon_Px", "type": "var * float32", "error": None}
    stored = ak.to_list(uproot.open(data / "uproot-HZZ.root")["events/Muon_Px"].array(entry_stop=20))
    assert [row[column] for row in p.rows] == ["[" + ", ".join(f"{x:.6g}" for x in event) + "]" for event in stored]


def test_fields_of_an_ntuple_and_members_of_a_record(data: Path) -> None:
    path = data / "test_stl_containers_rntuple_v1-0-0-0.root"
    p = look(path, "ntuple")
    rows = dict(zip([c["name"] for c in p.columns], p.rows[1], strict=True))
    assert rows["string"] == "two"
    assert rows["vector_string"] == "[“one”, “two”]"
    assert (p.entries, p.entries_used, p.note) == (5, 5, "")
    p = look(path, "ntuple/lorentz_vector")
    assert [c["name"] for c in p.columns] == ["pt", "eta", "phi", "mass"]
    assert p.rows[1] == ["2", "2", "2", "2"]


def test_branches_of_objects_and_split_objects(data: Path) -> None:
    p = look(data / "uproot-HZZ-objects.root", "events/MET")
    assert [c["name"] for c in p.columns] == ["fX", "fY"]
    stored = uproot.open(data / "uproot-HZZ-objects.root")["events/MET"].array(entry_stop=1)
    assert p.rows[0] == [f"{stored.fX[0]:.6g}", f"{stored.fY[0]:.6g}"]
    p = look(data / "uproot-small-evnt-tree-fullsplit.root", "tree/evt")
    assert [c["name"] for c in p.columns][:3] == ["Beg", "I16", "I32"]
    assert p.rows[0][0] == "beg-000"


def test_an_empty_tree(data: Path) -> None:
    p = look(data / "uproot-empty.root", "tree")
    assert ([c["name"] for c in p.columns], p.rows, p.note) == (["x", "y", "z"], [], "")


def test_what_cannot_be_read_is_an_empty_column(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PREVIEW_BYTES", 30_000)
    p = look(data / "uproot-HZZ.root", "events")
    errors = [c["error"] for c in p.columns]
    assert errors[0] is None
    assert "its first entries take 20.9 kB uncompressed" in errors
    assert p.rows[3][errors.index("its first entries take 20.9 kB uncompressed")] == ""


def test_text_of_cells() -> None:
    nested = [[[1.5, 2], [3]], {"a": None, "b": True}, "x", np.float64("nan")]
    assert cell_text(nested) == "[[[1.5, 2], [3]], {a: none, b: true}, “x”, nan]"
    assert cell_text(list(range(9))) == "[0, 1, 2, 3, 4, 5, 6, 7, …]"
    assert cell_text("x" * 100) == "x" * 79 + "…"
    assert (cell_text(None), cell_text("word"), cell_text(1e-7)) == ("", "word", "1e-07")
