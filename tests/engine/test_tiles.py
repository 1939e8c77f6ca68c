"""Tiles against plain comparison, at every boundary."""

from __future__ import annotations

import operator
from itertools import product

import numpy as np
import pytest

from heplens.engine.tiles import Boundaries, Fills, add, build, slice_tile

COMPARE = {">=": operator.ge, ">": operator.gt, "<": operator.lt, "<=": operator.le}
STEPS = [-1.0, 0.1, 0.25, 0.3, 2.0]


def values_of(rng: np.random.Generator, n: int) -> np.ndarray:
    """Ties at the steps, float32 numbers beside them, both infinities, NaN."""
    pool = np.concatenate(
        [
            np.repeat(STEPS, 3),
            np.float32([0.1, 0.3]).astype(float),
            rng.normal(size=20),
            [np.inf, -np.inf, np.nan, -0.0],
        ]
    )
    return rng.choice(pool, size=n)


@pytest.mark.parametrize(("low", "high"), list(product([">=", ">"], ["<", "<="])))
@pytest.mark.parametrize("weighted", [False, True])
def test_every_window_is_what_comparing_gives(low: str, high: str, weighted: bool) -> None:
    rng = np.random.default_rng(7)
    values = values_of(rng, 3000)
    mask = rng.random(len(values)) < 0.8
    bins = rng.integers(0, 6, len(values))
    weights = rng.normal(size=len(values)) if weighted else None
    boundaries = Boundaries.of(STEPS, [low, high])
    tile = build(values, boundaries, [Fills("h", bins, 6, mask=mask, weights=weights)])
    for a, b in product(STEPS, STEPS):
        passed = mask & COMPARE[low](values, a) & COMPARE[high](values, b)
        counts = np.bincount(bins[passed], minlength=6)
        got, variance = slice_tile(tile.cells[0], boundaries.first(low, a), boundaries.last(high, b))
        if weights is None:
            assert np.array_equal(got, counts)
            assert np.array_equal(variance, counts)
        else:
            w = weights[passed]
            scale = np.bincount(bins[mask], np.abs(weights[mask]), minlength=6)
            assert np.all(np.abs(got - np.bincount(bins[passed], w, minlength=6)) <= 1e-9 * scale)
            assert np.all(got[counts == 0] == 0)
            assert np.all(variance[counts == 0] == 0)
            assert np.all(variance >= 0)


def test_one_sided_cuts_keep_what_lies_beyond_the_range_but_never_nan() -> None:
    values = np.array([-np.inf, -5, 0.5, 99, np.inf, np.nan])
    boundaries = Boundaries.of([0.0, 1.0], [">=", "<"])
    tile = build(values, boundaries, [Fills("h", np.zeros(6, dtype=np.int64), 1)])
    assert tile.excluded == 1
    cells = tile.cells[0]
    assert slice_tile(cells, boundaries.first(">=", 0.0), 3)[0] == 3
    assert slice_tile(cells, 0, boundaries.last("<", 1.0))[0] == 3


def test_the_edge_is_the_cut_value_in_float64() -> None:
    stored = np.float32(0.1)
    boundaries = Boundaries.of([0.1], [">"])
    tile = build(np.array([stored]), boundaries, [Fills("h", np.zeros(1, dtype=np.int64), 1)])
    assert slice_tile(tile.cells[0], boundaries.first(">", 0.1), 2)[0] == 1


def test_objects_fill_once_each_and_follow_their_event() -> None:
    values = np.array([1.0, 3.0])
    events = np.array([0, 0, 1])
    boundaries = Boundaries.of([2.0], [">="])
    tile = build(values, boundaries, [Fills("h", np.array([0, 1, 1]), 2, events=events)])
    assert slice_tile(tile.cells[0], boundaries.first(">=", 2.0), 2)[0].tolist() == [0, 1]
    assert slice_tile(tile.cells[0], 0, 2)[0].tolist() == [1, 2]


def test_tiles_of_chunks_add() -> None:
    rng = np.random.default_rng(3)
    values, bins, weights = values_of(rng, 400), rng.integers(0, 4, 400), rng.normal(size=400)
    boundaries = Boundaries.of(STEPS, [">="])

    def part(rows: slice) -> object:
        return build(values[rows], boundaries, [Fills("h", bins[rows], 4, weights=weights[rows])])

    whole = part(slice(None))
    both = add(part(slice(0, 150)), part(slice(150, None)))
    assert np.array_equal(whole.cells[0].counts, both.cells[0].counts)
    assert np.allclose(whole.cells[0].sums, both.cells[0].sums, rtol=1e-13, atol=1e-13)
    assert both.excluded == whole.excluded


def test_no_events_make_an_empty_tile() -> None:
    boundaries = Boundaries.of([0.0], [">="])
    tile = build(np.array([]), boundaries, [Fills("h", np.array([], dtype=np.int64), 3)])
    assert slice_tile(tile.cells[0], 0, 2)[0].tolist() == [0, 0, 0]


def test_a_value_that_is_no_boundary_is_refused() -> None:
    with pytest.raises(KeyError, match="no boundary"):
        Boundaries.of([0.0], [">="]).first(">=", 0.5)
    with pytest.raises(ValueError, match="finite"):
        Boundaries.of([np.inf], [">="])
