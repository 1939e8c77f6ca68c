"""The mass of two objects, which is what most histograms of pairs show, without an array for each component."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .jit import kernel


@kernel
def mass_of_two(
    px: Any, py: Any, pz: Any, energy: Any, px_2: Any, py_2: Any, pz_2: Any, energy_2: Any,
    first: Any, second: Any, out: Any,
) -> None:  # fmt: skip
    """Masses of the sums of objects at the places `first` of one list and `second` of another; 0 at place -1.

    The operations and their order are those of the vector library: a negative square has a negative root.
    """
    for p in range(out.shape[0]):
        i, j = first[p], second[p]
        if i < 0 or j < 0:
            out[p] = 0
            continue
        x, y, z, t = px[i] + px_2[j], py[i] + py_2[j], pz[i] + pz_2[j], energy[i] + energy_2[j]
        square = t * t - (x * x + y * y + z * z)
        out[p] = math.copysign(np.sqrt(abs(square)), square)
