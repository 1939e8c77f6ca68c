"""A job as text and as plain values, for whoever looks at it without a view."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .job import Job

_LISTED = 10  # failures in the text
_DESCRIBED = 50  # failures in the values


def as_text(job: Job) -> str:
    shown = [f"Job: {job.progress.state}", repr(job.progress)]
    failures = job.failures
    shown += [f"! {failure}" for failure in failures[:_LISTED]]
    if len(failures) > _LISTED:
        shown.append(f"! and {len(failures) - _LISTED:,} more")
    if not job.running and job.error is not None:
        shown.append(f"! {job.error}")
    return "\n".join(shown)


def described(job: Job) -> dict[str, Any]:
    """See `Job.describe`; `docs/jobs.md` tells what is in it."""
    failures, cluster, progress = job.failures, job.cluster, job.progress
    return {
        "id": job.id,
        "name": job.name,
        "state": progress.state,
        "created": job.created,
        "updated": time.time(),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "directory": None if job.directory is None else str(job.directory),
        "scheduler": cluster.address,
        "dashboard": cluster.dashboard,
        "progress": progress.as_dict(),
        "failures": [vars(failure) for failure in failures[:_DESCRIBED]],
        "failed": len(failures),
        "error": None if job.error is None else str(job.error),
    }
