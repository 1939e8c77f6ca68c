"""Histograms of blocks and samples, added.

The hist library's own sum forgets the variances of plain counts, and so the error bars of what several files made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def plus(left: Any, right: Any) -> Any:
    """The bin-by-bin sum of two histograms of one kind; categories that only one of them has seen are put last."""
    import numpy as np

    first, second = aligned([left, right])
    total = first.copy()
    view, other = total.view(flow=True), second.view(flow=True)
    if view.dtype.names is None:
        view += other
    else:
        for name in view.dtype.names:
            np.asarray(view[name])[...] += np.asarray(other[name])
    return total


def aligned(histograms: Sequence[Any]) -> list[Any]:
    """The histograms on common axes: growing category axes get the categories of all of them, as they appear."""
    first = histograms[0]
    if all(histogram.axes == first.axes for histogram in histograms):
        return list(histograms)
    axes = [_union([histogram.axes[i] for histogram in histograms]) for i in range(first.ndim)]
    return [_on(axes, histogram) for histogram in histograms]


def _union(axes: Sequence[Any]) -> Any:
    if not axes[0].traits.growth:
        return axes[0]
    values = list(dict.fromkeys(value for axis in axes for value in axis))
    return type(axes[0])(values, growth=True, name=axes[0].name, label=axes[0].label)


def _on(axes: Sequence[Any], histogram: Any) -> Any:
    import hist
    import numpy as np

    made = hist.Hist(*axes, storage=histogram.storage_type(), name=histogram.name, label=histogram.label)
    places = [
        [list(new).index(value) for value in old] if old.traits.growth else list(range(old.extent))
        for old, new in zip(histogram.axes, axes, strict=True)
    ]
    made.view(flow=True)[np.ix_(*places)] = histogram.view(flow=True)
    return made
