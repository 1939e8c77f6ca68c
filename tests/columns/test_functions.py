"""Every function of the table on arrays made by hand, and the static checks."""

from __future__ import annotations

import math
from typing import Any

import awkward as ak
import numpy as np
import pytest

from heplens.columns.functions import functions
from heplens.errors import ExpressionError
from support import muons, node_of, value

NAN, INF = math.nan, math.inf
EVENTS = muons(
    [{"pt": 30.0, "phi": 3.0}, {"pt": 20.0, "phi": -3.0}, {"pt": 30.0, "phi": 0.0}],
    [],
    [{"pt": 5.0, "phi": 1.0}],
    x=[4.0, NAN, -INF],
    n=[5, 0, -3],
    b=[6, 1, -1],
    s=["a", "b", "a"],
    f=[True, False, True],
    MET_pt=[10.0, 20.0, 30.0],
    MET_phi=[0.0, 0.0, 1.0],
)
MISSING = ak.Array([{"J": [{"pt": 3.0, "t": None}, {"pt": 1.0, "t": 2.0}], "y": 1.0}, {"J": [], "y": None}])

#: One value of each function at least; the key is what is called, so that none can be forgotten.
TABLE: dict[str, list[tuple[Any, str, Any]]] = {
    "count": [(EVENTS, "count(Muon)", [3, 0, 1]), (EVENTS, "count(Muon.pt > 10)", [3, 0, 0])],
    "sum": [(EVENTS, "sum(Muon.pt)", [80, 0, 5]), (MISSING, "sum(J.t)", [2, 0])],
    "prod": [(EVENTS, "prod(Muon.charge)", [-1, 1, 1])],
    "min": [(EVENTS, "min(Muon.pt)", [20, None, 5]), (MISSING, "min(J.t)", [2, None])],
    "max": [(EVENTS, "max(Muon.pt + n)", [35, None, 2])],
    "mean": [(EVENTS, "mean(Muon.charge)", [1 / 3, None, 1]), (MISSING, "mean(J.t)", [2, None])],
    "any": [(EVENTS, "any(Muon.pt > 25)", [True, False, False])],
    "all": [(EVENTS, "all(Muon.pt > 25)", [False, True, False])],
    "argmin": [(EVENTS, "argmin(Muon.pt)", [1, None, 0]), (MISSING, "argmin(J.t)", [1, None])],
    "argmax": [(EVENTS, "argmax(Muon.pt)", [0, None, 0])],
    "leading": [(EVENTS, "leading(Muon).eta", [0, None, 0]), (EVENTS, "leading(Muon, eta).eta", [1, None, 0])],
    "closest": [(EVENTS, "closest(Muon, pt, 21).pt", [20, None, 5]), (MISSING, "closest(J, t, 0).pt", [1, None])],
    "pairs": [(EVENTS, "count(pairs(Muon))", [3, 0, 0])],
    "combinations": [(EVENTS, "combinations(Muon, 3).third.pt", [[30], [], []])],
    "cartesian": [(MISSING, "cartesian(J, J).second.pt", [[3, 1, 3, 1], []])],
    "disjoint": [(EVENTS, "disjoint(Muon, leading(Muon)).eta", [[0.5, 1], [], []])],
    "concat": [(MISSING, "concat(J, J[t > 0]).pt", [[3, 1, 1], []])],
    "sort": [
        (EVENTS, "sort(Muon).eta", [[0, 1, 0.5], [], [0]]),
        (EVENTS, "sort(Muon, -eta).eta", [[0, 0.5, 1], [], [0]]),
        (MISSING, "sort(J, t).pt", [[1, 3], []]),
    ],
    "p4": [
        (EVENTS, "p4(x, 0, 0, 0).pt", [4, NAN, -INF]),
        (EVENTS, "p4(px=3, py=4, pz=0, E=13).mass", [12, 12, 12]),
        (EVENTS, "p4(Muon.pt, Muon.eta, Muon.phi, m=1).mass", [[1, 1, 1], [], [1]]),
        (EVENTS, "(p4(px=0, py=0, pz=0, E=10) + Muon[0]).pt", [30, None, 5]),
    ],
    "deltaR": [(EVENTS, "deltaR(Muon[0], Muon[2])", [math.hypot(1, 3), None, None])],
    "deltaPhi": [(EVENTS, "deltaPhi(Muon[0], Muon[1])", [6 - 2 * math.pi, None, None])],
    "mT": [(EVENTS, "mT(Muon[0], MET)", [math.sqrt(2 * 30 * 10 * (1 - math.cos(3))), None, 0])],
    "deltaR_min": [(EVENTS, "deltaR_min(Muon, Muon[eta > 0])", [[math.hypot(0.5, 6 - 2 * math.pi), 0, 0], [], [None]])],
    "abs": [(EVENTS, "abs(n)", [5, 0, 3])],
    "sqrt": [(EVENTS, "sqrt(x)", [2, NAN, NAN])],
    "exp": [(EVENTS, "exp(n - 5)", [1, math.exp(-5), math.exp(-8)])],
    "log": [(EVENTS, "log(abs(n))", [math.log(5), -INF, math.log(3)])],
    "log10": [(EVENTS, "log10(n*20)", [2, -INF, NAN])],
    "sin": [(EVENTS, "sin(n)", [math.sin(5), 0, math.sin(-3)])],
    "cos": [(EVENTS, "cos(n)", [math.cos(5), 1, math.cos(-3)])],
    "tan": [(EVENTS, "tan(n)", [math.tan(5), 0, math.tan(-3)])],
    "asin": [(EVENTS, "asin(n/5)", [math.pi / 2, 0, math.asin(-0.6)])],
    "acos": [(EVENTS, "acos(n)", [NAN, math.pi / 2, NAN])],
    "atan": [(EVENTS, "atan(x)", [math.atan(4), NAN, -math.pi / 2])],
    "atan2": [(EVENTS, "atan2(n, -1)", [math.atan2(5, -1), math.pi, math.atan2(-3, -1)])],
    "sinh": [(EVENTS, "sinh(n)", [math.sinh(5), 0, math.sinh(-3)])],
    "cosh": [(EVENTS, "cosh(n)", [math.cosh(5), 1, math.cosh(3)])],
    "tanh": [(EVENTS, "tanh(x)", [math.tanh(4), NAN, -1])],
    "asinh": [(EVENTS, "asinh(n)", [math.asinh(5), 0, math.asinh(-3)])],
    "acosh": [(EVENTS, "acosh(n)", [math.acosh(5), NAN, NAN])],
    "atanh": [(EVENTS, "atanh(n/5)", [INF, 0, math.atanh(-0.6)])],
    "hypot": [(EVENTS, "hypot(n, 12)", [13, 12, math.hypot(3, 12)])],
    "floor": [(EVENTS, "floor(n/2)", [2, 0, -2])],
    "ceil": [(EVENTS, "ceil(n/2)", [3, 0, -1])],
    "isnan": [(EVENTS, "isnan(x)", [False, True, False]), (MISSING, "isnan(y)", [False, None])],
    "default": [(MISSING, "default(y, 7)", [1, 7]), (MISSING, "default(J.t, -1)", [[-1, 2], []])],
    "where": [
        (EVENTS, "where(f, x, n)", [4, 0, -INF]),
        (EVENTS, "where(Muon.pt > 25, Muon.pt, -1)", [[30, -1, 30], [], [-1]]),
        (EVENTS, "where(f, s, 'none')", ["a", "none", "a"]),
        (MISSING, "where(y > 0, 1, 2)", [1, None]),
        (EVENTS, "where(True, n, 1)", [5, 0, -3]),
    ],
    "bit": [(EVENTS, "bit(b, 0)", [False, True, True]), (EVENTS, "bit(b, 63)", [False, False, True])],
    "raw": [(EVENTS, "raw(n)", [5, 0, -3])],
    "pdg": [(EVENTS, "pdg('mu-') + n", [18, 13, 10])],
}


@pytest.mark.parametrize("name", functions())
def test_values(name: str) -> None:
    for data, text, expected in TABLE[name]:
        assert same(value(data, text), expected), text


def same(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(map(same, got, wanted))
    if isinstance(wanted, float | int) and not isinstance(wanted, bool):
        return got is not None and (got == pytest.approx(wanted, rel=1e-12, abs=1e-12, nan_ok=True))
    return bool(got == wanted)


@pytest.mark.parametrize("name", functions())
def test_the_reference_page_is_right(name: str) -> None:
    """Each usage is one call or several, of that function, with balanced brackets."""
    function = functions()[name]
    assert function.usage.startswith(f"{name}(")
    assert function.meaning
    assert function.usage.count("(") == function.usage.count(")")


@pytest.mark.parametrize("name", functions())
def test_a_wrong_number_of_arguments_is_told(name: str) -> None:
    for arguments in ("", "x, x, x, x, x, x"):
        with pytest.raises(ExpressionError) as caught:
            node_of(EVENTS, f"{name}({arguments})")
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Muom.pt", "did you mean 'Muon'"),
        ("Muon.ppt", "did you mean .*'pt'"),
        ("cout(Muon)", "did you mean 'count'"),
        ("Muon > 2", "no order"),
        ("Muon + 1", "needs numbers"),
        ("n - 9223372036854775808", r"write 9223372036854775808\.0"),
        ("Muon.pt + s", "needs numbers"),
        ("s > 'a'", "text"),
        ("s == 1", "text"),
        ("f < f", "no order"),
        ("x.pt", "no field"),
        ("Event.x", "there is no 'Event' in the data; 'x' stands there by itself"),
        ("x[0]", "indexed"),
        ("Muon[0][0]", "indexed"),
        ("max(x)", "nothing to reduce"),
        ("any(Muon.pt)", "true/false"),
        ("leading(x)", "collection"),
        ("leading(Muon, x > 2 & f)", "per object"),
        ("sort(Muon, x)", "per object"),
        ("closest(Muon, pt, Muon.pt)", "one target"),
        ("pairs(Muon[0])", "collection"),
        ("combinations(Muon, 5)", "2, 3 or 4"),
        ("combinations(Muon, n)", "2, 3 or 4"),
        ("disjoint(Muon, Muon)", "one object per event"),
        ("disjoint(p4(Muon.pt, Muon.eta, Muon.phi, 0), Muon[0])", "stored objects"),
        ("concat(pairs(Muon), Muon)", "stored objects"),
        ("p4(1, 2, 3)", "four components"),
        ("p4(1, 2, 3, 4, 5)", "four components"),
        ("p4(1, 2, 3, mass=4, m=5)", "twice"),
        ("count(x=Muon)", "no named"),
        ("deltaR(MET, Muon[0])", "eta"),
        ("deltaR(x, x)", "objects"),
        ("MET.mass", "mass"),
        ("default(Muon[0], 1)", "not an object"),
        ("default(x, n)", "plain value"),
        ("default(x, 'a')", "cannot be"),
        ("where(n, 1, 2)", "true/false"),
        ("where(f, 1, 'a')", "one kind"),
        ("where(f, Muon, Muon)", "one kind"),
        ("bit(x, 1)", "whole number"),
        ("bit(n, 64)", "0 .* to 63"),
        ("bit(n, n)", "0 .* to 63"),
        ("raw(x + 1)", "name of a branch"),
        ("raw(nope)", "name of a branch"),
        ("pdg(13)", "quotes"),
        ("pdg('muon')", "no particle"),
        ("Muon[Muon[pt > 2].pt > 2]", "per Muon"),
        ("Muon.pt + Muon[pt > 2].pt", "two different selections"),
        ("Muon[n]", "place in brackets"),
        ("1/0", "no value"),
        ("1 % 0", "no value"),
        ("(-8)**0.5", "no real value"),
    ],
)
def test_static_checks(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as caught:
        node_of(EVENTS, text)
    assert caught.value.position is not None


def test_everything_works_on_no_events_at_all() -> None:
    for calls in TABLE.values():
        for data, text, _ in calls:
            assert value(data[:0], text) == []


def test_long_chains_of_definitions_do_not_exhaust_the_stack() -> None:
    import heplens as hl

    analysis = hl.Analysis({"x": [1.0]}).define("d0", "x + 1")
    steps = list(analysis.steps)
    from heplens.analysis.steps import Define

    steps += [Define(f"d{i}", f"d{i - 1} + 1") for i in range(1, 1500)]
    h = analysis.with_parts(steps=tuple(steps)).hist("d1499", bins=1, range=(1500.5, 1501.5), name="h").run()["h"]
    assert h.values().tolist() == [1.0]


def test_lists_in_objects() -> None:
    data = ak.Array([{"Muon": [{"pt": 1.0, "hits": [1.0, 2.0]}, {"pt": 2.0, "hits": []}]}, {"Muon": []}])
    assert value(data, "sum(Muon.hits)") == [[3.0, 0.0], []]
    assert value(data, "max(sum(Muon.hits))") == [3.0, None]
    assert value(data, "Muon[count(hits) > 0].pt") == [[1.0], []]
    assert value(data, "Muon.hits + Muon.pt") == [[[2.0, 3.0], []], []]
    assert value(data, "Muon[0].hits[1]") == [2.0, None]
    assert value(data, "count(Muon[0].hits)") == [2, None]


def test_numpy_warns_of_nothing() -> None:
    with np.errstate(all="raise"):
        assert math.isnan(value(EVENTS, "sqrt(x)")[1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("default(0, 0)**2", 0),
        ("default(sqrt(4), 1)", 2),
        ("bit(6, 1)", True),
        ("bit(6, 1) & f", None),
        ("abs(-2)", 2),
        ("where(1 < 2, 1, 2)", 1),
        ("isnan(0*1e300)", False),
        ("deltaPhi(4, 0)", 4 - 2 * math.pi),
        ("!bit(6, 0)", True),
        ("floor(2.5) % 2", 0),
        ("-sqrt(4)", -2),
        ("p4(3, 0, 0, 4).E", 5),
        ("isnan(0/abs(0))", True),
        ("1/abs(0) > 1e300", True),
        ("isnan((0 - abs(8))**0.5)", True),
        ("isnan(2 % abs(0))", True),
    ],
)
def test_plain_numbers_are_the_same_for_every_event(text: str, expected: Any) -> None:
    wanted = [True, False, True] if expected is None else [expected] * 3
    assert same(value(EVENTS, text), wanted)
    assert value(EVENTS[:0], text) == []
