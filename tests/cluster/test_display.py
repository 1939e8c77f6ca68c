"""A job in a notebook: a widget that follows it, and text for where there are none."""

from __future__ import annotations

from typing import Any

from support import HZZ

from .conftest import LIMIT, muons, poll
from .test_trouble import over


def test_the_bar_follows(client: Any) -> None:
    job = over(muons(HZZ), [HZZ, "<i>none</i>.root"]).submit(client)
    bundle = job._repr_mimebundle_()
    assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} <= set(bundle)
    assert (
        job._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]
        == (bundle["application/vnd.jupyter.widget-view+json"])
    )
    job.result(LIMIT)
    bar, text = job._view.children[0].children
    poll(lambda: bar.bar_style == "warning", "the last update")
    assert bar.value == bar.max // 2
    assert "1 of 2 blocks" in text.value and "incomplete" in text.value
    (note,) = job._view.children[1].children
    assert "<i>none</i>.root" in note.value and type(note).__name__ == "Label"
    assert "<i>none" not in job._repr_html_() and "&lt;i&gt;none" in job._repr_html_()
