"""Truth: missing, NaN, booleans, reducers, windows, widths of numbers."""

from __future__ import annotations

import math

import awkward as ak
import numpy as np
import pytest

import heplens as hl
from heplens.errors import ExpressionError
from support import HZZ, TTBAR, muons, value

NAN, INF = math.nan, math.inf
EVENTS = muons([{"pt": 30.0}, {"pt": 20.0}], [], [{"pt": 5.0}], x=[1.0, NAN, -INF], flag=[True, False, True])
OPTIONAL = ak.Array([{"a": a, "b": b} for a in (True, False, None) for b in (True, False, None)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Muon[0].pt", [30, None, 5]),
        ("Muon[1].pt + 1", [21, None, None]),
        ("Muon[1].pt > 10", [True, None, None]),
        ("!(Muon[1].pt > 10)", [False, None, None]),
        ("10 < Muon[1].pt < 15", [False, None, None]),
        ("sqrt(Muon[1].pt*0)", [0, None, None]),
        ("(Muon[0] + Muon[1]).pt > 0", [True, None, None]),
        ("deltaR(Muon[0], Muon[1]) > 0", [True, None, None]),
        ("min(Muon.pt)", [20, None, 5]),
        ("max(Muon.pt)", [30, None, 5]),
        ("mean(Muon.pt)", [25, None, 5]),
        ("leading(Muon).pt", [30, None, 5]),
        ("closest(Muon, pt, 19).pt", [20, None, 5]),
        ("Muon[7].pt", [None, None, None]),
        ("Muon[-3].pt", [None, None, None]),
    ],
)
def test_m08_missing_propagates(text: str, expected: list[object]) -> None:
    assert value(EVENTS, text) == expected


def test_m08_and_or_are_three_valued() -> None:
    true, false, none = True, False, None
    assert value(OPTIONAL, "a & b") == [true, false, none, false, false, false, none, false, none]
    assert value(OPTIONAL, "a | b") == [true, true, true, true, false, none, true, none, none]
    assert value(OPTIONAL, "!a") == [false, false, false, true, true, true, none, none, none]


def test_m08_or_with_missing() -> None:
    a = hl.Analysis(HZZ).cut("Muon[0].pt > 25 | Electron[0].pt > 25", name="either")
    assert a.run().cutflow["either"].passed == 2330


def test_m08_a_constant_is_as_true_as_a_value() -> None:
    assert value(EVENTS, "Muon[0].pt > 25 | True") == [True, True, True]
    assert value(EVENTS, "Muon[0].pt > 25 & False") == [False, False, False]
    assert value(EVENTS, "Muon[0].pt > 25 & True") == [True, None, False]
    assert value(EVENTS, "!True | !(1 > 2)") == [True, True, True]
    assert value(EVENTS, "default(HLT.Mu, False) | Muon[0].pt > 25") == [True, None, False]


def test_m08_a_cut_passes_only_on_true_and_counts_what_is_missing() -> None:
    result = (
        (
            hl.Analysis(EVENTS)
            .cut("Muon[1].pt < 1", name="soft")
            .hist("Muon[1].pt", bins=10, range=(0, 100), name="all", at="soft")
        )
        .enable("soft", False)
        .run()
    )
    assert result.counters["all"].missing == 2
    cut = hl.Analysis(EVENTS).cut("Muon[1].pt > 1", name="two").run().cutflow["two"]
    assert (cut.passed, cut.missing) == (1, 2)
    inverted = hl.Analysis(EVENTS).cut("!(Muon[1].pt > 1)", name="not").run().cutflow["not"]
    assert (inverted.passed, inverted.missing) == (0, 2)


def test_m08_default_chooses_otherwise() -> None:
    assert value(EVENTS, "default(Muon[1].pt, 99) > 50") == [False, True, True]
    assert value(EVENTS, "default(Muon[1].pt > 10, True)") == [True, True, True]
    chosen = hl.Analysis(EVENTS).cut("default(Muon[1].pt > 10, True)", name="c").run().cutflow["c"]
    assert (chosen.passed, chosen.missing) == (3, 0)


def test_m08_default_of_a_field_inside_keep_is_that_field() -> None:
    result = hl.Analysis(EVENTS).keep("Muon", "default(pt, 0) > 10", name="k").run()
    assert result.cutflow["k"].objects == (3, 2)


def test_m09_comparisons_with_nan() -> None:
    for operator in ("<", "<=", ">", ">=", "=="):
        assert value(EVENTS, f"x {operator} x")[1] is False
    assert value(EVENTS, "x != x") == [False, True, False]
    assert value(EVENTS, "!(x > 0)") == [False, True, True]


def test_m09_order_skips_nan_and_sums_keep_it() -> None:
    events = muons([{"pt": 1.0}, {"pt": NAN}, {"pt": 3.0}, {"pt": 3.0}], [{"pt": NAN}], [{"pt": NAN}, {"pt": -INF}])
    assert value(events, "max(Muon.pt)") == [3, None, -INF]
    assert value(events, "min(Muon.pt)") == [1, None, -INF]
    assert value(events, "argmax(Muon.pt)") == [2, None, 1]
    assert value(events, "argmin(Muon.pt)") == [0, None, 1]
    assert value(events, "leading(Muon).eta") == [1.0, None, 0.5]
    for text in ("sum(Muon.pt)", "mean(Muon.pt)"):
        assert all(math.isnan(x) for x in value(events, text))
    assert value(events, "sort(Muon).eta") == [[1.0, 1.5, 0.0, 0.5], [0.0], [0.5, 0.0]]


def test_m09_a_window_never_passes_nan_and_nan_is_counted() -> None:
    a = hl.Analysis({"x": [1.0, NAN, INF, -INF]})
    for window, passed in (({"low": -INF}, 3), ({"high": INF}, 2), ({"low": 0, "high": 2}, 1), ({"high": 0}, 1)):
        row = a.cut("x", name="w", **window).run().cutflow["w"]
        assert (row.passed, row.nan) == (passed, 1)
    result = a.hist("x", bins=2, range=(0, 2)).run()
    assert result["x"].values(flow=True).tolist() == [1, 0, 1, 1]  # NaN is in no bin, not in the overflow
    assert (result.counters["x"].filled, result.counters["x"].nan) == (3, 1)


def test_m09_nan_among_the_objects_of_a_quantified_window() -> None:
    events = muons([{"pt": NAN}, {"pt": 30.0}], [{"pt": NAN}], [{"pt": 30.0}])
    a = hl.Analysis(events)
    assert a.cut("Muon.pt", low=20, any=True, name="c").run().cutflow["c"].passed == 2
    row = a.cut("Muon.pt", low=20, all=True, name="c").run().cutflow["c"]
    assert (row.passed, row.nan) == (1, 2)


def test_m09_rows_of_cuts_count_events_those_of_filters_objects_and_histograms_values() -> None:
    events = ak.Array(
        {
            "Muon": [[{"pt": NAN}, {"pt": NAN}, {"pt": 30.0}], [{"pt": NAN}], [{"pt": 30.0}], []],
            "Other": [[30.0], [], [], []],
        }
    )
    result = hl.Analysis(events).cut("Muon.pt", low=20, any=True, name="any").hist("Muon.pt", bins=1, range=(0, 99))
    row = result.run().cutflow["any"]
    assert (row.passed, row.missing, row.nan) == (2, 0, 2)
    assert result.run().counters["Muon.pt"].nan == 2  # of the first event, the second is gone
    assert hl.Analysis(events).hist("Muon.pt", bins=1, range=(0, 99)).run().counters["Muon.pt"].nan == 3
    kept = hl.Analysis(events).keep("Muon", "pt > Other[0]", name="harder").cut("max(Muon.pt) > 0", name="hard")
    rows = kept.run().cutflow
    assert (rows["harder"].missing, rows["harder"].objects) == (2, (5, 0))
    assert (rows["hard"].passed, rows["hard"].missing) == (0, 4)


def test_m09_the_nan_of_an_earlier_filter_is_not_counted_again() -> None:
    events = muons([{"pt": NAN}, {"pt": 30.0}], [{"pt": 30.0}])
    a = hl.Analysis(events).keep("Muon", "pt > 20").cut("count(Muon) >= 1", name="one")
    assert a.run().cutflow["one"].nan == 0


@pytest.mark.parametrize("operator", ["&", "&&", "and", "|", "||", "or"])
def test_m10_logic_takes_booleans_only(operator: str) -> None:
    a = hl.Analysis(TTBAR)
    with pytest.raises(ExpressionError, match=r"bit\(x, n\).*x != 0"):
        a.keep("Jet", f"jetId {operator} 2")
    with pytest.raises(ExpressionError, match="compare"):
        a.keep("Jet", f"pt {operator} eta > 2")


@pytest.mark.parametrize("text", ["!nMuon", "~nMuon", "not nMuon", "!Muon.pt"])
def test_m10_not_takes_booleans_only(text: str) -> None:
    with pytest.raises(ExpressionError, match="true/false"):
        hl.Analysis(TTBAR).cut(text)


def test_m10_bits() -> None:
    assert hl.Analysis(TTBAR).keep("Jet", "bit(jetId, 2)", name="k").run().cutflow["k"].objects == (537, 431)
    assert value({"n": [0, 1, 4, 6, -1]}, "bit(n, 2)") == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("nMuon ^ 2", r"\*\*"),
        ("nMuon = 2", "=="),
        ("nMuon << 2", "bit"),
        ("nMuon >> 2", "bit"),
        ("nMuon // 2", "floor"),
    ],
)
def test_m10_what_means_something_else_says_what_to_write(text: str, offered: str) -> None:
    with pytest.raises(ExpressionError, match=offered) as caught:
        hl.Analysis(TTBAR).cut(text)
    assert caught.value.position == 6


@pytest.mark.parametrize("text", ["!Muon.pt > 20", "~Muon.pt > 20", "!Muon.pt == 20", "any(!Muon.pt > 20)"])
def test_m10_not_before_a_comparison_is_an_error(text: str) -> None:
    with pytest.raises(ExpressionError, match="two things"):
        hl.Analysis(HZZ).cut(text)


def test_m10_boolean_precedence() -> None:
    data = {"a": [1, 1, 5], "b": [1, 5, 1], "p": [True, False, False], "q": [False, True, False]}
    assert value(data, "a > 2 & b < 2") == [False, False, True]
    assert value(data, "p | q & False") == [True, False, False]
    assert value(data, "!p & q") == [False, True, False]
    assert value(data, "not a > 2 & p") == [True, False, False]
    assert value(data, "a > 2 | b > 2 & q") == [False, True, True]


def test_m11_count_and_sum_of_truths() -> None:
    assert value(EVENTS, "count(Muon)") == [2, 0, 1]
    assert value(EVENTS, "count(Muon.pt)") == [2, 0, 1]
    assert value(EVENTS, "count(Muon.pt > 10)") == [2, 0, 0]
    assert value(EVENTS, "sum(Muon.pt > 10)") == [2, 0, 0]


def test_m11_reducers_of_nothing() -> None:
    empty = muons([])
    assert value(empty, "any(Muon.pt > 0)") == [False]
    assert value(empty, "all(Muon.pt > 0)") == [True]
    assert value(empty, "sum(Muon.pt)") == [0]
    assert value(empty, "prod(Muon.pt)") == [1]
    for name in ("min", "max", "mean", "argmin", "argmax"):
        assert value(empty, f"{name}(Muon.pt)") == [None]


def test_m11_any_and_any_is_not_any_of_both() -> None:
    a = hl.Analysis(HZZ)
    apart = a.cut("any(Muon.pt > 20) & any(Muon.Iso < 1)", name="c").run().cutflow["c"]
    both = a.cut("any(Muon.pt > 20 & Muon.Iso < 1)", name="c").run().cutflow["c"]
    assert (apart.passed, both.passed) == (1440, 1393)


def test_m12_windows_are_half_open() -> None:
    a = hl.Analysis({"x": [0.0, 20.0, 50.0, 200.0, 300.0]})

    def passed(analysis: hl.Analysis) -> int:
        return analysis.run().cutflow[-1].passed

    assert passed(a.cut("x", low=20, high=200)) == 2
    assert passed(a.cut("x", low=20)) == 4
    assert passed(a.cut("x", high=20)) == 1
    assert passed(a.cut("20 < x < 200")) == 1
    assert passed(a.cut("20 <= x <= 200")) == 3


def test_m12_typed_bounds_stay_open_after_being_dragged() -> None:
    from heplens.analysis.edits import apply

    a = hl.Analysis({"x": [0.0, 20.0, 50.0, 200.0, 300.0]}).cut("20 < x < 200", name="w")
    dragged = apply(a, {"op": "set_literal", "name": "w", "index": 0, "value": 0})
    dragged = apply(dragged, {"op": "set_literal", "name": "w", "index": 1, "value": 300})
    assert dragged.steps[0].expression == "0 < x < 300"
    assert dragged.run().cutflow["w"].passed == 3


def test_m12_objects_need_a_quantifier() -> None:
    a = hl.Analysis(EVENTS)
    with pytest.raises(ExpressionError, match="at_least"):
        a.cut("Muon.pt", low=20, high=40)
    with pytest.raises(ExpressionError, match="at_least"):
        a.cut("Muon.pt > 20")
    with pytest.raises(ExpressionError, match="one value per object"):
        a.cut("x", low=1, any=True)
    counts = {"any": {"any": True}, "all": {"all": True}, "two": {"at_least": 2}}
    passed = {k: a.cut("Muon.pt", low=20, high=40, **q).run().cutflow[-1].passed for k, q in counts.items()}
    assert passed == {"any": 1, "all": 2, "two": 1}  # all of no muons is true


def test_m13_numbers_are_float64() -> None:
    stored = {"x": np.array([0.1, 20.0], np.float32), "n": np.array([0, 3], np.uint8)}
    assert value(stored, "x > 0.1") == [True, True]  # the float32 nearest to 0.1 is above it
    assert value(stored, "x == 0.1") == [False, False]
    assert value(stored, "n - 2") == [-2, 1]
    assert value(stored, "n*200") == [0, 600]
    assert value(stored, "-n") == [0, -3]


def test_m13_event_numbers_compare_exactly() -> None:
    numbers = [2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1]
    stored = {"event": np.array(numbers, np.uint64)}
    for number in numbers:
        assert value(stored, f"event == {number}") == [n == number for n in numbers]
        assert value(stored, f"event > {number}") == [n > number for n in numbers]
    assert value(stored, "event > -1") == [True] * 5
    signed = {"n": np.array([2**53 + 1, -1]), "m": np.array([2**53, 2**64 - 1], np.uint64)}
    assert value(signed, "n > m") == [True, False]
    assert value(signed, "n < 18446744073709551615") == [True, True]
    assert value(signed, f"n == {2**53 + 1}") == [True, False]


def test_m13_an_event_of_a_real_file() -> None:
    a = hl.Analysis(TTBAR)
    events = ak.to_list(a.arrays("event"))
    assert a.cut(f"event == {events[17]}", name="c").run().cutflow["c"].passed == 1


def test_m13_division_and_remainder() -> None:
    data = {"a": [7, -7, 7, 0], "b": [2, 2, -2, 0]}
    assert value(data, "a / b")[:3] == [3.5, -3.5, -3.5]
    assert math.isnan(value(data, "a / b")[3])
    assert value(data, "a % b")[:3] == [1, 1, -1]
    assert math.isnan(value(data, "a % b")[3])
    assert value(data, "a % 4") == [3, 1, 3, 0]
    assert value(data, "7.5 % 2") == [1.5] * 4
