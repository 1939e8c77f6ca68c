"""Kernels that turn values into bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from .jit import kernel


@kernel
def regular(values: Any, low: float, width: float, bins: float, missing: int, out: Any) -> None:
    """The bin of evenly spaced ones, as boost-histogram has it: 0 below, `bins` + 1 above, `missing` for NaN.

    It divides by the width of all bins and then multiplies by their number; anything else rounds differently.
    """
    for i in range(values.shape[0]):
        z = (np.float64(values[i]) - low) / width
        place = z * bins if z < 1.0 else np.float64(bins)
        place = place if z >= 0.0 else np.float64(-1)
        out[i] = missing if z != z else np.int32(place) + 1
