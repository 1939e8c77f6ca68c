"""What a tile is made of: boundaries, cells, and how blocks add."""

from __future__ import annotations

import operator
from itertools import product

import numpy as np
import pytest

from heplens.engine.tiles import BlockTile, Boundaries, Cells

COMPARE = {">=": operator.ge, ">": operator.gt, "<": operator.lt, "<=": operator.le}
STEPS = [-1.0, 0.1, 0.25, 0.3, 2.0]
#: Ties at the steps, float32 numbers beside them, both infinities, NaN.
VALUES = np.array([*STEPS, *np.float32([0.1, 0.3]).astype(float), np.inf, -np.inf, np.nan, -0.0, 0.2])


@pytest.mark.parametrize(("low", "high"), list(product([">=", ">"], ["<", "<="])))
def test_every_window_is_what_comparing_gives(low: str, high: str) -> None:
    boundaries = Boundaries.of(STEPS, [low, high])
    pixel = boundaries.pixel(VALUES)
    for a, b in product(STEPS, STEPS):
        inside = (pixel >= boundaries.first(low, a)) & (pixel < boundaries.last(high, b))
        assert np.array_equal(inside, COMPARE[low](VALUES, a) & COMPARE[high](VALUES, b))


def test_the_edge_is_the_cut_value_in_float64() -> None:
    boundaries = Boundaries.of([0.1], [">"])
    assert boundaries.pixel(np.float32(0.1)) == boundaries.first(">", 0.1) == 1


def test_a_unit_moves_what_is_compared_and_not_what_is_shown() -> None:
    boundaries = Boundaries.of([20.0, 25.0], [">="], [20_000.0, 25_000.0])
    assert boundaries.pixel([19_999.0, 20_000.0, 30_000.0]).tolist() == [0, 1, 2]
    assert boundaries.first(">=", 20.0) == 1


def test_a_value_that_is_no_boundary_is_refused() -> None:
    with pytest.raises(KeyError, match="no boundary"):
        Boundaries.of([0.0], [">="]).first(">=", 0.5)
    with pytest.raises(ValueError, match="finite"):
        Boundaries.of([np.inf], [">="])
    with pytest.raises(ValueError, match="rise"):
        Boundaries.of([1.0, 1.0], [">="])


def test_rows_the_wrong_way_round_hold_nothing() -> None:
    cells = Cells(np.array([[1], [2], [3]]))
    assert cells.between(2, 1)[0].tolist() == [0]


def test_what_is_left_of_weights_that_were_taken_back_is_nothing() -> None:
    cells = Cells(
        np.array([[2], [-1], [-1]]),
        np.array([[0.1 + 0.2], [-0.1], [-0.2]]),
        np.array([[0.05], [-0.01], [-0.04]]),
    )
    assert np.cumsum(cells.sums)[-1] != 0, "the sums themselves leave a residue"
    values, variances = cells.between(0, 3)
    assert (values.tolist(), variances.tolist()) == ([0.0], [0.0])
    assert cells.between(0, 2)[1][0] >= 0


def test_blocks_add_and_weights_join_counts() -> None:
    plain, heavy = Cells(np.array([[1]])), Cells(np.array([[2]]), np.array([[5.0]]), np.array([[13.0]]))
    total = (BlockTile({("h", ""): plain}) + BlockTile({("h", ""): heavy, ("g", ""): plain})).cells
    assert [total["h", ""].counts[0, 0], total["h", ""].sums[0, 0], total["h", ""].squares[0, 0]] == [3, 6, 14]
    assert total["g", ""] == plain
    assert plain.scaled(0.5).sums[0, 0] == 0.5 and plain.scaled(0.5).squares[0, 0] == 0.25
