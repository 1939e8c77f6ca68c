"""Kernels against the general sweep: the same cells and rows, for every shape of cut that they know."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from generated import EVENTS, arrays
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from moved_tiles import assert_exact
from test_tiles_exact import COUNTS, IT, QUICK, SHAPES, STEPS, cut, keep, plots

from heplens import Analysis
from heplens.analysis.moved import Moved
from heplens.engine.compiled.blocks import Blocks
from heplens.engine.compiled.lift import UnsupportedError
from heplens.engine.compiled.plan import make_plan
from heplens.engine.compiled.store import Store
from heplens.engine.moving import Moving, NoTileError, form_of, moving
from heplens.engine.sweep import sweep
from heplens.engine.tiles import BlockTile


def masses(analysis: Analysis) -> Analysis:
    return (
        plots(analysis)
        .hist("(Muon[0] + Muon[1]).mass", bins=8, range=(0, 200), name="mass")
        .hist("(Muon[0] + Muon[-1]).pt", bins=8, range=(0, 200), name="sum pt")
        .hist("deltaR(Muon[0], Muon[1])", bins=8, range=(0, 6), name="distance")
        .hist("mT(leading(Muon), MET)", bins=8, range=(0, 200), name="mT")
        .hist("min(Muon.iso)", bins=8, range=(-20, 60), name="lowest")
        .hist("max(Muon.tag)", bins=8, range=(-20, 60), name="highest")
        .hist("default(Muon[2].pt, -1)", bins=8, range=(-5, 60), name="third")
        .hist("sum(Muon.tag)", bins=8, range=(-20, 90), name="sum")
    )


def pair_plots(analysis: Analysis) -> Analysis:
    return (
        plots(analysis)
        .define("Pair", "pairs(Muon)[charge == 0 & first.pt > 10]")
        .define("Z", "closest(Pair, mass, 91.2)")
        .cut("count(Pair) >= 1", name="a pair")
        .cut("Z.mass", low=0, high=150, name="window")
        .hist("Pair.mass", bins=8, range=(0, 200), name="all pairs")
        .hist("Z.first.pt", bins=8, range=(0, 100), name="first of Z")
        .hist("deltaR(Z.first, Z.second)", bins=8, range=(0, 6), name="distance")
        .hist("Jet.pt", bins=8, range=(0, 100), name="jets", at="a pair")
    )


def regions(analysis: Analysis) -> Analysis:
    made = analysis.keep("Muon", "pt >= 20", name="it").cut("count(Muon) >= 2", name="two").cut("y > 0", name="y")
    return plots(made).region("SR", ["two", "y"]).region("CR", ["!two", "y"]).region("VR", ["two", "!y"])


MORE: dict[str, tuple[Any, Moved, list[float]]] = {
    "masses": (keep("pt > 20", lambda a: masses(a.cut("count(Muon) >= 2", name="two"))), IT, STEPS),
    "masses, none required": (keep("pt > 20 & iso < 30", masses), IT, STEPS),
    "masses, upper": (keep("iso < 20", masses), IT, STEPS),
    "opposite charge": (
        keep("pt > 20", lambda a: masses(a.cut("Muon[0].charge != Muon[1].charge", name="opposite"))),
        IT,
        STEPS,
    ),
    "pairs": (keep("pt >= 20", pair_plots), IT, STEPS),
    "pairs, filtered twice": (
        lambda a: pair_plots(a.keep("Muon", "iso < 60", name="it").keep("Muon", "eta < 2", name="then")),
        IT,
        STEPS,
    ),
    "second filter": (
        lambda a: masses(a.keep("Muon", "eta < 2", name="first").keep("Muon", "pt > 20", name="it")),
        IT,
        STEPS,
    ),
    "selected pairs": (cut("any(pairs(Muon)[charge == 0].mass > 20)"), Moved("it", "literal", 1), STEPS),
    "regions": (regions, IT, STEPS),
    "exactly two of three truths": (cut("count(Muon.iso > 20 & Muon.pt > 10 | Muon.charge > 0) == 2"), IT, STEPS),
    "at most one": (cut("count(Muon.iso > 20) <= 1"), IT, STEPS),
    "at least none": (cut("count(Muon.iso > 20) >= 0"), IT, STEPS),
    "more than one and a half": (cut("count(Muon.iso > 20) > 1.5"), IT, STEPS),
    "of the fixed ones": (cut("all(Muon[charge > 0].iso < 20)"), IT, STEPS),
    "count, exactly": (cut("count(Muon.iso > 20) == 2"), Moved("it", "literal", 0), STEPS),
    "whole numbers": (cut("n >= 2"), IT, COUNTS),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heplens.engine.compiled.parallel.ENOUGH", 1)


PHASES = (Phase.explicit, Phase.generate)  # made smaller, an example of a dozen histograms takes minutes

#: What is left to the general sweep, and why.
LEFT = {"weight": "weights that move", "both sides of one number": "a number between two others"}


def moved_of(analysis: Analysis, moved: Moved, values: list[float]) -> Moving:
    assert analysis.dataset is not None
    source = analysis.dataset.first()
    assert source is not None
    return moving(analysis, source.schema, False, moved, sorted(values), form_of(analysis, source.schema, False, moved))


def same(mine: Any, wanted: Any, what: object) -> None:
    mine, wanted = np.broadcast_arrays(mine, wanted)
    if mine.dtype.kind == "f":
        assert np.all(np.abs(mine - wanted) <= 1e-9 * max(np.abs(wanted).sum(), 1)), (what, mine, wanted)
    else:
        assert np.array_equal(mine, wanted), (what, mine, wanted)


def assert_same(mine: BlockTile, wanted: BlockTile) -> None:
    assert mine.cells.keys() == wanted.cells.keys()
    for key, cells in wanted.cells.items():
        same(mine.cells[key].counts, cells.counts, key)
        assert (mine.cells[key].sums is None) == (cells.sums is None)
        same(mine.cells[key].with_sums(), cells.with_sums(), key)
    assert mine.rows.keys() == wanted.rows.keys()
    for name, row in wanted.rows.items():
        for part, value in vars(row).items():
            if value is None:
                assert getattr(mine.rows[name], part) is None
            else:
                same(getattr(mine.rows[name], part), value, (name, part))


def make(name: str, events: list[dict[str, Any]], weighted: bool) -> tuple[Analysis, Moved, list[float]]:
    build, moved, values = (SHAPES | MORE)[name]
    analysis = Analysis(arrays(events), energy_unit="GeV").cut("n > -4", name="before")
    if weighted:
        analysis = analysis.weight("w", name="weight")
    return build(analysis), moved, values


@pytest.mark.parametrize("name", [name for name in SHAPES | MORE if name not in LEFT])
@settings(parent=QUICK, max_examples=3, phases=PHASES)
@given(events=EVENTS, weighted=st.booleans())
def test_the_same_cells_as_the_sweep(name: str, events: list[dict[str, Any]], weighted: bool) -> None:
    analysis, moved, values = make(name, events, weighted)
    assert analysis.dataset is not None
    source = analysis.dataset.first()
    assert source is not None
    moves = moved_of(analysis, moved, values)
    store = Store()
    with np.errstate(all="ignore"):
        try:
            wanted = sweep(moves, source.read(moves.bound.demand.branches, 0, len(events)), len(events), lambda: False)
        except NoTileError:  # an infinite weight
            return
        for threads in (1, 1, 3):  # from the data, from what was kept, and in parts
            kernels = Blocks(moves, source, store, threads)
            halves = (0, len(events) // 2), (len(events) // 2, len(events))
            if any(kernels.add(*half, lambda: False) for half in halves):
                return
            assert_same(kernels.tile(), wanted)


@pytest.mark.parametrize("name", MORE)
@settings(parent=QUICK, max_examples=2, phases=PHASES)
@given(events=EVENTS)
def test_every_position_is_the_reference(name: str, events: list[dict[str, Any]]) -> None:
    analysis, moved, values = make(name, events, True)
    with np.errstate(all="ignore"):
        assert_exact(analysis, moved, values)


@pytest.mark.parametrize("name", SHAPES | MORE)
def test_which_shapes_have_kernels_is_decided_from_the_tree(name: str) -> None:
    analysis, moved, values = make(name, [], False)
    if name in LEFT:
        with pytest.raises(UnsupportedError, match=LEFT[name]):
            make_plan(moved_of(analysis, moved, values))
    else:
        make_plan(moved_of(analysis, moved, values))


@pytest.mark.parametrize("objects", [0, 1, 300])
def test_any_number_of_objects(objects: int) -> None:
    """Stored order decides what Muon[0] is, however many there are and whatever order the threshold takes them in."""
    rng = np.random.default_rng(4)
    event = {
        "Muon_pt": rng.permutation(np.arange(objects) / 4.0).tolist(),
        "Muon_iso": [1.0] * objects,
        "x": 1.0,
    }
    analysis = (
        Analysis({name: [values] * 3 for name, values in event.items()})
        .keep("Muon", "pt > 20", name="it")
        .hist("Muon[0].pt", bins=10, range=(0, 80), name="first")
        .hist("sum(Muon.pt)", bins=10, range=(0, 10_000), name="HT")
        .hist("Muon.pt", bins=10, range=(0, 80), name="pt")
    ) if objects else Analysis({"Muon_pt": np.zeros((3, 0)), "x": [1.0] * 3}).cut("any(Muon_pt > 20)", name="it").hist(
        "x", bins=2, range=(0, 2), name="x"
    )  # fmt: skip
    assert_exact(analysis, IT, [0.0, 0.25, 20.0, 74.5, 74.75, 80.0])


@settings(parent=QUICK, max_examples=1, phases=PHASES)
@given(events=EVENTS)
def test_what_one_handle_keeps_serves_the_others(events: list[dict[str, Any]]) -> None:
    """Pairs and their values are kept without the handle; those of another handle or number are not mixed up."""
    store, source = Store(), Analysis(arrays(events), energy_unit="GeV")
    for pt, iso, index in ((20, 30, 0), (20, 30, 1), (10, 5, 0), (10, 5, 1)):
        analysis = source.keep("Muon", f"pt > {pt} & iso < {iso}", name="it").cut("x > 0", name="x")
        analysis = masses(analysis).hist("Muon[0].charge * Muon[1].charge", bins=3, range=(-1, 2), name="q")
        analysis = analysis.define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.2)")
        analysis = analysis.hist("Z.mass", bins=8, range=(0, 200), name="Z")
        moves = moved_of(analysis, Moved("it", "literal", index), STEPS)
        found = []
        with np.errstate(all="ignore"):
            for kept in (store, Store(0)):
                kernels = Blocks(moves, source_of(analysis), kept)
                if kernels.add(0, len(events), lambda: False):
                    break
                found.append(kernels.tile())
        if len(found) == 2:
            assert_same(*found)


def source_of(analysis: Analysis) -> Any:
    assert analysis.dataset is not None
    return analysis.dataset.first()
