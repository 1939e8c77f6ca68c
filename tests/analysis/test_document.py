"""The analysis as a JSON document: round trip, published schema, refusals; loading runs nothing."""

from __future__ import annotations

import builtins
import copy
import json
import math
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import hist
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import heplens as hl
from heplens.analysis import document as documents
from heplens.errors import HeplensError
from support import HZZ, find

SCHEMA = json.loads((files("heplens.analysis") / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
QUICK = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=300)


def rich(data: Any = HZZ) -> hl.Analysis:
    """Every kind of step, region and axis."""
    a = (
        hl.Analysis(data)
        .keep("Muon", "pt > 20*GeV & abs(eta) < 2.4", name="good muons")
        .define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.1876)")
        .cut("count(Muon) >= 2", name="two muons")
        .cut("Z.mass", low=60, high=120.5, name="Z window")
        .cut("Muon.pt", low=25, at_least=1, name="hard")
        .cut("Muon.Iso", high=math.inf, all=True, name="isolated")
        .weight("EventWeight", on="mc", name="event")
        .enable("hard", False)
        .region("SR", ["two muons", "Z window"])
        .region("CR", ["two muons", "!Z window"])
    )
    a = a.hist("Z.mass", bins=60, range=(60, 120), name="mass", label="m(μμ) [GeV]")
    a = a.hist("Muon.pt", bins=[0, 10, 50, math.inf], name="pt", weight=1, at="good muons")
    a = a.hist(("Muon.pt", "Muon.eta"), bins=(10, 5), range=((0, 100), (-2.5, 2.5)), name="plane", weight="Muon.Iso")
    a = a.hist("count(Muon)", axes=[hist.axis.Integer(0, 6, overflow=False)], name="n")
    a = a.hist("Muon.pt", axes=[hist.axis.Regular(5, 1, 100, transform=hist.axis.transform.log)], name="log")
    return a.hist("NJet", axes=[hist.axis.IntCategory([0, 1, 2])], name="jets").hist("triggerIsoMu24", name="trigger")


def test_round_trip() -> None:
    a = rich(HZZ)
    text = a.to_json()
    back = hl.Analysis.from_json(text)
    assert back == a
    assert hash(back) == hash(a)
    assert back.to_json() == text
    assert back.run().cutflow[-1].passed == a.run().cutflow[-1].passed
    assert back.run()["log"] == a.run()["log"]


def test_round_trip_of_a_dataset() -> None:
    fileset = {
        "ttbar": {
            "files": {find("uproot-HZZ.root"): "events"},
            "metadata": {"xsec": 831.76, "sumw": 10, "role": "signal"},
        },
        "data": {"files": [HZZ], "metadata": {"role": "data"}},
    }
    a = hl.Analysis(fileset, lumi=59.8, energy_unit="GeV")
    assert hl.Analysis.from_json(a.to_json()) == a
    VALIDATOR.validate(json.loads(a.to_json()))


@pytest.mark.parametrize("make", [lambda: hl.Analysis(), lambda: hl.Analysis(HZZ), lambda: rich(HZZ)])
def test_what_is_written_follows_the_published_schema(make: Callable[[], hl.Analysis]) -> None:
    text = make().to_json()
    VALIDATOR.validate(json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON")))


def test_arrays_in_memory_are_not_written() -> None:
    a = hl.Analysis({"x": [1.0]}).cut("x > 0", name="c")
    assert json.loads(a.to_json())["dataset"] is None
    assert hl.Analysis.from_json(a.to_json()).on({"x": [1.0, -1.0]}).run().cutflow["c"].passed == 1


def test_infinities_are_written_as_text() -> None:
    written = json.loads(rich(HZZ).to_json())
    assert written["histograms"][1]["axes"][0]["edges"] == [0, 10, 50, "inf"]
    assert next(s for s in written["steps"] if s["name"] == "isolated")["high"] == "inf"


GOOD = json.loads(rich(HZZ).to_json())


def changed(*path: Any, to: Any) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    place: Any = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return made


WRONG: dict[str, Any] = {
    "another version": changed("heplens", to=2),
    "a version as text": changed("heplens", to="1"),
    "a version that is true": changed("heplens", to=True),
    "no version": {"steps": []},
    "an unknown field": changed("script", to="import os"),
    "an unknown field of a step": changed("steps", 0, "code", to="1"),
    "an unknown step": changed("steps", 0, "step", to="exec"),
    "a step that is a list": changed("steps", 0, "step", to=[]),
    "a step that is a number": changed("steps", 0, to=1),
    "steps that are an object": changed("steps", to={}),
    "no steps": {"heplens": 1},
    "an expression that is none": changed("steps", 0, "expression", to="__import__('os')."),
    "an expression that is a number": changed("steps", 0, "expression", to=1),
    "an expression that is a list": changed("steps", 0, "expression", to=["x"]),
    "a name that is null": changed("steps", 2, "name", to=None),
    "a name that is empty": changed("steps", 2, "name", to=""),
    "a name used twice": changed("steps", 3, "name", to="two muons"),
    "the name of the first row": changed("steps", 3, "name", to="all"),
    "enabled as text": changed("steps", 0, "enabled", to="yes"),
    "a window of text": changed("steps", 3, "low", to="60"),
    "a window of nothing": changed("steps", 3, "low", to=500),
    "a window that is true": changed("steps", 3, "low", to=True),
    "a window of a list": changed("steps", 3, "low", to=[]),
    "a window too large": changed("steps", 3, "high", to=10**400),
    "a quantifier of 0": changed("steps", 4, "quantifier", to=0),
    "a quantifier of text": changed("steps", 4, "quantifier", to="some"),
    "a quantifier of a fraction": changed("steps", 4, "quantifier", to=1.5),
    "a quantifier of an object": changed("steps", 4, "quantifier", to={}),
    "a weight on something": changed("steps", 6, "on", to="signal"),
    "a weight on a list": changed("steps", 6, "on", to=[]),
    "a region of text": changed("regions", 0, "cuts", to="two muons"),
    "a region of numbers": changed("regions", 0, "cuts", to=[1]),
    "a region twice": changed("regions", 1, "name", to="SR"),
    "a histogram without axes": changed("histograms", 0, "axes", to=[]),
    "a histogram twice": changed("histograms", 1, "name", to="mass"),
    "a histogram's weight of 2": changed("histograms", 0, "weight", to=2),
    "a histogram's weight of true": changed("histograms", 0, "weight", to=True),
    "a histogram at a number": changed("histograms", 0, "at", to=5),
    "no bins": changed("histograms", 0, "axes", 0, "bins", to=None),
    "bins that are true": changed("histograms", 0, "axes", 0, "bins", to=True),
    "0 bins": changed("histograms", 0, "axes", 0, "bins", to=0),
    "a thousand million bins": changed("histograms", 0, "axes", 0, "bins", to=10**9),
    "a range of one": changed("histograms", 0, "axes", 0, "range", to=[1]),
    "a range of nulls": changed("histograms", 0, "axes", 0, "range", to=[None, None]),
    "a range of text": changed("histograms", 0, "axes", 0, "range", to=["0", "1"]),
    "a range turned round": changed("histograms", 0, "axes", 0, "range", to=[1, 0]),
    "an infinite range": changed("histograms", 0, "axes", 0, "range", to=[0, "inf"]),
    "a range too large": changed("histograms", 0, "axes", 0, "range", to=[0, 10**400]),
    "edges with a hole": changed("histograms", 1, "axes", 0, "edges", to=[1, None, 2]),
    "edges that fall": changed("histograms", 1, "axes", 0, "edges", to=[2, 1]),
    "an axis of no kind": changed("histograms", 0, "axes", 0, "kind", to="lambda"),
    "an axis of a list": changed("histograms", 0, "axes", 0, "kind", to=[]),
    "a transform of one's own": changed("histograms", 0, "axes", 0, "transform", to="os.system"),
    "growth as text": changed("histograms", 0, "axes", 0, "growth", to="yes"),
    "categories of floats": changed("histograms", 5, "axes", 0, "values", to=[1.5]),
    "categories too large": changed("histograms", 5, "axes", 0, "values", to=[2**40]),
    "an unknown unit": changed("dataset", "energy_unit", to="keV"),
    "a unit that is a list": changed("dataset", "energy_unit", to=["GeV"]),
    "samples that are a list": changed("dataset", "samples", to=[]),
    "a sample without files": changed("dataset", "samples", "data", to={}),
    "a file that is a number": changed("dataset", "samples", "data", "files", to=[1]),
    "a path that is a number": changed("dataset", "samples", "data", "files", to=[[1, "events"]]),
    "an unknown role": changed("dataset", "samples", "data", "metadata", to={"role": "boss"}),
    "a cross section of text": changed("dataset", "samples", "data", "metadata", to={"xsec": "1"}),
    "a luminosity of text": changed("dataset", "lumi", to="59"),
    "a list": [],
    "a number": 1,
    "null": None,
    "text": "analysis",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_document_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(HeplensError) as caught:
        hl.Analysis.from_json(json.dumps(WRONG[name]))
    assert str(caught.value).splitlines()[0]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "nul", "NaN", '{"heplens": 1', "\x00", "x" * 100])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(HeplensError):
        hl.Analysis.from_json(text)


def test_nan_and_endless_numbers_are_refused() -> None:
    for value in ("NaN", "1e999"):
        text = json.dumps(GOOD).replace("120.5", value)
        if value == "NaN":
            with pytest.raises(HeplensError):
                hl.Analysis.from_json(text)
        else:
            assert hl.Analysis.from_json(text).steps[3].high == math.inf  # type: ignore[union-attr]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([*GOOD, *GOOD["steps"][3], "x"]), inner, max_size=4),
    ),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, v in inner for p in ((*path, key), *places(v, (*path, key)))]


@QUICK
@given(st.sampled_from(places(GOOD)), JSON)
def test_any_change_gives_an_analysis_or_a_refusal(path: tuple[Any, ...], value: Any) -> None:
    text = json.dumps(changed(*path, to=value))
    try:
        a = hl.Analysis.from_json(text)
    except HeplensError:
        return
    assert hl.Analysis.from_json(a.to_json()) == a
    VALIDATOR.validate(json.loads(a.to_json()))


def test_loading_reads_no_file_and_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(changed("dataset", "samples", "data", "files", to=[["/nowhere/a.root", "Events"]]))
    repr(hl.Analysis.from_json(json.dumps(GOOD)))  # modules are imported when they are first used

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("loading a document touched the outside")

    with monkeypatch.context() as patch:
        for name in ("eval", "exec", "compile", "open"):
            patch.setattr(builtins, name, forbidden)
        a = hl.Analysis.from_json(text)
        repr(a)
        a.to_json()
    with pytest.raises(HeplensError, match=r"a\.root"):
        a.run()


def test_documents_of_strangers_show_as_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    a = hl.Analysis.from_json(
        json.dumps(changed("steps", 2, "name", to=hostile)).replace('"two muons"', json.dumps(hostile))
    )
    assert hostile in repr(a)
    assert "<img" not in a._repr_html_()


def test_a_document_too_long_is_refused() -> None:
    with pytest.raises(HeplensError, match="longer"):
        documents.from_json(" " * 10_000_001)
