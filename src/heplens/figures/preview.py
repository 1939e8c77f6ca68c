"""A preview of `heplens.files` as a Bokeh figure: one drawing for the server, the kernel and everything else.

A preview comes as its JSON document, because on the server it was made by another process; nothing of the file itself
is here but numbers and text, and text is drawn as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .columns import Bins
from .histogram import HEADROOM, draw_bins, frame, label_ticks, per_bin
from .layers import LINE
from .map import draw_map

if TYPE_CHECKING:
    from bokeh.plotting import figure

Json = dict[str, Any]
Floats = NDArray[np.float64]

HEIGHT = 190
# Characters of a category label, and labels on one axis: more would cover each other.
_LONGEST_LABEL = 20
_MOST_LABELS = 40

# What is drawn; the rest a page says in words.
_DRAWN = ("edges", "values", "variances", "errors", "labels", "y_labels", "x_label", "y_label")


def figure_document(preview: Mapping[str, Any], log: bool = False) -> Json:
    """The preview with BokehJS's JSON in place of its numbers, and the version of BokehJS that it is for.

    Parameters
    ----------
    preview : `heplens.files.preview.Preview.to_json()`. What cannot be drawn (a table) is passed on with the document
        None.
    log : logarithmic counts: the y axis, or the colours of a map.
    """
    said = {name: value for name, value in preview.items() if name not in _DRAWN}
    plot = draw_preview(preview, log)
    if plot is None:
        return said | {"bokeh": "", "document": None}
    import bokeh
    from bokeh.document import Document

    document = Document()
    document.add_root(plot)
    return said | {"bokeh": bokeh.__version__, "document": document.to_json(deferred=False)}


def draw_preview(preview: Mapping[str, Any], log: bool = False) -> figure | None:
    """The figure of a preview; None for what is no picture."""
    kind = preview["kind"]
    if kind == "histogram":
        return _histogram(preview, log)
    if kind == "histogram2d":
        x, y = (numbers(edges) for edges in preview["edges"])
        labels = preview["x_label"], preview.get("y_label", "")
        drawn = draw_map(x, y, numbers(preview["values"]), *labels, log=log, height=HEIGHT + 30)
        return _named_axes(drawn.figure, preview, x, y)
    if kind in ("profile", "graph"):
        return _points(preview)
    return None


def numbers(values: Any) -> Floats:
    """Numbers of a JSON document; what is none there (NaN, infinities) is NaN."""
    return np.asarray(values, dtype=np.float64)


def _histogram(preview: Mapping[str, Any], log: bool) -> figure:
    edges, values = numbers(preview["edges"]), np.nan_to_num(numbers(preview["values"]))
    spread = preview["variances"]
    variances = values if spread is None else np.nan_to_num(numbers(spread))
    flow = preview.get("flow") or {}
    ends = [float(flow.get(name) or 0.0) for name in ("underflow", "overflow")]
    bins = Bins(edges, np.concatenate([ends[:1], values, ends[1:]]), np.pad(variances, 1))
    labels = _labels(preview, edges)
    plot = draw_bins(bins, preview["x_label"], _value_label(preview, edges), labels=labels, log=log, height=HEIGHT)
    _turn(plot.figure, labels)
    return plot.figure


def _points(preview: Mapping[str, Any]) -> figure:
    """Means of a profile, or the points of a graph, with their errors where they have some."""
    from bokeh.models import ColumnDataSource

    at, values = numbers(preview["edges"]), numbers(preview["values"])
    is_graph = preview["kind"] == "graph"
    left, right = (at, at) if is_graph else (at[:-1], at[1:])
    spread, reach = preview["variances"], {end: numbers(e) for end, e in (preview.get("errors") or {}).items()}
    error = np.full(len(values), np.nan) if spread is None else np.sqrt(np.maximum(numbers(spread), 0.0))
    below, above = reach.get("y_low", error), reach.get("y_high", error)
    source = ColumnDataSource(
        {
            "c0": left - reach.get("x_low", 0.0),
            "c1": right + reach.get("x_high", 0.0),
            "c2": (left + right) / 2,
            "c3": values,
            "c4": error,
            "c5": values - below,
            "c6": values + above,
        },
        name="rows",
    )
    x_range = _span(source.data["c0"], source.data["c1"]) if is_graph else (float(at[0]), float(at[-1]))
    y_range = _span(values - np.nan_to_num(below), values + np.nan_to_num(above))
    plot = frame(x_range, y_range, preview["x_label"], preview.get("y_label", ""), height=HEIGHT)
    plot.segment(x0="c2", y0="c5", x1="c2", y1="c6", source=source, line_color=LINE)
    if not is_graph or "x_low" in reach:
        plot.segment(x0="c0", y0="c3", x1="c1", y1="c3", source=source, line_color=LINE)
    plot.scatter(x="c2", y="c3", source=source, size=4, line_color=LINE, fill_color=LINE)
    labels = _labels(preview, at)
    if labels:
        label_ticks(plot.xaxis, labels)
        _turn(plot, labels)
    return plot


def _span(low: Floats, high: Floats) -> tuple[float, float]:
    """From the lowest to the highest, with some room; a single value gets room to stand in."""
    low, high = low[np.isfinite(low)], high[np.isfinite(high)]
    if not len(low) or not len(high):
        return (0.0, 1.0)
    start, end = float(low.min()), float(high.max())
    room = (end - start) * (HEADROOM - 1) or abs(start) * 0.1 or 1.0
    return start - room, end + room


def _value_label(preview: Mapping[str, Any], edges: Floats) -> str:
    """``entries / 2``: the stored label, or what was counted, with the bin width when there is one."""
    stored = preview.get("y_label") or ""
    if stored not in ("", "entries", "values") or preview.get("labels"):
        return stored or "entries"
    return per_bin(stored or "entries", edges, preview["x_label"])


def _named_axes(plot: figure, preview: Mapping[str, Any], x: Floats, y: Floats) -> figure:
    """Category labels on either axis of a map."""
    across, up = _labels(preview, x), _labels(preview, y, "y_labels")
    if across:
        label_ticks(plot.xaxis, across)
        _turn(plot, across)
    if up:
        label_ticks(plot.yaxis, up)
    return plot


def _labels(preview: Mapping[str, Any], edges: Floats, which: str = "labels") -> dict[float, str]:
    """Category labels by the middle of their bin, shortened, and only as many as there is room for."""
    names = preview.get(which) or []
    middles = (edges[:-1] + edges[1:]) / 2
    step = -(-len(names) // _MOST_LABELS) or 1
    shown = [(float(at), _short(str(name))) for at, name in zip(middles, names, strict=False)][::step]
    return dict(shown)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _turn(plot: figure, labels: Mapping[float, str]) -> None:
    """Labels that would run into each other stand upright, and the figure grows by their length."""
    if sum(len(label) + 2 for label in labels.values()) > 30:
        plot.xaxis.major_label_orientation = "vertical"
        plot.height = HEIGHT + 6 * max(len(label) for label in labels.values())
