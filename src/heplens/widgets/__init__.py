"""Widgets for notebooks. Importing this imports neither ipywidgets nor Bokeh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..analysis import Analysis
    from .explorer import Explorer as Explorer

__all__ = ["Explorer", "explore"]


def explore(analysis: Analysis, **options: Any) -> Explorer:
    """The live dashboard of an analysis: its steps, its histograms and its cutflow, which follow each other."""
    from .explorer import explorer

    return explorer(analysis, **options)


def __getattr__(name: str) -> Any:
    if name == "Explorer":
        from .explorer import Explorer

        return Explorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
