"""`hist.Hist` to Bokeh: figures that a user can restyle, and the buffers that bring them up to date."""

from __future__ import annotations

from .columns import Bins, bins_of, draw_columns
from .histogram import Drawing, draw
from .snapshot import Snapshot, counts_of, snapshot

__all__ = ["Bins", "Drawing", "Snapshot", "bins_of", "counts_of", "draw", "draw_columns", "snapshot"]
