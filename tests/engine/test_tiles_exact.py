"""Every number that can be dragged, in every shape of cut: the tile is the reference, at every position."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from generated import arrays, many
from hypothesis import HealthCheck, settings
from moved_tiles import assert_exact

from heplens import Analysis
from heplens.analysis.moved import Moved

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
STEPS = [-5.0, 0.0, 10.0, 20.0, 20.000000000000004, 30.0, 60.0]
COUNTS = [0.0, 1.0, 2.0, 3.0, 4.0]


def plots(analysis: Analysis) -> Analysis:
    return (
        analysis.hist("Muon.pt", bins=6, range=(0, 60), name="pt")
        .hist("x", bins=[-5, 0, 10, 20, 20.000000000000004, 30, 60], name="x")
        .hist("count(Muon)", bins=5, range=(0, 5), name="n")
        .hist(("Muon.pt", "x"), bins=(3, 4), range=((0, 60), (0, 40)), name="plane")
        .hist("Jet.pt", bins=4, range=(0, 60), name="own weight", weight="Jet.btag")
        .hist("x", bins=4, range=(0, 60), name="plain", weight=1)
    )


def pairs(analysis: Analysis) -> Analysis:
    return (
        plots(analysis)
        .define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.2)")
        .hist("Z.mass", bins=10, range=(0, 200), name="mass")
        .hist("leading(Muon).iso", bins=4, range=(0, 60), name="leading")
        .hist("sum(Muon.pt)", bins=5, range=(0, 200), name="HT")
        .hist("Muon[0].pt", bins=5, range=(0, 100), name="first")
    )


def keep(text: str, more: Any = pairs) -> Any:
    return lambda a: more(a.keep("Muon", text, name="it"))


def cut(text: str, more: Any = plots, **kwargs: Any) -> Any:
    return lambda a: more(a.cut(text, name="it", **kwargs))


IT = Moved("it", "literal", 0)
LOW, HIGH = Moved("it", "low"), Moved("it", "high")
SHAPES: dict[str, tuple[Any, Moved, list[float]]] = {
    "x > t": (cut("x > 20"), IT, STEPS),
    "x >= t": (cut("x >= 20"), IT, STEPS),
    "t <= x, optional": (cut("10 <= y"), IT, STEPS),
    "x < t": (cut("x < 20"), IT, STEPS),
    "window, low": (cut("x", low=0, high=60), LOW, STEPS),
    "window, high": (cut("x", low=0, high=60), HIGH, STEPS[1:]),
    "chain": (cut("0 < x <= 60"), Moved("it", "literal", 1), STEPS),
    "and": (cut("x > 20 & y < 30"), IT, STEPS),
    "or, missing": (cut("y > 20 | x < 30"), IT, STEPS),
    "not": (cut("!(y > 20 & n > 0)"), IT, STEPS),
    "at least 2": (cut("count(Muon.iso > 20) >= 2"), IT, STEPS),
    "exactly 1": (cut("count(Muon.iso >= 20) == 1"), IT, STEPS),
    "none": (cut("!any(Muon.iso < 20)"), IT, STEPS),
    "all": (cut("all(Muon.iso <= 20)"), IT, STEPS),
    "k of at least k": (cut("count(Muon.iso > 20) >= 2"), Moved("it", "literal", 1), COUNTS),
    "objects and more": (cut("any(Muon.pt > 20 & Muon.iso < 30) & x > 0"), Moved("it", "literal", 1), STEPS),
    "quantified low": (cut("Muon.iso", low=0, high=60, at_least=2), LOW, STEPS),
    "quantified high": (cut("Muon.iso", low=0, high=60, all=True), HIGH, STEPS[1:]),
    "option of objects": (cut("any(Muon.tag > 20)"), IT, STEPS),
    "selection inside": (cut("sum(Muon[pt > 20].iso) > 10"), IT, STEPS),
    "sum of selected": (cut("sum(Muon[pt > 20].pt) > 30"), Moved("it", "literal", 1), STEPS),
    "default": (cut("default(Muon[1].pt, 5) > 20"), IT, STEPS),
    "keep": (keep("pt > 20"), IT, STEPS),
    "keep, reversed": (keep("20 >= iso"), IT, STEPS),
    "keep, missing": (keep("tag < 20 | pt >= 30"), IT, STEPS),
    "keep, its event": (keep("pt > 10 & x > 20"), Moved("it", "literal", 1), STEPS),
    "keep, then cut": (keep("pt >= 20", lambda a: pairs(a.cut("count(Muon) >= 2", name="two"))), IT, STEPS),
    "cut, then keep": (
        lambda a: pairs(a.cut("any(Muon.iso > 10)", name="it").keep("Muon", "pt > 10", name="hard")),
        IT,
        STEPS,
    ),
    "define": (
        lambda a: plots(
            a.define("hard", "count(Muon.pt > 20)").cut("hard >= 1", name="c").hist("hard", bins=5, range=(0, 5))
        ),
        Moved("hard", "literal", 0),
        STEPS,
    ),
    "weight": (
        lambda a: plots(a.cut("n != 0", name="c").weight("where(x > 20, 2, 1)", name="it")),
        IT,
        STEPS,
    ),
    "both sides of one number": (cut("y < 20 < x"), IT, STEPS),
}


DATA = arrays(many(1, 120))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", SHAPES)
def test_every_position_is_the_reference(name: str, weighted: bool) -> None:
    make, moved, values = SHAPES[name]
    analysis = Analysis(DATA, energy_unit="GeV").cut("n > -4", name="before")
    if weighted:
        analysis = analysis.weight("w", name="weight")
    with np.errstate(all="ignore"):
        assert_exact(make(analysis), moved, values)
