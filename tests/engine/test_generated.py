"""The engine against the event loop of `oracle` on generated events, whole and in odd blocks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from compare import analysis_of, assert_same
from generated import EVENTS, SCHEMA, arrays
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heplens.analysis.value import is_weighted
from heplens.engine.chunk import process
from heplens.engine.plan import plan
from heplens.engine.result import Result
from heplens.engine.sums import add
from oracle.build import axis, cut, define, document, hist, keep, region, weight
from oracle.run import run

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
PT = axis("Muon.pt", 6, 0, 60)
X = axis("x", edges=[-5, 0, 10, 20, 20.000000000000004, 30, 60])

DOCUMENTS = {
    "truth of missing and NaN": document(
        cut("x < 20 | y > 10", "either"),
        cut("!(y < 0 & x > 0)", "not both"),
        hists=[hist("x", X), hist("y", axis("y", 4, -20, 20)), hist("plane", X, axis("y", 4, -20, 20))],
    ),
    "filters compose": document(
        keep("Muon", "pt >= 10 & tag > 0", "tagged"),
        define("Early", "count(Muon)"),
        keep("Muon", "iso < 30 | !(id > 2)", "isolated"),
        cut("Early >= 1", "early"),
        hists=[
            hist("pt", PT),
            hist("first", axis("Muon[0].pt", 6, 0, 60)),
            hist("lead", axis("leading(Muon).iso", 6, 0, 60)),
            hist("early", axis("Early", 5, 0, 5)),
        ],
    ),
    "windows of objects": document(
        cut("Muon.pt", "one in", 20, 60, "any"),
        cut("Jet.btag", "all tagged", 0.28, None, "all"),
        cut("Muon.iso", "two", None, 60, 2),
        cut("x", "window", -5, 60),
        hists=[hist("pt", PT), hist("n", axis("count(Jet.btag > 0.28)", 5, 0, 5))],
    ),
    "reducers": document(
        hists=[
            hist(name, axis(text, 12, -60, 60))
            for name, text in {
                "sum": "sum(Muon.iso)",
                "max": "max(Muon.iso)",
                "min": "min(Muon.iso)",
                "mean": "mean(Muon.iso)",
                "argmax": "argmax(Muon.iso)",
                "argmin": "argmin(Muon.iso)",
                "prod": "prod(Muon.id)",
                "any": "any(Muon.iso > 20)",
                "all": "all(Muon.iso != 20)",
                "count": "count(Muon.iso <= 20)",
                "tags": "max(Muon.tag)",
                "tagged": "argmin(Muon.tag)",
                "mean tag": "mean(Muon.tag)",
                "btag": "sum(Jet.btag)",
                "none": "any(Muon.tag > 0)",
                "every": "all(Muon.tag > 0)",
                "sorted": "sort(Muon, iso)[0].pt",
                "sorted by tag": "sort(Muon, tag)[-1].pt",
                "closest": "closest(Muon, iso, 20).pt",
                "best": "Muon[argmax(tag)].pt",
            }.items()
        ]
    ),
    "arithmetic": document(
        cut("n % 3 != 1 & 20/n < 30", "whole"),
        hists=[
            hist("sum", axis("x + n*2 - y", 6, -60, 60)),
            hist("ratio", axis("x/n", 6, -60, 60)),
            hist("rest", axis("7 % n", 6, -6, 6)),
            hist("power", axis("n**2 + x**-1", 6, 0, 30)),
            hist("objects", axis("Muon.pt*n + MET.pt", 6, -60, 60)),
            hist("chosen", axis("where(x > 10, Muon.pt, y)", 6, 0, 60)),
            hist("default", axis("default(y, -1) + default(Muon[1].iso, 5)", 6, -60, 60)),
        ],
    ),
    "pairs and regions": document(
        define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.2)"),
        define("Rest", "disjoint(pairs(Muon), Z)"),
        cut("count(Muon) >= 2", "two"),
        cut("Z.pt > 10", "hard"),
        cut("x", "window", 0, 60),
        regions=[region("SR", "two", "hard"), region("CR", "two", "!hard"), region("other", "!window")],
        hists=[
            hist("mass", axis("Z.mass", 10, 0, 200)),
            hist("rest", axis("count(Rest)", 6, 0, 6)),
            hist("charge", axis("pairs(Muon).charge", 5, -2, 3)),
            hist("dr", axis("deltaR_min(Jet, Muon)", 5, 0, 5)),
        ],
    ),
    "weights": document(
        weight("w", "generator"),
        keep("Muon", "iso != iso | iso < 60", "muons"),
        weight("1 + 0.5*flag", "flag"),
        cut("y > 0", "seen"),
        weight("default(Muon[0].pt, 1)/20", "first"),
        hists=[
            hist("pt", PT),
            hist("plain", PT, weight=1),
            hist("own", PT, weight="Muon.tag"),
            hist("event", X, weight="y"),
            hist("early", X, at="muons"),
        ],
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(parent=QUICK, max_examples=30)
@given(events=EVENTS)
def test_the_engine_is_the_loop(name: str, events: list[dict[str, Any]]) -> None:
    document = DOCUMENTS[name]
    with np.errstate(all="ignore"):
        assert_same(analysis_of(document, arrays(events)).run(), run(document, events, SCHEMA), document)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(parent=QUICK, max_examples=12)
@given(events=EVENTS, cuts=st.lists(st.integers(0, 12), max_size=3))
def test_odd_blocks_give_the_same(name: str, events: list[dict[str, Any]], cuts: list[int]) -> None:
    document = DOCUMENTS[name]
    result = in_blocks(analysis_of(document, arrays(events)), cuts)
    assert_same(result, run(document, events, SCHEMA), document)


def in_blocks(analysis: Any, cuts: list[int]) -> Result:
    """The result made of blocks that end where `cuts` say."""

    def split(source: Any, bound: Any) -> list[tuple[int, int]]:
        edges = sorted({0, source.entries, *(c for c in cuts if c < source.entries)})
        return list(pairwise(edges)) or [(0, 0)]

    todo = plan(analysis, split)
    weighted = is_weighted(analysis)
    partials = [process(todo.of(block)[1], todo.of(block)[0], block, weighted) for block in todo.blocks]
    return add(analysis, partials, len(todo.blocks))
