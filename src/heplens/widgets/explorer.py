"""The widget: a session with a comm."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from ..analysis import Analysis
from .compute import Compute
from .messages import PROTOCOL
from .session import Session

if TYPE_CHECKING:
    from ..engine.result import Result

STATIC = Path(__file__).parent.parent / "static"


def _built(name: str) -> str:
    path = STATIC / name
    if not path.is_file():
        raise FileNotFoundError(f"the front end of heplens is not built ({name} is missing): run `make build`")
    return path.read_text(encoding="utf-8")


class Explorer(anywidget.AnyWidget):  # type: ignore[misc]
    """The live dashboard of an analysis.

    Attributes
    ----------
    analysis : the current value, whoever changed it; assigning another is an edit that can be undone.
    result : what `analysis.run()` gives, computed at most once.
    """

    state = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, analysis: Analysis, **kwargs: Any) -> None:
        self._session = Session(analysis, Compute(), self._transmit, self._publish)
        self.set_trait("state", self._session.state())
        super().__init__(**kwargs)
        self.on_msg(self._received)

    @property
    def analysis(self) -> Analysis:
        return self._session.analysis

    @analysis.setter
    def analysis(self, analysis: Analysis) -> None:
        if not isinstance(analysis, Analysis):
            raise TypeError(f"an Analysis is needed, not {type(analysis).__name__}")
        self._session.assign(analysis)

    @property
    def result(self) -> Result:
        session = self._session
        return session.outcome(session.analysis, session.revision).result

    def undo(self) -> bool:
        """Take the last change back; False when there is none."""
        return self._session.undo()

    def redo(self) -> bool:
        """Make the change again that was taken back; False when there is none."""
        return self._session.redo()

    def close(self) -> None:
        self._session.close()
        super().close()

    def _received(self, _: object, content: Any, buffers: Sequence[Any]) -> None:
        self._session.handle(content)

    def _transmit(self, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        self.send(content, list(buffers))

    def _publish(self, state: dict[str, Any]) -> None:
        self.set_trait("state", state)

    def __repr__(self) -> str:
        return f"Explorer of {self.analysis!r} (protocol {PROTOCOL})"


def explorer(analysis: Analysis, **kwargs: Any) -> Explorer:
    """The bundle is read when the first widget is made, so that importing needs no built front end."""
    if "_esm" not in Explorer.__dict__:
        script = _built("explore.js")
        key = blake2b(script.encode(), digest_size=12).hexdigest()
        Explorer._esm = f'const HEPLENS_BUNDLE = "{key}";\n{script}'
        Explorer._css = _built("explore.css")
    return Explorer(analysis, **kwargs)
