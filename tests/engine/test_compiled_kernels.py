"""The kernels' arithmetic: boundaries, bins, masses; and what is kept, cancelled and left to the sweep."""

from __future__ import annotations

import sys
from typing import Any

import awkward as ak
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moved_tiles import assert_exact
from test_tiles_exact import IT, QUICK

from heplens import Analysis
from heplens.analysis.axes import Axis
from heplens.analysis.moved import Moved
from heplens.columns.broadcast import vectors
from heplens.engine import scan as scanning
from heplens.engine.compiled import blocks
from heplens.engine.compiled.bins import bins_of, size_of
from heplens.engine.compiled.boundaries import Edges
from heplens.engine.compiled.flat import Column
from heplens.engine.compiled.masses import formula_of, masses
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


KINDS = {
    "f4": st.floats(width=32),
    "f8": st.floats(),
    "i2": st.integers(-(2**15), 2**15 - 1),
    "i4": st.integers(-(2**31), 2**31 - 1),
    "i8": st.integers(-(2**53), 2**53),
}


@settings(max_examples=200, deadline=None)
@given(
    data=st.data(),
    kind=st.sampled_from(sorted(KINDS)),
    bins=st.integers(1, 300),
    low=st.floats(-1e6, 1e6),
    width=st.floats(1e-3, 1e6),
)
def test_evenly_spaced_bins_are_those_of_the_library(
    data: st.DataObject, kind: str, bins: int, low: float, width: float
) -> None:
    axis = Axis("x", "regular", bins, low, low + width)
    made = axis.make("x")
    drawn = np.array(data.draw(st.lists(KINDS[kind], max_size=20)), kind)
    near = around(np.asarray(made.edges).tolist()).clip(-3e38, 3e38)
    values = np.concatenate([drawn, near.astype(kind)]) if kind[0] == "f" else drawn
    wide = values.astype(np.float64)
    wanted = np.where(np.isnan(wide), bins + 2, made.index(wide) + 1)
    assert np.array_equal(bins_of([axis], [Column(values)]), wanted)


ODD = [0.0, -0.0, 1.0, -1.0, 0.1, -0.1, 5.0, 1e-40, 1e38, -1e38, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("parts", [("pt", "phi", "eta", "mass"), ("px", "py", "pz", "E")])
@pytest.mark.parametrize("odd", [0.0, 0.3])
def test_masses_of_any_vectors_are_those_of_the_vector_library(parts: tuple[str, ...], odd: float) -> None:
    rng = np.random.default_rng(3)
    sides = []
    for _ in range(2):
        columns = {name: rng.normal(0, 3, 5000).astype(np.float32) for name in parts}
        for values in columns.values():
            places = rng.random(5000) < odd
            values[places] = rng.choice(np.float32(ODD), places.sum())
        sides.append(columns)
    formula = formula_of(parts)
    assert formula is not None
    with np.errstate(all="ignore"):
        wide = ({name: values.astype(np.float64) for name, values in side.items()} for side in sides)
        first, second = (vectors(ak.zip(side, with_name="Momentum4D")) for side in wide)
        wanted = ak.to_numpy((first + second).mass)
        made = masses(formula, [values for side in sides for values in side.values()])
    assert np.array_equal(made, wanted, equal_nan=True)
    assert np.array_equal(np.signbit(made[made == made]), np.signbit(wanted[wanted == wanted]))


@pytest.mark.parametrize("few", [0, 70])
@pytest.mark.parametrize("mass", ["(Muon[0] + Muon[1]).mass", "closest(pairs(Muon), pt, 40).mass", "pairs(Muon).mass"])
@pytest.mark.parametrize("parts", [("pt", "eta", "phi", "mass"), ("px", "py", "pz", "E")])
def test_masses_are_those_of_the_reference_to_the_last_bit(
    parts: tuple[str, ...], mass: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edges of the bins are the masses themselves, which are computed some at a time."""
    monkeypatch.setattr("heplens.engine.compiled.pairs.ROWS", 16)
    monkeypatch.setattr("heplens.engine.compiled.masses.ROWS", 8)
    monkeypatch.setattr("heplens.engine.compiled.pairs.FEW", few)
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


def test_what_is_lent_is_used_and_nothing_is_added() -> None:
    analysis, store = muons(), Store()
    wanted = scan(analysis, IT, [0.0, 20.0], store=store)
    held = store.nbytes
    assert held > 0
    other = analysis.hist("x", bins=7, range=(0, 3), name="other")
    got = scan(other, IT, [0.0, 15.0, 20.0], store=store.lent())
    assert store.nbytes == held
    again = scan(analysis, IT, [0.0, 20.0], store=store.lent())
    assert np.array_equal(again.cells["x"].counts, wanted.cells["x"].counts)
    assert np.array_equal(got.cells["x"].counts.sum(axis=0), wanted.cells["x"].counts.sum(axis=0))


@pytest.mark.parametrize("kind", ["f4", "f8", "i4", "i2", "i8", "u1"])
@pytest.mark.parametrize("operator", list(COMPARE))
@QUICK
@given(data=st.data(), k=st.integers(1, 4))
def test_at_least_so_many(kind: str, operator: str, data: st.DataObject, k: int) -> None:
    """The largest of each event are chosen before they are compared: ties, NaN, infinities, any number of objects."""
    if kind[0] == "f":
        some = st.sampled_from([0.0, -0.0, 1.0, 2.0, 2.5, -1.0, np.inf, -np.inf, np.nan])
    else:
        some = st.integers(0 if kind == "u1" else -2, 3)
    lists = data.draw(st.lists(st.lists(some, max_size=9), min_size=1, max_size=9))
    events = ak.values_astype(ak.Array([[0.0], *lists])[1:], np.dtype(kind))
    steps = [-1.0, 0.0, 1.0, 2.0, 2.5]
    analysis = Analysis({"v": events, "x": np.ones(len(lists))}).cut(f"count(v {operator} 1) >= {k}", name="it")
    tile = scan(analysis.hist("x", bins=1, range=(0, 2), name="x"), IT, steps)
    for step in steps:
        wanted = sum(sum(bool(COMPARE[operator](v, step)) for v in values) >= k for values in lists)
        assert tile.cells["x"].counts[: tile.boundaries.index(0, step) + 1].sum() == wanted


def test_a_part_that_kernels_do_not_know_is_swept_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing objects among the last events of a block: the others are counted by kernels, and nothing twice."""
    swept = []
    real = scanning.sweep
    monkeypatch.setattr("heplens.engine.compiled.parallel.ENOUGH", 1)
    monkeypatch.setattr(scanning, "cores", lambda: 3)
    monkeypatch.setattr(scanning, "sweep", lambda *args: swept.append(args[2]) or real(*args))
    rng = np.random.default_rng(1)
    lists = [rng.exponential(20, n).round(0).tolist() for n in rng.poisson(2, 30)]
    lists[25] = [None, 21.0, 40.0]
    analysis = Analysis({"Muon_pt": ak.Array(lists), "x": np.arange(30.0), "w": rng.normal(1, 3, 30)})
    analysis = analysis.weight("w", name="w").keep("Muon", "pt >= 20", name="it").cut("count(Muon) >= 1", name="one")
    analysis = analysis.hist("x", bins=30, range=(0, 30), name="x").hist("Muon.pt", bins=9, range=(0, 90), name="pt")
    assert_exact(analysis, IT, [0.0, 10.0, 20.0, 21.0, 40.0, 90.0])
    assert swept == [10]
