"""The state behind one explorer and all its views; knows messages, but no comm and no Jupyter.

Handlers may be called from any thread: ipykernel answers on subshell threads while a cell runs. Everything that
changes state holds one lock; everything that computes runs in the worker's thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ExpressionError, HeplensError
from . import messages as m
from .history import History
from .progress import Progress
from .rebase import rebased
from .worker import Task, Worker

if TYPE_CHECKING:
    from ..analysis import Analysis
    from .compute import Compute, Outcome, SoFar

REMEMBERED = 100

Send = Callable[[m.Json, Sequence[bytes]], None]
Publish = Callable[[m.Json], None]


class Session:
    """One analysis being explored.

    Parameters
    ----------
    analysis : the first value.
    compute : runs an analysis, makes tiles and figures; the only part that is slow.
    send : sends one message with buffers to the page; called from several threads.
    publish : puts the state where every view sees it.
    """

    def __init__(self, analysis: Analysis, compute: Compute, send: Send, publish: Publish) -> None:
        self._lock = threading.RLock()
        self._history: History[Analysis] = History(analysis)
        self._known = {self._history.revision: analysis}
        self._compute = compute
        self._send = send
        self._publish = publish
        self._worker = Worker()
        self._builder = Worker("heplens-tiles")  # a drag that begins must not wait for a count that runs
        self._status = m.Status()
        self._outcome: tuple[int, Outcome] | None = None

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
            return m.State(h.revision, self._compute.document(h.value), h.can_undo, h.can_redo, self._status).to_json()

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

    def close(self) -> None:
        self._worker.close()
        self._builder.close()
        self._compute.close()

    def _committed(self) -> None:
        self._known[self.revision] = self.analysis
        self._known.pop(self.revision - REMEMBERED, None)
        self._publish(self.state())

    def _set_status(self, status: m.Status) -> None:
        with self._lock:
            if status != self._status:
                self._status = status
                self._publish(self.state())

    # --- messages ---------------------------------------------------------------------------------------------------

    def handle(self, content: object) -> None:
        """Answer one message of a page; never raises, whatever the message."""
        try:
            request = m.parse(content)
        except m.MessageError as error:
            self._send(m.reply("failed", error.id, reason=error.reason, position=None), [])
            return
        self._guarded(request.id, lambda: self._dispatch(request))

    def _dispatch(self, request: m.Request) -> None:
        match request:
            case m.Edit():
                self._edit(request)
            case m.Undo():
                self._stepped(request.id, self.undo)
            case m.Redo():
                self._stepped(request.id, self.redo)
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

    def _snapshot(self, request: m.AskSnapshot, task: Task) -> None:
        with self._lock:
            revision, analysis = self.revision, self.analysis
        self._set_status(m.Status("running", "Counting"))
        outcome = self.outcome(analysis, revision)
        fields, buffers = self._compute.snapshot(outcome)
        self._set_status(m.Status("idle", "", outcome.events))
        self._reply("snapshot", request.id, buffers, revision=revision, **fields)

    def _tile(self, request: m.AskTile, task: Task) -> None:
        base = self._at(request.revision)
        if base is None:
            self._reply("stale", request.id, revision=self.revision)
            return
        progress = Progress(self._reply, request.id, request.revision, self._compute.counts)
        fields, buffers = self._compute.tile(base, request.handle, task.cancelled.is_set, progress.events)
        self._reply("tile", request.id, buffers, revision=request.revision, **fields)

    def _script(self, request: m.AskScript) -> None:
        self._reply("script", request.id, text=self._compute.script(self.analysis))

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
