"""A running analysis: what is done, what failed, and what to do about it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engine.result import Result
from ..errors import HeplensError, JobError, JobTimeoutError
from . import registry
from .cluster import connect
from .cluster_state import ClusterState, Watch
from .dataset import default_name, list_files, numbers_of, with_absolute_paths
from .describe import as_text, described
from .elsewhere import result_of
from .environment import check_workers
from .filestate import Failure
from .ledger import Ledger
from .pool import ClientLostError
from .progress import Progress
from .record import Record, as_directory
from .report import FileReport, reports
from .runner import Runner
from .wanted import Names, Wanted, wanted

if TYPE_CHECKING:
    from ..analysis.value import Analysis
    from ..engine.tiles import Tile

_NOTE_EVERY = 1.0  # seconds between writings of the status

_log = logging.getLogger(__name__)


class Job:
    """An analysis on a Dask cluster.

    Made by `Analysis.submit` or `Job.resume`. The work goes on in the background; what is done is kept here, so
    neither a lost cluster nor `cancel` takes it away. ``await job`` waits for the result in a coroutine. `tile_steps`
    are the steps that tiles were asked of, `wanted` the tiles.
    """

    def __init__(
        self,
        analysis: Analysis,
        client: Any = None,
        *,
        directory: Any = None,
        name: str = "",
        tiles: Names = (),
        task_seconds: float = 0.9,
    ) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.name = name or default_name(analysis)
        self.created = time.time()
        files = list_files(analysis)
        self.tile_steps = tiles
        self.wanted = wanted(analysis, tiles)
        self._ledger = Ledger(analysis, files, self.wanted)
        self._record = None
        if directory is not None:
            whole = with_absolute_paths(analysis)
            self._record = Record.create(as_directory(directory), whole, tiles, self.wanted)
        self._seconds = task_seconds
        self._listeners: list[Callable[[Job], None]] = []
        self._finished = threading.Event()
        self._view: Any = None
        self._passes = 0
        self._noted = 0.0
        self._start(_usable(client))
        registry.enter(self)

    @classmethod
    def resume(cls, path: str | Path, client: Any = None, *, name: str = "", task_seconds: float = 0.9) -> Job:
        """Go on with the job that was kept in the directory `path`.

        Blocks that are done are taken from there if they were made by the same engine, of the same analysis, from the
        same files (by UUID and length); everything else is processed again.

        Raises
        ------
        JobError : there is no job in `path`, or the workers differ from this process.
        """
        directory = as_directory(path)
        record = Record.open(directory)
        return cls(
            record.analysis,
            client,
            directory=directory,
            name=name or record.name,
            tiles=record.tiles,
            task_seconds=task_seconds,
        )

    def _start(self, client: Any) -> None:
        self._passes += 1
        name = f"{self.id}-{self._passes}"
        runner = Runner(self._ledger, client, self._record, self._notify, self._seconds, name, self.wanted)
        thread = threading.Thread(target=self._work, name=f"heplens-job-{name}", daemon=True)
        # From here on nothing raises: a job that says that it runs must have a thread that ends it.
        self.client, self._watch = client, Watch(client)
        self._runner, self._thread = runner, thread
        self._finished.clear()
        thread.start()

    def _work(self) -> None:
        self._note()
        try:
            self._runner.run()
        except BaseException as error:  # a bug must end in a sentence, not in a job that never ends
            _log.exception("the job ended with an unexpected error")
            self._runner.error = JobError(f"the job ended with an unexpected error: {type(error).__name__}: {error}")
        finally:
            self._note()
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

    @property
    def files(self) -> list[FileReport]:
        """Every file of the dataset: what is done of it, and what looks like silent corruption."""
        return reports(self._ledger)

    @property
    def cluster(self) -> ClusterState:
        """Workers, memory and tasks as the scheduler told them last; never waits."""
        return self._watch.state

    @property
    def error(self) -> HeplensError | None:
        """Why nothing could run, or why the job ended early: a refused analysis, a lost cluster, a full disk."""
        return self._runner.error

    @property
    def tiles(self) -> dict[str, Tile]:
        """The tiles of what is done by now, over all files; of jobs that were asked for ``tiles=``.

        By the handle that moves: ``"Z window/low/0"`` is the window of that cut (with both its edges), and
        ``"good muons/literal/1"`` the second number in the expression of that step.

        Raises
        ------
        JobError : nothing is done yet.
        """
        return {want.id: self._ledger.tile(want) for want in self.wanted}

    def tile_of(self, want: Wanted) -> tuple[Tile, int, int]:
        """One of the `wanted` tiles, and of how many of all blocks it is. Raises JobError when nothing is done yet."""
        with self._ledger.lock:
            progress = self.progress
            return self._ledger.tile(want), progress.done, progress.total

    @property
    def no_tile(self) -> str:
        """Why no tile could be made of some events, and so of none; "" when there are tiles."""
        return self._ledger.no_tile

    @property
    def tile_bytes(self) -> int:
        """Memory of this process that the tiles take; it does not depend on the number of files."""
        return self._ledger.tile_bytes

    def at(self, analysis: Analysis) -> Result:
        """The result of `analysis`, which is the job's with the numbers of one of its tiles elsewhere.

        It is that of `analysis.run()` over what is done by now: counts are identical, sums of weights within 1e-9 of
        the sum of |w|. It reads nothing. Its `counters` are empty.

        Raises
        ------
        NeedsJobError : that takes another job; the message says why.
        """
        return result_of(analysis, self._ledger, self.wanted, self._reasons())

    def partial(self) -> Result:
        """The result of what is done by now; `complete` is False unless that is everything.

        While the job runs sums of weights are in the order in which blocks came: the last bits may differ from those
        of the result.
        """
        return self._ledger.result(self._reasons(), final=not self.running)

    def listen(self, listener: Callable[[Job], None]) -> Callable[[], None]:
        """Call `listener(job)` after every change, in the job's thread. Returns a function that ends this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # --- waiting --------------------------------------------------------------------------------------------------

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing more will be done, at most `timeout` seconds. Whether that is so.

        Raises
        ------
        JobError : in a listener, which is called in the job's thread: the job would wait for itself.
        """
        if self.running and threading.current_thread() is self._thread:
            raise JobError("a listener cannot wait for its job: it is called in the job's thread")
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
        if isinstance(self._runner.error, ClientLostError):
            return [f"{self._runner.error}; retry(client) goes on with another client"]
        if self._runner.error is not None:
            return [f"the job ended early: {self._runner.error}"]
        return ["the job was cancelled; retry() goes on"] if self._ledger.state == "cancelled" else []

    def explore(self) -> Any:
        """The dashboard of this job, for a notebook: its numbers, and the handles that its tiles move over all files.

        It fills in while the job runs, and reads no event: what no tile tells is shown as what takes another job.
        """
        from .display import explore

        return explore(self)

    # --- acting ---------------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Stop. What is done stays available; `retry` goes on from there. Waits for the end, but not in a listener."""
        self._runner.stop.set()
        if threading.current_thread() is not self._thread:
            self._finished.wait()

    def retry(self, client: Any = None, *, files: Sequence[str] | None = None) -> Job:
        """Process what failed or was not reached, with the same client or another one. Returns the job itself.

        Parameters
        ----------
        files : only what failed of these files (as `Failure.file` names them). While the job runs they join it.

        Raises
        ------
        JobError : there is no such file, another client is given while the job is running, or the client is closed or
            its workers differ from this process; nothing has changed then.
        """
        chosen = None if files is None else numbers_of(files, self._ledger.files)
        if self.running:
            if client is not None:
                raise JobError("the job is still running; wait() or cancel() before it goes on with another client")
            broken = [file.where.index for file in self._ledger.copies() if file.broken]
            if self._runner.retry(broken if chosen is None else chosen):
                return self
            self._finished.wait()  # it was about to end
        client = _usable(self.client if client is None else client)  # without one, failures stay what they are
        self._ledger.forget_failures(chosen)
        self._start(client)
        return self

    def skip(self, files: Sequence[str]) -> None:
        """Leave out what is not done of these files. That is no failure any more, but the result says what it lacks.

        Raises
        ------
        JobError : there is no such file.
        """
        self._ledger.skip(numbers_of(files, self._ledger.files))
        if not self.running and self._ledger.state in ("incomplete", "failed") and self._runner.error is None:
            self._ledger.enter(self._ledger.outcome())
            self._note()
        self._notify()

    # --- showing --------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        from .display import as_html

        return as_html(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """In a notebook, a view that follows the job."""
        from .display import mimebundle

        return mimebundle(self)

    def _ipython_display_(self) -> None:
        from .display import show

        show(self)

    def describe(self) -> dict[str, Any]:
        """Plain values, for JSON: who the job is and how it is. In the job's directory this is ``status.json``."""
        return described(self)

    def _note(self) -> None:
        self._noted = time.monotonic()
        if self._record is not None:
            self._record.write_status(self.describe())

    def _notify(self) -> None:
        if self.running and time.monotonic() - self._noted > _NOTE_EVERY:
            self._note()
        for listener in list(self._listeners):
            try:
                listener(self)
            except Exception:
                _log.exception("a listener of the job failed")


def _usable(client: Any) -> Any:
    """A client that a job can run on, with workers that compute as this process does. Raises JobError."""
    client = connect(client)
    check_workers(client)
    return client
