"""A job in a notebook: a view that follows it, and text for where there are no widgets."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .job import Job

_SHOWN = 5  # failures


def show(job: Job) -> None:
    """Display the job, and beside its view what a saved notebook shows of it."""
    from IPython.display import display

    display(mimebundle(job), raw=True)  # type: ignore[no-untyped-call]
    if job._view is not None:
        job._view.picture.show(job.analysis)


def mimebundle(job: Job) -> dict[str, Any]:
    """All forms; a front end takes the richest it knows, a saved notebook keeps the text."""
    bundle: dict[str, Any] = {"text/plain": repr(job), "text/html": as_html(job)}
    live = view(job)
    shown = live._repr_mimebundle_() if live is not None else None
    if shown is not None:
        bundle |= {kind: data for kind, data in shown[0].items() if kind != "text/plain"}
    return bundle


def as_html(job: Job) -> str:
    notes = "".join(f"<div>{html.escape(line)}</div>" for line in problems(job))
    return f"<div>{job.progress._repr_html_()}{notes}</div>"


def problems(job: Job) -> list[str]:
    failures = job.failures
    lines = [f"Failed: {failure}" for failure in failures[:_SHOWN]]
    if len(failures) > _SHOWN:
        lines.append(f"and {len(failures) - _SHOWN:,} more; see job.failures")
    if not job.running and job._runner.error is not None:
        lines.append(str(job._runner.error))
    return lines


def explore(job: Job) -> Any:
    """A dashboard of the job's numbers; a new one each time."""
    from ..widgets import explore

    return explore(job.analysis, job=job)


def view(job: Job) -> Any | None:
    """The job's widget, the same each time it is shown; None where there are no widgets."""
    if job._view is None or job._view.comm is None:
        try:
            from ..widgets.job_view import job_view

            job._view = job_view(job)
        except (ImportError, FileNotFoundError):  # no anywidget, or a front end that is not built
            return None
    return job._view
