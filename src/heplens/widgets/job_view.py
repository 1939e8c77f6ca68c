"""The widget that a job shows: a session with a comm, one for each job, however often it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from .bundle import attach
from .job_session import JobSession
from .picture import JOB, Picture
from .protocol import PROTOCOL
from .reachable import Reachable

if TYPE_CHECKING:
    from ..jobs import Job


class JobView(Reachable, anywidget.AnyWidget):  # type: ignore[misc]
    """A job that is looked at. Closing the view, or the page, leaves the job alone.

    `picture` is what a saved notebook shows of it; whoever displays the view makes room for it.
    """

    state = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, job: Job, picture: Picture | None = None, **kwargs: Any) -> None:
        self.job = job
        self.picture = picture or Picture(JOB)
        self._session = JobSession(job, self._transmit, self._publish, self.picture.update)
        self.set_trait("state", self._session.state())
        super().__init__(**kwargs)
        self.on_msg(self._received)
        self._session.begin()  # not before there is a comm: a short job would have ended unseen while it was opened

    def close(self) -> None:
        self._session.close()
        super().close()

    def _received(self, _: object, content: Any, buffers: Sequence[Any]) -> None:
        self._session.handle(content, buffers)

    def _transmit(self, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        self.send(content, list(buffers))

    def _publish(self, state: dict[str, Any]) -> None:
        self.set_trait("state", state)

    def __repr__(self) -> str:
        return f"JobView of {self.job!r} (protocol {PROTOCOL})"


def job_view(job: Job, picture: Picture | None = None) -> JobView:
    """A view of the job.

    Raises
    ------
    FileNotFoundError : the front end is not built.
    """
    attach(JobView, "job")
    return JobView(job, picture)
