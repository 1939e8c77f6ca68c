"""Widgets for notebooks. Importing this imports neither ipywidgets nor Bokeh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..analysis import Analysis
    from .browser import Browser as Browser
    from .explorer import Explorer as Explorer
    from .launcher import Launcher

__all__ = ["Browser", "Explorer", "browse", "explore", "launch"]


def browse(path: object = None, **options: Any) -> Browser:
    """Look into ROOT files in a notebook, through the kernel.

    It shows what the kernel can reach, also where the Jupyter server cannot: remote files with the kernel's
    credentials, machines without the server extension.

    Parameters
    ----------
    path : a file, a folder, a pattern such as ``data/*.root``, a URL, or a list of them; None is the current folder.

    Returns
    -------
    A widget; its ``selected`` is what is chosen in it.

    Raises
    ------
    FileError : there is no such local file or folder.
    """
    from .browser import browser

    return browser(path, **options)


def explore(analysis: Analysis, **options: Any) -> Explorer:
    """The live dashboard of an analysis: its steps, its histograms and its cutflow, which follow each other."""
    from .explorer import explorer

    return explorer(analysis, **options)


def launch(analysis: Analysis) -> Launcher:
    """A form that starts the analysis on Dask: where, over which files, what will be read; and then the job's view."""
    from .launcher import Launcher

    return Launcher(analysis)


def __getattr__(name: str) -> Any:
    if name == "Explorer":
        from .explorer import Explorer

        return Explorer
    if name == "Browser":
        from .browser import Browser

        return Browser
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
