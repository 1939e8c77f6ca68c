"""Sums of many float64 without rounding: the same bits in whatever order the parts come.

A sum is kept as whole numbers of 2**(32 k), limbs, for as many k as the numbers need. Every number is a few of them
exactly, so they add in any order; only the reading rounds, to the nearest float64 as good as.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_BITS = 32
_MANTISSA = 53


class ExactSums:
    """`size` sums, which begin at zero. A limb holds 2**31 additions."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lowest = 0  # the limbs are those of 2**(32 k) for k from here
        self._limbs: NDArray[np.int64] = np.zeros((0, size), np.int64)

    @property
    def nbytes(self) -> int:
        return self._limbs.nbytes

    def add(self, at: Any, values: Any) -> None:
        """Add finite `values` to the sums `at`, which are different places."""
        values = np.asarray(values, dtype=np.float64)
        there = np.flatnonzero(values)
        if len(there) == 0:
            return
        at, left = np.asarray(at)[there], values[there]
        exponents = np.frexp(left)[1]
        low = max((int(exponents.min()) - _MANTISSA) // _BITS, -1074 // _BITS)  # no number has bits below 2**-1074
        high = (int(exponents.max()) - 1) // _BITS
        self._cover(low, high)
        for k in range(high, low - 1, -1):
            # Each of these is exact: a part of the bits, and what remains of them.
            part = np.trunc(np.ldexp(left, -_BITS * k)) if k > low else np.ldexp(left, -_BITS * k)
            self._limbs[k - self._lowest, at] += part.astype(np.int64)
            left = left - np.ldexp(part, _BITS * k)

    def values(self) -> NDArray[np.float64]:
        limbs = self._limbs.copy()
        for k in range(len(limbs) - 1):  # one way of writing each sum: all limbs but the last from 0 to 2**32 - 1
            limbs[k + 1] += limbs[k] >> _BITS
            limbs[k] &= 2**_BITS - 1
        negative = limbs[-1] < 0 if len(limbs) else np.zeros(self._size, bool)
        if negative.any():  # read from its opposite, so that what is small does not come from what is large
            limbs[:, negative] = _negated(limbs[:, negative])
        total = np.zeros(self._size)
        for k, limb in enumerate(limbs):  # the small ones first
            total += np.ldexp(limb.astype(np.float64), _BITS * (k + self._lowest))
        return np.where(negative, -total, total)

    def _cover(self, low: int, high: int) -> None:
        if len(self._limbs) == 0:
            self._lowest, self._limbs = low, np.zeros((high - low + 1, self._size), np.int64)
            return
        below = max(0, self._lowest - low)
        above = max(0, high - (self._lowest + len(self._limbs) - 1))
        if below or above:
            self._limbs = np.pad(self._limbs, ((below, above), (0, 0)))
            self._lowest -= below


def _negated(limbs: NDArray[np.int64]) -> NDArray[np.int64]:
    opposite = -limbs
    for k in range(len(opposite) - 1):
        opposite[k + 1] += opposite[k] >> _BITS
        opposite[k] &= 2**_BITS - 1
    return opposite
