"""The analysis that is shown, handed over to Dask: one job at a time, and how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import HeplensError
from .messages import JobState

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..jobs import Job

TELL_SECONDS = 0.25


class Submission:
    """Submits an analysis in a thread of its own, since starting a cluster takes seconds.

    Parameters
    ----------
    tell : called from that thread and from the job's with what to show.
    """

    def __init__(self, analysis: Analysis, client: Any, tell: Callable[[JobState], None]) -> None:
        self.job: Job | None = None
        self._analysis = analysis
        self._client = client
        self._tell = tell
        self._told = 0.0
        self._cancelled = threading.Event()
        tell(JobState("running", "Dask: connecting"))
        self._thread = threading.Thread(target=self._run, name="heplens-submission", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop; what is done stays in the job."""
        self._cancelled.set()
        if self.job is not None:
            # Waits for the tasks that run; the caller answers a message.
            threading.Thread(target=self.job.cancel, name="heplens-submission", daemon=True).start()

    def wait(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        try:
            self.job = self._analysis.submit(self._client)
            stop = self.job.listen(self._follow)
            if self._cancelled.is_set():
                self.job.cancel()
            result = self.job.result()
            stop()
        except HeplensError as error:
            self._tell(JobState("failed", f"Dask: {error}"))
        except Exception as error:  # whatever the cluster raises must end in a sentence on the page
            self._tell(JobState("failed", f"Dask: {type(error).__name__}: {error}"))
        else:
            if result.complete:
                self._tell(JobState("done", f"Dask: {self.job.progress.text}", 1.0))
            else:
                self._tell(JobState("failed", f"Dask: {result.problems[-1]}"))

    def _follow(self, job: Job) -> None:
        now = time.monotonic()
        if job.running and now - self._told > TELL_SECONDS:
            self._told = now
            progress = job.progress
            self._tell(JobState("running", f"Dask: {progress.text}", progress.fraction))
