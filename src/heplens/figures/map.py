"""A two-dimensional histogram as a map of colours; empty cells show the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .histogram import frame, no_overlap

if TYPE_CHECKING:
    from bokeh.models import ColorBar, ColumnDataSource, LinearColorMapper, LogColorMapper
    from bokeh.plotting import figure

Floats = NDArray[np.float64]

# Without the darkest quarter of viridis, which could not be told from a dark page.
_DARKEST = 64
NONE = (0, 0, 0, 0)  # the colour of a cell without a value


@dataclass(frozen=True)
class Colours:
    """From values to colours, and the bar beside the map that shows them."""

    mapper: LinearColorMapper | LogColorMapper
    bar: ColorBar


@dataclass(frozen=True)
class HeatMap:
    """A figure and the models that change with the counts.

    Both `linear` and `log` belong to the figure, because a bar keeps the ticks of the mapper that it was made for; one
    of the bars is visible.
    """

    figure: figure
    cells: ColumnDataSource
    linear: Colours
    log: Colours


def draw_map(
    x: Floats,
    y: Floats,
    values: Floats,
    x_label: str,
    y_label: str,
    *,
    log: bool = False,
    name: str = "",
    height: int = 220,
) -> HeatMap:
    """The figure of bin contents.

    Parameters
    ----------
    x, y : edges.
    values : shape (len(x) - 1, len(y) - 1); cells that are zero or NaN are left empty.
    log : the colours are logarithmic; cells that are not above zero are left empty then.
    """
    from bokeh.models import BasicTicker, ColumnDataSource, LinearColorMapper, LogColorMapper, LogTicker
    from bokeh.palettes import Viridis256

    above = np.isfinite(values) & (values > 0)
    filled = above if log else np.isfinite(values) & (values != 0)
    look: Any = {"palette": Viridis256[_DARKEST:], "nan_color": NONE}
    low, high = (float(values[filled].min()), float(values[filled].max())) if filled.any() else (1.0, 1.0)
    least, most = (float(values[above].min()), float(values[above].max())) if above.any() else (1.0, 1.0)
    linear = LinearColorMapper(low=min(low, 0.0), high=max(high, 0.0), **look)
    logarithmic = LogColorMapper(low=least, high=most if most > least else 10 * least, **look)
    plot = frame((float(x[0]), float(x[-1])), (float(y[0]), float(y[-1])), x_label, y_label, name=name, height=height)
    plot.ygrid.visible = False
    i, j = np.nonzero(filled)
    source = ColumnDataSource(
        {"c0": x[i], "c1": x[i + 1], "c2": y[j], "c3": y[j + 1], "c4": values[i, j]}, name="rectangles"
    )
    colour = {"field": "c4", "transform": logarithmic if log else linear}
    plot.quad(left="c0", right="c1", bottom="c2", top="c3", source=source, fill_color=colour, line_color=colour)
    bars = (
        _bar(linear, BasicTicker(desired_num_ticks=4), visible=not log),
        _bar(logarithmic, LogTicker(desired_num_ticks=4), visible=log),
    )
    for bar in bars:
        plot.add_layout(bar, "right")
    return HeatMap(plot, source, Colours(linear, bars[0]), Colours(logarithmic, bars[1]))


def _bar(mapper: Any, ticker: Any, *, visible: bool) -> ColorBar:
    from bokeh.models import ColorBar

    return ColorBar(
        color_mapper=mapper,
        ticker=ticker,
        visible=visible,
        width=8,
        padding=4,
        label_standoff=4,
        major_label_text_font_size="11px",
        major_label_policy=no_overlap(),
        background_fill_color=None,
        bar_line_color=None,
        major_tick_line_color=None,
    )
