"""The analysis as a value: immutable, equal when equal, edited by name, shown as it reads."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest

import heplens as hl
from heplens.analysis.axes import Axis, from_hist
from heplens.errors import AnalysisError, ExpressionError, HeplensError
from support import HZZ, muons

EVENTS = muons([{"pt": 30.0}, {"pt": 20.0}], [{"pt": 5.0}], x=[1.0, 2.0])


def chain(data: Any = EVENTS) -> hl.Analysis:
    return (
        hl.Analysis(data)
        .keep("Muon", "pt > 10", name="hard")
        .define("n", "count(Muon)")
        .cut("n >= 1", name="one")
        .cut("x", low=0, high=2, name="x")
        .weight("x", name="w")
        .region("SR", ["one", "!x"])
        .hist("n", bins=3, range=(0, 3), name="n", at="one")
    )


def test_nothing_changes_an_analysis() -> None:
    a = chain()
    before = a.to_json()
    for change in (
        lambda: a.cut("x > 5"),
        lambda: a.enable("one", False),
        lambda: a.remove("n"),
        lambda: a.rename("one", "two"),
        lambda: a.move("w", 0),
        lambda: a.run(),
    ):
        try:
            made = change()
        except HeplensError:
            continue
        assert made is not a
        assert a.to_json() == before
    with pytest.raises(dataclasses.FrozenInstanceError):
        a.steps = ()  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        a.steps[0].name = "x"  # type: ignore[misc]


def test_equality_and_hash() -> None:
    assert chain() == chain()
    assert hash(chain()) == hash(chain())
    assert len({chain(), chain()}) == 1
    assert chain() != chain().cut("x > 1")
    assert chain() != chain().enable("one", False)
    assert hl.Analysis(HZZ) == hl.Analysis(HZZ)
    assert hl.Analysis(HZZ) != hl.Analysis(HZZ, lumi=1)
    assert chain(EVENTS) != chain(EVENTS[:1])  # other arrays in memory are other data
    assert chain() != "an analysis"


def test_definitions_and_cuts_by_name() -> None:
    a = chain()
    assert [step.name for step in a.steps] == ["hard", "n", "one", "x", "w"]
    assert a.index("one") == 2
    with pytest.raises(AnalysisError, match="did you mean 'hard'"):
        a.index("hardd")


def test_rename_takes_regions_and_histograms_along() -> None:
    a = chain().rename("one", "at least one").rename("x", "window")
    assert a.regions[0].cuts == ("at least one", "!window")
    assert a.histograms[0].at == "at least one"
    assert a.run().cutflow["at least one"].passed == 1
    for name, to in (("one", "x"), ("one", "all"), ("one", ""), ("n", "m"), ("nothing", "m")):
        with pytest.raises(AnalysisError):
            chain().rename(name, to)


def test_remove_and_what_still_needs_it() -> None:
    a = chain()
    with pytest.raises(AnalysisError, match="region 'SR'"):
        a.remove("one")
    free = a.remove("SR")
    with pytest.raises(AnalysisError, match="no step"):
        free.remove("one")  # the histogram is filled there
    with pytest.raises(ExpressionError, match="'n'"):
        free.remove("n")  # the cut uses it; a definition and a histogram may share a name, the step goes first
    assert [h.name for h in free.remove("w").histograms] == ["n"]
    with pytest.raises(AnalysisError, match="no step, histogram or region"):
        a.remove("zzz")


def test_enable_and_disable() -> None:
    off = chain().enable("hard", False)
    assert off.run().cutflow["one"].passed == 2
    assert off.enable("hard") == chain()
    with pytest.raises(AnalysisError, match="definition"):
        chain().enable("n", False)


def test_move_is_checked() -> None:
    a = hl.Analysis(EVENTS).define("n", "count(Muon)").cut("n > 1", name="c").cut("x > 1", name="d")
    assert [s.name for s in a.move("d", 0).steps] == ["d", "n", "c"]
    with pytest.raises(ExpressionError, match="'n'"):
        a.move("c", 0)


def test_names_are_made_when_none_is_given() -> None:
    a = hl.Analysis(EVENTS).cut("x > 1").cut("x > 1").cut("x", low=0, high=5).cut("x", low=0).keep("Muon", "pt > 1")
    assert [s.name for s in a.steps] == ["x > 1", "x > 1 (2)", "0 <= x < 5", "0 <= x", "Muon: pt > 1"]
    b = (
        a.hist("x", bins=1, range=(0, 1))
        .hist("x", bins=1, range=(0, 1))
        .hist(("x", "x"), bins=1, range=((0, 1), (0, 1)))
    )
    assert [h.name for h in b.histograms] == ["x", "x (2)", "x vs x"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda a: a.cut("x > 1", name="one"),
        lambda a: a.cut("x > 1", name="all"),
        lambda a: a.cut("x > 1", name=5),
        lambda a: a.cut(5),
        lambda a: a.cut("x"),
        lambda a: a.cut("Muon"),
        lambda a: a.cut("x", low="1"),
        lambda a: a.cut("x", low=float("nan")),
        lambda a: a.cut("x", low=2, high=1),
        lambda a: a.cut("x > 1", low=1),
        lambda a: a.cut("Muon.pt", low=1, at_least=0),
        lambda a: a.cut("Muon.pt", low=1, at_least=1.5),
        lambda a: a.cut("Muon.pt", low=1, at_least=True),
        lambda a: a.cut("Muon.pt", low=1, any=True, all=True),
        lambda a: a.keep("Moun", "pt > 1"),
        lambda a: a.keep("x", "x > 1"),
        lambda a: a.keep("Muon", "pt"),
        lambda a: a.keep(5, "pt > 1"),
        lambda a: a.weight("Muon.pt"),
        lambda a: a.weight("Muon"),
        lambda a: a.weight("x", on="signal"),
        lambda a: a.region("SR", ["one"]),
        lambda a: a.region("R", ["none"]),
        lambda a: a.hist("x"),
        lambda a: a.hist("x", bins=10),
        lambda a: a.hist("x", bins=10, range=(0, 0)),
        lambda a: a.hist("x", bins=10, range=(0, float("inf"))),
        lambda a: a.hist("x", bins=10, range=("a", "b")),
        lambda a: a.hist("x", bins=10, range=5),
        lambda a: a.hist("x", bins=10.5, range=(0, 1)),
        lambda a: a.hist("x", bins=[1]),
        lambda a: a.hist("x", bins=[1, float("nan"), 2]),
        lambda a: a.hist("x", bins=["a", "b"]),
        lambda a: a.hist("x", bins=[0, 1], range=(0, 1)),
        lambda a: a.hist("x", bins=10, range=(0, 1), name="n"),
        lambda a: a.hist("x", bins=10, range=(0, 1), weight=2),
        lambda a: a.hist("x", bins=10, range=(0, 1), weight="Muon.pt"),
        lambda a: a.hist("x", bins=10, range=(0, 1), at="nowhere"),
        lambda a: a.hist("x", bins=10, range=(0, 1), axes=[hist.axis.Regular(1, 0, 1)]),
        lambda a: a.hist(("x", "x"), axes=[hist.axis.Regular(1, 0, 1)]),
        lambda a: a.hist(("x", "x"), bins=1, range=((0, 1), (0, 1)), label="abc"),
        lambda a: a.hist((), bins=1, range=(0, 1)),
        lambda a: a.hist("Muon", bins=1, range=(0, 1)),
        lambda a: a.hist("x", axes=[hist.axis.Integer(0, 5)]),
        lambda a: a.hist("x", axes=[hist.axis.Boolean()]),
        lambda a: a.hist("x", axes=[hist.axis.StrCategory(["a"])]),
        lambda a: a.hist("x", axes=[hist.axis.Regular(3, 0, 1, circular=True)]),
        lambda a: a.hist("x", axes=[hist.axis.Regular(3, 0, 1, growth=True)]),
        lambda a: a.hist("x", axes=[hist.axis.Regular(3, 1, 2, transform=hist.axis.transform.Pow(3))]),
    ],
)
def test_what_cannot_be_is_told_as_it_is_written(wrong: Any) -> None:
    with pytest.raises(HeplensError) as caught:
        wrong(chain())
    assert str(caught.value)


def test_numbers_of_numpy_are_numbers() -> None:
    a = hl.Analysis(EVENTS).cut("x", low=np.float32(0.5), high=np.int64(3), name="c")
    a = a.cut("Muon.pt", low=1, at_least=np.int64(1)).hist("x", bins=np.int64(3), range=np.array([0, 3]))
    a = a.hist("x", bins=np.linspace(0, 1, 3), name="edges")
    assert hl.Analysis.from_json(a.to_json()).steps == a.steps
    assert a.run().cutflow["c"].passed == 2


AXES = [
    hist.axis.Regular(10, 0, 1),
    hist.axis.Regular(10, 0.1, 0.7, underflow=False),
    hist.axis.Regular(7, 0.3, 700, transform=hist.axis.transform.log),
    hist.axis.Regular(7, 0, 50, transform=hist.axis.transform.sqrt),
    hist.axis.Variable([0, 1, 5, np.inf]),
    hist.axis.Integer(-3, 4, overflow=False),
    hist.axis.Boolean(),
    hist.axis.IntCategory([1, 5, 7]),
    hist.axis.IntCategory([], growth=True),
    hist.axis.StrCategory(["a", "b"]),
    hist.axis.StrCategory([], growth=True),
]


@pytest.mark.parametrize("axis", AXES, ids=repr)
def test_axes_of_hist_go_there_and_back(axis: Any) -> None:
    plain = from_hist("x", axis)
    made = plain.make("")
    assert type(made) is type(axis)
    assert made.traits == axis.traits
    assert list(made) == list(axis)
    if hasattr(axis, "edges"):
        assert np.array_equal(made.edges, axis.edges)
    assert from_hist("x", made) == Axis(**{**dataclasses.asdict(plain), "label": "x"})


def test_whole_numbers_beyond_32_bits_go_to_the_flow() -> None:
    data = {"n": [1, 2**40, -(2**40), 2**31]}
    a = hl.Analysis(data)
    h = a.hist("n", axes=[hist.axis.Integer(0, 3)], name="h").run()["h"]
    assert h.values(flow=True).tolist() == [1, 0, 1, 0, 2]
    c = a.hist("n", axes=[hist.axis.IntCategory([1])], name="h").run()["h"]
    assert c.values(flow=True).tolist() == [1, 3]


def test_it_reads_like_the_analysis() -> None:
    lines = repr(chain()).splitlines()
    assert lines[0] == "Analysis of 2 events in memory"
    assert lines[1].split() == ["keep", "hard", "Muon[pt", ">", "10]"]
    assert any("0 <= x < 2" in line for line in lines)
    assert any("one & !x" in line for line in lines)
    assert "(off)" in repr(chain().enable("one", False))
    assert "<table>" in chain()._repr_html_()
    assert "no data" in repr(hl.Analysis())


def test_numbers_are_shown_with_all_their_digits() -> None:
    """Six of them would be another window, or a range from 3e+09 to 3e+09."""
    a = hl.Analysis(EVENTS).cut("x", low=91.18761, high=3_000_000_001)
    a = a.hist("x", bins=5, range=(3_000_000_000, 3_000_000_005)).hist("x", bins=[0, 0.1, 1234567], name="edges")
    assert a.steps[0].name == "91.18761 <= x < 3000000001"
    shown = repr(a)
    assert "91.18761 <= x < 3000000001" in shown.splitlines()[1].partition("x < 3000000001 ")[2]
    assert "5 bins, 3000000000 to 3000000005" in shown
    assert "2 bins, 0 to 1234567" in shown


def test_a_filtered_collection_is_offered_by_its_fields() -> None:
    a = hl.Analysis(HZZ).keep("Muon", "pt > 20", name="hard")
    with pytest.raises(ExpressionError, match=r"did you mean 'Muon\.Px'"):
        a.cut("Muon_Pxx > 20").bound  # noqa: B018
    with pytest.raises(ExpressionError) as caught:
        a.cut("NMuom >= 2").bound  # noqa: B018
    assert "'NMuon'" not in str(caught.value)


def test_an_analysis_travels() -> None:
    a = hl.Analysis(HZZ).keep("Muon", "pt > 20").cut("count(Muon) >= 2", name="c").hist("Muon.pt", bins=1, range=(0, 1))
    assert a.bound
    assert pickle.loads(pickle.dumps(a)) == a


def test_arrays() -> None:
    a = chain().remove("SR")
    assert ak.to_list(a.arrays("Muon.pt")) == [[30, 20]]
    assert ak.to_list(a.arrays("Muon.pt", selected=False)) == [[30, 20], []]
    both = a.arrays("x", "Muon.pt")
    assert len(both) == 1
