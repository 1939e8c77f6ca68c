"""The ROOT browser as a widget: the sidebar's tree, fed by the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from .browsing import Browsing, Selected, roots_of
from .bundle import attach
from .reachable import Reachable


class Browser(Reachable, anywidget.AnyWidget):  # type: ignore[misc]
    """What is in ROOT files, in a notebook.

    Attributes
    ----------
    selected : what is chosen (`Selected`), or None; ``observe(…, "selected")`` tells of changes.
    """

    state = traitlets.Dict(read_only=True).tag(sync=True)
    selected = traitlets.Instance(Selected, allow_none=True, read_only=True)

    def __init__(self, path: object = None, **kwargs: Any) -> None:
        self._browsing = Browsing(roots_of(path), self._transmit, self._chosen)
        self.set_trait("state", self._browsing.state())
        super().__init__(**kwargs)
        self.on_msg(self._received)

    def close(self) -> None:
        self._browsing.close()
        super().close()

    def _received(self, _: object, content: Any, buffers: Sequence[Any]) -> None:
        self._browsing.handle(content)

    def _transmit(self, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        self.send(content, list(buffers))

    def _chosen(self) -> None:
        self.set_trait("selected", self._browsing.selected)
        self.set_trait("state", self._browsing.state())

    def __repr__(self) -> str:
        return f"Browser of {', '.join(root['path'] for root in self.state['roots'])}"


def browser(path: object = None, **kwargs: Any) -> Browser:
    attach(Browser, "browse")
    return Browser(path, **kwargs)
