"""The mass of the sum of two vectors, to the last bit what the vector library makes of it.

That library keeps the coordinates that are stored, and computes the azimuth of every sum on the way, which a mass does
not need. Here the same formula goes over rows some at a time, so that what is between stays in the cache. Angles and
exponentials are NumPy's, as there: others differ in the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Rows that are computed together: a dozen arrays of them are a megabyte.
ROWS = 2**13


def formula_of(coordinates: Sequence[str]) -> Callable[..., Floats] | None:
    """What makes masses of the coordinates of two vectors, those of the first and then those of the second."""
    made = {"pt phi eta mass": _of_angles, "px py pz E": _of_momenta}.get(" ".join(coordinates))
    return made if made is not None and _is_that_of_vector(made, tuple(coordinates)) else None


def masses(formula: Callable[..., Floats], columns: Sequence[Any]) -> Floats:
    """Masses of rows, of columns of any floating type."""
    count = len(columns[0])
    out = np.empty(count)
    for start in range(0, count, ROWS):
        rows = slice(start, start + ROWS)
        out[rows] = formula(*(column[rows].astype(np.float64) for column in columns))
    return out


def _of_angles(
    pt1: Floats, phi1: Floats, eta1: Floats, m1: Floats, pt2: Floats, phi2: Floats, eta2: Floats, m2: Floats
) -> Floats:
    from . import momenta

    turn = phi2 - phi1
    pt, ratio, out = np.empty_like(pt1), np.empty_like(pt1), np.empty_like(pt1)
    momenta.add(pt1, np.sinh(eta1), pt2, np.sinh(eta2), np.cos(turn), np.sin(turn), pt, ratio)
    shrunk = np.exp(-np.arcsinh(ratio))
    momenta.weigh(pt1, m1, np.exp(-eta1), pt2, m2, np.exp(-eta2), pt, shrunk, out)
    return out


def _of_momenta(
    x1: Floats, y1: Floats, z1: Floats, t1: Floats, x2: Floats, y2: Floats, z2: Floats, t2: Floats
) -> Floats:
    return _root((t1 + t2) ** 2 - ((x1 + x2) ** 2 + (y1 + y2) ** 2 + (z1 + z2) ** 2))


def _root(squared: Floats) -> Floats:
    return np.copysign(np.sqrt(np.absolute(squared)), squared)


@cache
def _is_that_of_vector(formula: Callable[..., Floats], coordinates: tuple[str, ...]) -> bool:
    """Whether the installed library says the same of some vectors; another version may not."""
    import awkward as ak

    from ...columns.broadcast import vectors

    rng = np.random.default_rng(0)
    sides = []
    for _ in range(2):
        columns = {name: np.append(rng.normal(0, 3, 62), [0.0, -0.1]) for name in coordinates}
        for name in ("pt", "E"):
            if name in columns:
                columns[name] = np.abs(columns[name]) * 10
        sides.append(columns)
    first, second = (vectors(ak.zip(side, with_name="Momentum4D")) for side in sides)
    with np.errstate(all="ignore"):
        wanted = ak.to_numpy((first + second).mass)
        return np.array_equal(formula(*(v for side in sides for v in side.values())), wanted, equal_nan=True)
