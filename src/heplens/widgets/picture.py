"""What a notebook keeps of a dashboard or a job: a picture of the plots, cutflow and steps, shown where no kernel is.

They are outputs of their own beside the widget's, because a saved widget without a model hides whatever else its own
output holds. The page hides them while the live view is there.
"""

from __future__ import annotations

import base64
import html
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..engine.result import Result

# `js/widgets/explore.css` hides an output with this class, and the one before it, beside a live view.
CLASS = "heplens-saved"
MOST = 16_000_000  # bytes
DASHBOARD = "the dashboard as it was last seen; run the cell to make it live"
JOB = "the job as it was last seen; heplens.jobs.known() has it while its kernel lives, heplens.Job.resume(…) later"

KeepPicture = Callable[[bytes, "Analysis", "Result"], None]


def as_png(buffers: Sequence[Any]) -> bytes | None:
    """The picture beside a message of a page; None when it is none, or too big for a notebook."""
    if len(buffers) != 1:
        return None
    png = bytes(buffers[0])
    return png if png.startswith(b"\x89PNG") and len(png) <= MOST else None


class Picture:
    """Two displays that can be brought up to date: the image, and the text, which ends with `note`."""

    def __init__(self, note: str = DASHBOARD) -> None:
        self._note = note
        self._ids = (uuid.uuid4().hex, uuid.uuid4().hex)

    def show(self, analysis: Analysis | None) -> None:
        """Make room for both; the image comes when the page has drawn it. Without an analysis, room is all."""
        nothing = {"text/plain": ""}
        self._put((nothing, nothing if analysis is None else text_of(analysis, None, self._note)), update=False)

    def update(self, png: bytes, analysis: Analysis, result: Result) -> None:
        image = {"image/png": base64.b64encode(png).decode("ascii"), "text/plain": "the plots of the dashboard"}
        self._put((image, text_of(analysis, result, self._note)), update=True)

    def _put(self, bundles: tuple[dict[str, Any], dict[str, Any]], update: bool) -> None:
        try:
            from IPython import get_ipython
            from IPython.display import display
        except ImportError:
            return
        if get_ipython() is None:
            return
        for bundle, id in zip(bundles, self._ids, strict=True):
            display(bundle, raw=True, display_id=id, update=update)  # type: ignore[no-untyped-call]


def text_of(analysis: Analysis, result: Result | None, note: str = DASHBOARD) -> dict[str, Any]:
    """The steps, the histograms and the cutflow. Every text is escaped; front ends sanitise it once more."""
    cutflow = "" if result is None else result.cutflow._repr_html_()
    made = f'<div class="{CLASS}">{cutflow}{analysis._repr_html_()}<div><em>{html.escape(note)}</em></div></div>'
    return {"text/html": made, "text/plain": repr(analysis) if result is None else f"{analysis!r}\n{result.cutflow!r}"}
