"""Which branches are read, how they group, and every kind of input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.columns.files import open_source, split_path
from heplens.columns.memory import ArraySource
from heplens.columns.schema import Schema, coordinates, group_branches, guess_units, split_name
from heplens.columns.source import BLOCK_EVENTS, MAX_BLOCK_EVENTS, blocks, widen
from heplens.errors import AnalysisError, ExpressionError, FileError, HeplensError, TreeError
from support import HZZ, TTBAR, find, found

DIMUON = find("Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root")
NANO_NTUPLE = find("cmsopendata2015_ttbar_19980_NANOAOD_RNTupleImporter_rntuple_v1-0-0-1.root")
OBJECTS = find("uproot-HZZ-objects.root") + ":events"


def demanded(analysis: hl.Analysis) -> set[str]:
    return set(analysis.bound.demand.branches)


# --- which branches ---------------------------------------------------------------------------------------------------


def test_only_what_is_needed_is_read() -> None:
    a = hl.Analysis(HZZ)
    assert demanded(a) == set()
    assert demanded(a.cut("NMuon >= 2")) == {"NMuon"}
    assert demanded(a.cut("count(Muon) >= 2")) == {"NMuon"}  # the counter tells, no muon is read
    assert demanded(a.keep("Muon", "Iso < 2")) == {"Muon_Iso"}
    assert demanded(a.keep("Muon", "pt > 2")) == {"Muon_Px", "Muon_Py"}
    assert demanded(a.keep("Muon", "eta > 2")) == {"Muon_Px", "Muon_Py", "Muon_Pz"}
    assert demanded(a.hist("pairs(Muon).mass", bins=1, range=(0, 1))) == {f"Muon_{c}" for c in ("Px", "Py", "Pz", "E")}
    assert demanded(a.hist("pairs(Muon).charge", bins=1, range=(0, 1))) == {"Muon_Charge"}
    assert demanded(a.define("Z", "Muon[0] + Muon[1]").cut("NJet > 1")) == {"NJet"}  # nothing uses Z
    assert demanded(a.weight("EventWeight").hist("MET.pt", bins=1, range=(0, 1))) == {"EventWeight", "MET_px", "MET_py"}
    assert len(demanded(a.hist("count(pairs(Muon))", bins=1, range=(0, 1)))) == 1


def test_a_disabled_step_reads_nothing() -> None:
    a = hl.Analysis(HZZ).cut("MET.pt > 20", name="met")
    assert demanded(a.enable("met", False)) == set()


def test_bytes_read_do_not_grow_with_the_other_branches(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    array = uproot.TBranch.array

    def spy(self: Any, *args: Any, **kwargs: Any) -> Any:
        read.append(self.name)
        return array(self, *args, **kwargs)

    monkeypatch.setattr(uproot.TBranch, "array", spy)
    wide = find("uproot-issue121.root") + ":Events"
    hl.Analysis(wide).keep("Jet", "pt > 30 & abs(eta) < 2.4").cut("count(Jet) >= 1").hist(
        "MET.pt", bins=1, range=(0, 1)
    ).run()
    assert set(read) <= {"Jet_pt", "Jet_eta", "MET_pt", "nJet"}


# --- grouping ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counter", "split"),
    [
        ("Muon_pt", "nMuon", ("Muon", "pt")),
        ("Muon_Px", "NMuon", ("Muon", "Px")),
        ("Muon_dxy_err", "nMuon", ("Muon", "dxy_err")),
        ("MET_pt", "", ("MET", "pt")),
        ("HLT_Ele27_WPTight", "", ("HLT", "Ele27_WPTight")),
        ("PSWeight", "nPSWeight", ("", "")),
        ("run", "", ("", "")),
        ("AnalysisMuonsAuxDyn.pt", "", ("AnalysisMuons", "pt")),
        ("EventInfoAux.runNumber", "", ("EventInfo", "runNumber")),
        ("evt.I32", "", ("evt", "I32")),
        ("muonp4.px", "", ("muonp4", "px")),
        ("SV_charge", "nSV", ("SV", "charge")),
    ],
)
def test_names_split(name: str, counter: str, split: tuple[str, str]) -> None:
    assert split_name(name, counter) == split


def test_coordinates_in_any_spelling() -> None:
    assert dict(coordinates(["Px", "Py", "Pz", "E", "Iso"])) == {"px": "Px", "py": "Py", "pz": "Pz", "E": "E"}
    assert [c for c, _ in coordinates(["pt", "eta", "phi", "m"])] == ["pt", "phi", "eta", "mass"]
    assert [c for c, _ in coordinates(["pt", "eta", "phi"])] == ["pt", "phi", "eta"]
    assert [c for c, _ in coordinates(["pt", "phi"])] == ["pt", "phi"]
    assert coordinates(["x", "y", "z"]) == ()


def test_units_of_a_file() -> None:
    assert guess_units(["nMuon", "Muon_pt"]) == ("GeV", "cm")
    assert guess_units(["AnalysisMuonsAuxDyn.pt"]) == ("MeV", "mm")
    assert guess_units(["px1", "M"]) == ("", "")


def test_groups_of_nanoaod() -> None:
    schema = open_source(*split_path(TTBAR)).schema
    assert schema.groups["Muon"].counter == "nMuon"
    assert dict(schema.groups["Muon"].coordinates)["mass"] == "mass"
    assert {"MET", "HLT", "Flag", "PV", "Jet", "Electron"} <= set(schema.groups)
    assert schema.counted_group["nJet"] == "Jet"
    assert schema.group_of["Jet_pt"] == "Jet"


def test_groups_of_hzz_and_of_its_objects() -> None:
    flat, objects = open_source(*split_path(HZZ)).schema, open_source(*split_path(OBJECTS)).schema
    assert dict(flat.groups["Muon"].coordinates) == {"px": "Px", "py": "Py", "pz": "Pz", "E": "E"}
    assert [component for component, _ in objects.groups["muonp4"].coordinates] == ["px", "py", "pz", "E"]


def test_what_is_called_like_the_objects_belongs_to_them() -> None:
    flat, objects = hl.Analysis(HZZ), hl.Analysis(OBJECTS)
    wanted = ak.to_list(flat.arrays("Muon[Iso < 1].Charge"))
    assert ak.to_list(objects.arrays("muonp4[iso < 1].q")) == wanted
    assert ak.to_list(objects.arrays("muonp4[muoniso < 1].q")) == wanted
    with pytest.raises(ExpressionError, match=r"write muonp4\.iso for the survivors"):
        objects.keep("muonp4", "pt > 20").hist("muoniso", bins=1, range=(0, 1)).run()


def test_a_name_that_is_no_identifier_is_offered_as_it_has_to_be_typed() -> None:
    with pytest.raises(ExpressionError, match=r"`odd name`"):
        hl.Analysis({"odd name": [1.0]}).cut("oddname > 1").run()


def test_objects_are_the_numbers_they_hold() -> None:
    flat, objects = hl.Analysis(HZZ), hl.Analysis(OBJECTS)
    spec = {"bins": 60, "range": (0, 120), "name": "h"}
    pt = objects.hist("muonp4.pt", **spec).run()["h"]
    assert np.array_equal(pt.values(flow=True), flat.hist("Muon.pt", **spec).run()["h"].values(flow=True))
    mass = objects.hist("(muonp4[0] + muonp4[1]).mass", **spec).run()["h"]
    assert np.array_equal(
        mass.values(flow=True), flat.hist("(Muon[0] + Muon[1]).mass", **spec).run()["h"].values(flow=True)
    )
    assert (
        objects.keep("muonp4", "pt > 20 & abs(eta) < 2.4").cut("count(muonp4) >= 2", name="c").run().cutflow["c"].passed
        == 1258
    )


def test_physlite() -> None:
    for path in found("uproot-issue-798.root"):
        schema = open_source(path, "CollectionTree").schema
        assert schema.energy_unit == "MeV"
        assert [c for c, _ in schema.groups["AnalysisMuons"].coordinates] == ["pt", "phi", "eta"]


def test_rntuples() -> None:
    a = hl.Analysis(DIMUON)
    with uproot.open(DIMUON) as file:
        stored = file[next(iter(file.keys()))].arrays(["nMuon", "Muon_pt"])
    assert a.cut("count(Muon) >= 2", name="c").run().cutflow["c"].passed == int((stored.nMuon >= 2).to_numpy().sum())
    assert ak.to_list(a.arrays("Muon.pt")) == ak.to_list(ak.values_astype(stored.Muon_pt, np.float64))
    with pytest.raises(ExpressionError, match="unfiltered"):
        a.keep("Muon", "pt > 10").cut("nMuon > 1")
    nano = hl.Analysis(NANO_NTUPLE)
    assert nano.keep("Jet", "pt > 30").hist("leading(Jet).pt", bins=5, range=(0, 200), name="h").run()["h"].sum() > 0
    nested = hl.Analysis(find("test_stl_containers_rntuple_v1-0-0-0.root"))
    assert nested.bound.schema.names
    for name in nested.bound.schema.names:
        try:
            column = nested.bound.schema.column(name)
        except FileError:  # a type that expressions cannot use
            continue
        if column.kind == "float" and column.depth <= 1:
            assert nested.hist(name, bins=1, range=(0, 1), name="h").run()["h"].sum(flow=True) >= 0


def test_a_tree_without_events() -> None:
    a = hl.Analysis(find("uproot-empty.root"))
    name = next(name for name in a.bound.schema.names if a.bound.schema.column(name).depth == 0)
    result = a.cut(f"{name} > 0", name="c").hist(name, bins=2, range=(0, 1), name="h").run()
    assert result.complete
    assert result["h"].sum(flow=True) == 0
    assert (result.cutflow["all"].passed, result.cutflow["c"].passed) == (0, 0)


# --- in memory --------------------------------------------------------------------------------------------------------

FLAT = {"x": [1.0, 2.0, 3.0], "n": [1, 2, 3], "s": ["a", "b", "a"], "f": [True, False, True]}


def pandas_frame() -> Any:
    import pandas as pd

    return pd.DataFrame(FLAT)


@pytest.mark.parametrize(
    "make",
    [
        lambda: FLAT,
        lambda: {name: np.array(column) for name, column in FLAT.items()},
        lambda: ak.Array(FLAT),
        lambda: ak.Array([dict(zip(FLAT, row, strict=True)) for row in zip(*FLAT.values(), strict=True)]),
        pandas_frame,
        lambda: np.array(
            list(zip(*FLAT.values(), strict=True)), dtype=[("x", "f8"), ("n", "i4"), ("s", "U1"), ("f", "?")]
        ),
    ],
    ids=["lists", "numpy", "awkward columns", "awkward rows", "pandas", "structured"],
)
def test_columns_in_memory(make: Any) -> None:
    result = (
        hl.Analysis(make())
        .cut("x > 1 & n < 4 & s == 'a' & f", name="c")
        .hist("x + n", bins=1, range=(5.5, 6.5), name="h")
        .run()
    )
    assert result.cutflow["c"].passed == 1
    assert result["h"].values().tolist() == [1]


def test_pandas_with_what_is_absent() -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {"n": pd.array([1, None, 3], dtype="Int64"), "s": ["a", None, "b"], "l": [[1.0, 2.0], [], [3.0]]}
    )
    row = hl.Analysis(frame).cut("n > 1", name="c").run().cutflow["c"]
    assert (row.passed, row.missing) == (1, 1)
    assert hl.Analysis(frame).cut("sum(l) >= 3", name="c").run().cutflow["c"].passed == 2
    assert hl.Analysis(frame).cut("s == 'a'", name="c").run().cutflow["c"].missing == 1


def test_arrays_like_those_of_nanoevents() -> None:
    """Records named Muon with behaviours, parameters and cross references of their own."""
    import vector

    made = ak.Array(
        [
            {"Muon": [{"pt": 30.0, "eta": 0.0, "phi": 0.0, "mass": 0.1, "charge": 1}], "MET": {"pt": 1.0, "phi": 0.0}},
            {"Muon": [], "MET": {"pt": 2.0, "phi": 0.0}},
        ]
    )
    made["Muon"] = ak.with_name(made["Muon"], "PtEtaPhiMLorentzVector")
    made = ak.with_parameter(ak.Array(made, behavior=vector.backends.awkward.behavior), "metadata", {"dataset": "x"})
    a = hl.Analysis(made).keep("Muon", "pt > 20").cut("count(Muon) >= 1", name="c")
    assert a.run().cutflow["c"].passed == 1
    assert ak.to_list(a.arrays("Muon[0].px + MET.pt")) == [31.0]


@pytest.mark.parametrize("mode", ["eager", "virtual"])
@pytest.mark.filterwarnings("ignore")
def test_nanoevents_of_coffea(mode: str) -> None:
    from coffea.nanoevents import NanoAODSchema, NanoEventsFactory

    path, tree = split_path(TTBAR)
    events = NanoEventsFactory.from_root({path: tree}, schemaclass=NanoAODSchema, mode=mode).events()

    def analysis(data: Any) -> hl.Analysis:
        return (
            hl.Analysis(data, energy_unit="GeV")
            .keep("Muon", "pt > 10 & abs(eta) < 2.4")
            .define("clean", "Jet[deltaR_min(Jet, Muon) > 0.4]")
            .cut("count(Muon) >= 1", name="muon")
            .hist("(Muon[0] + clean[0]).mass", bins=20, range=(0, 400), name="mass")
            .hist("mT(Muon[0], MET)", bins=20, range=(0, 200), name="mT")
        )

    from_file, from_memory = analysis(TTBAR).run(), analysis(events).run()
    for name in from_file:
        assert from_memory[name] == from_file[name]
    some = events[events.MET.pt > 30]  # an array that was cut before
    passed = analysis(TTBAR).cut("MET.pt > 30", name="met").run().cutflow["met"].passed
    assert analysis(some).run().cutflow["muon"].passed == passed > 0


def test_nested_records_and_regular_lists() -> None:
    data = {"v": np.array([[1.0, 2.0], [3.0, 4.0]]), "x": [1.0, 2.0]}
    assert hl.Analysis(data).hist("v", bins=2, range=(0.5, 4.5), name="h").run()["h"].values().tolist() == [2, 2]
    assert hl.Analysis(data).hist("v*x", bins=1, range=(0, 9), name="h").run()["h"].values().tolist() == [4]


def test_lists_without_a_counter_pair_when_they_are_equally_long() -> None:
    a = hl.Analysis({"energy": [[1.0, 5.0], [7.0]], "time": [[0.0, 9.0], [1.0]]})
    assert a.hist("energy[time < 5]", bins=8, range=(0.5, 8.5), name="h").run()["h"].values().tolist() == [
        1,
        0,
        0,
        0,
        0,
        0,
        1,
        0,
    ]
    odd = hl.Analysis({"energy": [[1.0, 5.0], [7.0]], "time": [[0.0], [1.0, 2.0]]})
    with pytest.raises(FileError, match="energy, time"):
        odd.hist("energy*time", bins=1, range=(0, 1)).run()
    with pytest.raises(HeplensError):
        odd.hist("energy[time < 5]", bins=1, range=(0, 1)).run()
    with pytest.raises(FileError, match="same number"):
        odd.hist(("energy", "time"), bins=(1, 1), range=((0, 1), (0, 1))).run()


def test_a_collection_whose_fields_differ_in_length_is_told() -> None:
    a = hl.Analysis({"Jet_pt": [[1.0, 2.0]], "Jet_eta": [[1.0]]})
    with pytest.raises(FileError, match=r"Jet_eta, Jet_pt|Jet_pt, Jet_eta"):
        a.keep("Jet", "pt > 1 & eta > 0").run()


@pytest.mark.parametrize("data", [5, None, ak.Array([1, 2]), {"a": [1], "b": [1, 2]}, np.array([1.0])])
def test_what_holds_no_columns_is_refused(data: Any) -> None:
    if data is None:
        with pytest.raises(AnalysisError, match="no data"):
            hl.Analysis().run()
    else:
        with pytest.raises(FileError):
            ArraySource(data)


def test_what_expressions_cannot_use_is_told() -> None:
    a = hl.Analysis({"z": np.array([1j]), "x": [1.0]})
    with pytest.raises(ExpressionError, match="complex"):
        a.cut("z > 1")
    assert a.cut("x > 0", name="c").run().cutflow["c"].passed == 1


# --- files ------------------------------------------------------------------------------------------------------------


def test_paths_and_trees(tmp_path: Path) -> None:
    assert split_path("a.root:Events") == ("a.root", "Events")
    assert split_path("a.root:dir/Events") == ("a.root:dir/Events", "")  # the file must exist to tell a tree's folder
    assert split_path("root://host:1094//a.root") == ("root://host:1094//a.root", "")
    assert split_path("C:a.root") == ("C:a.root", "")
    path = tmp_path / "a: b.root"
    with uproot.recreate(path) as file:
        file.mktree("d/t", {"x": "f8"}).extend({"x": np.array([1.0])})
    assert hl.Analysis(f"{path}:d/t").cut("x > 0", name="c").run().cutflow["c"].passed == 1
    assert hl.Analysis(str(path)).run().cutflow["all"].passed == 1
    assert hl.Analysis(path).run().cutflow["all"].passed == 1
    assert hl.Analysis(str(tmp_path / "*.root")).run().cutflow["all"].passed == 1


def test_broken_paths_get_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.root").write_text("hello")
    (tmp_path / "empty.root").touch()
    (tmp_path / "cut.root").write_bytes(Path(find("uproot-HZZ.root")).read_bytes()[:5000])
    for name in ("text.root", "empty.root", "cut.root", "none.root", "", "*.txt"):
        with pytest.raises(FileError) as caught:
            hl.Analysis(str(tmp_path / name)).run()
        assert "\n" not in str(caught.value)
    with pytest.raises(TreeError, match="events"):
        hl.Analysis(find("uproot-HZZ.root") + ":event")
    with pytest.raises(TreeError, match="name one"):
        hl.Analysis(find("uproot-from-geant4.root"))


def test_a_damaged_block_is_told_by_file_and_range(tmp_path: Path) -> None:
    path, tree = split_path(HZZ)
    source: Any = open_source(path, tree)
    at = source.tree["Muon_Px"].member("fBasketSeek")[0] + 200
    data = bytearray(Path(path).read_bytes())
    data[at : at + 400] = bytes(400)
    broken = tmp_path / "broken.root"
    broken.write_bytes(data)
    analysis = hl.Analysis(f"{broken}:{tree}").hist("max(Muon_Px)", bins=2, range=(0, 9))
    with pytest.raises(FileError, match=r"branch 'Muon_Px' of .*broken.root:events .* in events 0 to 2,421: "):
        analysis.run()


def test_a_file_that_changes_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "a.root"
    for count in (1, 3):
        with uproot.recreate(path) as file:
            file.mktree("t", {"x": "f8"}).extend({"x": np.arange(count, dtype=float)})
        assert hl.Analysis(str(path)).run().cutflow["all"].passed == count


def test_blocks_are_fixed_by_the_file_alone() -> None:
    assert blocks([0, 10], 10) == [(0, 10)]
    assert blocks([0], 0) == [(0, 0)]
    edges = list(range(0, 1_000_001, 30_000))
    made = blocks(edges, 1_000_000)
    assert BLOCK_EVENTS <= made[0][1] < BLOCK_EVENTS + 30_000
    assert all(start % 30_000 == 0 for start, _ in made)
    assert made[-1][1] == 1_000_000
    huge = blocks([0, 3_500_000], 3_500_000)
    assert max(stop - start for start, stop in huge) <= MAX_BLOCK_EVENTS
    for ranges in (made, huge):
        assert [stop for _, stop in ranges[:-1]] == [start for start, _ in ranges[1:]]


def test_widening() -> None:
    wide = widen(ak.Array({"a": np.array([1], np.float32), "b": np.array([1], np.uint8), "c": [True]}))
    assert str(wide.type) == "1 * {a: float64, b: int64, c: bool}"
    assert str(widen(ak.Array(np.array([2**64 - 1], np.uint64))).type) == "1 * uint64"
    assert widen(ak.Array([["a", "b"]])).to_list() == [["a", "b"]]


def test_schema_of_plain_names() -> None:
    groups = group_branches(["A_x", "A_y", "B"], {})
    schema = Schema(("A_x", "A_y", "B"), groups, {}, lambda name: None)  # type: ignore[arg-type,return-value]
    assert schema.group_of == {"A_x": "A", "A_y": "A"}
    assert schema.counted_group == {}
