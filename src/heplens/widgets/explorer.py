"""The widget: a session with a comm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from ..analysis import Analysis
from ..analysis.edits import apply
from ..errors import AnalysisError
from .below import Below
from .bundle import attach
from .compute import Compute
from .job_compute import JobCompute
from .picture import Picture
from .protocol import PROTOCOL
from .reachable import Reachable
from .session import Session

if TYPE_CHECKING:
    from ..engine.result import Result
    from ..jobs import Job
    from .launcher import Launcher


class Explorer(Reachable, anywidget.AnyWidget):  # type: ignore[misc]
    """The live dashboard of an analysis.

    Attributes
    ----------
    analysis : the current value, whoever changed it; assigning another is an edit that can be undone.
    result : what `analysis.run()` gives, computed at most once; of a job's dashboard what `job.at(analysis)` gives,
        of what is done by now. It raises NeedsJobError where no tile of the job tells it.
    log : the names of the histograms with a logarithmic scale (of a map: colours), a frozenset; any names may be
        assigned. Raises AnalysisError for one that there is not.
    region : the name of the region that the plots show, "" when there are none. Raises AnalysisError likewise.

    ``w.observe(handler, "analysis")`` calls `handler` with a change whose `new` is the value, whoever made it, in the
    thread that made it; `log` and `region` can be observed too. They are no part of the analysis, and no step of undo.
    """

    state = traitlets.Dict(read_only=True).tag(sync=True)
    analysis = traitlets.Any()
    log = traitlets.Any(frozenset())
    region = traitlets.Unicode("")

    def __init__(self, analysis: Analysis, job: Job | None = None, **kwargs: Any) -> None:
        self._picture = Picture()
        self._below = Below()
        self._launcher: Launcher | None = None
        self._over = None if job is None else JobCompute(job)
        compute, picture = self._over or Compute(), self._picture.update
        self._session = Session(analysis, compute, self._transmit, self._publish, picture, self._launch)
        self._publish(self._session.state())
        super().__init__(**kwargs)
        if self._over is not None:
            self._over.changed = self._session.refresh
            self._session.refresh()  # the job may have ended meanwhile
        self.on_msg(self._received)

    @traitlets.validate("analysis")  # type: ignore[untyped-decorator]
    def _assigned(self, proposal: Any) -> Analysis:
        """Assigning is an edit: the session commits it and publishes what is current then."""
        if not isinstance(proposal["value"], Analysis):
            raise TypeError(f"an Analysis is needed, not {type(proposal['value']).__name__}")
        if proposal["value"] is not self._session.analysis:
            self._session.assign(proposal["value"])
        return self._session.analysis

    @traitlets.validate("log")  # type: ignore[untyped-decorator]
    def _log_chosen(self, proposal: Any) -> frozenset[str]:
        if proposal["value"] != self._session.log:
            self._session.set_log(proposal["value"])
        return self._session.log

    @traitlets.validate("region")  # type: ignore[untyped-decorator]
    def _region_chosen(self, proposal: Any) -> str:
        if proposal["value"] != self._session.region:
            self._session.show_region(proposal["value"])
        return self._session.region

    @property
    def result(self) -> Result:
        return self._session.outcome().result

    def undo(self) -> bool:
        """Take the last change back; False when there is none."""
        return self._session.undo()

    def redo(self) -> bool:
        """Make the change again that was taken back; False when there is none."""
        return self._session.redo()

    def reset(self) -> bool:
        """Back to the analysis that was explored first, which can be undone; False when it is what is there."""
        return self._session.reset()

    @property
    def launcher(self) -> Launcher:
        """What the button "Run on Dask" shows below the dashboard: the launcher of the current analysis."""
        if self._launcher is None:
            from .launcher import Launcher

            self._launcher = Launcher(self.analysis)
        return self._launcher

    def submit(self, client: Any = None) -> None:
        """Run the current analysis on Dask, and show the job below; `job` is the job once the cluster is there.

        Raises
        ------
        AnalysisError : the last one is still running.
        """
        if self._over is not None:
            self._over.submit(self.analysis, client)
            return
        self.launcher.submit(client)
        if self._below.shown:
            self._below.put(self.launcher)

    @property
    def job(self) -> Job | None:
        """The last job that was started here, or of which this is the dashboard; None before there is one."""
        if self._over is not None:
            return self._over.job
        return None if self._launcher is None else self._launcher.job

    def _launch(self) -> None:
        if not self._below.shown:  # inside of another widget
            raise AnalysisError("the launcher is shown below a dashboard that a cell shows; show w.launcher in a cell")
        self.launcher.refresh()
        self._below.put(self.launcher)

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
            self._below.show()
            self._picture.show(self.analysis)

    def close(self) -> None:
        if self._launcher is not None:
            self._launcher.close()
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
            if self._launcher is not None:
                self._launcher.analysis = self._session.analysis
        self.log, self.region = self._session.log, self._session.region

    def __repr__(self) -> str:
        return f"Explorer of {self.analysis!r} (protocol {PROTOCOL})"


def explorer(analysis: Analysis, job: Job | None = None, **kwargs: Any) -> Explorer:
    attach(Explorer, "explore")
    if job is not None:  # a job that was resumed holds a document that nobody has checked against the data
        parts = (analysis.dataset, analysis.steps, analysis.regions, analysis.histograms)
        analysis = Analysis.make(*parts, check=True)
    return Explorer(analysis, job, **kwargs)
