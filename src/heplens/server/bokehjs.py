"""BokehJS from the installed bokeh wheel, found without importing bokeh."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path


@cache
def bokeh_version() -> str:
    """The installed version, or "" when there is none."""
    try:
        return version("bokeh")
    except PackageNotFoundError:
        return ""


@cache
def bokeh_script() -> bytes:
    """The minified script of the core: about 1 MB. Empty when bokeh is not installed."""
    spec = find_spec("bokeh")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        script = Path(folder) / "server" / "static" / "js" / "bokeh.min.js"
        if script.is_file():
            return script.read_bytes()
    return b""
