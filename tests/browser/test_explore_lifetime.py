"""Views come and go, kernels are busy and die: what is shown is current, or says that it is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.lab import Lab, write_setting
from browser.test_explore import ANALYSIS, HZZ, TALL, in_kernel, painted, passed, ready, root, values_of_run

OpenNotebook = Callable[..., Page]

pytestmark = TALL
LOADS = "globalThis[Symbol.for('heplens.bokeh')]?.loads ?? 0"


@pytest.mark.files(HZZ)
def test_below_the_fold_plots_are_built_when_they_are_reached(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "\n".join(f"# {i}" for i in range(120)), "w"])
    run_all()
    page.locator(".jp-Notebook .jp-CodeCell").last.scroll_into_view_if_needed()
    root(page).scroll_into_view_if_needed()
    ready(page, 1)
    expect(root(page).locator('[data-plot="mass"] canvas').first).to_be_visible()
    assert painted(page, "mass") == values_of_run(page, "mass")


@pytest.mark.files(HZZ)
def test_a_second_view_shows_current_numbers_and_both_follow(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "w", 'w.analysis = a.replace_step("Z window", low=80)', "w"])
    run_all()
    ready(page, 2, 0)
    second = ready(page, 2, 1)
    assert painted(page, "mass", 1) == values_of_run(page, "mass")
    number = second.locator('[data-number="Z window/low/0"]')
    number.fill("90")
    number.press("Enter")
    first = ready(page, 3, 0)
    ready(page, 3, 1)
    assert passed(first) == passed(second)
    assert painted(page, "mass", 0) == painted(page, "mass", 1) == values_of_run(page, "mass")


@pytest.mark.files(HZZ)
def test_new_view_for_output_shows_current_numbers(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    number = view.locator('[data-number="Z window/low/0"]')
    number.fill("90")
    number.press("Enter")
    ready(page, 2)
    page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            app.shell.currentWidget.content.activeCellIndex = 1;
            await app.commands.execute('notebook:create-output-view');
        }"""
    )
    expect(page.locator(".heplens-root")).to_have_count(2)
    ready(page, 2, 1)
    assert painted(page, "mass", 0) == painted(page, "mass", 1)


@pytest.mark.files(HZZ)
def test_a_reloaded_page_shows_current_numbers(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    number = view.locator('[data-number="Z window/low/0"]')
    number.fill("90")
    number.press("Enter")
    ready(page, 2)
    shown = painted(page, "mass")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    view = ready(page, 2)
    assert painted(page, "mass") == shown == values_of_run(page, "mass")
    expect(view.get_by_role("button", name="Undo")).to_be_enabled()


@pytest.fixture(params=["perCommTarget", "disabled"])
def subshells(request: pytest.FixtureRequest, lab: Lab) -> Iterator[str]:
    """Lab's setting for comm messages: on subshells of the kernel, or behind the running cell."""
    plugin = "apputils-extension/kernels-settings"
    write_setting(lab.settings, plugin, {"commsOverSubshells": request.param})
    yield request.param
    write_setting(lab.settings, plugin, {})


@pytest.mark.files(HZZ)
def test_a_busy_kernel(subshells: str, open_notebook: OpenNotebook, run_all: Callable[..., None], folder: Path) -> None:
    wait = "import pathlib, time\npathlib.Path('runs').touch()\nwhile not pathlib.Path('go').exists(): time.sleep(0.02)"
    page = open_notebook([ANALYSIS, "w", wait])
    page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            for (const i of [0, 1]) {
                app.shell.currentWidget.content.activeCellIndex = i;
                await app.commands.execute('notebook:run-cell');
            }
        }"""
    )
    view = ready(page, 1)
    page.evaluate(
        """() => {
            const app = window.jupyterapp;
            app.shell.currentWidget.content.activeCellIndex = 2;
            void app.commands.execute('notebook:run-cell');
        }"""
    )
    while not (folder / "runs").exists():
        page.wait_for_timeout(20)
    number = view.locator('[data-number="Z window/low/0"]')
    number.fill("90")
    number.press("Enter")
    if subshells == "disabled":
        expect(view.locator(".heplens-status")).to_have_text("Kernel busy, change queued")
        expect(number).to_have_value("90")
        assert passed(view)["Z window"] == 1186
        (folder / "go").touch()
        ready(page, 2)
    else:
        ready(page, 2)
        (folder / "go").touch()
    assert painted(page, "mass") == values_of_run(page, "mass")


@pytest.mark.files(HZZ)
def test_twenty_runs_of_the_cell_load_bokehjs_once(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "a.explore()"])
    run_all()
    ready(page, 1)
    page.context.tracing.stop()  # it keeps a copy of every state of the page, which would be measured too
    protocol = page.context.new_cdp_session(page)
    heap = []
    for _ in range(20):
        page.evaluate(
            """async () => {
                const app = window.jupyterapp;
                app.shell.currentWidget.content.activeCellIndex = 1;
                document.querySelector('.heplens-root').dataset.before = 'this run';
                await app.commands.execute('notebook:run-cell');
            }"""
        )
        expect(page.locator(".heplens-root[data-before]")).to_have_count(0)
        ready(page, 1)
        protocol.send("HeapProfiler.collectGarbage")
        heap.append(protocol.send("Runtime.getHeapUsage")["usedSize"] / 1e6)
    page.context.tracing.start()
    expect(page.locator(".heplens-root")).to_have_count(1)
    assert heap[-1] - heap[0] < 10, f"MB after each run: {[round(size, 1) for size in heap]}"
    assert page.evaluate(LOADS) == 1
    assert page.evaluate("window.Bokeh === undefined")


@pytest.mark.files(HZZ)
def test_a_restarted_kernel_leaves_the_analysis_to_be_copied(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    run_all()
    view = ready(page, 1)
    shown = painted(page, "mass")
    page.evaluate("() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(view).to_have_attribute("data-state", "dead")
    expect(view).to_contain_text("Kernel gone")
    assert painted(page, "mass") == shown
    view.get_by_role("button", name="Copy as script").click()
    expect(view).to_contain_text("Copied")
    code = page.evaluate("navigator.clipboard.readText()")
    page.wait_for_function("window.jupyterapp?.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")
    steps = "[step.name for step in hl.Analysis.from_json(TEXT).steps]"
    text = code.split("from_json(", 1)[1].rstrip().removesuffix(")")
    names = in_kernel(page, f"(hl := __import__('heplens')) and {steps.replace('TEXT', text)}")
    assert json.loads(names) == ["good muons", "two muons", "Z", "Z window"]
