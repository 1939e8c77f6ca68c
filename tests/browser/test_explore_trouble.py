"""What goes wrong has a state of its own: kernels die, tabs are hidden, data are odd. Nothing shown is ever false."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.lab import Lab, write_setting
from browser.test_explore import (
    ANALYSIS,
    HZZ,
    TALL,
    OpenNotebook,
    drag,
    in_kernel,
    painted,
    paints,
    passed,
    ready,
    root,
    values_of_run,
)
from browser.test_explore_gestures import sweep

pytestmark = TALL

ODD = """
import awkward as ak
import numpy as np
import heplens as hl

rng = np.random.default_rng(3)
n = 5000
counts = rng.integers(0, 4, n)
other = counts.copy()
other[4000] += 1  # lists that pair everywhere but there
data = ak.Array({
    "x": rng.normal(50, 20, n),
    "nothing": np.full(n, np.nan),
    "name": rng.choice(["muon", "electron"], n),
    "good": rng.random(n) < 0.5,
    "left": ak.unflatten(rng.random(counts.sum()), counts),
    "right": ak.unflatten(rng.random(other.sum()), other),
})
a = (hl.Analysis(data)
     .cut("x", low=20, high=90, name="window")
     .hist("x", bins=50, range=(0, 100), name="x")
     .hist("x", bins=1, range=(0, 100), name="one bin")
     .hist("nothing", bins=10, range=(0, 1), name="nothing")
     .hist("good", bins=2, range=(0, 2), name="good")
     .hist("name", axes=[hl_axis.StrCategory([], growth=True)], name="name")
     .hist(("x", "good"), axes=[hl_axis.Regular(20, 0, 100), hl_axis.Boolean()], name="map"))
w = a.explore()
""".replace("import heplens as hl\n", "import heplens as hl\nfrom hist import axis as hl_axis\n")


def test_odd_data_are_drawn_or_told(
    open_notebook: OpenNotebook, run_all: Callable[..., None], screenshot: Callable[[str], None]
) -> None:
    page = open_notebook([ODD, "w"])
    run_all()
    view = ready(page, 1)
    for plot in ("x", "one bin", "nothing", "name"):
        assert painted(page, plot) == values_of_run(page, plot)
    cells = json.loads(in_kernel(page, 'w.analysis.run()["map"].values().ravel().tolist()'))
    assert painted(page, "map") == cells
    assert len(painted(page, "one bin")) == 1
    assert sum(painted(page, "nothing")) == 0
    expect(view.locator('[data-draw="name"]')).to_have_count(0)  # no window over categories

    # A window that cannot be is told once, at its plot, while it is drawn and when it was let go.
    good = view.locator('[data-draw="good"]')
    sweep(page, good, 0.2, 0.6)
    told = view.locator("[role=alert]")
    expect(told).to_have_text("low and high need a number; this is one true/false per event")
    expect(view.locator('figure[data-plot="good"] [role=alert]')).to_have_count(1)
    screenshot("explore-refused")
    page.mouse.up()
    ready(page, 1)
    expect(told).to_have_count(1)
    sweep(page, good, 0.2, 0.4)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(told).to_have_count(0)

    # An expression that is right for the first blocks and cannot be computed for a later one.
    before = painted(page, "x")
    view.get_by_role("button", name="Add a cut").click()
    text = view.locator('[data-expression="new cut"]')
    text.fill("any(left + right > 1.5)")
    text.press("Enter")
    failure = view.locator(".heplens-failure")
    expect(failure).to_be_visible()
    expect(view).to_have_attribute("data-state", "failed")
    assert "\n" not in failure.inner_text().strip()
    assert painted(page, "x") == before, "the last numbers that are right stay"
    view.get_by_role("button", name="Undo").click()
    ready(page, 3)
    expect(failure).to_have_count(0)

    view.get_by_role("button", name="Add a histogram").click()
    variable = view.locator('[data-expression="a new histogram x"]')
    variable.fill("nothing*2")
    variable.press("Enter")
    expect(view.locator(".heplens-editor [role=alert]")).to_contain_text("no finite value")
    variable.fill("name")
    variable.press("Enter")
    expect(view.locator(".heplens-editor")).to_have_count(0)
    ready(page, 4)
    assert painted(page, "name (2)") == values_of_run(page, "name (2)")


@pytest.mark.files(HZZ)
def test_the_kernel_dies_while_a_handle_is_held(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    run_all()
    view = ready(page, 1)
    edge = view.locator('[data-edge="Z window/low/0"]')
    edge.hover()
    drag(page, edge, 30)
    expect(view).to_have_attribute("data-source", "tile")
    page.evaluate(
        """() => {
            const {kernel} = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const {done} = kernel.requestExecute({code: 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)'});
            done.catch(() => undefined);  // it is never answered, and that is no error of the page
        }"""
    )
    expect(view).to_have_attribute("data-state", "dead")
    page.mouse.up()
    expect(view).to_contain_text("Kernel gone")
    # Back to what was committed: nothing is shown that no kernel has counted.
    expect(view.locator('[data-number="Z window/low/0"]')).to_have_value("60")
    assert passed(view)["Z window"] == 1186
    assert errors == []


@pytest.mark.files(HZZ)
def test_two_browser_tabs_on_one_kernel(
    open_notebook: OpenNotebook, run_all: Callable[..., None], lab: Lab, folder: Path
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    second = page.context.new_page()
    second.goto(lab.url(f"lab/workspaces/second/tree/{folder.name}/notebook.ipynb"))
    second.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    other = ready(second, 1)
    number = other.locator('[data-number="Z window/low/0"]')
    number.fill("90")
    number.press("Enter")
    ready(page, 2)
    ready(second, 2)
    assert passed(view) == passed(other)
    assert painted(page, "mass") == painted(second, "mass") == values_of_run(page, "mass")
    # Both change another step at once: both changes hold, whichever comes first, and both tabs show them.
    edge = view.locator('[data-edge="Z window/high/0"]')
    edge.focus()
    threshold = other.locator('[data-number="good muons/literal/0"]')
    threshold.fill("22")
    edge.press("ArrowLeft")
    threshold.press("Enter")
    ready(page, 4)
    ready(second, 4)
    assert painted(page, "mass") == painted(second, "mass") == values_of_run(page, "mass")


@pytest.mark.files(HZZ)
def test_a_hidden_notebook_is_current_when_it_is_seen_again(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    ready(page, 1)
    page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            window.notebook = app.shell.currentWidget;
            await app.commands.execute('launcher:create');
        }"""
    )
    expect(root(page)).not_to_be_visible()
    change = "w.analysis = w.analysis.replace_step('Z window', low=85).hist('Z.pt', bins=9, range=(0, 90), name='new')"
    page.evaluate(
        """async code => {
            const {kernel} = window.notebook.sessionContext.session;
            await kernel.requestExecute({code, store_history: false}).done;
        }""",
        change,
    )
    page.evaluate("window.jupyterapp.shell.activateById(window.notebook.id)")
    ready(page, 2)
    for plot in ("mass", "new"):
        paints(page, plot, values_of_run(page, plot))


@pytest.fixture(params=["full", "contentVisibility"])
def windowing(request: pytest.FixtureRequest, lab: Lab) -> Iterator[str]:
    """How Lab leaves out cells that are out of sight."""
    write_setting(lab.settings, "notebook-extension/tracker", {"windowingMode": request.param})
    yield request.param
    write_setting(lab.settings, "notebook-extension/tracker", {})


@pytest.mark.files(HZZ)
def test_scrolled_out_and_in_again(windowing: str, open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    lines = "\n".join(f"# {i}" for i in range(80))
    page = open_notebook([ANALYSIS, "w", *[lines] * 6])
    run_all()
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    page.evaluate("window.jupyterapp.shell.currentWidget.content.scrollToItem(1)")
    ready(page, 1)
    page.evaluate("window.jupyterapp.shell.currentWidget.content.scrollToItem(7)")
    expect(cells.last).to_be_in_viewport()
    in_kernel(page, "setattr(w, 'analysis', w.analysis.replace_step('Z window', low=85))")
    page.evaluate("window.jupyterapp.shell.currentWidget.content.scrollToItem(1)")
    view = ready(page, 2)
    expect(view).to_be_in_viewport()
    paints(page, "mass", values_of_run(page, "mass"))  # once it is seen, and not before
    edge = view.locator('[data-edge="Z window/low/0"]')
    edge.focus()
    edge.press("ArrowRight")
    ready(page, 3)
    assert painted(page, "jets") == values_of_run(page, "jets")


@pytest.mark.files(HZZ)
def test_thirty_histograms(
    open_notebook: OpenNotebook, run_all: Callable[..., None], screenshot: Callable[[str], None]
) -> None:
    more = (
        "\nfor i in range(27):\n    a = a.hist('Muon.pt', bins=20 + i, range=(0, 200), name=f'h{i}')\nw = a.explore()"
    )
    page = open_notebook([ANALYSIS + more, "w = a.explore()\nw"])
    run_all()
    view = ready(page, 1)
    expect(view.locator("figure[data-plot]")).to_have_count(30)
    screenshot("explore-30")
    view.locator('figure[data-plot="h26"]').scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('[data-plot=h26] .heplens-bokeh').dataset.painted")
    assert painted(page, "h26") == values_of_run(page, "h26")
