"""`job.explore()` in a real notebook: a handle of a job's dashboard is dragged over all files, and what it shows is
what `run` of the moved cut gives over them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.test_explore import at_rest, count_messages, drag, in_kernel, painted, passed, pull, ready, written
from browser.test_jobs import CLUSTER, links

HZZ = "uproot-HZZ.root"

JOB = """
def analysis(data):
    return (hl.Analysis(data)
        .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
        .cut("count(Muon) >= 2", name="two muons")
        .weight("EventWeight", name="event weight")
        .define("Z", "Muon[0] + Muon[1]")
        .cut("Z.mass", low=60, high=120, name="Z window")
        .hist("Z.mass", bins=60, range=(60, 120), name="mass", label="m(μμ) [GeV]")
        .hist("Muon.pt", bins=50, range=(0, 200), name="pt", label="muon pT [GeV]")
        .hist("count(Jet)", bins=8, range=(-0.5, 7.5), name="jets", weight=1, label="number of jets"))
"""
PLOTS = ("mass", "pt", "jets")

OpenNotebook = Callable[..., Page]

TALL = pytest.mark.parametrize("context", [{"viewport": {"width": 1600, "height": 1200}}], indirect=True)
pytestmark = TALL


def agrees(page: Page, view: Locator) -> None:
    """What is painted is `run` of the analysis of the widget, over all files."""
    run = json.loads(in_kernel(page, f"{{p: w.analysis.run()[p].values().tolist() for p in {PLOTS}}}"))
    rows = json.loads(in_kernel(page, "{row.name: row.passed for row in w.analysis.run().cutflow}"))
    for plot in PLOTS:
        assert painted(page, plot) == pytest.approx(run[plot], rel=1e-9, abs=1e-6), plot
    assert passed(view) == rows


@pytest.mark.files(HZZ)
def test_a_handle_is_dragged_over_all_files(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    links(folder, 12)
    submit = "job = analysis('many-*.root').submit(client, tiles=['Z window', 'good muons'])\nw = job.explore()\nw"
    page = open_notebook([CLUSTER, JOB, submit])
    run_all()
    expect(page.locator(".heplens-root .heplens-status")).to_contain_text("12 of 12 blocks")
    view = ready(page, 1)
    agrees(page, view)
    # The edge of the window, with the mouse.
    edge = view.locator('[data-plot="mass"] [data-edge="Z window/low/0"]')
    edge.hover()
    drag(page, edge, 20)
    expect(view).to_have_attribute("data-source", "tile")
    count_messages(page)
    box = at_rest(view.locator('[data-plot="mass"] .heplens-brush'))
    page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + box["height"] / 2, steps=20)
    assert page.evaluate("window.sent") == 0
    written(page)
    before = passed(view)["all"]
    assert passed(view)["Z window"] < before == 12 * 2421
    shown = {plot: painted(page, plot) for plot in PLOTS}
    rows = passed(view)
    page.mouse.up()
    ready(page, 2)
    assert passed(view) == rows
    for plot in PLOTS:
        assert painted(page, plot) == pytest.approx(shown[plot], rel=1e-9, abs=1e-6)
    agrees(page, view)
    assert json.loads(in_kernel(page, "w.analysis.steps[-1].low")) > 80
    # The threshold of the objects, which was counted at another window: that takes a job.
    row = view.locator('[data-step="good muons"] .heplens-handle').first
    expect(row.locator(".heplens-handle-label")).to_have_attribute(
        "title", "pt >: moving it takes a job, other numbers are not as they were counted"
    )
    view.get_by_role("button", name="Undo").click()
    ready(page, 3)
    slider = view.locator('input[type=range][data-handle="good muons/literal/0"]')
    slider.hover()
    pull(page, slider, near=0.1, to=0.2)
    expect(view).to_have_attribute("data-source", "tile")
    page.mouse.up()
    ready(page, 4)
    assert json.loads(in_kernel(page, "w.analysis.steps[0].expression")) != "pt > 20 & abs(eta) < 2.4"
    agrees(page, view)


@pytest.mark.files(HZZ)
def test_what_needs_a_job_is_offered_as_one(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    links(folder, 3)
    submit = "job = analysis('many-*.root').submit(client, tiles='Z window')\njob.result()\nw = job.explore()\nw"
    page = open_notebook([CLUSTER, JOB, submit])
    run_all()
    view = ready(page, 1)
    number = view.locator('[data-number="two muons/literal/0"]')
    number.fill("3")
    number.press("Enter")
    alert = view.get_by_role("alert")
    expect(alert).to_contain_text("this needs a job: 'two muons' is not as it was counted")
    expect(view).to_have_attribute("data-state", "failed")
    expect(number).to_have_value("3")
    alert.get_by_role("button", name="Run as a job").click()
    ready(page, 2)
    expect(alert).to_have_count(0)
    expect(view.locator(".heplens-status")).to_contain_text("3 of 3 blocks")
    agrees(page, view)
    slider = view.locator('input[type=range][data-handle="two muons/literal/0"]')
    slider.hover()
    slider.press("ArrowLeft")
    ready(page, 3)
    agrees(page, view)
    assert json.loads(in_kernel(page, "w.job is not job"))
