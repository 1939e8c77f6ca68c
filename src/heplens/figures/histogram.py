"""One 1-D histogram as a Bokeh figure: an outline with a light fill, and error bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    """The figure of a 1-D histogram; labels are shown as typed, never as markup.

    Columns are called ``c0``, ``c1`` … whatever the branch is called, and the tooltip is a list of pairs: text from a
    file is never read as a template.
    """
    from bokeh.models import ColumnDataSource, HoverTool, PlainText, Range1d, Title
    from bokeh.plotting import figure

    bins = bins_of(h)
    outline, rows = draw_columns(bins)
    edges = bins.edges
    plot = figure(
        height=height,
        min_width=160,
        sizing_mode="stretch_width",
        x_range=Range1d(float(edges[0]), float(edges[-1])),
        y_range=Range1d(*value_range(bins)),
        toolbar_location=None,
        tools="",
        min_border=6,
        min_border_right=14,
        output_backend="canvas",
        name=name,
    )
    drawing = Drawing(plot, ColumnDataSource(outline), ColumnDataSource(rows))
    plot.varea_step(x="c0", y1=0, y2="c1", step_mode="after", source=drawing.outline, fill_color=LINE, fill_alpha=0.12)
    plot.step(x="c0", y="c1", mode="after", source=drawing.outline, line_color=LINE, line_width=1.5)
    plot.segment(x0="c2", y0="c5", x1="c2", y1="c6", source=drawing.rows, line_color=LINE, line_width=1)
    hit = plot.quad(left="c0", right="c1", bottom=0, top="c3", source=drawing.rows, fill_alpha=0, line_alpha=0)
    pairs = [("bin", "@c0 – @c1"), ("sum", "@c3 ± @c4")]
    plot.add_tools(HoverTool(renderers=[hit], tooltips=pairs, mode="vline", point_policy="follow_mouse"))
    # Labels at the ends of the axes, as in papers; as titles, because BokehJS 3.9 centres axis labels on the end.
    look = {"align": "right", "text_font_style": "normal", "text_font_size": "12px", "standoff": 4}
    plot.add_layout(Title(text=PlainText(label_of(h, name)), **look), "below")
    plot.add_layout(Title(text=PlainText(value_label(h)), **look), "left")
    if is_category(h.axes[0]):
        plot.xaxis.ticker = list(range(len(h.axes[0])))
        plot.xaxis.major_label_overrides = {i: PlainText(str(label)) for i, label in enumerate(h.axes[0])}
    calm(plot)
    return drawing


def label_of(h: Hist, name: str) -> str:
    """What the x axis shows; hist calls an axis without a label "Axis 0", which says nothing."""
    label = str(h.axes[0].label or "")
    return name if not label or label == "Axis 0" else label


def value_range(bins: Bins) -> tuple[float, float]:
    """The y axis from zero (or below, for negative weights) to a little above the highest error bar."""
    values = bins.values[1:-1]
    error = bins.variances[1:-1].clip(min=0) ** 0.5
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
