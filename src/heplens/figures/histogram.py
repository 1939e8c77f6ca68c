"""A histogram of one variable as a Bokeh figure, alone or as a stack of datasets with data over it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .columns import Bins, Floats, draw_columns, edges_of, is_category
from .layers import Layer, layers_of
from .numbers import numbers_of

if TYPE_CHECKING:
    from bokeh.models import ColumnDataSource
    from bokeh.plotting import figure
    from hist import Hist

HEADROOM = 1.08
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
# "[GeV]" at the end of a label; brackets of an expression, as in ``Jet[pt > 30]``, are none.
UNIT = re.compile(r"\s\[([^\W\d_][\w/^.·*%°⁻¹²³ -]{0,11}|%|°)\]\s*$")


@dataclass(frozen=True)
class Drawn:
    """A layer and the models that change with its counts; either may be missing."""

    layer: Layer
    outline: ColumnDataSource | None
    rows: ColumnDataSource | None


@dataclass(frozen=True)
class Drawing:
    """A figure and what is drawn in it, from the back to the front."""

    figure: figure
    layers: tuple[Drawn, ...]


def draw(
    h: Hist, *, name: str = "", height: int = 220, roles: Mapping[str, str] | None = None, region: int = 0
) -> Drawing:
    """The figure of a histogram of one variable; labels are shown as typed, never as markup.

    Parameters
    ----------
    h : may have an axis of datasets and one of regions in front of that of the variable.
    roles : what a dataset is: "background" (stacked), "signal" (a line) or "data" (points).
    region : which of the regions is drawn.
    """
    numbers = numbers_of(h)
    axis = numbers.axes[0]
    parts: list[tuple[Layer, Bins, Floats | None]] = []
    for layer in layers_of(numbers.datasets, roles or {}):
        below = numbers.bins(list(layer.below), region).values if layer.below else None
        parts.append((layer, numbers.bins(list(layer.of), region), below))
    return _figure(parts, label_of(axis, name), value_label(h, axis), labels_of(axis), False, name, height)


def draw_bins(
    bins: Bins,
    x_label: str,
    y_label: str,
    *,
    labels: Mapping[float, str] | None = None,
    log: bool = False,
    name: str = "",
    height: int = 220,
) -> Drawing:
    """The figure of bins.

    Parameters
    ----------
    labels : category labels by the position on the x axis that they belong to.
    log : a logarithmic y axis; what is not above zero is drawn at its lower end.
    """
    [layer] = layers_of((), {})
    return _figure([(layer, bins, None)], x_label, y_label, labels or {}, log, name, height)


def _figure(
    parts: list[tuple[Layer, Bins, Floats | None]],
    x_label: str,
    y_label: str,
    labels: Mapping[float, str],
    log: bool,
    name: str,
    height: int,
) -> Drawing:
    """Columns are called ``c0``, ``c1`` … whatever the branch is called, and the tooltip is a list of pairs: text from
    a file is never read as a template.
    """
    from bokeh.models import HoverTool

    ranges = [value_range(bins, log) for layer, bins, _ in parts if layer.style != "stack"]
    floor, top = min(low for low, _ in ranges), max(high for _, high in ranges)
    edges = parts[0][1].edges
    plot = frame((float(edges[0]), float(edges[-1])), (floor, top), x_label, y_label, log=log, name=name, height=height)
    drawn = []
    for layer, bins, below in parts:
        outline, rows = draw_columns(bins, below)
        if log:
            for column in ("c1", "c2"):
                outline[column] = np.maximum(outline[column], floor)
            rows["c5"] = np.where(np.isnan(rows["c5"]), np.nan, np.maximum(rows["c5"], floor))
        drawn.append(_layer(plot, layer, outline, rows))
    rows_drawn = next((d.rows for d in drawn if d.rows is not None), None)
    if rows_drawn is not None:
        hit = plot.quad(left="c0", right="c1", bottom=0, top="c3", source=rows_drawn, fill_alpha=0, line_alpha=0)
        pairs = [("bin", "@c0 – @c1"), ("sum", "@c3 ± @c4")]
        plot.add_tools(HoverTool(renderers=[hit], tooltips=pairs, mode="vline", point_policy="follow_mouse"))
    if labels:
        label_ticks(plot.xaxis, labels)
    elif counts_things(edges):
        plot.xaxis.ticker.min_interval = 1
        plot.xaxis.ticker.num_minor_ticks = 0
    return Drawing(plot, tuple(drawn))


def _layer(plot: figure, layer: Layer, columns: dict[str, Floats], cells: dict[str, Floats]) -> Drawn:
    from bokeh.models import ColumnDataSource

    style, colour = layer.style, layer.colour
    outline = ColumnDataSource(columns) if style in ("single", "stack", "line") else None
    rows = ColumnDataSource(cells, name="rows") if style in ("single", "band", "points") else None
    # The page gives what is called "line" or "ink" the colours of its theme.
    named = {"single": "line", "band": "ink", "points": "ink"}.get(style, "")
    if style in ("single", "stack"):
        alpha = 0.12 if style == "single" else 0.85
        plot.varea_step(
            x="c0", y1="c2", y2="c1", step_mode="after", source=outline, fill_color=colour, fill_alpha=alpha, name=named
        )
    if style in ("single", "line"):
        width = 1.5 if style == "single" else 2
        plot.step(x="c0", y="c1", mode="after", source=outline, line_color=colour, line_width=width, name=named)
    if style == "band":
        plot.quad(
            left="c0", right="c1", bottom="c5", top="c6", source=rows,
            fill_color=colour, fill_alpha=0.25, line_color=None, name=named,
        )  # fmt: skip
    if style in ("single", "points"):
        plot.segment(x0="c2", y0="c5", x1="c2", y1="c6", source=rows, line_color=colour, line_width=1, name=named)
    if style == "points":
        plot.scatter(x="c2", y="c7", source=rows, size=4.5, fill_color=colour, line_color=colour, name=named)
    return Drawn(layer, outline, rows)


def frame(
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    x_label: str,
    y_label: str,
    *,
    log: bool = False,
    name: str = "",
    height: int = 220,
) -> figure:
    """An empty figure with its axes and their labels."""
    from bokeh.models import PlainText, Range1d, Title
    from bokeh.plotting import figure

    plot = figure(
        height=height,
        min_width=160,
        sizing_mode="stretch_width",
        x_range=Range1d(*x_range),
        y_range=Range1d(*y_range),
        y_axis_type="log" if log else "linear",
        toolbar_location=None,
        tools="",
        min_border=6,
        min_border_right=14,
        output_backend="canvas",
        name=name,
    )
    # Labels at the ends of the axes, as in papers; as titles, because BokehJS 3.9 centres axis labels on the end.
    look = {"align": "right", "text_font_style": "normal", "text_font_size": "12px", "standoff": 4}
    plot.add_layout(Title(text=PlainText(x_label), **look), "below")
    plot.add_layout(Title(text=PlainText(y_label), **look), "left")
    calm(plot)
    return plot


def label_ticks(axis: Any, labels: Mapping[float, str]) -> None:
    """Category labels as ticks of an axis."""
    from bokeh.models import PlainText

    axis.ticker = list(labels)
    axis.major_label_overrides = {at: PlainText(label) for at, label in labels.items()}


def counts_things(edges: Floats) -> bool:
    """Whether every bin stands for a whole number, as of jets: between two of them there is nothing to tick."""
    return bool(np.all(np.diff(edges) == 1) and np.all(np.mod(edges, 1) == 0.5))


def labels_of(axis: Any) -> dict[float, str]:
    """The labels of a category axis by their positions; none for others."""
    return {float(i): str(label) for i, label in enumerate(axis)} if is_category(axis) else {}


def label_of(axis: Any, name: str) -> str:
    """What an axis shows; hist calls one without a label "Axis 0", which says nothing."""
    label = str(axis.label or "")
    return name if not label or label.startswith("Axis ") else label


def value_range(bins: Bins, log: bool = False) -> tuple[float, float]:
    """The y axis from zero (or below, for negative weights) to a little above the highest error bar.

    A logarithmic one begins at half the smallest value above zero.
    """
    values = bins.values[1:-1]
    error = bins.variances[1:-1].clip(min=0) ** 0.5
    if log:
        positive = values[values > 0]
        return (float(positive.min()) / 2, float((values + error).max()) * 2) if len(positive) else (0.5, 2.0)
    high = float((values + error).max(initial=0.0))
    low = float((values - error).min(initial=0.0)) if float(values.min(initial=0.0)) < 0 else 0.0
    return low * HEADROOM, (high * HEADROOM) or 1.0


def value_label(h: Hist, axis: Any) -> str:
    """``entries / 2 GeV`` or ``sum of weights / 2 GeV``, see `per_bin`."""
    what = "sum of weights" if "Weight" in type(h.view(flow=True)).__name__ else "entries"
    return what if is_category(axis) else per_bin(what, edges_of(axis), str(axis.label or ""))


def per_bin(what: str, edges: Floats, label: str) -> str:
    """``entries / 2 GeV``: with the width of the bins when there is one, in the unit at the end of the label.

    A width of 1 without a unit, as of a number of jets, says nothing.
    """
    widths = np.diff(edges)
    if len(widths) == 0 or float(np.ptp(widths)) > 1e-6 * float(widths.max()):
        return what
    width = _printed(float(widths[0]))
    found = UNIT.search(label)
    if found is not None:
        return f"{what} / {width} {found[1]}"
    return what if width == "1" else f"{what} / {width}"


def _printed(value: float) -> str:
    """``4×10⁹`` as in print, not ``4e+09``."""
    digits, _, exponent = f"{value:.4g}".partition("e")
    return f"{digits}×10{str(int(exponent)).translate(RAISED)}" if exponent else digits


def calm(plot: Any) -> None:
    """The look of a figure in a paper: ticks inside, a frame, no grid across."""
    plot.xgrid.visible = False
    plot.ygrid.grid_line_alpha = 0.5
    plot.ygrid.grid_line_dash = [2, 4]
    for axis in plot.axis:
        axis.major_tick_in, axis.major_tick_out = 5, 0
        axis.minor_tick_in, axis.minor_tick_out = 2, 0
        axis.axis_line_color = None
        axis.major_label_text_font_size = "11px"
        axis.major_label_policy = no_overlap()
    plot.yaxis.ticker.desired_num_ticks = 4
    plot.outline_line_color = "#888888"
    # Transparent from the first paint on: a white one would leave its edge behind on a dark page.
    plot.border_fill_color = None
    plot.background_fill_color = None


def no_overlap() -> Any:
    """Labels of ticks that would run into each other are left out."""
    from bokeh.models import NoOverlap

    return NoOverlap(min_distance=4)
