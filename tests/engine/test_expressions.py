"""Random expressions on random events: their values are those of the event loop."""

from __future__ import annotations

import math
from typing import Any

from generated import EVENTS, SCHEMA, arrays
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heplens.errors import ExpressionError
from oracle.evaluate import Event
from oracle.values import Items
from support import value

CONSTANT = st.sampled_from(["0", "1", "2", "-3", "0.5", "20", "1e3", "20*GeV"])
OBJECT_NUMBER = st.sampled_from(
    ["pt", "eta", "iso", "id", "tag", "charge", "px", "x", "y", "max(iso)", "count(pt > 10)"]
)
SINGLE = st.sampled_from(
    [
        "Muon[0]",
        "Muon[-1]",
        "Muon[1:][0]",
        "leading(Muon)",
        "leading(Muon, iso)",
        "sort(Muon, tag)[0]",
        "Muon[iso > 0][0]",
        "closest(Muon, tag, 10)",
        "Muon[argmax(iso)]",
        "sort(Muon)[-1]",
        "Muon[pt > x][1]",
    ]
)
LISTS = st.sampled_from(["Muon", "Muon[:2]", "Muon[tag > 0]", "Muon[!(iso > 5)]", "sort(Muon, iso)", "Muon[x > 0]"])


def numbers(inner: st.SearchStrategy[str], truth: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"-{t}"),
        st.tuples(st.sampled_from(["abs", "sqrt", "floor", "isnan"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, CONSTANT).map(lambda t: f"default({t[0]}, {t[1]})"),
        st.tuples(truth, inner, inner).map(lambda t: f"where({t[0]}, {t[1]}, {t[2]})"),
        inner.map(lambda t: f"{t}**2"),
    )


def truths(number: st.SearchStrategy[str], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return st.one_of(
        st.tuples(number, operator, number).map(" ".join).map("({})".format),
        st.tuples(number, operator, number, operator, number).map(" ".join).map("({})".format),
        st.tuples(inner, st.sampled_from(["&", "|", "&&", "||", "and", "or"]), inner).map(" ".join).map("({})".format),
        inner.map(lambda t: f"!{t}"),
        inner.map(lambda t: f"not {t}").map("({})".format),
    )


def grown(number: st.SearchStrategy[str], truth: st.SearchStrategy[str]) -> tuple[Any, Any]:
    """Expressions two levels deep over the given ones."""
    for _ in range(2):
        number, truth = st.one_of(number, numbers(number, truth)), st.one_of(truths(number, truth), truth)
    return number, truth


_OF_OBJECTS = st.sampled_from(["iso > 10", "flag", "True"])
_OBJECT_NUMBERS, _OBJECT_TRUTHS = grown(st.one_of(OBJECT_NUMBER, CONSTANT), _OF_OBJECTS)
_REDUCERS = st.sampled_from(["sum", "max", "min", "mean", "argmax", "prod"])
_EVENT_NUMBERS = st.one_of(
    CONSTANT,
    st.sampled_from(["x", "y", "n", "MET.pt", "nMuon", "count(Muon)"]),
    st.tuples(SINGLE, st.sampled_from(["pt", "iso", "tag", "id", "mass"])).map(".".join),
    st.tuples(_REDUCERS, LISTS, st.sampled_from(["iso", "tag", "id"])).map(lambda t: f"{t[0]}({t[1]}.{t[2]})"),
    st.tuples(LISTS, _OBJECT_TRUTHS).map(lambda t: f"count({t[0]}[{t[1]}])"),
    st.tuples(LISTS, _OBJECT_TRUTHS, _OBJECT_NUMBERS).map(lambda t: f"leading({t[0]}[{t[1]}], {t[2]} + 0*pt).pt"),
)
_EVENT_TRUTHS = st.sampled_from(["flag", "any(Muon.tag > 0)", "all(Muon.iso > 5)", "bit(n, 1)", "True"])
NUMBERS, TRUTHS = grown(_EVENT_NUMBERS, _EVENT_TRUTHS)


@settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=250)
@given(events=EVENTS, text=st.one_of(NUMBERS, TRUTHS))
def test_a_random_expression_is_what_the_loop_says(events: list[dict[str, Any]], text: str) -> None:
    try:
        mine = value(arrays(events), text)
    except ExpressionError:
        return  # arithmetic of plain numbers that has no value, and the like
    assert len(mine) == len(events)
    for event, got in zip(events, mine, strict=True):
        wanted = Event(event, SCHEMA).evaluate(text)
        assert not isinstance(wanted, Items)
        assert same(got, wanted), (text, got, wanted)


def same(got: Any, wanted: Any) -> bool:
    if got is None or wanted is None:
        return got is wanted
    if isinstance(wanted, bool) or isinstance(got, bool):
        return bool(got) == bool(wanted)
    if math.isnan(got) or math.isnan(wanted):
        return math.isnan(got) and math.isnan(wanted)
    return got == wanted or math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-9)
