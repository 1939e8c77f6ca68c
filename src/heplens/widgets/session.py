"""The state behind one explorer and all its views; knows messages, but no comm and no Jupyter.

Handlers may be called from any thread: ipykernel answers on subshell threads while a cell runs. Everything that
changes state holds one lock; everything that computes runs in the worker's thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import HeplensError
from . import messages as m
from .answers import Answers, explain
from .history import History
from .looks import Looks
from .picture import KeepPicture
from .protocol import Json, MessageError, parse, reply
from .rebase import rebased

if TYPE_CHECKING:
    from ..analysis import Analysis
    from .compute import Compute, Outcome

REMEMBERED = 100

Send = Callable[[Json, Sequence[bytes]], None]
Publish = Callable[[Json], None]
Launch = Callable[[], None]


class Session:
    """One analysis being explored.

    Parameters
    ----------
    analysis : the first value.
    compute : runs an analysis, makes tiles and figures; the only part that is slow.
    send : sends one message with buffers to the page; called from several threads.
    publish : puts the state where every view sees it.
    keep_picture : is given a PNG of the plots, the analysis and its result whenever a page is idle.
    launch : shows the launcher.
    """

    def __init__(
        self,
        analysis: Analysis,
        compute: Compute,
        send: Send,
        publish: Publish,
        keep_picture: KeepPicture | None = None,
        launch: Launch | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._history: History[Analysis] = History(analysis)
        self._first = analysis
        self._looks = Looks()
        self._known = {self._history.revision: analysis}
        self._compute = compute
        self._send = send
        self._publish = publish
        self._answers = Answers(compute, self._now, self._reply, self._set_status, keep_picture)
        self._status = m.Status()
        self._launch = launch

    # --- the state --------------------------------------------------------------------------------------------------

    @property
    def analysis(self) -> Analysis:
        """The last committed value."""
        return self._history.value

    @property
    def revision(self) -> int:
        return self._history.revision

    @property
    def log(self) -> frozenset[str]:
        """The histograms that are shown with a logarithmic scale."""
        with self._lock:
            return self._looks.log_of(self.analysis)

    @property
    def region(self) -> str:
        """The region that plots show; "" when there are none."""
        with self._lock:
            return self._looks.region_of(self.analysis)

    def state(self) -> Json:
        with self._lock:
            h = self._history
            return m.State(
                h.revision,
                self._compute.document(h.value),
                h.can_undo,
                h.can_redo,
                self._status,
                sorted(self.log),
                self.region,
                self._compute.over(),
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

    def set_log(self, names: Iterable[str]) -> None:
        """Show these histograms with a logarithmic scale and the others with a linear one."""
        with self._lock:
            self._look(self._looks.with_log(self.analysis, names))

    def show_region(self, name: str) -> None:
        with self._lock:
            self._look(self._looks.with_region(self.analysis, name))

    def _look(self, looks: Looks) -> None:
        if looks != self._looks:
            self._looks = looks
            self._publish(self.state())

    def close(self) -> None:
        self._answers.close()
        self._compute.close()

    def _committed(self) -> None:
        self._looks = self._looks.after(self._known[self.revision - 1], self.analysis)
        self._known[self.revision] = self.analysis
        self._known.pop(self.revision - REMEMBERED, None)
        self._publish(self.state())

    def refresh(self) -> None:
        """There are other numbers of the same analysis, or a job has come on."""
        with self._lock:
            self._publish(self.state())

    def _set_status(self, status: m.Status) -> None:
        with self._lock:
            if status != self._status:
                self._status = status
                self._publish(self.state())

    # --- messages ---------------------------------------------------------------------------------------------------

    def handle(self, content: object, buffers: Sequence[Any] = ()) -> None:
        """Answer one message of a page; never raises, whatever the message."""
        try:
            request = parse(content, m.REQUESTS)
        except MessageError as error:
            self._send(reply("failed", error.id, reason=error.reason, position=None), [])
            return
        self._answers.guarded(request.id, lambda: self._dispatch(request, buffers))

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
            case m.SetLog():
                names = {request.name}
                self._stepped(request.id, lambda: self.set_log(self.log | names if request.log else self.log - names))
            case m.ShowRegion():
                self._stepped(request.id, lambda: self.show_region(request.region))
            case m.Launch():
                if self._launch is not None:
                    self._launch()
                self._reply("accepted", request.id, revision=self.revision)
            case m.Recount():
                self._answers.recount(request)
            case m.Picture():
                self._answers.picture(request, buffers)
            case m.AskCounts():
                self._answers.counts(request)
            case m.AskSnapshot():
                self._answers.snapshot(request)
            case m.AskTile():
                self._answers.tile(request)
            case m.AskBokeh():
                self._answers.bokeh(request)
            case m.AskScript():
                self._answers.script(request)
            case m.AskCompletions():
                self._answers.completions(request)
            case m.AskRange():
                self._answers.range(request)

    def _edit(self, request: m.Edit) -> None:
        with self._lock:
            try:
                edited = rebased(
                    self._known.get(request.base_revision), self.analysis, request.edit, self._compute.apply
                )
            except HeplensError as error:
                reason, position = explain(error)
                self._reply("refused", request.id, reason=reason, position=position, revision=self.revision)
                return
            if self._history.commit(edited):
                self._committed()
            self._reply("accepted", request.id, revision=self.revision)

    def _stepped(self, id: str, step: Callable[[], object]) -> None:
        with self._lock:
            step()
            self._reply("accepted", id, revision=self.revision)

    def outcome(self) -> Outcome:
        """The numbers of the current value."""
        revision, analysis = self._now()
        return self._answers.outcome(analysis, revision)

    def _now(self) -> tuple[int, Analysis]:
        with self._lock:
            return self.revision, self.analysis

    def _reply(self, kind: str, id: str, buffers: Sequence[bytes] = (), **fields: Any) -> None:
        self._send(reply(kind, id, **fields), buffers)
