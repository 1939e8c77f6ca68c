"""The front end of a widget, as it was built into the package."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parent.parent / "static"


def attach(widget: type[Any], name: str) -> None:
    """Give an anywidget class its script and style when the first one is made: importing needs no built front end.

    The script begins with a name for its own text, by which a page recognises that it has it already.
    """
    if "_esm" not in widget.__dict__:
        script = _built(f"{name}.js")
        key = blake2b(script.encode(), digest_size=12).hexdigest()
        widget._esm = f'const HEPLENS_BUNDLE = "{key}";\n{script}'
        widget._css = _built(f"{name}.css")


def _built(name: str) -> str:
    path = STATIC / name
    if not path.is_file():
        raise FileNotFoundError(f"the front end of heplens is not built ({name} is missing): run `make build`")
    return path.read_text(encoding="utf-8")
