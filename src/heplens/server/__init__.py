"""The REST API of the Jupyter server: what is in a ROOT file, without a kernel.

Nothing here reads a ROOT file or imports a library that does: `heplens.files.sandbox` does so in processes that may be
killed.
"""

from __future__ import annotations

from typing import Any

from .handlers import setup


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "heplens.server"}]


def _load_jupyter_server_extension(server_app: Any) -> None:
    """Called by jupyter_server when it starts."""
    setup(server_app)
