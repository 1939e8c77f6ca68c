"""What is computed for the pages of a session: numbers, figures, tiles, completions. It knows no history.

Requests wait in threads of their own, and every one of them is answered once, whatever goes wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ExpressionError, HeplensError, NeedsJobError
from . import messages as m
from .offers import instead
from .picture import KeepPicture, as_png
from .progress import Progress
from .warming import Warming
from .worker import Task, Worker

if TYPE_CHECKING:
    from ..analysis import Analysis
    from .compute import Compute, Outcome, SoFar


Reply = Callable[..., None]


class Answers:
    """Answers requests about the current analysis.

    Parameters
    ----------
    compute : the only part that is slow.
    current : the revision and the analysis of now.
    reply : sends a reply: kind, id, buffers, and its fields.
    tell : is told what is being done.
    keep_picture : is given a PNG of the plots, the analysis and its result.
    """

    def __init__(
        self,
        compute: Compute,
        current: Callable[[], tuple[int, Analysis]],
        reply: Reply,
        tell: Callable[[m.Status], None],
        keep_picture: KeepPicture | None,
    ) -> None:
        self._compute = compute
        self._current = current
        self._reply = reply
        self._tell = tell
        self._keep_picture = keep_picture
        self._lock = threading.Lock()
        self._outcome: tuple[tuple[int, int], Outcome] | None = None  # of a revision, and a count of its numbers
        self._worker = Worker()
        self._builder = Worker("heplens-tiles")  # a drag that begins must not wait for a count that runs
        self._drawer = Worker(
            "heplens-figures"
        )  # figures are made, and the page loads, while the first blocks are read
        self._warming = Warming(self._builder)

    def close(self) -> None:
        self._worker.close()
        self._builder.close()
        self._drawer.close()
        with self._lock:
            self._outcome = None

    def outcome(
        self,
        analysis: Analysis,
        revision: int,
        cancel: Callable[[], bool] | None = None,
        so_far: SoFar | None = None,
    ) -> Outcome:
        """The numbers of `analysis`, remembered while it is the current value."""
        key = (revision, self._compute.counted)
        with self._lock:
            if self._outcome is not None and self._outcome[0] == key:
                return self._outcome[1]
        outcome = self._compute.run(analysis, cancel, so_far)
        with self._lock:
            if key == (self._current()[0], self._compute.counted):
                self._outcome = (key, outcome)
        return outcome

    def guarded(self, id: str, run: Callable[[], None], task: Task | None = None) -> bool:
        """Run and answer whatever goes wrong with a sentence: the kernel must outlive every request."""
        try:
            run()
        except Exception as error:
            if task is not None and task.cancelled.is_set():
                self._stale(id)
            else:
                reason, position = explain(error)
                needs_job = {"needs_job": True} if isinstance(error, NeedsJobError) else {}
                self._reply("failed", id, reason=reason, position=position, **needs_job)
            return False
        return True

    # --- requests -----------------------------------------------------------------------------------------------------

    def counts(self, request: m.AskCounts) -> None:
        slot = "preview" if request.edit else "counts"
        self._in_worker(slot, request.id, lambda task: self._counts(request, task))

    def _counts(self, request: m.AskCounts, task: Task) -> None:
        base = self._at(request.revision)
        if base is None:
            self._stale(request.id)
            return
        so_far = Progress(self._reply, request.id, request.revision, self._compute.counts)
        if request.edit is not None:
            outcome = self._compute.run(self._compute.apply(base, request.edit), task.cancelled.is_set, so_far.counts)
            key = "preview"
        else:
            if self._compute.reads:
                self._tell(m.Status("running", "Counting"))
            try:
                outcome = self.outcome(base, request.revision, task.cancelled.is_set, so_far.counts)
            except NeedsJobError as error:
                fields = {"reason": str(error), "position": None, "needs_job": True}
                self._reply("failed", request.id, **fields, **self._compute.handles(base))
                return
            key = "reference"
        if task.cancelled.is_set():
            self._stale(request.id)
            return
        fields, buffers = self._compute.counts(outcome)
        if key == "reference":
            fields |= self._compute.handles(base)
            self._tell(m.Status("idle", "", outcome.events if self._compute.reads else None))
        self._reply("counts", request.id, buffers, revision=request.revision, key=key, **fields)
        if key == "reference":
            self._warming.later(lambda cancel: self._compute.warm(base, cancel))

    def snapshot(self, request: m.AskSnapshot) -> None:
        self._in_worker("snapshot", request.id, lambda _: self._snapshot(request))

    def _snapshot(self, request: m.AskSnapshot) -> None:
        revision, analysis = self._current()
        with self._lock:
            counted = self._outcome[1] if self._outcome is not None and self._outcome[0][0] == revision else None
        # The figures are on their way before the numbers are.
        outcome = counted or self._compute.empty(analysis)
        if outcome is not None:
            self._figures(request, revision, outcome)
        else:  # only the data tell the axes: in the thread that counts them, where they are counted once
            self._in_worker(
                "figures", request.id, lambda _: self._figures(request, revision, self.outcome(analysis, revision))
            )

    def _figures(self, request: m.AskSnapshot, revision: int, outcome: Outcome) -> None:
        fields, buffers = self._compute.snapshot(outcome)
        self._reply("snapshot", request.id, buffers, revision=revision, **fields)

    def tile(self, request: m.AskTile) -> None:
        self._in_worker("tile", request.id, lambda task: self._tile(request, task))

    def _tile(self, request: m.AskTile, task: Task) -> None:
        base = self._at(request.revision)
        if base is None:
            self._stale(request.id)
            return
        progress = Progress(self._reply, request.id, request.revision, self._compute.counts)
        fields, buffers = self._compute.tile(base, request.handle, task.cancelled.is_set, progress.events)
        self._reply("tile", request.id, buffers, revision=request.revision, **fields)
        self._warming.later(lambda cancel: self._compute.warm(base, cancel))

    def script(self, request: m.AskScript) -> None:
        def answer(_: Task) -> None:
            self._reply("script", request.id, text=self._compute.script(self._current()[1]))

        self._in_worker("script", request.id, answer)

    def completions(self, request: m.AskCompletions) -> None:
        _, analysis = self._current()
        problem = None
        if request.edit is not None:
            try:
                self._compute.apply(analysis, request.edit)
            except HeplensError as error:
                reason, position = explain(error)
                problem = {"reason": reason, "position": position, "instead": instead(analysis, request.edit)}
        self._reply("completions", request.id, problem=problem, **self._compute.complete(analysis, request))

    def range(self, request: m.AskRange) -> None:
        def answer(_: Task) -> None:
            axis = self._compute.axis(self._current()[1], request.place, request.expression)
            self._reply("range", request.id, axis=axis)

        self._in_worker("range", request.id, answer)

    def recount(self, request: m.Recount) -> None:
        def answer(_: Task) -> None:
            self._compute.submit(self._current()[1])
            self._reply("accepted", request.id, revision=self._current()[0])

        self._in_worker("recount", request.id, answer)

    def bokeh(self, request: m.AskBokeh) -> None:
        version, script = self._compute.bokeh()
        self._reply("bokeh", request.id, [script], version=version, encoding="deflate")

    def picture(self, request: m.Picture, buffers: Sequence[Any]) -> None:
        revision, analysis = self._current()
        with self._lock:
            outcome = self._outcome
        current = outcome is not None and outcome[0][0] == request.revision == revision
        png = as_png(buffers)
        if current and outcome is not None and self._keep_picture is not None and png is not None:
            self._keep_picture(png, analysis, outcome[1].result)
        self._reply("accepted", request.id, revision=revision)

    # --- how they are answered ----------------------------------------------------------------------------------------

    def _at(self, revision: int) -> Analysis | None:
        """The value of `revision` when it is still the current one: numbers of an older one are of no use."""
        now, analysis = self._current()
        return analysis if revision == now else None

    def _stale(self, id: str) -> None:
        self._reply("stale", id, revision=self._current()[0])

    def _in_worker(self, slot: str, id: str, run: Callable[[Task], None]) -> None:
        def work(task: Task) -> None:
            if self.guarded(id, lambda: run(task), task):
                return
            if not task.cancelled.is_set() and slot not in ("preview", "tile", "recount"):
                self._tell(m.Status("failed", ""))

        # A slot per page: two tabs on one kernel must not take each other's answers away.
        client = id.partition(".")[0]
        worker = {"tile": self._builder, "snapshot": self._drawer}.get(slot, self._worker)
        self._warming.stop()
        worker.submit(f"{slot} {client}", work, lambda: self._stale(id))


def explain(error: Exception) -> tuple[str, int | None]:
    """A sentence for the page and the position of the offending character, when there is one."""
    if isinstance(error, ExpressionError):
        return error.message, error.position
    if isinstance(error, HeplensError):
        return str(error), None
    return f"{type(error).__name__}: {error}", None
