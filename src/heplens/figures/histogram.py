"""One 1-D histogram as a Bokeh figure: an outline with a light fill, and error bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .columns import Bins, bins_of, draw_columns, is_category

if TYPE_CHECKING:
    from bokeh.models import ColumnDataSource
    from bokeh.plotting import figure
    from hist import Hist

LINE = "#1f5fa8"
HEADROOM = 1.08


@dataclass(frozen=True)
class Drawing:
    """A figure and the models that change with the counts."""

    figure: figure
    outline: ColumnDataSource
    rows: ColumnDataSource


def draw(h: Hist, *, name: str = "", height: int = 220) -> Drawing:
    """The figure of a 1-D histogram; labels are shown as typed, never as markup."""
    axis = h.axes[0]
    labels = {float(i): str(label) for i, label in enumerate(axis)} if is_category(axis) else {}
    return draw_bins(bins_of(h), label_of(h, name), value_label(h), labels=labels, name=name, height=height)


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

    Columns are called ``c0``, ``c1`` … whatever the branch is called, and the tooltip is a list of pairs: text from a
    file is never read as a template.

    Parameters
    ----------
    labels : category labels by the position on the x axis that they belong to.
    log : a logarithmic y axis; what is not above zero is drawn at its lower end.
    """
    from bokeh.models import ColumnDataSource, HoverTool

    floor, top = value_range(bins, log)
    outline, rows = draw_columns(bins)
    if log:
        outline["c1"] = np.maximum(outline["c1"], floor)
        rows["c5"] = np.where(np.isnan(rows["c5"]), np.nan, np.maximum(rows["c5"], floor))
    x_range = float(bins.edges[0]), float(bins.edges[-1])
    plot = frame(x_range, (floor, top), x_label, y_label, log=log, name=name, height=height)
    drawing = Drawing(plot, ColumnDataSource(outline), ColumnDataSource(rows, name="rows"))
    plot.varea_step(
        x="c0",
        y1=floor if log else 0,
        y2="c1",
        step_mode="after",
        source=drawing.outline,
        fill_color=LINE,
        fill_alpha=0.12,
    )
    plot.step(x="c0", y="c1", mode="after", source=drawing.outline, line_color=LINE, line_width=1.5)
    plot.segment(x0="c2", y0="c5", x1="c2", y1="c6", source=drawing.rows, line_color=LINE, line_width=1)
    hit = plot.quad(left="c0", right="c1", bottom=0, top="c3", source=drawing.rows, fill_alpha=0, line_alpha=0)
    pairs = [("bin", "@c0 – @c1"), ("sum", "@c3 ± @c4")]
    plot.add_tools(HoverTool(renderers=[hit], tooltips=pairs, mode="vline", point_policy="follow_mouse"))
    if labels:
        label_ticks(plot, labels)
    return drawing


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


def label_ticks(plot: figure, labels: Mapping[float, str]) -> None:
    """Category labels as ticks of the x axis."""
    from bokeh.models import PlainText

    plot.xaxis.ticker = list(labels)
    plot.xaxis.major_label_overrides = {at: PlainText(label) for at, label in labels.items()}


def label_of(h: Hist, name: str) -> str:
    """What the x axis shows; hist calls an axis without a label "Axis 0", which says nothing."""
    label = str(h.axes[0].label or "")
    return name if not label or label == "Axis 0" else label


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


def value_label(h: Hist) -> str:
    """``entries / 2`` or ``sum of weights / 2``, with the bin width when there is one."""
    what = "sum of weights" if "Weight" in type(h.view(flow=True)).__name__ else "entries"
    widths = None if is_category(h.axes[0]) else h.axes[0].widths
    if widths is None or len(widths) == 0 or float(widths.max() - widths.min()) > 1e-9 * float(widths.max()):
        return what
    return f"{what} / {float(widths[0]):.4g}"


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
    plot.yaxis.ticker.desired_num_ticks = 4
    plot.outline_line_color = "#888888"
    # Transparent from the first paint on: a white one would leave its edge behind on a dark page.
    plot.border_fill_color = None
    plot.background_fill_color = None
