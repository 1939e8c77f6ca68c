"""The widget: a session with a comm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from ..analysis import Analysis
from ..analysis.edits import apply
from .bundle import attach
from .compute import Compute
from .messages import PROTOCOL
from .picture import Picture
from .session import Session

if TYPE_CHECKING:
    from ..engine.result import Result
    from ..jobs import Job


class Explorer(anywidget.AnyWidget):  # type: ignore[misc]
    """The live dashboard of an analysis.

    Attributes
    ----------
    analysis : the current value, whoever changed it; assigning another is an edit that can be undone.
    result : what `analysis.run()` gives, computed at most once.

    ``w.observe(handler, "analysis")`` calls `handler` with a change whose `new` is the value, whoever made it, in the
    thread that made it.
    """

    state = traitlets.Dict(read_only=True).tag(sync=True)
    analysis = traitlets.Any()

    def __init__(self, analysis: Analysis, **kwargs: Any) -> None:
        self._picture = Picture()
        self._session = Session(analysis, Compute(), self._transmit, self._publish, self._picture.update)
        self._publish(self._session.state())
        super().__init__(**kwargs)
        self.on_msg(self._received)

    @traitlets.validate("analysis")  # type: ignore[untyped-decorator]
    def _assigned(self, proposal: Any) -> Analysis:
        """Assigning is an edit: the session commits it and publishes what is current then."""
        if not isinstance(proposal["value"], Analysis):
            raise TypeError(f"an Analysis is needed, not {type(proposal['value']).__name__}")
        if proposal["value"] is not self._session.analysis:
            self._session.assign(proposal["value"])
        return self._session.analysis

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

    def reset(self) -> bool:
        """Back to the analysis that was explored first, which can be undone; False when it is what is there."""
        return self._session.reset()

    def submit(self, client: Any = None) -> None:
        """Run the current analysis on Dask, as the button does; `job` is the job once the cluster is there.

        Raises
        ------
        AnalysisError : the last one is still running.
        """
        self._session.submit(client)

    @property
    def job(self) -> Job | None:
        """The job of the last `submit`; None before there is one."""
        return self._session.job

    def save(self, path: str | Path) -> None:
        """Write the current analysis as a JSON document, as the button does."""
        Path(path).write_text(self.analysis.to_json(), encoding="utf-8")

    def load(self, path: str | Path) -> None:
        """Take the steps, regions and histograms of a JSON document, over the data that are open; can be undone.

        Raises
        ------
        AnalysisError, ExpressionError : it is no such document, or does not go with the data; nothing has changed.
        """
        document = Path(path).read_text(encoding="utf-8")
        self.analysis = apply(self.analysis, {"op": "load", "document": document})

    def _ipython_display_(self, **_: Any) -> None:
        """The live view, and beside it what the saved notebook shows without a kernel."""
        from IPython.display import display

        bundle = self._repr_mimebundle_()
        if bundle is not None:
            data, metadata = bundle
            display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
            self._picture.show(self.analysis)

    def close(self) -> None:
        self._session.close()
        super().close()

    def _received(self, _: object, content: Any, buffers: Sequence[Any]) -> None:
        self._session.handle(content, buffers)

    def _transmit(self, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        self.send(content, list(buffers))

    def _publish(self, state: dict[str, Any]) -> None:
        self.set_trait("state", state)
        if self.analysis is not self._session.analysis:
            self.analysis = self._session.analysis

    def __repr__(self) -> str:
        return f"Explorer of {self.analysis!r} (protocol {PROTOCOL})"


def explorer(analysis: Analysis, **kwargs: Any) -> Explorer:
    attach(Explorer, "explore")
    return Explorer(analysis, **kwargs)
