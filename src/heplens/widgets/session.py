"""The state behind one explorer and all its views; knows messages, but no comm and no Jupyter.

Handlers may be called from any thread: ipykernel answers on subshell threads while a cell runs. Everything that
changes state holds one lock; everything that computes runs in the worker's thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import AnalysisError, ExpressionError, HeplensError
from . import messages as m
from .history import History
from .offers import instead
from .progress import Progress
from .rebase import rebased
from .submission import Submission
from .warming import Warming
from .worker import Task, Worker

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..engine.result import Result
    from ..jobs import Job
    from .compute import Compute, Outcome, SoFar

REMEMBERED = 100
MOST_OF_A_PICTURE = 16_000_000

Send = Callable[[m.Json, Sequence[bytes]], None]
Publish = Callable[[m.Json], None]
KeepPicture = Callable[[bytes, "Analysis", "Result"], None]


class Session:
    """One analysis being explored.

    Parameters
    ----------
    analysis : the first value.
    compute : runs an analysis, makes tiles and figures; the only part that is slow.
    send : sends one message with buffers to the page; called from several threads.
    publish : puts the state where every view sees it.
    keep_picture : is given a PNG of the plots, the analysis and its result whenever a page is idle.
    """

    def __init__(
        self,
        analysis: Analysis,
        compute: Compute,
        send: Send,
        publish: Publish,
        keep_picture: KeepPicture | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._history: History[Analysis] = History(analysis)
        self._first = analysis
        self._known = {self._history.revision: analysis}
        self._compute = compute
        self._send = send
        self._publish = publish
        self._worker = Worker()
        self._builder = Worker("heplens-tiles")  # a drag that begins must not wait for a count that runs
        self._warming = Warming(self._builder)
        self._status = m.Status()
        self._outcome: tuple[int, Outcome] | None = None
        self._submission: Submission | None = None
        self._job: m.JobState | None = None
        self._keep_picture = keep_picture

    # --- the state --------------------------------------------------------------------------------------------------

    @property
    def analysis(self) -> Analysis:
        """The last committed value."""
        return self._history.value

    @property
    def revision(self) -> int:
        return self._history.revision

    def state(self) -> m.Json:
        with self._lock:
            h = self._history
            return m.State(
                h.revision, self._compute.document(h.value), h.can_undo, h.can_redo, self._status, self._job
            ).to_json()

    def assign(self, analysis: Analysis) -> None:
        """Make `analysis` current, as an edit made from Python."""
        with self._lock:
            if self._history.commit(analysis):
                self._committed()

    def undo(self) -> bool:
        with self._lock:
            done = self._history.undo()
            if done:
                self._committed()
            return done

    def redo(self) -> bool:
        with self._lock:
            done = self._history.redo()
            if done:
                self._committed()
            return done

    def reset(self) -> bool:
        """Back to the first value; False when it is what is there."""
        with self._lock:
            before = self.revision
            self.assign(self._first)
            return self.revision != before

    def close(self) -> None:
        self._worker.close()
        self._builder.close()
        self._compute.close()
        with self._lock:
            self._outcome = None

    def _committed(self) -> None:
        self._known[self.revision] = self.analysis
        self._known.pop(self.revision - REMEMBERED, None)
        self._publish(self.state())

    def _set_status(self, status: m.Status) -> None:
        with self._lock:
            if status != self._status:
                self._status = status
                self._publish(self.state())

    @property
    def job(self) -> Job | None:
        return None if self._submission is None else self._submission.job

    def submit(self, client: Any = None) -> Submission:
        """Hand the current analysis over to Dask; one job at a time.

        Raises
        ------
        AnalysisError : the last one is still running.
        """
        with self._lock:
            if self._job is not None and self._job.phase == "running":
                raise AnalysisError("a job is running already; cancel it or wait for it")
            self._submission = Submission(self.analysis, client, self._set_job)
            return self._submission

    def _set_job(self, job: m.JobState) -> None:
        with self._lock:
            self._job = job
            self._publish(self.state())

    # --- messages ---------------------------------------------------------------------------------------------------

    def handle(self, content: object, buffers: Sequence[Any] = ()) -> None:
        """Answer one message of a page; never raises, whatever the message."""
        try:
            request = m.parse(content)
        except m.MessageError as error:
            self._send(m.reply("failed", error.id, reason=error.reason, position=None), [])
            return
        self._guarded(request.id, lambda: self._dispatch(request, buffers))

    def _dispatch(self, request: m.Request, buffers: Sequence[Any]) -> None:
        match request:
            case m.Edit():
                self._edit(request)
            case m.Undo():
                self._stepped(request.id, self.undo)
            case m.Redo():
                self._stepped(request.id, self.redo)
            case m.Reset():
                self._stepped(request.id, self.reset)
            case m.Submit():
                self.submit()
                self._reply("accepted", request.id, revision=self.revision)
            case m.CancelJob():
                if self._submission is not None:
                    self._submission.cancel()
                self._reply("accepted", request.id, revision=self.revision)
            case m.Picture():
                self._picture(request, buffers)
            case m.AskCounts():
                self._in_worker("preview" if request.edit else "counts", request.id, lambda t: self._counts(request, t))
            case m.AskSnapshot():
                self._in_worker("snapshot", request.id, lambda t: self._snapshot(request, t))
            case m.AskTile():
                self._in_worker("tile", request.id, lambda t: self._tile(request, t))
            case m.AskBokeh():
                version, script = self._compute.bokeh()
                self._reply("bokeh", request.id, [script], version=version, encoding="deflate")
            case m.AskScript():
                self._in_worker("script", request.id, lambda t: self._script(request))
            case m.AskCompletions():
                self._completions(request)
            case m.AskRange():
                self._in_worker("range", request.id, lambda t: self._range(request))

    def _edit(self, request: m.Edit) -> None:
        with self._lock:
            try:
                edited = rebased(
                    self._known.get(request.base_revision), self.analysis, request.edit, self._compute.apply
                )
            except HeplensError as error:
                reason, position = _explain(error)
                self._reply("refused", request.id, reason=reason, position=position, revision=self.revision)
                return
            if self._history.commit(edited):
                self._committed()
            self._reply("accepted", request.id, revision=self.revision)

    def _stepped(self, id: str, step: Callable[[], bool]) -> None:
        with self._lock:
            step()
            self._reply("accepted", id, revision=self.revision)

    # --- work -------------------------------------------------------------------------------------------------------

    def outcome(
        self,
        analysis: Analysis,
        revision: int,
        cancel: Callable[[], bool] | None = None,
        so_far: SoFar | None = None,
    ) -> Outcome:
        """The numbers of `analysis`, remembered while it is the current value."""
        with self._lock:
            if self._outcome is not None and self._outcome[0] == revision:
                return self._outcome[1]
        outcome = self._compute.run(analysis, cancel, so_far)
        with self._lock:
            if revision == self.revision:
                self._outcome = (revision, outcome)
        return outcome

    def _counts(self, request: m.AskCounts, task: Task) -> None:
        base = self._at(request.revision)
        if base is None:
            self._reply("stale", request.id, revision=self.revision)
            return
        so_far = Progress(self._reply, request.id, request.revision, self._compute.counts)
        if request.edit is not None:
            outcome = self._compute.run(self._compute.apply(base, request.edit), task.cancelled.is_set, so_far.counts)
            key = "preview"
        else:
            self._set_status(m.Status("running", "Counting"))
            outcome = self.outcome(base, request.revision, task.cancelled.is_set, so_far.counts)
            key = "reference"
        if task.cancelled.is_set():
            self._reply("stale", request.id, revision=self.revision)
            return
        fields, buffers = self._compute.counts(outcome)
        if key == "reference":
            fields |= self._compute.handles(base)
            self._set_status(m.Status("idle", "", outcome.events))
        self._reply("counts", request.id, buffers, revision=request.revision, key=key, **fields)
        if key == "reference":
            self._warming.later(lambda cancel: self._compute.warm(base, cancel))

    def _snapshot(self, request: m.AskSnapshot, task: Task) -> None:
        with self._lock:
            revision, analysis = self.revision, self.analysis
            counted = self._outcome[1] if self._outcome is not None and self._outcome[0] == revision else None
        # The figures are on their way before the numbers are.
        outcome = counted or self._compute.empty(analysis) or self.outcome(analysis, revision)
        fields, buffers = self._compute.snapshot(outcome)
        self._reply("snapshot", request.id, buffers, revision=revision, **fields)

    def _tile(self, request: m.AskTile, task: Task) -> None:
        base = self._at(request.revision)
        if base is None:
            self._reply("stale", request.id, revision=self.revision)
            return
        progress = Progress(self._reply, request.id, request.revision, self._compute.counts)
        fields, buffers = self._compute.tile(base, request.handle, task.cancelled.is_set, progress.events)
        self._reply("tile", request.id, buffers, revision=request.revision, **fields)
        self._warming.later(lambda cancel: self._compute.warm(base, cancel))

    def _script(self, request: m.AskScript) -> None:
        self._reply("script", request.id, text=self._compute.script(self.analysis))

    def _completions(self, request: m.AskCompletions) -> None:
        analysis = self.analysis
        problem = None
        if request.edit is not None:
            try:
                self._compute.apply(analysis, request.edit)
            except HeplensError as error:
                reason, position = _explain(error)
                problem = {"reason": reason, "position": position, "instead": instead(analysis, request.edit)}
        self._reply("completions", request.id, problem=problem, **self._compute.complete(analysis, request))

    def _range(self, request: m.AskRange) -> None:
        axis = self._compute.axis(self.analysis, request.place, request.expression)
        self._reply("range", request.id, axis=axis)

    def _picture(self, request: m.Picture, buffers: Sequence[Any]) -> None:
        with self._lock:
            current = self._outcome is not None and self._outcome[0] == request.revision == self.revision
            analysis, outcome = self.analysis, self._outcome
        if current and outcome is not None and self._keep_picture is not None and len(buffers) == 1:
            png = bytes(buffers[0])
            if png.startswith(b"\x89PNG") and len(png) <= MOST_OF_A_PICTURE:
                self._keep_picture(png, analysis, outcome[1].result)
        self._reply("accepted", request.id, revision=self.revision)

    def _at(self, revision: int) -> Analysis | None:
        """The value of `revision` when it is still the current one: numbers of an older one are of no use."""
        with self._lock:
            return self.analysis if revision == self.revision else None

    def _in_worker(self, slot: str, id: str, run: Callable[[Task], None]) -> None:
        def dropped() -> None:
            self._reply("stale", id, revision=self.revision)

        def work(task: Task) -> None:
            if self._guarded(id, lambda: run(task), task):
                return
            if not task.cancelled.is_set() and slot not in ("preview", "tile"):
                self._set_status(m.Status("failed", ""))

        # A slot per page: two tabs on one kernel must not take each other's answers away.
        client = id.partition(".")[0]
        worker = self._builder if slot == "tile" else self._worker
        self._warming.stop()
        worker.submit(f"{slot} {client}", work, dropped)

    def _guarded(self, id: str, run: Callable[[], None], task: Task | None = None) -> bool:
        """Run and answer whatever goes wrong with a sentence: the kernel must outlive every request."""
        try:
            run()
        except Exception as error:
            if task is not None and task.cancelled.is_set():
                self._reply("stale", id, revision=self.revision)
            else:
                reason, position = _explain(error)
                self._reply("failed", id, reason=reason, position=position)
            return False
        return True

    def _reply(self, kind: m.ReplyKind, id: str, buffers: Sequence[bytes] = (), **fields: Any) -> None:
        self._send(m.reply(kind, id, **fields), buffers)


def _explain(error: Exception) -> tuple[str, int | None]:
    """A sentence for the page and the position of the offending character, when there is one."""
    if isinstance(error, ExpressionError):
        return error.message, error.position
    if isinstance(error, HeplensError):
        return str(error), None
    return f"{type(error).__name__}: {error}", None
