"""Browse ROOT files, cut nested data and watch the histograms follow.

The public names are imported when they are first used, so that ``import heplens`` costs
milliseconds in a script, on a Dask worker and in the Jupyter server alike.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analysis import Analysis as Analysis
    from .errors import AnalysisError as AnalysisError
    from .errors import ExpressionError as ExpressionError
    from .errors import FileError as FileError
    from .errors import HeplensError as HeplensError
    from .errors import JobError as JobError
    from .errors import TreeError as TreeError
    from .files import Listing as Listing
    from .files import inspect as inspect
    from .interop.results import load as load
    from .interop.results import save as save
    from .interop.root_cut import from_root_cut as from_root_cut
    from .interop.root_cut import to_root_cut as to_root_cut
    from .jobs import Job as Job
    from .samples import sample as sample
    from .widgets import browse as browse
    from .widgets.launcher_places import register_cluster as register_cluster

__version__ = "0.1.0"

_PUBLIC = {
    "Analysis": "analysis",
    "AnalysisError": "errors",
    "browse": "widgets",
    "ExpressionError": "errors",
    "FileError": "errors",
    "from_root_cut": "interop.root_cut",
    "HeplensError": "errors",
    "inspect": "files",
    "Job": "jobs",
    "JobError": "errors",
    "Listing": "files",
    "load": "interop.results",
    "register_cluster": "widgets.launcher_places",
    "sample": "samples",
    "save": "interop.results",
    "to_root_cut": "interop.root_cut",
    "TreeError": "errors",
}

__all__ = [*_PUBLIC, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'heplens' has no attribute {name!r}")
    value = getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "heplens"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "heplens.server"}]
