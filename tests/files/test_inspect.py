"""Every real file lists completely; what cannot be read is a row with a reason."""

from __future__ import annotations

import json
import os
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.errors import FileError
from heplens.files import Listing, Row
from heplens.files.groups import groups_of
from heplens.files.text import by_collection

KINDS = {
    "folder",
    "file",
    "directory",
    "tree",
    "ntuple",
    "branch",
    "collection",
    "histogram",
    "graph",
    "canvas",
    "other",
}


def everything(listing: Listing) -> list[Row]:
    rows = []
    for row in listing:
        rows.append(row)
        if row.expandable:
            rows += everything(listing.children(row))
    return rows


def test_every_real_file_lists_completely(real_file: Path) -> None:
    listing = hl.inspect(real_file)
    rows = everything(listing)
    assert rows
    assert len({row.path for row in rows}) == len(rows), "paths are identities"
    assert {row.kind for row in rows} <= KINDS
    json.dumps(listing.to_json(), allow_nan=False)
    for row in rows:
        assert row.type, row
        if row.kind in ("tree", "ntuple"):
            assert row.entries is not None, row
            assert row.error is None, row
        if row.error:
            assert "\n" not in row.error
    assert str(real_file.name) in repr(listing)
    assert listing._repr_html_().startswith("<div>")


def test_quick_headers_agree_with_a_full_read(real_file: Path) -> None:
    """Entries come from the first bytes of an object; uproot's own reading must say the same."""
    import uproot

    top = uproot.open({str(real_file): None})
    for row, key in zip(hl.inspect(real_file), top._keys, strict=True):
        if row.kind == "tree":
            assert row.entries == key.get().num_entries
            if row.bytes is not None:
                assert row.bytes == key.get().member("fZipBytes")
        if row.kind == "histogram":
            assert row.entries == round(key.get().member("fEntries"))


def test_rows_of_a_tree(data: Path) -> None:
    listing = hl.inspect(data / "uproot-HZZ.root")
    assert [row.path for row in listing] == ["events"]
    assert listing[0] == Row("events", "events", "tree", "TTree", "", 2421, 209313, 649997, "zlib", None, 1, True)
    rows = {row.name: row for row in listing.children(listing[0])}
    assert len(rows) == 51
    assert rows["Muon_Px"].type == "var * float32"
    assert rows["NMuon"].type == "int32"
    assert rows["Jet_ID"].type == "var * bool"
    assert {name for name, row in rows.items() if row.group == "Muon"} >= {"Muon_Px", "Muon_Iso", "NMuon"}
    assert rows["EventWeight"].group == ""
    assert rows["Muon_Px"].path == "events/Muon_Px"
    assert rows["Muon_Px"].entries == 2421
    assert hl.inspect(data / "uproot-HZZ.root", "events").rows == listing.children("events").rows


def test_nanoaod_titles_are_its_documentation(data: Path) -> None:
    rows = {row.name: row for row in hl.inspect(data / "nanoAOD_2015_CMS_Open_Data_ttbar.root", "Events")}
    assert len(rows) == 947
    assert rows["nMuon"].group == rows["Muon_pt"].group == "Muon"
    assert rows["HLT_IsoMu20"].group == "HLT"
    assert rows["Muon_pt"].type == "var * float32"
    assert "pt" in rows["Muon_pt"].title
    assert rows["run"].bytes is None, "its one basket lies in the record of the tree, and is not counted"
    assert (rows["LHEPdfWeight"].baskets, rows["LHEPdfWeight"].compression) == (3, "zlib 1")


def test_projected_fields_are_listed_once(data: Path) -> None:
    path = data / "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root"
    listing = hl.inspect(path)
    assert (listing[0].kind, listing[0].entries) == ("ntuple", 1000)
    rows = listing.children(listing[0])
    assert [row.name for row in rows] == ["Muon_pt", "Muon_eta", "Muon_phi", "Muon_mass", "Muon_charge", "nMuon"]
    assert [rows[i].type for i in (0, 4, 5)] == ["var * float32", "var * int32", "uint32"]
    assert {row.group for row in rows} == {"Muon"}


def test_nested_fields(data: Path) -> None:
    listing = hl.inspect(data / "test_stl_containers_rntuple_v1-0-0-0.root")
    rows = {row.name: row for row in listing.children("ntuple")}
    assert rows["vector_vector_string"].type == "var * var * string"
    assert rows["array_float"].type == "3 * float32"
    assert (rows["lorentz_vector"].kind, rows["lorentz_vector"].type) == ("collection", "LV")
    assert [row.path for row in listing.children(rows["lorentz_vector"])] == [
        f"ntuple/lorentz_vector/{name}" for name in ("pt", "eta", "phi", "mass")
    ]
    assert [row.type for row in listing.children(rows["array_lv"])] == ["float32"] * 4


def test_types_of_containers(data: Path) -> None:
    rows = {row.name: row.type for row in hl.inspect(data / "uproot-stl_containers.root", "tree")}
    assert rows["map_int32_vector_string"] == "map[int32, var * string]"
    assert rows["vector_vector_int32"] == "var * var * int32"
    rows = {row.name: row.type for row in hl.inspect(data / "uproot-double32-float16.root", "tree")}
    assert (rows["array_30"], rows["float16_3"]) == ("3 * float64", "float32")
    rows = {row.name: row.type for row in hl.inspect(data / "uproot-HZZ-objects.root", "events")}
    assert (rows["muonp4"], rows["MET"]) == ("var * TLorentzVector", "TVector2")


def test_directories_one_level_at_a_time(data: Path) -> None:
    listing = hl.inspect(data / "uproot-nesteddirs.root")
    assert {row.kind for row in listing} == {"directory"}
    below = listing.children("one")
    assert {row.path for row in below} == {"one/two", "one/tree"}
    assert [row.path for row in below.children("one/two")] == ["one/two/tree"]


def test_an_empty_tree(data: Path) -> None:
    listing = hl.inspect(data / "uproot-empty.root")
    assert listing[0].entries == 0
    assert len(listing.children(listing[0])) == 3


def test_odd_names_are_text(odd_file: Path) -> None:
    listing = hl.inspect(odd_file)
    rows = {row.path: row for row in listing}
    assert rows["<img src=x onerror=alert(1)>"].kind == "histogram"
    assert "a:b{c}[d]#e" in rows
    assert (rows["again"].cycle, rows["again;1"].cycle) == (2, 1)
    tree = listing.children("folder")[0]
    assert (tree.name, tree.path) == ("tree:1", "folder/tree:1")
    assert {row.name for row in listing.children(tree)} == {"x", '"); import os #', "µ", "<b>", "100%"}
    html = hl.inspect(odd_file)._repr_html_() + hl.inspect(odd_file, "folder")._repr_html_()
    assert "<img" not in html
    assert "<script" not in html
    assert "<b>" not in html


def test_text_shows_branches_under_their_tree(data: Path) -> None:
    text = repr(hl.inspect(data / "uproot-Zmumu.root"))
    assert text.splitlines()[:3] == ["uproot-Zmumu.root", "  events  TTree  2,304 entries", "    Type   string"]


def test_wide_trees_are_shown_by_collection(data: Path) -> None:
    listing = hl.inspect(data / "nanoAOD_2015_CMS_Open_Data_ttbar.root")
    lines = repr(listing).splitlines()
    assert len(lines) < 100
    muon = next(line for line in lines if line.split()[0] == "Muon")
    assert "58 branches  nMuon, dxy, dxyErr" in muon
    assert len(muon) < 200
    assert lines[-1].strip() == "all 947 branches: listing.children('Events')"
    html = listing._repr_html_()
    shown = by_collection(listing.children("Events").rows)
    assert all(f">{row.name}<" in html for row in shown)
    assert len(html) < 40_000
    names = {row.name for row in listing.children("Events")}
    lost = names - {row.name for row in shown}
    groups = {row.name for row in shown if row.type.endswith("branches")}
    assert all(name.lstrip("n").startswith(tuple(groups)) for name in lost), "each branch is shown or in a collection"


def test_a_listing_is_a_sequence(data: Path) -> None:
    listing = hl.inspect(str(data / "uproot-histograms.root"))
    assert len(listing) == 3
    assert listing[-1] is listing.rows[-1]
    assert listing[:2] == listing.rows[:2]
    assert {row.kind for row in listing} == {"histogram"}


def test_unknown_nodes_name_the_nearest(data: Path) -> None:
    with pytest.raises(FileError, match=r"uproot-HZZ.root' has no 'event'; did you mean 'events'\?"):
        hl.inspect(data / "uproot-HZZ.root", "event")
    with pytest.raises(FileError, match=r"'events' of .* has no 'Muon_px'; did you mean 'Muon_Px'"):
        hl.inspect(data / "uproot-HZZ.root", "events/Muon_px")
    with pytest.raises(FileError, match="TH1F; there is nothing below it"):
        hl.inspect(data / "uproot-issue33.root", "cutflow")
    with pytest.raises(FileError, match="has no 'x'; there is nothing below it"):
        hl.inspect(data / "uproot-issue33.root", "cutflow/x")


def test_missing_folder_pipe_and_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.root")
    for path, sentence in (
        (tmp_path / "none.root", "there is no file '.*none.root'$"),
        (tmp_path / "pipe.root", "not a regular file but a named pipe"),
        ("/dev/zero", "not a regular file but a device"),
        ("nul\0l.root", "cannot be read: embedded null byte"),
    ):
        with pytest.raises(FileError, match=sentence):
            hl.inspect(path)
    with pytest.raises(FileError, match="a file name is needed, not 'int'"):
        hl.inspect(3)


def test_not_root_and_empty(tmp_path: Path) -> None:
    (tmp_path / "text.root").write_text("hello, this is no such file")
    (tmp_path / "empty.root").touch()
    (tmp_path / "four.root").write_bytes(b"root")
    with pytest.raises(FileError, match=r"text.root' is not a ROOT file: it does not begin with 'root'"):
        hl.inspect(tmp_path / "text.root")
    with pytest.raises(FileError, match=r"empty.root' is empty, not a ROOT file"):
        hl.inspect(tmp_path / "empty.root")
    with pytest.raises(FileError, match=r"four.root' is truncated: it has only 4 bytes"):
        hl.inspect(tmp_path / "four.root")


def as_nobody(path: Path) -> str:
    """What is said of a file to a user who may not read it; root may read all, so a child becomes somebody else."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setuid(65534)
            said = str(len(hl.inspect(path)))
        except FileError as error:
            said = str(error)
        os.write(send, said.encode())
        os._exit(0)
    os.close(send)
    os.waitpid(child, 0)
    with os.fdopen(receive) as answer:
        return answer.read()


def test_no_permission(data: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "closed.root"
        path.write_bytes((data / "uproot-HZZ.root").read_bytes())
        path.chmod(0)
        assert as_nobody(path) == f"{str(path)!r} cannot be read: you have no permission"
        (folder / "closed").mkdir(0)
        assert as_nobody(folder / "closed") == f"{str(folder / 'closed')!r} cannot be read: you have no permission"


def test_a_file_that_is_deleted_or_replaced(data: Path, tmp_path: Path) -> None:
    """What is open can still be looked into; what is asked for anew is what is there now."""
    path = tmp_path / "file.root"
    path.write_bytes((data / "uproot-HZZ.root").read_bytes())
    listing = hl.inspect(path)
    path.unlink()
    assert len(listing.children("events")) == 51
    with pytest.raises(FileError, match=r"there is no file '.*file.root'"):
        hl.inspect(path)
    path.write_bytes((data / "uproot-Zmumu.root").read_bytes())
    assert len(hl.inspect(path, "events")) == 20
    assert hl.inspect(path, "events") is hl.inspect(path, "events"), "read once"


def test_an_object_that_claims_to_be_huge_is_a_row(data: Path) -> None:
    from heplens.files.keys import key_row, keys_of
    from heplens.files.opening import OpenFile

    key = next(keys_of(OpenFile(data / "uproot-histograms.root").top, ""))
    key.stored._fObjlen = 860_000_000
    row = key_row(key)
    assert row.error == "it cannot be read: it takes 860 MB uncompressed, more than the 256 MB that are read"
    assert row.kind == "histogram"


def test_groups() -> None:
    counters = {"Muon_pt": "nMuon", "Muon_eta": "nMuon", "PSWeight": "nPSWeight"}
    names = ["nMuon", "Muon_pt", "Muon_eta", "MET_pt", "MET_phi", "gen_x", "AMuonsAuxDyn.pt", "AMuonsAuxDyn.eta", "run"]
    assert groups_of([*names, "nPSWeight", "PSWeight"], counters) == {
        "nMuon": "Muon",
        "Muon_pt": "Muon",
        "Muon_eta": "Muon",
        "MET_pt": "MET",
        "MET_phi": "MET",
        "AMuonsAuxDyn.pt": "AMuons",
        "AMuonsAuxDyn.eta": "AMuons",
    }


def test_the_compression_of_a_tree_is_that_of_its_data(tmp_path: Path) -> None:
    """uproot stores the description of a tree as it is, whatever it does with the data."""
    for name, algorithm in {"zlib": uproot.ZLIB(1), "zstd": uproot.ZSTD(3), "none": None}.items():
        with uproot.recreate(tmp_path / "a.root", compression=algorithm) as file:
            file.mktree("t", {"x": np.dtype("f8")}).extend({"x": np.zeros(10_000)})
        (row,) = hl.inspect(tmp_path / "a.root")
        assert row.compression == name


def test_a_tree_that_does_not_tell_its_size_shows_none(tmp_path: Path) -> None:
    """ALICE's trees come with zeros in these fields."""
    with uproot.recreate(tmp_path / "a.root") as file:
        file.mktree("t", {"x": np.dtype("f8")}).extend({"x": np.arange(10.0)})
    raw = bytearray((tmp_path / "a.root").read_bytes())
    (row,) = hl.inspect(tmp_path / "a.root")
    # fTotBytes and fZipBytes follow fEntries in the description, which uproot does not compress.
    at = raw.index(struct.pack(">qqq", 10, row.uncompressed_bytes, row.bytes))
    raw[at + 8 : at + 24] = bytes(16)
    (tmp_path / "b.root").write_bytes(raw)
    (row,) = hl.inspect(tmp_path / "b.root")
    assert (row.entries, row.bytes, row.uncompressed_bytes) == (10, None, None)
