"""From plain values to bins that show them, without being told a range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .limits import PREVIEW_BINS, PREVIEW_WORDS

# A range is cut to the bulk of the values when outliers make it this many times wider.
_OUTLYING = 5.0
_TAIL = 0.005


@dataclass(frozen=True)
class Bins:
    """Edges (one more than counts), counts, what lies below and above, and labels for categories."""

    edges: list[float]
    counts: list[float]
    underflow: float = 0.0
    overflow: float = 0.0
    labels: list[str] | None = None


def bin_numbers(values: Any) -> Bins:
    """Bin a one-dimensional numpy array; NaN and infinities are left out.

    Booleans get two bins, integers one bin (or a whole number of integers) each, floating point 100 equal bins over
    the range, or over the bulk of the values when a few outliers would squeeze it (the rest is under- and overflow).
    """
    if values.dtype == np.dtype(bool):
        true = int(np.count_nonzero(values))
        return Bins([0.0, 1.0, 2.0], [float(len(values) - true), float(true)], labels=["false", "true"])
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if len(finite) == 0:
        return Bins([0.0, 1.0], [0.0])
    edges = _integer_edges(finite) if values.dtype.kind in "iu" else _float_edges(finite.astype(np.float64))
    finite = finite.astype(np.float64)
    counts, _ = np.histogram(finite, bins=edges)
    under = int(np.count_nonzero(finite < edges[0]))
    over = int(np.count_nonzero(finite > edges[-1]))
    return Bins(edges.tolist(), counts.astype(float).tolist(), float(under), float(over))


def bin_words(words: Iterable[str]) -> Bins:
    """The most frequent strings as categories; the others together are the overflow."""
    counts = Counter(words)
    common = counts.most_common(PREVIEW_WORDS)
    rest = sum(counts.values()) - sum(count for _, count in common)
    labels = [word if len(word) <= 60 else word[:59] + "…" for word, _ in common] or [""]
    edges = [float(i) for i in range(len(labels) + 1)]
    return Bins(edges, [float(count) for _, count in common] or [0.0], 0.0, float(rest), labels)


def _integer_edges(values: Any) -> Any:
    low, high = int(values.min()), int(values.max())
    width = -(-(high - low + 1) // PREVIEW_BINS)
    count = -(-(high - low + 1) // width)
    edges = np.array([float(low + width * i) for i in range(count + 1)])
    # Beyond 2**53 neighbouring integers are the same float64.
    return edges if np.all(np.diff(edges) > 0) else _float_edges(values.astype(np.float64))


def _float_edges(values: Any) -> Any:
    low, high = float(values.min()), float(values.max())
    # Halves: the difference of the two largest numbers is not a number.
    inner_low, inner_high = (float(q) * 2 for q in np.quantile(values / 2, [_TAIL, 1 - _TAIL]))
    bulk = inner_high - inner_low
    if np.isfinite(bulk) and bulk > 0 and (high / 2 - low / 2) > _OUTLYING / 2 * bulk:
        low, high = max(low, inner_low - 0.1 * bulk), min(high, inner_high + 0.1 * bulk)
    edges = np.linspace(low / 2, high / 2, PREVIEW_BINS + 1) * 2
    edges[0], edges[-1] = low, high
    if np.all(np.diff(edges) > 0):
        return edges
    margin = max(0.5, abs(low) * 1e-6)
    return np.array([low - margin, high + margin]) if np.isfinite(high + margin) else np.array([0.0, low])
