"""All plots of a page in one message: a document that holds no numbers, and the numbers as float64 buffers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.grid import Grid, nice_grid
from .columns import Floats, is_category
from .histogram import draw, label_of, label_ticks, labels_of
from .layers import main_layer
from .map import Colours, draw_map
from .numbers import Numbers, numbers_of

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

    Each buffer holds the numbers in the order of `figures.numbers`. What cannot be drawn is listed without buffers.
    """
    headers: list[Json] = []
    buffers: list[bytes] = []
    for name, h in histograms.items():
        numbers = numbers_of(h)
        if len(numbers.axes) > 2:
            headers.append({"name": name, "drawn": False, "axes": len(numbers.axes)})
            continue
        headers.append({"name": name, "drawn": True, "size": len(numbers.values), "buffer": len(buffers)})
        buffers += [_bytes(numbers.values), _bytes(numbers.variances)]
    return headers, buffers


def snapshot(histograms: Mapping[str, Hist], roles: Mapping[str, str] | None = None) -> Snapshot:
    """The document of all histograms, each figure a root of its own, and their edges as buffers.

    Parameters
    ----------
    roles : which datasets are "background", "signal" or "data".
    """
    import bokeh
    from bokeh.document import Document

    document = Document()
    plots: list[Json] = []
    buffers: list[bytes] = []
    roots: list[Any] = []
    for name, h in histograms.items():
        numbers = numbers_of(h)
        if len(numbers.axes) > 2:
            plots.append({"name": name, "drawn": False, "axes": len(numbers.axes)})
            continue
        made = _bins if len(numbers.axes) == 1 else _map
        root, models = made(name, h, dict(roles or {}))
        roots.append(root)
        plots.append({**_described(name, numbers), **models, "buffer": len(buffers)})
        buffers += [_bytes(edges) for edges in numbers.edges]
    # Of every root that is added one by one, Bokeh walks through all models of all roots before it.
    with document.models.freeze():
        for root in roots:
            document.add_root(root)
    return Snapshot(bokeh.__version__, document.to_json(deferred=False), plots, buffers)


def _described(name: str, numbers: Numbers) -> Json:
    x = numbers.axes[0]
    return {
        "name": name,
        "drawn": True,
        "label": label_of(x, name),
        "datasets": list(numbers.datasets),
        "regions": list(numbers.regions),
        "grid": None if is_category(x) else window_grid(x, numbers.edges[0]).to_json(),
    }


def _bins(name: str, h: Hist, roles: dict[str, str]) -> tuple[Any, Json]:
    drawing = draw(h, name=name, roles=roles)
    layers = []
    for drawn in drawing.layers:
        for source in (drawn.outline, drawn.rows):
            if source is not None:
                source.data = {column: np.empty(0) for column in source.data}
        layer = drawn.layer
        layers.append(
            {
                "name": layer.name,
                "style": layer.style,
                "colour": layer.colour,
                "of": list(layer.of),
                "below": list(layer.below),
                "outline": None if drawn.outline is None else drawn.outline.id,
                "rows": None if drawn.rows is None else drawn.rows.id,
            }
        )
    main = main_layer([drawn.layer for drawn in drawing.layers])
    return drawing.figure, {"kind": "bins", "figure": drawing.figure.id, "layers": layers, "main": main}


def _map(name: str, h: Hist, roles: dict[str, str]) -> tuple[Any, Json]:
    numbers = numbers_of(h)
    x, y = numbers.axes
    x_edges, y_edges = numbers.edges
    empty = np.zeros((len(x_edges) - 1, len(y_edges) - 1))
    drawing = draw_map(x_edges, y_edges, empty, label_of(x, name), label_of(y, name), name=name)
    for axis, ticks in ((x, drawing.figure.xaxis), (y, drawing.figure.yaxis)):
        if labels := labels_of(axis):
            label_ticks(ticks, labels)
    return drawing.figure, {
        "kind": "map",
        "figure": drawing.figure.id,
        "cells": drawing.cells.id,
        "linear": _colours(drawing.linear),
        "log": _colours(drawing.log),
        "of": _summed(numbers.datasets, roles),
    }


def _colours(colours: Colours) -> Json:
    return {"mapper": colours.mapper.id, "bar": colours.bar.id}


def _summed(datasets: Sequence[str], roles: Mapping[str, str]) -> list[int]:
    """The datasets that a map adds up: those that are not data, when there are any."""
    simulated = [i for i, name in enumerate(datasets) if roles.get(name) != "data"]
    return simulated or list(range(len(datasets) or 1))


def window_grid(axis: Any, edges: Floats) -> Grid:
    """Where a window drawn over these bins can begin and end: whole numbers when each is in the middle of a bin."""
    centred = bool(np.all(np.diff(edges) == 1)) and float(edges[0]) % 1 == 0.5
    return nice_grid(float(edges[0]), float(edges[-1]), whole=centred or type(axis).__name__ == "Integer")


def _bytes(values: Any) -> bytes:
    """Little-endian float64, as the page reads it, whatever the machine."""
    return np.ascontiguousarray(values, dtype="<f8").tobytes()
