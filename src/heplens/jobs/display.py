"""A job in a notebook: a bar and lines of text that follow it."""

from __future__ import annotations

import html
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .job import Job

_EVERY = 0.15  # seconds between updates of the page
_STEPS = 1000
_SHOWN = 5  # failures
_STYLES = {"finished": "success", "incomplete": "warning", "failed": "danger", "stopped": "danger"}


def mimebundle(job: Job) -> dict[str, Any]:
    """All forms; a front end takes the richest it knows, a saved notebook keeps the text."""
    bundle: dict[str, Any] = {"text/plain": repr(job), "text/html": as_html(job)}
    if job._view is None:
        job._view = view(job)
    if job._view is not None:
        live = job._view._repr_mimebundle_()
        if live:
            bundle.update({kind: data for kind, data in live.items() if kind != "text/plain"})
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


def view(job: Job) -> Any | None:
    """A widget that follows the job from its thread; None where there are no widgets."""
    try:
        from ipywidgets import HBox, IntProgress, Label, Layout, VBox
    except ImportError:
        return None
    bar = IntProgress(min=0, max=_STEPS, layout=Layout(width="240px"))
    text = Label()  # labels show text as text
    notes = VBox()
    last = 0.0

    def update(job: Job) -> None:
        nonlocal last
        now = time.monotonic()
        if job.running and now - last < _EVERY:
            return
        last = now
        progress = job.progress
        bar.value = round(_STEPS * progress.fraction)
        bar.bar_style = _STYLES.get(progress.state, "")
        text.value = progress.text
        lines = problems(job)
        if lines != [label.value for label in notes.children]:
            notes.children = tuple(Label(line) for line in lines)

    update(job)
    job.listen(update)
    return VBox([HBox([bar, text]), notes])
