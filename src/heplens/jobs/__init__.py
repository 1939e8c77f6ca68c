"""The same analysis on Dask: in the background, with partial results, named failures, and a record to go on from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import JobTimeoutError
from .cluster_state import ClusterState, WorkerState
from .filestate import Failure
from .job import Job
from .progress import Progress, SampleProgress
from .registry import find, forget, known, watch
from .report import FileReport
from .wanted import Names

if TYPE_CHECKING:
    from ..analysis.value import Analysis

__all__ = [
    "ClusterState",
    "Failure",
    "FileReport",
    "Job",
    "JobTimeoutError",
    "Progress",
    "SampleProgress",
    "WorkerState",
    "find",
    "forget",
    "known",
    "submit",
    "watch",
]


def submit(
    analysis: Analysis,
    client: Any = None,
    *,
    directory: Any = None,
    name: str = "",
    tiles: Names = (),
    task_seconds: float = 0.9,
) -> Job:
    """Run an analysis on a Dask cluster; the bins are those of `Analysis.run`, bit by bit.

    Parameters
    ----------
    client : a `distributed.Client`, a cluster, or the address of a scheduler; without one a cluster with a worker for
        each core of this machine is started, and kept for later jobs.
    directory : where to keep what is done, so that `Job.resume` can go on after anything died. Partials of the same
        analysis and files that are there already are not made again.
    name : what to call the job in lists of jobs; what it runs over when nothing is given.
    tiles : steps whose numbers are to be moved afterwards, by name, or True for all: `Job.explore` moves them over all
        files, and `Job.tiles` are their tiles.
    task_seconds : after how long a worker tells what it has done, about. Its tasks are several times as long where that
        is little enough; a death costs no more than what was not told, and `cancel` ends them with their block.

    Raises
    ------
    AnalysisError, JobError : no data, arrays in memory, no cluster, or workers with other versions (named).
    """
    return Job(analysis, client, directory=directory, name=name, tiles=tiles, task_seconds=task_seconds)
