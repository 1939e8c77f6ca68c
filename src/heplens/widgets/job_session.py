"""What stands behind all views of one job; knows messages, but no comm and no Jupyter.

Nothing here waits in the thread that brings a message: adding up runs in one thread, what acts on the cluster in
another, and the job's own thread only says that something has changed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import HeplensError
from .compute import Compute, outcome_of
from .job_messages import REQUESTS, Act, AskFailures, AskPartial, Cancel, JobState, Retry, Skip
from .job_pulse import Pulse
from .looks import Looks
from .messages import AskBokeh, AskSnapshot, Picture, SetLog, ShowRegion
from .picture import KeepPicture, as_png
from .protocol import Json, MessageError, parse, reply
from .worker import Worker

if TYPE_CHECKING:
    from ..jobs import Job

Send = Callable[[Json, Sequence[bytes]], None]
Publish = Callable[[Json], None]


class JobSession:
    """A job that is looked at.

    Parameters
    ----------
    send : sends one message with buffers to the page; called from several threads.
    publish : puts the state where every view sees it; called from one thread at a time.
    keep_picture : is given a PNG of the plots when the job has ended and a page shows all of it.
    """

    def __init__(self, job: Job, send: Send, publish: Publish, keep_picture: KeepPicture | None = None) -> None:
        self._job = job
        self._send = send
        self._publish = publish
        self._keep_picture = keep_picture
        self._compute = Compute()
        self._adder = Worker("heplens-job-sums")
        self._actor = Worker("heplens-job-actions")
        self._lock = threading.Lock()
        self._publishing = threading.Lock()
        self._looks = Looks()
        self._numbers: list[tuple[Any, int]] = [((), 0), ((), 0)]
        self._pulse = Pulse(self._tell, lambda: job.running, "heplens-job-view")
        self._stop: Callable[[], None] = lambda: None

    def begin(self) -> None:
        """Publish how the job is, and from now on whenever that changes: when what is published comes to a page."""
        self._stop = self._job.listen(lambda _: self._pulse.changed())
        self._pulse.changed()

    def state(self) -> Json:
        """Who the job is and how it is, now."""
        job = self._job
        described = job.describe()
        progress = described["progress"]
        failed = (described["failed"], *[(f["file"], f["start"], f["attempts"]) for f in described["failures"]])
        counted = tuple(progress[name] for name in ("state", "done", "events", "total", "skipped"))
        counted += (job.running,)  # it says how it ended a moment before its sums are in the order of the files
        with self._lock:
            revision, failures = self._number(0, counted), self._number(1, (failed, progress["skipped"]))
        names = ("id", "name", "created", "host", "directory", "scheduler", "dashboard", "error")
        about = {name: described[name] for name in names}
        log, region = sorted(self._looks.log_of(job.analysis)), self._looks.region_of(job.analysis)
        return JobState(revision, failures, about, progress, _cluster(job), log, region).to_json()

    def close(self) -> None:
        """The job goes on."""
        self._stop()
        self._pulse.close()
        self._adder.close()
        self._actor.close()
        self._compute.close()

    def _number(self, place: int, what: object) -> int:
        """A number that counts up whenever `what` is another than before."""
        before, number = self._numbers[place]
        if what != before:
            number += 1
            self._numbers[place] = (what, number)
        return number

    def _tell(self) -> None:
        with self._publishing:
            self._publish(self.state())

    # --- messages ---------------------------------------------------------------------------------------------------

    def handle(self, content: object, buffers: Sequence[Any] = ()) -> None:
        """Answer one message of a page; never raises and never waits."""
        try:
            request = parse(content, REQUESTS)
        except MessageError as error:
            self._reply("failed", error.id, reason=error.reason, position=None)
            return
        page = request.id.partition(".")[0]
        match request:
            case Cancel() | Retry() | Skip():
                self._run(self._actor, f"action {request.id}", request.id, lambda: self._act(request))
            case AskPartial():
                self._run(self._adder, f"counts {page}", request.id, lambda: self._counts(request.id))
            case AskSnapshot():
                self._run(self._adder, f"snapshot {page}", request.id, lambda: self._snapshot(request.id))
            case AskFailures():
                self._run(self._adder, f"failures {page}", request.id, lambda: self._failures(request))
            case Picture():
                self._run(self._adder, f"picture {page}", request.id, lambda: self._picture(request, buffers))
            case SetLog() | ShowRegion():
                self._look(request)
            case AskBokeh():
                version, script = self._compute.bokeh()
                self._reply("bokeh", request.id, [script], version=version, encoding="deflate")

    def _run(self, worker: Worker, slot: str, id: str, work: Callable[[], None]) -> None:
        def guarded(_: object) -> None:
            try:
                work()
            except HeplensError as error:
                self._reply("refused", id, reason=str(error), position=None)
            except Exception as error:  # the kernel must outlive every request
                self._reply("failed", id, reason=f"{type(error).__name__}: {error}", position=None)

        worker.submit(slot, guarded, lambda: self._reply("stale", id))

    def _act(self, request: Act) -> None:
        match request:
            case Cancel():
                self._job.cancel()
            case Skip():
                self._job.skip(request.files)
            case Retry():
                self._job.retry(files=request.files or None)
        self._pulse.changed()
        self._reply("accepted", request.id)

    def _look(self, request: SetLog | ShowRegion) -> None:
        analysis = self._job.analysis
        try:
            with self._publishing:
                if isinstance(request, ShowRegion):
                    self._looks = self._looks.with_region(analysis, request.region)
                else:
                    log, names = self._looks.log_of(analysis), {request.name}
                    self._looks = self._looks.with_log(analysis, log | names if request.log else log - names)
        except HeplensError as error:
            self._reply("refused", request.id, reason=str(error), position=None)
            return
        self._tell()  # before the answer, with which the page forgets what it has asked for
        self._reply("accepted", request.id)

    def _counts(self, id: str) -> None:
        began = time.perf_counter()
        state = self.state()  # before the numbers: what is done meanwhile is in them, and they are asked for again
        result = self._job.partial()
        fields, buffers = self._compute.counts(outcome_of(self._job.analysis, result))
        fields |= {
            "revision": state["revision"],
            "key": "job",
            "done": len(result.used),
            "total": result.blocks,
            "total_events": state["progress"]["total_events"],
            "unseen": state["progress"]["unseen"],
            "seconds": time.perf_counter() - began,
        }
        self._reply("counts", id, buffers, **fields)

    def _snapshot(self, id: str) -> None:
        fields, buffers = self._compute.snapshot(outcome_of(self._job.analysis, self._job.partial()))
        self._reply("snapshot", id, buffers, revision=self.state()["revision"], **fields)

    def _failures(self, request: AskFailures) -> None:
        number = self.state()["failures"]
        failures = self._job.failures
        told = [vars(failure) for failure in failures[: max(0, request.most)]]
        self._reply("failures", request.id, number=number, failures=told, failed=len(failures))

    def _picture(self, request: Picture, buffers: Sequence[Any]) -> None:
        png = as_png(buffers)
        if png is not None and self._keep_picture is not None and request.revision == self.state()["revision"]:
            self._keep_picture(png, self._job.analysis, self._job.partial())
        self._reply("accepted", request.id)

    def _reply(self, kind: str, id: str, buffers: Sequence[bytes] = (), **fields: Any) -> None:
        self._send(reply(kind, id, **fields), buffers)


def _cluster(job: Job) -> Json:
    """The workers in one line; a job that has ended does not ask them any more."""
    state = job.cluster
    workers = state.workers if job.running else ()
    return {
        "status": state.status,
        "workers": len(workers),
        "threads": sum(worker.threads for worker in workers),
        "memory": sum(worker.memory for worker in workers),
        "memory_limit": sum(worker.memory_limit for worker in workers),
        "cpu": sum(worker.cpu for worker in workers),
        "running": sum(worker.running for worker in workers),
        "waiting": sum(worker.waiting for worker in workers),
    }
