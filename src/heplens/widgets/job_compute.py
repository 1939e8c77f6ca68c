"""What the dashboard of a job shows: what the cluster has counted, and what tiles tell. No event is read here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engine.handles import Handle, Range, handles
from ..engine.sums import add
from ..errors import AnalysisError, NeedsJobError
from ..jobs.wanted import Names, Wanted, differs_only_in, stands
from .compute import Cancel, Compute, Outcome, SoFar, outcome_of
from .handles import to_json
from .job_pulse import Pulse
from .packing import pack
from .protocol import Json

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..engine.compiled.store import Store
    from ..jobs import Job


class JobCompute(Compute):
    """Computes for a session over `job`, and over the jobs that are submitted in its place.

    `changed` is called, from another thread and a few times per second at most, when there are other numbers.
    """

    reads = False

    def __init__(self, job: Job) -> None:
        super().__init__(budget=0)
        self.changed: Callable[[], None] = lambda: None
        self._jobs: list[Job] = []  # the newest last; an analysis that is taken back has its numbers in an older one
        self._stops: list[Callable[[], None]] = []
        self._seen: object = None
        self._found: tuple[Analysis, list[Handle]] | None = None
        self._pulse = Pulse(self._look, lambda: self.job.running, "heplens-job-dashboard")
        self._follow(job)

    @property
    def job(self) -> Job:
        """The newest."""
        return self._jobs[-1]

    def close(self) -> None:
        """The jobs go on."""
        for stop in self._stops:
            stop()
        self._pulse.close()
        super().close()

    def over(self) -> Json:
        """How far the newest job is."""
        job = self.job
        progress = job.progress
        share = progress.fraction if job.running else None
        return {
            "counted": self.counted,
            "name": job.name,
            "state": progress.state,
            "text": progress.text,
            "share": share,
        }

    def submit(self, analysis: Analysis, client: Any = None) -> None:
        """Run `analysis` where the job ran, with its tiles and those of the steps that have changed since.

        Raises
        ------
        AnalysisError : a job is still running.
        JobError : the cluster has gone.
        """
        old = self.job
        if old.running:
            raise AnalysisError("a job is running already; wait for it, or cancel it with w.job.cancel()")
        directory = None if old.directory is None else _beside(old.directory)
        self._follow(
            analysis.submit(
                old.client if client is None else client,
                directory=directory,
                name=old.name,
                tiles=self._names(analysis, old),
            )
        )
        self._pulse.changed()

    def memory(self) -> Json:
        tiles = sum(job.tile_bytes for job in self._jobs) + self._packed()
        return {"columns": 0, "budget": 0, "tiles": tiles}

    # --- numbers ------------------------------------------------------------------------------------------------------

    def run(self, analysis: Analysis, cancel: Cancel | None = None, so_far: SoFar | None = None) -> Outcome:
        """Of the newest job that tells them. Raises NeedsJobError when none does."""
        reason: NeedsJobError | None = None
        for job in reversed(self._jobs):
            try:
                return outcome_of(analysis, job.at(analysis))
            except NeedsJobError as error:
                reason = reason or error
        assert reason is not None
        raise reason

    def empty(self, analysis: Analysis) -> Outcome | None:
        if any(axis.growth for histogram in analysis.histograms for axis in histogram.axes):
            return None
        return outcome_of(analysis, add(analysis, (), 0))

    def counts(self, outcome: Outcome) -> tuple[Json, list[bytes]]:
        fields, buffers = super().counts(outcome)
        return fields | {"coverage": [len(outcome.result.used), outcome.result.blocks]}, buffers

    # --- handles and tiles --------------------------------------------------------------------------------------------

    def _tile(
        self, analysis: Analysis, id: str, cancel: Cancel, progress: Callable[[int, int], None] | None, store: Store
    ) -> tuple[Json, list[bytes]]:
        handle = next((h for h in self._handles(analysis) if h.moved.id == id), None)
        if handle is None:
            raise AnalysisError(f"there is no handle {id!r}")
        told = self._told(analysis, handle)
        if isinstance(told, str):
            raise NeedsJobError(f"moving {id!r} takes another job: {told}")
        job, want = told
        key = _key(job, want.id)
        if key not in self._tiles:
            tile, done, total = job.tile_of(want)
            fields, buffers = pack(tile)
            self._keep_tile(key, ({"coverage": [done, total], **fields}, buffers))
        fields, buffers = self._tiles[key]
        return {"key": key, "memory": self.memory(), **fields}, buffers

    def warm(self, analysis: Analysis, cancel: Cancel) -> None:
        if not self.job.running:  # until then tiles are out of date as soon as they are packed
            super().warm(analysis, cancel)

    def handles(self, analysis: Analysis) -> Json:
        return {"handles": [to_json(h) | {"needs_job": h.tile is None} for h in self._handles(analysis)]}

    def _handles(self, analysis: Analysis) -> list[Handle]:
        if self._found is None or self._found[0] is not analysis:
            self._found = analysis, handles(analysis, lambda *_: None)
        return [self._placed(analysis, handle) for handle in self._found[1]]

    def _placed(self, analysis: Analysis, handle: Handle) -> Handle:
        """The handle with the tile of a job, or the reason why there is none."""
        told = self._told(analysis, handle)
        if isinstance(told, str):
            return replace(handle, tile=None, reason=told)
        job, want = told
        return replace(handle, grid=want.grid(handle.moved) or handle.grid, tile=_key(job, want.id), reason="")

    def _told(self, analysis: Analysis, handle: Handle) -> tuple[Job, Wanted] | str:
        """The tile with which a handle moves, or why there is none."""
        reason = handle.reason
        for job in reversed(self._jobs):
            for want in job.wanted:
                if want.grid(handle.moved) is None:
                    continue
                if not differs_only_in(want, analysis, job.analysis):
                    reason = reason or "other numbers are not as they were counted"
                elif not stands(want, analysis):
                    reason = reason or "it stands between two positions of its tile"
                elif job.no_tile:
                    reason = reason or job.no_tile
                elif job.progress.done == 0:
                    reason = reason or "nothing is counted yet"
                else:
                    return job, want
        return reason or "no tile was made of it"

    def _names(self, analysis: Analysis, old: Job) -> Names:
        """The steps to make tiles of in the next job."""
        if isinstance(old.tile_steps, bool):
            return old.tile_steps
        asked = [old.tile_steps] if isinstance(old.tile_steps, str) else old.tile_steps
        before = {step.name: step for step in old.analysis.steps}
        moves = {h.moved.step for h in handles(analysis, lambda *_: None) if h.tile is not None}
        steps = [step for step in analysis.steps if step.name in moves]
        return [step.name for step in steps if step.name in asked or before.get(step.name) != step]

    def _data_range(self, analysis: Analysis, place: int, expression: str) -> Range | None:
        """Of the first file alone: there may be thousands."""
        dataset = analysis.dataset
        if dataset is not None and dataset.samples:
            first = dataset.samples[0]
            analysis = analysis.with_parts(
                dataset=replace(dataset, samples=(replace(first, files=first.files[:1]),)), histograms=(), regions=()
            )
        return super()._data_range(analysis, place, expression)

    # --- the jobs -----------------------------------------------------------------------------------------------------

    def _follow(self, job: Job) -> None:
        self._jobs.append(job)
        self._stops.append(job.listen(lambda _: self._pulse.changed()))

    def _look(self) -> None:
        """Something has happened; were it only that time has passed."""
        job = self.job
        progress = job.progress
        counted = (_key(job, ""), progress.total, progress.failed, progress.skipped, job.running)
        if counted != self._seen:
            self._seen = counted
            self.counted += 1
        self.changed()


def _key(job: Job, id: str) -> str:
    """Of the tile `id` of what is done by now; bytes tell a file that was replaced from the one before."""
    progress = job.progress
    return f"{job.id} {id} {progress.done} {progress.events} {progress.bytes}"


def _beside(directory: Path) -> Path:
    """A directory for the next job that nothing is in yet."""
    number = 2
    while (found := directory.with_name(f"{directory.name}-{number}")).exists():
        number += 1
    return found
