"""`hist.Hist` to Bokeh: figures that a user can restyle, and the buffers that bring them up to date."""

from __future__ import annotations

from .columns import Bins, bins_of, draw_columns
from .histogram import Drawing, draw
from .layers import Layer, layers_of
from .map import HeatMap, draw_map
from .numbers import Numbers, numbers_of
from .snapshot import Snapshot, counts_of, snapshot

__all__ = [
    "Bins", "Drawing", "HeatMap", "Layer", "Numbers", "Snapshot",
    "bins_of", "counts_of", "draw", "draw_columns", "draw_map", "layers_of", "numbers_of", "snapshot",
]  # fmt: skip
