"""A job in a notebook: one widget, however often it is shown, and text for where there are none."""

from __future__ import annotations

from typing import Any

from support import HZZ

from .conftest import LIMIT, muons
from .test_trouble import over

WIDGET = "application/vnd.jupyter.widget-view+json"


def test_a_job_shows_itself(client: Any) -> None:
    job = over(muons(HZZ), [HZZ, "<i>none</i>.root"]).submit(client)
    bundle = job._repr_mimebundle_()
    assert {"text/plain", "text/html", WIDGET} <= set(bundle)
    assert job._repr_mimebundle_()[WIDGET] == bundle[WIDGET]
    job.result(LIMIT)
    assert "<i>none" not in job._repr_html_() and "&lt;i&gt;none" in job._repr_html_()
    job._view.close()
    assert job._repr_mimebundle_()[WIDGET] != bundle[WIDGET]
