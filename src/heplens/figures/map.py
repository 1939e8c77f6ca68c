"""A two-dimensional histogram as a map of colours; empty cells show the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .histogram import frame

if TYPE_CHECKING:
    from bokeh.models import ColumnDataSource, LinearColorMapper, LogColorMapper
    from bokeh.plotting import figure

Floats = NDArray[np.float64]

# Without the darkest quarter of viridis, which could not be told from a dark page.
_DARKEST = 64
NONE = (0, 0, 0, 0)  # the colour of a cell without a value


@dataclass(frozen=True)
class HeatMap:
    """A figure and the models that change with the counts."""

    figure: figure
    cells: ColumnDataSource
    colours: LinearColorMapper | LogColorMapper


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
    from bokeh.models import BasicTicker, ColorBar, ColumnDataSource, LinearColorMapper, LogColorMapper, LogTicker
    from bokeh.palettes import Viridis256

    filled = np.isfinite(values) & ((values > 0) if log else (values != 0))
    palette = Viridis256[_DARKEST:]
    least, most = (float(values[filled].min()), float(values[filled].max())) if filled.any() else (1.0, 1.0)
    if log:
        mapper = LogColorMapper(palette=palette, low=least, high=most if most > least else 10 * least, nan_color=NONE)
    else:
        mapper = LinearColorMapper(palette=palette, low=min(least, 0.0), high=max(most, 0.0), nan_color=NONE)
    plot = frame((float(x[0]), float(x[-1])), (float(y[0]), float(y[-1])), x_label, y_label, name=name, height=height)
    plot.ygrid.visible = False
    i, j = np.nonzero(filled)
    source = ColumnDataSource(
        {"c0": x[i], "c1": x[i + 1], "c2": y[j], "c3": y[j + 1], "c4": values[i, j]}, name="rectangles"
    )
    colour = {"field": "c4", "transform": mapper}
    plot.quad(left="c0", right="c1", bottom="c2", top="c3", source=source, fill_color=colour, line_color=colour)
    bar = ColorBar(
        color_mapper=mapper,
        ticker=LogTicker(desired_num_ticks=4) if log else BasicTicker(desired_num_ticks=4),
        width=8,
        padding=4,
        label_standoff=4,
        major_label_text_font_size="11px",
        background_fill_color=None,
        bar_line_color=None,
        major_tick_line_color=None,
    )
    plot.add_layout(bar, "right")
    return HeatMap(plot, source, mapper)
