"""The kernels' arithmetic: boundaries, bins, masses; and what is kept, cancelled and left to the sweep."""

from __future__ import annotations

import sys
from typing import Any

import awkward as ak
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moved_tiles import assert_exact
from test_tiles_exact import IT, QUICK

from heplens import Analysis
from heplens.analysis.axes import Axis
from heplens.analysis.moved import Moved
from heplens.engine import scan as scanning
from heplens.engine.compiled import blocks
from heplens.engine.compiled.boundaries import Edges
from heplens.engine.compiled.leaves import Column, bins_of, size_of
from heplens.engine.compiled.store import Store
from heplens.engine.compiled.tables import Table, steps
from heplens.engine.grid import nice_grid
from heplens.engine.scan import scan

COMPARE = {">=": np.greater_equal, ">": np.greater, "<": np.less, "<=": np.less_equal}
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
GRIDS = st.one_of(
    st.lists(NUMBERS, min_size=1, max_size=6, unique=True).map(sorted),
    st.tuples(st.floats(-100, 100), st.floats(1e-3, 100)).map(lambda p: nice_grid(p[0], p[0] + p[1]).values().tolist()),
)


def around(edges: list[float]) -> np.ndarray:
    """The edges, their neighbours in float64 and float32, and what lies far from all."""
    array = np.array(edges)
    with np.errstate(over="ignore"):
        near = [
            array,
            np.nextafter(array, np.inf),
            np.nextafter(array, -np.inf),
            array.astype(np.float32).astype(float),
        ]
    return np.concatenate([*near, [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e308, -1e308, 5e-324]])


@QUICK
@given(limits=GRIDS, operator=st.sampled_from(list(COMPARE)))
def test_a_level_counts_the_positions_that_pass(limits: list[float], operator: str) -> None:
    values = around(limits)
    levels = Edges.of(limits, operator in (">", "<=")).levels(values, operator)
    passes = COMPARE[operator](values[:, None], np.array(limits)[None, :])
    assert np.array_equal(levels, passes.sum(axis=1))


AXES = [
    Axis("x", "regular", 100, 0.0, 200.0),
    Axis("x", "regular", 7, -0.1, 0.3),
    Axis("x", "regular", 10, 0.0, 1.0, overflow=False),
    Axis("x", "regular", 10, 0.0, 1.0, underflow=False, overflow=False),
    Axis("x", "regular", 10, 1e-3, 1e3, transform="log"),
    Axis("x", "variable", edges=(0.0, 0.1, 0.3, 1.0, 1e9)),
    Axis("x", "integer", low=-2, high=5),
]


@pytest.mark.parametrize("axis", AXES, ids=repr)
def test_bins_are_those_that_hist_fills(axis: Axis) -> None:
    import hist

    made = axis.make("x")
    values = around(np.asarray(made.edges).tolist())
    if axis.kind == "integer":
        values = np.array([-(2**40), -3, -2, 0, 4, 5, 2**40])
    fits = values.clip(-(2**31), 2**31 - 1) if axis.kind == "integer" else values
    histogram = hist.Hist(made)
    histogram.fill(fits if axis.kind == "integer" else fits[~np.isnan(fits)])
    wanted = np.pad(histogram.values(flow=True), (1 - made.traits.underflow, 1 - made.traits.overflow))
    bins = bins_of([axis], [Column(values)])
    assert np.array_equal(np.bincount(bins, minlength=size_of([axis]) + 1)[:-1], wanted)


@pytest.mark.parametrize("mass", ["(Muon[0] + Muon[1]).mass", "closest(pairs(Muon), pt, 40).mass", "pairs(Muon).mass"])
@pytest.mark.parametrize("parts", [("pt", "eta", "phi", "mass"), ("px", "py", "pz", "E")])
def test_masses_are_those_of_the_reference_to_the_last_bit(
    parts: tuple[str, ...], mass: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edges of the bins are the masses themselves, which are computed some at a time."""
    monkeypatch.setattr("heplens.engine.compiled.pairs.ROWS", 16)
    rng = np.random.default_rng(1)
    numbers = rng.poisson(3, 60)
    drawn = [rng.exponential(30, numbers.sum()), rng.normal(0, 2, numbers.sum()), rng.uniform(-3, 3, numbers.sum())]
    columns = dict(zip(parts, [*drawn, np.full(numbers.sum(), 0.1)], strict=True))
    data = {f"Muon_{name}": ak.unflatten(values, numbers) for name, values in columns.items()}
    data["Muon_iso"] = ak.unflatten(rng.uniform(0, 1, numbers.sum()), numbers)
    analysis = Analysis(data, energy_unit="GeV").keep("Muon", "iso > 0.5", name="it")
    every = [analysis.with_parts(steps=()).keep("Muon", f"iso > {x}", name="it") for x in (0.0, 0.25, 0.5)]
    found = np.concatenate([np.asarray(ak.drop_none(ak.flatten(a.arrays(mass), axis=None))) for a in every])
    assert_exact(analysis.hist(mass, bins=np.unique(found).tolist(), name="mass"), IT, [0.0, 0.25, 0.5])


def test_changes_add_up_to_what_is_above_each_position() -> None:
    table = np.random.default_rng(0).integers(-3, 9, (6, 2))
    above = np.array([table[b + 1 :].sum(axis=0) for b in range(5)])
    assert np.array_equal(np.cumsum(steps(table, False), axis=0), above)
    assert np.array_equal(np.cumsum(steps(table, True), axis=0), above[::-1])


def test_cells_have_room_for_more_entries_than_32_bits_count() -> None:
    table = Table.empty(2, 2, False)
    for _ in range(3):
        table.widen()
        table.counts[2, 1] += 2**30 - 2
        table.entries(np.full(2, 2, np.uint16), np.ones(2, np.uint8), None)
    assert table.counts[2, 1] == 3 * 2**30 > 2**31


# --- what is kept, cancelled, left -----------------------------------------------------------------------------------


def muons(**more: Any) -> Analysis:
    data = {"Muon_pt": ak.Array([[30.0, 10.0], [], [25.0]]), "x": np.array([1.0, 2.0, 3.0]), **more}
    return Analysis(data).keep("Muon", "pt > 20", name="it").hist("x", bins=3, range=(0, 3), name="x")


def test_the_store_makes_room_but_not_of_what_is_in_use() -> None:
    class Source:
        uuid = "a"

    store = Store(100)
    store.begin(Source())
    store.keep("a", np.zeros(80, np.uint8))
    store.keep("b", np.zeros(80, np.uint8))
    assert store.get("a") is not None and store.get("b") is None
    store.begin(Source())
    store.keep("b", np.zeros(80, np.uint8))
    assert store.get("a") is None and store.get("b") is not None and store.nbytes == 80


def test_arrays_that_take_the_place_of_others_are_not_taken_for_them() -> None:
    store, moved = Store(), Moved("it", "literal", 0)
    for value in range(50):
        analysis = Analysis({"x": np.full(3, value + 0.5)}).cut("x >= 0", name="it")
        tile = scan(analysis.hist("x", bins=50, range=(0, 50), name="x"), moved, [0.0], store=store)
        assert tile.cells["x"].counts.sum(axis=0)[value + 1] == 3


def test_without_numba_the_sweep_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = scan(muons(), IT, [0.0, 20.0])
    monkeypatch.setitem(sys.modules, "numba", None)
    blocks.available.cache_clear()
    try:
        got = scan(muons(), IT, [0.0, 20.0])
        assert not blocks.available()
    finally:
        blocks.available.cache_clear()
    assert np.array_equal(got.cells["x"].counts, wanted.cells["x"].counts)
    assert np.array_equal(got.rows["it"].objects_out, wanted.rows["it"].objects_out)


def test_data_that_kernels_do_not_know_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    swept = []
    real = scanning.sweep
    monkeypatch.setattr(scanning, "sweep", lambda *args: swept.append(args) or real(*args))
    scan(muons(), IT, [0.0, 20.0])
    assert not swept
    data = {"Muon_pt": ak.Array([[30.0, None], [], [25.0]]), "x": np.array([1.0, 2.0, 3.0])}
    analysis = Analysis(data).keep("Muon", "pt > 20", name="it").hist("x", bins=3, range=(0, 3), name="x")
    tile = scan(analysis, IT, [0.0, 20.0])
    assert len(swept) == 1
    assert tile.rows["it"].missing.sum() == 1
