"""An output below a dashboard: empty at first, and filled when there is something to show."""

from __future__ import annotations

import uuid
from typing import Any


class Below:
    """A display that another widget can be put into, from whatever thread."""

    def __init__(self) -> None:
        self.shown = False  # in any notebook
        self._id = uuid.uuid4().hex
        self._widget: Any = None

    def show(self) -> None:
        """Make room, or show what is there already once more. `js/widgets/explore.css` hides an empty one."""
        self.shown = True
        self._display(update=False)

    def put(self, widget: Any) -> None:
        if widget is not self._widget:
            self._widget = widget
            self._display(update=True)

    def _display(self, update: bool) -> None:
        from IPython.display import display

        bundle = {"text/plain": ""} if self._widget is None else self._widget._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        display(data, raw=True, display_id=self._id, update=update)  # type: ignore[no-untyped-call]
