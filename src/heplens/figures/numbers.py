"""All numbers of one histogram as flat float64 arrays, in the order in which page and kernel exchange them.

The order is (dataset, region, x, y), each axis that is drawn with its underflow first and its overflow last; an axis
that has no flow bins has zeros there. Datasets and regions that a histogram does not tell apart count as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .columns import Bins, Floats, edges_of

if TYPE_CHECKING:
    from hist import Hist


@dataclass(frozen=True)
class Numbers:
    """`values` and `variances` are flat; `edges` has one array for each axis that is drawn, `axes` the axes."""

    datasets: tuple[str, ...]
    regions: tuple[str, ...]
    axes: tuple[Any, ...]
    edges: tuple[Floats, ...]
    values: Floats
    variances: Floats

    @property
    def size(self) -> int:
        """Numbers of one dataset in one region."""
        size = 1
        for edges in self.edges:
            size *= len(edges) + 1
        return size

    def bins(self, datasets: list[int], region: int = 0) -> Bins:
        """The sum of some datasets in one region of a 1-D histogram."""
        shape = (len(self.datasets) or 1, len(self.regions) or 1, self.size)
        values = self.values.reshape(shape)[datasets, region].sum(axis=0)
        return Bins(self.edges[0], values, self.variances.reshape(shape)[datasets, region].sum(axis=0))


def numbers_of(h: Hist) -> Numbers:
    """The numbers of a histogram, with an axis "dataset" and one "region" in front where it has them.

    Unweighted storages carry no variance: it is the count.
    """
    values = np.asarray(h.values(flow=True), dtype=np.float64)
    spread = h.variances(flow=True)
    variances = values.copy() if spread is None else np.asarray(spread, dtype=np.float64)
    labels: dict[str, tuple[str, ...]] = {"dataset": (), "region": ()}
    pads: list[tuple[int, int]] = []
    cuts: list[slice] = []
    drawn: list[Any] = []
    for axis in h.axes:
        if axis.name in labels and not drawn:
            labels[axis.name] = tuple(str(label) for label in axis)
            cuts.append(slice(0, len(axis)))  # without its overflow, which nothing falls into
            pads.append((0, 0))
        else:
            drawn.append(axis)
            cuts.append(slice(None))
            pads.append((1 - int(axis.traits.underflow), 1 - int(axis.traits.overflow)))
    return Numbers(
        labels["dataset"],
        labels["region"],
        tuple(drawn),
        tuple(edges_of(axis) for axis in drawn),
        np.pad(values[tuple(cuts)], pads).ravel(),
        np.pad(variances[tuple(cuts)], pads).ravel(),
    )
