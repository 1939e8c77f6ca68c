"""A running analysis: what is done, what failed, and what to do about it."""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..columns.files import is_remote
from ..engine.result import Result
from ..errors import AnalysisError, JobError
from .cluster import connect
from .environment import check_workers
from .ledger import Failure, FileState, Ledger
from .progress import Progress
from .record import Record, as_directory
from .runner import Runner
from .task import Where

if TYPE_CHECKING:
    from ..analysis.value import Analysis

_log = logging.getLogger(__name__)


class JobTimeoutError(JobError, TimeoutError):
    """The job goes on; it was not waited for any longer."""


class Job:
    """An analysis on a Dask cluster.

    Made by `Analysis.submit` or `Job.resume`. The work goes on in the background; what is done is kept here, so
    neither a lost cluster nor `cancel` takes it away. ``await job`` waits for the result in a coroutine.
    """

    def __init__(
        self, analysis: Analysis, client: Any = None, *, directory: Any = None, task_seconds: float = 0.7
    ) -> None:
        self._ledger = Ledger(analysis, list_files(analysis))
        self._record = (
            None if directory is None else Record.create(as_directory(directory), with_absolute_paths(analysis))
        )
        self._seconds = task_seconds
        self._listeners: list[Callable[[Job], None]] = []
        self._finished = threading.Event()
        self._view: Any = None
        self._start(client)

    @classmethod
    def resume(cls, path: str | Path, client: Any = None, *, task_seconds: float = 0.7) -> Job:
        """Go on with the job that was kept in the directory `path`.

        Blocks that are done are taken from there if they were made by the same engine, of the same analysis, from the
        same files (by UUID and length); everything else is processed again.

        Raises
        ------
        JobError : there is no job in `path`, or the workers differ from this process.
        """
        directory = as_directory(path)
        return cls(Record.open(directory).analysis, client, directory=directory, task_seconds=task_seconds)

    def _start(self, client: Any) -> None:
        client = connect(client)
        check_workers(client)
        self.client = client
        self._finished.clear()
        name = uuid.uuid4().hex[:12]
        self._runner = Runner(self._ledger, client, self._record, self._notify, self._seconds, name)
        self._thread = threading.Thread(target=self._work, name=f"heplens-job-{name}", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            self._runner.run()
        except BaseException as error:  # a bug must end in a sentence, not in a job that never ends
            _log.exception("the job ended with an unexpected error")
            self._runner.error = JobError(f"the job ended with an unexpected error: {type(error).__name__}: {error}")
        finally:
            self._finished.set()
            self._notify()

    # --- looking --------------------------------------------------------------------------------------------------

    @property
    def analysis(self) -> Analysis:
        return self._ledger.analysis

    @property
    def directory(self) -> Path | None:
        """Where the job is kept, for `Job.resume`."""
        return None if self._record is None else self._record.directory

    @property
    def running(self) -> bool:
        return not self._finished.is_set()

    @property
    def progress(self) -> Progress:
        """A snapshot: blocks, events and bytes done, rate, time left, per sample."""
        return self._ledger.progress()

    @property
    def failures(self) -> list[Failure]:
        """The files and ranges that are not in the result and will not be, unless `retry` gets them."""
        return self._ledger.failures

    def partial(self) -> Result:
        """The result of what is done by now; `complete` is False unless that is everything."""
        return self._ledger.result(self._reasons())

    def listen(self, listener: Callable[[Job], None]) -> Callable[[], None]:
        """Call `listener(job)` after every change, in the job's thread. Returns a function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # --- waiting --------------------------------------------------------------------------------------------------

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing more will be done, at most `timeout` seconds. Whether that is so."""
        return self._finished.wait(timeout)

    def result(self, timeout: float | None = None) -> Result:
        """Wait for the result.

        When some blocks failed, or the job was cancelled or lost its cluster, the result is of the others: its
        `complete` is False and its `problems` name what is not in it.

        Raises
        ------
        JobTimeoutError : after `timeout` seconds; the job goes on.
        ExpressionError, AnalysisError : the analysis does not go with one of the files, which the message names.
        JobError : nothing could be processed; the message says why.
        """
        if not self.wait(timeout):
            progress = self.progress
            raise JobTimeoutError(f"not finished after {timeout:g} s ({progress.text}); partial() gives what is done")
        error, failures = self._runner.error, self.failures
        if error is not None and (not isinstance(error, JobError) or not self._ledger.done):
            raise error
        if failures and not self._ledger.done:
            more = f"; and {len(failures) - 5:,} more" if len(failures) > 5 else ""
            raise JobError("nothing could be processed: " + "; ".join(str(f) for f in failures[:5]) + more)
        return self.partial()

    def __await__(self) -> Generator[Any, None, Result]:
        return asyncio.to_thread(self.result).__await__()

    def _reasons(self) -> list[str]:
        if self.running:
            return []
        if self._runner.error is not None:
            return [f"{self._runner.error}; retry(client) goes on with another client"]
        return ["the job was cancelled; retry() goes on"] if self._ledger.state == "cancelled" else []

    # --- acting ---------------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Stop. What is done stays available; `retry` goes on from there."""
        self._runner.stop.set()
        self._finished.wait()

    def retry(self, client: Any = None) -> Job:
        """Process what failed or was not reached, with the same client or another one. Returns the job itself.

        Raises
        ------
        JobError : the job is still running.
        """
        if self.running:
            raise JobError("the job is still running; wait() or cancel() first")
        self._ledger.forget_failures()
        self._start(self.client if client is None else client)
        return self

    # --- showing --------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        shown = [f"Job: {self._ledger.state}", repr(self.progress)]
        failures = self.failures
        shown += [f"! {failure}" for failure in failures[:10]]
        if len(failures) > 10:
            shown.append(f"! and {len(failures) - 10:,} more")
        if self._finished.is_set() and self._runner.error is not None:
            shown.append(f"! {self._runner.error}")
        return "\n".join(shown)

    def _repr_html_(self) -> str:
        from .display import as_html

        return as_html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """In a notebook, a bar that follows the job."""
        from .display import mimebundle

        return mimebundle(self)

    def _notify(self) -> None:
        for listener in list(self._listeners):
            try:
                listener(self)
            except Exception:
                _log.exception("a listener of the job failed")


def list_files(analysis: Analysis) -> list[FileState]:
    """The files of the dataset in order, with paths that workers in other folders understand.

    Raises
    ------
    AnalysisError : there is no dataset.
    JobError : the data are arrays in memory.
    """
    dataset = analysis.dataset
    if dataset is None:
        raise AnalysisError("the analysis has no data; give them with on(…)")
    if dataset.memory is not None:
        raise JobError("arrays in memory do not travel to workers; use run(), or write them to a ROOT file")
    found: list[FileState] = []
    for sample in dataset.samples:
        for path, tree in sample.files:
            where = Where(len(found), sample.name, path if is_remote(path) else str(Path(path).absolute()), tree)
            found.append(FileState(where, path))
    return found


def with_absolute_paths(analysis: Analysis) -> Analysis:
    """The same analysis for a record on disk, which may be read from another folder."""
    dataset = analysis.dataset
    assert dataset is not None
    samples = tuple(
        replace(
            sample,
            files=tuple((path if is_remote(path) else str(Path(path).absolute()), tree) for path, tree in sample.files),
        )
        for sample in dataset.samples
    )
    return type(analysis).make(replace(dataset, samples=samples), analysis.steps, analysis.regions, analysis.histograms)
