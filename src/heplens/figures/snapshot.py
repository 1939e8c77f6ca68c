"""All plots of a dashboard in one message: a document that holds no numbers, and the numbers as float64 buffers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .columns import bins_of
from .histogram import draw, label_of

if TYPE_CHECKING:
    from hist import Hist

Json = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """`document` is BokehJS's JSON; `plots` says which of its models belong to which histogram."""

    bokeh: str
    document: Json
    plots: list[Json]
    buffers: list[bytes]


def counts_of(histograms: Mapping[str, Hist]) -> tuple[list[Json], list[bytes]]:
    """The counts of all histograms: a list of headers and, per drawn histogram, two buffers (values, variances).

    A histogram with more than one axis is listed without buffers.
    """
    headers: list[Json] = []
    buffers: list[bytes] = []
    for name, h in histograms.items():
        if h.ndim != 1:
            headers.append({"name": name, "drawn": False, "axes": h.ndim})
            continue
        bins = bins_of(h)
        headers.append({"name": name, "drawn": True, "size": len(bins.values), "buffer": len(buffers)})
        buffers += [_bytes(bins.values), _bytes(bins.variances)]
    return headers, buffers


def snapshot(histograms: Mapping[str, Hist]) -> Snapshot:
    """The document of all histograms, each figure a root of its own, and their edges as buffers."""
    import bokeh
    from bokeh.document import Document

    document = Document()
    plots: list[Json] = []
    buffers: list[bytes] = []
    for name, h in histograms.items():
        if h.ndim != 1:
            plots.append({"name": name, "drawn": False, "axes": h.ndim})
            continue
        drawing = draw(h, name=name)
        for source in (drawing.outline, drawing.rows):
            source.data = {column: np.empty(0) for column in source.data}
        document.add_root(drawing.figure)
        edges = bins_of(h).edges
        plots.append(
            {
                "name": name,
                "drawn": True,
                "label": label_of(h, name),
                "figure": drawing.figure.id,
                "outline": drawing.outline.id,
                "rows": drawing.rows.id,
                "buffer": len(buffers),
            }
        )
        buffers.append(_bytes(edges))
    return Snapshot(bokeh.__version__, document.to_json(deferred=False), plots, buffers)


def _bytes(values: Any) -> bytes:
    """Little-endian float64, as the page reads it, whatever the machine."""
    return np.ascontiguousarray(values, dtype="<f8").tobytes()
