"""Edits of a view, and the numbers of an expression that handles move."""

from __future__ import annotations

from typing import Any

import awkward as ak
import hist
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import heplens as hl
from heplens.analysis.edits import apply
from heplens.analysis.literals import literals, number_text, replace_literal
from heplens.errors import AnalysisError, HeplensError
from support import muons

EVENTS = muons([{"pt": 30.0}, {"pt": 20.0}], [{"pt": 5.0}], x=[1.0, 2.0])
A = (
    hl.Analysis(EVENTS)
    .keep("Muon", "pt > 10*GeV & abs(eta) < 2.4", name="hard")
    .define("n", "count(Muon)")
    .cut("n >= 1", name="one")
    .cut("x", low=0, high=2, name="window")
    .hist("x", bins=2, range=(0, 2), name="h")
)
GOOD: list[tuple[dict[str, Any], str]] = [
    ({"op": "set_window", "name": "window", "low": 1, "high": None}, "1 <= x"),
    ({"op": "set_expression", "name": "one", "expression": "n >= 2"}, "n >= 2"),
    ({"op": "set_enabled", "name": "one", "enabled": False}, "n >= 1  (off)"),
    ({"op": "rename", "name": "one", "to": "at least one"}, "at least one"),
    ({"op": "remove", "name": "window"}, "n >= 1"),
    ({"op": "move", "name": "window", "index": 0}, "0 <= x < 2"),
    ({"op": "set_literal", "name": "hard", "index": 0, "value": 35.25}, "pt > 35.25*GeV & abs(eta) < 2.4"),
    ({"op": "set_literal", "name": "hard", "index": 1, "value": 2}, "pt > 10*GeV & abs(eta) < 2"),
    ({"op": "set_literal", "name": "hard", "index": [0, 1], "value": [15, 2]}, "pt > 15*GeV & abs(eta) < 2"),
    ({"op": "add", "step": {"step": "cut", "name": "new", "expression": "x > 1"}}, "x > 1"),
    ({"op": "add", "index": 0, "step": {"step": "weight", "name": "new", "expression": "x"}}, "new"),
    ({"op": "add_histogram", "histogram": {"name": "g", "axes": [{"expression": "x", "edges": [0, 1]}]}}, "1 bins"),
    (
        {
            "op": "set_histogram",
            "name": "h",
            "histogram": {"name": "h", "axes": [{"expression": "n", "edges": [0, 1]}]},
        },
        "n:",
    ),
    ({"op": "add_window", "histogram": "h", "low": 0.5, "high": 1}, "0.5 <= x < 1"),
    (
        {"op": "set_step", "name": "one", "step": {"step": "cut", "name": "two", "expression": "n >= 2"}},
        "two     n >= 2",
    ),
    ({"op": "load", "document": hl.Analysis(EVENTS).cut("x > 1", name="loaded").to_json()}, "loaded"),
]


@pytest.mark.parametrize(("operation", "shown"), GOOD, ids=[operation["op"] for operation, _ in GOOD])
def test_edits(operation: dict[str, Any], shown: str) -> None:
    before = A.to_json()
    made = apply(A, operation)
    assert shown in repr(made)
    assert made != A
    assert A.to_json() == before
    made.run()


@pytest.mark.parametrize(
    "operation", [operation for operation, _ in GOOD], ids=[operation["op"] for operation, _ in GOOD]
)
def test_an_edit_of_something_else_is_refused(operation: dict[str, Any]) -> None:
    for name in operation:
        for value in (None, 5, -7, "nothing", [], {}, 1.5, True, float("nan"), "x >"):
            try:
                made = apply(A, {**operation, name: value})
            except HeplensError:
                continue
            assert hl.Analysis.from_json(made.to_json()).steps == made.steps


@pytest.mark.parametrize(
    "operation", [None, [], "set_window", {}, {"op": None}, {"op": []}, {"op": "__init__"}, {"op": "Remove"}]
)
def test_what_is_no_edit_is_refused(operation: Any) -> None:
    with pytest.raises(AnalysisError, match="no edit"):
        apply(A, operation)


def test_a_window_drawn_on_a_histogram_is_the_step_that_a_person_would_write() -> None:
    objects = (
        A.define("both", "pairs(Muon)")
        .hist("Muon.pt", bins=4, range=(0, 40), name="pt")
        .hist("both.mass", bins=4, range=(0, 40), name="m")
        .hist("abs(Muon.eta)", bins=4, range=(0, 40), name="eta")
        .hist("x", bins=2, range=(0, 2), name="early", at="hard")
        .hist("x > 1", axes=[hist.axis.Boolean()], name="flags")
    )

    def drawn(name: str, **more: Any) -> hl.Analysis:
        return apply(objects, {"op": "add_window", "histogram": name, "low": 15, "high": 25.5, **more})

    assert drawn("pt") == objects.keep("Muon", "15 <= pt < 25.5")
    assert drawn("m") == objects.keep("both", "15 <= mass < 25.5")
    name = "any 15 <= abs(Muon.eta) < 25.5"
    assert drawn("eta") == objects.cut("abs(Muon.eta)", low=15, high=25.5, any=True, name=name)
    assert drawn("h") == objects.cut("x", low=15, high=25.5)
    assert [step.name for step in drawn("early").steps][:2] == ["hard", "15 <= x < 25.5"]
    again = apply(drawn("h"), {"op": "add_window", "histogram": "h", "low": 15, "high": 25.5})
    assert again.steps[-1].name == "15 <= x < 25.5 (2)"
    for wrong in ({"low": 30}, {"axis": 1}, {"histogram": "no"}, {"histogram": "flags"}, {"low": float("nan")}):
        with pytest.raises(HeplensError):
            drawn("h", **wrong)


def test_a_new_name_of_a_step_is_followed() -> None:
    regions = A.region("SR", ["one"]).hist("x", bins=2, range=(0, 2), name="early", at="one")
    step = {"step": "cut", "name": "two", "expression": "n >= 2"}
    made = apply(regions, {"op": "set_step", "name": "one", "step": step})
    assert (made.regions[0].cuts, made.histograms[-1].at) == (("two",), "two")


def test_histograms_change_places() -> None:
    more = A.hist("n", bins=2, range=(0, 2), name="g")
    assert [h.name for h in apply(more, {"op": "move_histogram", "name": "g", "index": 0}).histograms] == ["g", "h"]


def test_a_window_on_an_odd_name_and_on_several_values_per_object() -> None:
    v0 = ak.Array([[{"mass[2]": [0.5, 1.4], "m(pi)": 1.0}, {"mass[2]": [0.1, 0.2], "m(pi)": 3.0}], []])
    drawn = hl.Analysis({"V0s": v0}).hist("V0s.`mass[2]`", bins=4, range=(0, 2), name="two")
    drawn = drawn.hist("V0s.`m(pi)`", bins=4, range=(0, 2), name="one")
    for name, expression in (("one", "0.5 <= `m(pi)` < 2"), ("two", "any(0.5 <= `mass[2]` < 2)")):
        cut = apply(drawn, {"op": "add_window", "histogram": name, "low": 0.5, "high": 2})
        assert cut == drawn.keep("V0s", expression)
        assert cut.run()["one"].values().tolist() == [0, 0, 1, 0]


def test_a_window_is_not_given_to_what_has_none() -> None:
    with pytest.raises(AnalysisError, match="without a window"):
        apply(A, {"op": "set_window", "name": "one", "low": 1, "high": 2})
    with pytest.raises(AnalysisError):
        apply(A, {"op": "set_window", "name": "window", "low": 5, "high": 2})
    with pytest.raises(HeplensError):
        apply(A, {"op": "set_window", "name": "window", "low": None, "high": None})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20 < x < 200", [(20, "x", ">", ""), (200, "x", "<", "")]),
        ("count(pt > 20 & abs(eta) < 2.4) >= 2", [(20, "pt", ">", ""), (2.4, "abs(eta)", "<", ""),
         (2, "count(pt > 20 & abs(eta) < 2.4)", ">=", "")]),
        ("pt > 20*GeV", [(20, "pt", ">", "GeV")]),
        ("(a + b)*2 > -3.5", [(-3.5, "(a + b)*2", ">", "")]),
        ("(a) == 1", [(1, "(a)", "==", "")]),
        ("-5 != x", [(-5, "x", "!=", "")]),
        ("1 < 2", []),
        ("Jet[0].pt > x", []),
        ("Jet[btag > 0.5][0].pt", [(0.5, "btag", ">", "")]),
        ("bit(jetId, 2) & x**2 < 1e3", [(1e3, "x**2", "<", "")]),
    ],
)  # fmt: skip
def test_compared_numbers(text: str, found: list[tuple[float, str, str, str]]) -> None:
    assert [(lit.value, lit.variable, lit.operator, lit.unit) for lit in literals(text)] == found


def test_the_rest_of_the_text_stays_as_typed() -> None:
    assert replace_literal("20<x  <  200 # "[:-2], 1, 35.25) == "20<x  <  35.25 "
    assert replace_literal("pt > 20*GeV", 0, 25.0) == "pt > 25*GeV"
    assert replace_literal("pt > 20", 0, -1e-7) == "pt > -1e-07"
    for index in (-1, 1, 99):
        with pytest.raises(AnalysisError, match="compared numbers"):
            replace_literal("pt > 20", index, 1)


@settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=200)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_is_put_in_is_the_number_that_is_read(number: float) -> None:
    (literal,) = literals(f"x > {number_text(number)}")
    assert literal.value == number
    assert literals(replace_literal("20 < x", 0, number))[0].value == number
