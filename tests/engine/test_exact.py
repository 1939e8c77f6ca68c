"""Sums that do not depend on the order of their parts: whole fractions are the oracle."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heplens.engine.exact import ExactSums

numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e290, max_value=1e290)


@given(st.lists(numbers, max_size=30), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_bits(values: list[float], chance: random.Random) -> None:
    shuffled = [*values]
    chance.shuffle(shuffled)
    found = []
    for order in (values, shuffled):
        sums = ExactSums(1)
        for value in order:
            sums.add([0], [value])
        found.append(sums.values()[0])
    assert found[0].tobytes() == found[1].tobytes()
    exact = sum(map(Fraction, values), Fraction(0))
    assert abs(Fraction(float(found[0])) - exact) <= abs(exact) * Fraction(1, 2**51) + Fraction(1, 2**1074)


def test_what_is_taken_back_is_gone() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=1000) * 10.0 ** rng.integers(-200, 200, 1000)
    sums = ExactSums(3)
    for value in values:
        sums.add([1], [value])
    for value in rng.permutation(values):
        sums.add([1], [-value])
    assert sums.values().tolist() == [0, 0, 0]


def test_many_places_at_once() -> None:
    rng = np.random.default_rng(2)
    parts = rng.normal(1, 3, (50, 400)) * (rng.random((50, 400)) < 0.3)
    sums = ExactSums(400)
    for part in parts:
        at = np.flatnonzero(part)
        sums.add(at, part[at])
    wanted = [float(sum(map(Fraction, column.tolist()), Fraction(0))) for column in parts.T]
    assert np.allclose(sums.values(), wanted, rtol=1e-15, atol=0)
    assert sums.nbytes <= 400 * 8 * 5
