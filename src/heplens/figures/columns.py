"""The numbers of a histogram as plain float64 arrays, and the columns a figure is drawn from.

`js/brush/columns.ts` is the twin of `draw_columns`: the page derives the same columns from the same counts while a
handle moves, and a test runs both on the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hist import Hist

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bins:
    """A 1-D histogram: `n` bins, counts and variances with the underflow first and the overflow last (n + 2 each)."""

    edges: Floats
    values: Floats
    variances: Floats

    @property
    def underflow(self) -> float:
        return float(self.values[0])

    @property
    def overflow(self) -> float:
        return float(self.values[-1])


def bins_of(h: Hist) -> Bins:
    """Edges, values and variances of a 1-D histogram, flow included; an axis without flow has zeros there."""
    from .numbers import numbers_of

    if h.ndim != 1:
        raise ValueError(f"a figure of bins needs one axis, this histogram has {h.ndim}")
    return numbers_of(h).bins([0])


def edges_of(axis: Any) -> Floats:
    """Categories stand at 0, 1, 2 …: bin i reaches from i - 0.5 to i + 0.5, so that its label is under its middle."""
    if is_category(axis):
        return np.arange(len(axis) + 1, dtype=np.float64) - 0.5
    return np.asarray(axis.edges, dtype=np.float64)


def is_category(axis: Any) -> bool:
    return bool(axis.traits.discrete) and not bool(axis.traits.ordered)


def draw_columns(bins: Bins, below: Floats | None = None) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """What the glyphs read: the outline (n + 2 points) and the bins (n rows).

    Outline: ``c0`` x, ``c1`` top, ``c2`` bottom; each holds until the next x, so the top rises from the bottom at the
    first edge and falls back to it at the last. Bins: ``c0`` left, ``c1`` right, ``c2`` middle, ``c3`` value, ``c4``
    error, ``c5`` and ``c6`` the ends of the error bar, ``c7`` the value; these three are NaN (not drawn) where nothing
    was filled.

    Parameters
    ----------
    below : what the histogram stands on in a stack, flow included; nothing by default.
    """
    edges, inner = bins.edges, slice(1, -1)
    values = bins.values[inner]
    variances = bins.variances[inner]
    bottom = np.zeros(len(values)) if below is None else below[inner]
    error = np.sqrt(np.maximum(variances, 0.0))
    filled = variances > 0
    outline = {
        "c0": np.concatenate([edges[:1], edges]),
        "c1": np.concatenate([[0.0], bottom + values, [0.0]]),
        "c2": np.concatenate([[0.0], bottom, [0.0]]),
    }
    rows = {
        "c0": edges[:-1],
        "c1": edges[1:],
        "c2": 0.5 * (edges[:-1] + edges[1:]),
        "c3": values,
        "c4": error,
        "c5": np.where(filled, values - error, np.nan),
        "c6": np.where(filled, values + error, np.nan),
        "c7": np.where(filled, values, np.nan),
    }
    return outline, rows
