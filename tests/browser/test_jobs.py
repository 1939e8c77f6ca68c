"""A job in a real notebook: its histograms fill in, what failed is tried again, and it is found after a reload."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.test_explore import in_kernel, passed

HZZ = "uproot-HZZ.root"

CLUSTER = """
import heplens as hl
from distributed import Client
client = Client(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0)
"""

ANALYSIS = """
def analysis(data):
    return (hl.Analysis(data)
        .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
        .cut("count(Muon) >= 2", name="two muons")
        .weight("EventWeight", name="event weight")
        .hist("(Muon[0] + Muon[1]).mass", bins=60, range=(60, 120), name="mass", label="m(μμ) [GeV]")
        .hist("Muon.pt", bins=50, range=(0, 200), name="pt", label="muon pT [GeV]"))
"""

AGAIN = "from heplens import jobs\njobs.known()[0]"

OpenNotebook = Callable[..., Page]

# Plots out of sight are not painted: what is read from them must be in sight.
TALL = pytest.mark.parametrize("context", [{"viewport": {"width": 1400, "height": 1200}}], indirect=True)
pytestmark = TALL

LONG = 60_000  # milliseconds: a cluster starts in between


def view(page: Page) -> Locator:
    return page.locator(".heplens-jobview-root").last


def settled(page: Page, state: str) -> Locator:
    """The view of the job, showing all of a job in this state."""
    shown = view(page)
    expect(shown).to_have_attribute("data-job", state, timeout=LONG)
    expect(shown).to_have_attribute("data-state", "ready", timeout=LONG)
    return shown


def painted(page: Page, plot: str) -> list[float]:
    """The values in the columns that Bokeh draws, without flow."""
    box = view(page).locator(f'[data-plot="{plot}"] .heplens-bokeh')
    return box.evaluate("box => [...box.heplensValues()]")  # type: ignore[no-any-return]


def agrees(page: Page, job: str = "job") -> None:
    """What the page shows is what the kernel's result holds, bin by bin and row by row."""
    shown = view(page)
    for plot in ("mass", "pt"):
        box = shown.locator(f'[data-plot="{plot}"] .heplens-bokeh')
        expected = json.loads(in_kernel(page, f"{job}.partial()['{plot}'].values().tolist()"))
        box.scroll_into_view_if_needed()
        page.wait_for_function(
            "([box, values]) => box.heplensValues().every((v, i) => v === values[i])",
            arg=[box.element_handle(), expected],
        )
        assert painted(page, plot) == expected
    rows = json.loads(in_kernel(page, f"{{row.name: row.passed for row in {job}.partial().cutflow}}"))
    assert passed(shown) == rows


def links(folder: Path, number: int) -> None:
    """The same file under many names."""
    for i in range(number):
        (folder / f"many-{i:03}.root").symlink_to(folder / HZZ)


@pytest.mark.files(HZZ)
def test_a_job_fills_in_and_survives_a_reload(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    links(folder, 150)
    page = open_notebook(
        [CLUSTER, ANALYSIS, "job = analysis('many-*.root').submit(client, task_seconds=0.05)\njob", AGAIN]
    )
    run_all()
    shown = view(page)
    expect(shown.locator('[data-plot="mass"] .heplens-coverage')).to_contain_text("of 150 blocks", timeout=LONG)
    expect(shown.locator(".heplens-jobview-cluster")).to_contain_text("2 workers")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    page.wait_for_function("window.jupyterapp.shell.currentWidget?.sessionContext?.isReady")
    # Whether old outputs come alive again is up to the widget manager and its patience; the job is found in any case.
    page.evaluate(
        """() => {
            window.jupyterapp.shell.currentWidget.content.activeCellIndex = 3;
            return window.jupyterapp.commands.execute('notebook:run-cell').then(() => null);
        }"""
    )
    settled(page, "finished")
    expect(view(page).locator('[data-plot="mass"] .heplens-coverage')).to_have_text("")
    agrees(page)


@pytest.mark.files(HZZ)
def test_what_failed_is_tried_again_or_left_out(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    whole = (folder / HZZ).read_bytes()
    for name in ("cut.root", "lost.root"):
        (folder / name).write_bytes(whole[: len(whole) // 2])
    links(folder, 2)
    page = open_notebook(
        [CLUSTER, ANALYSIS, "job = analysis(['many-*.root', 'cut.root', 'lost.root']).submit(client)\njob"]
    )
    run_all()
    shown = settled(page, "incomplete")
    table = shown.get_by_role("table", name="Failures")
    expect(table.locator("tbody tr")).to_have_count(2)
    expect(table).to_contain_text("cut.root")
    expect(shown.locator('[data-plot="mass"] .heplens-coverage')).to_contain_text("2 of 4 blocks")
    agrees(page)
    (folder / "cut.root").write_bytes(whole)
    shown.get_by_role("button", name="Retry cut.root").click()
    expect(table.locator("tbody tr")).to_have_count(1, timeout=LONG)
    shown.get_by_role("button", name="Skip lost.root").click()
    settled(page, "finished")
    expect(table).to_have_count(0)
    expect(shown.locator(".heplens-problem", has_text="left out as you asked: lost.root")).to_be_visible()
    agrees(page)


@pytest.mark.files(HZZ)
def test_a_job_is_cancelled_and_goes_on(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    links(folder, 150)
    page = open_notebook(
        [CLUSTER, ANALYSIS, "job = analysis('many-*.root').submit(client, task_seconds=0.05)\njob", "job"]
    )
    run_all()
    first = page.locator(".heplens-jobview-root").first
    first.get_by_role("button", name="Cancel").click(timeout=LONG)
    settled(page, "cancelled")
    assert int(view(page).get_attribute("data-done") or 0) < 150
    expect(first).to_have_attribute("data-job", "cancelled")  # both views agree
    agrees(page)
    # Keys typed at its buttons are not the notebook's.
    cells = page.locator(".jp-NotebookPanel .jp-Cell").count()
    button = first.get_by_role("button", name="Go on")
    button.focus()
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert page.locator(".jp-NotebookPanel .jp-Cell").count() == cells
    button.click()
    settled(page, "finished")
    agrees(page)


@pytest.mark.files(HZZ)
def test_a_dead_kernel_is_told(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    page = open_notebook([CLUSTER, ANALYSIS, f"job = analysis('{HZZ}').submit(client, directory='kept')\njob"])
    run_all()
    shown = settled(page, "finished")
    os.kill(json.loads(in_kernel(page, "__import__('os').getpid()")), 9)
    expect(shown).to_have_attribute("data-state", "dead", timeout=LONG)
    expect(shown.get_by_role("alert")).to_contain_text("Job.resume(")


def sidebar(page: Page) -> Locator:
    page.locator('.jp-SideBar [data-id="heplens-sidebar"]').click()
    return page.locator("#heplens-sidebar .heplens-jobs")


@pytest.mark.files(HZZ)
def test_the_sidebar_lists_jobs_of_kernels_and_of_directories(
    open_notebook: OpenNotebook, run_all: Any, folder: Path
) -> None:
    page = open_notebook(
        [CLUSTER, ANALYSIS, f"job = analysis('{HZZ}').submit(client, directory='kept', name='my job')"]
    )
    run_all()
    line = sidebar(page).locator('.heplens-jobs-line[data-kind="show"]')
    expect(line).to_have_attribute("data-state", "finished", timeout=LONG)
    expect(line).to_contain_text("my job")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    # The page has attached to the kernel's comm again; nothing was run.
    expect(page.locator('.heplens-jobs-line[data-kind="show"]')).to_be_attached(timeout=LONG)
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    before = cells.count()
    os.kill(json.loads(in_kernel(page, "__import__('os').getpid()")), 9)
    # There may be directories of other jobs as well.
    kept = page.locator(f'.heplens-jobs-line[data-kind="resume"][data-job="{folder.name}/kept"]')
    expect(kept).to_be_attached(timeout=LONG)
    page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()  # JupyterLab's: the kernel has died
    kept.get_by_role("button", name="Resume my job").click()
    expect(cells).to_have_count(before + 1)
    expect(page.locator(".jp-NotebookPanel .jp-CodeCell", has_text='hl.Job.resume("kept")')).to_have_count(1)


@pytest.mark.files(HZZ)
def test_the_launcher_tells_what_is_wrong_and_starts(
    open_notebook: OpenNotebook, run_all: Any, folder: Path, screenshot: Callable[[str], None]
) -> None:
    links(folder, 3)
    page = open_notebook([CLUSTER, ANALYSIS, f"launcher = analysis('{HZZ}').launch()\nlauncher"])
    run_all()
    form = page.locator(".heplens-launcher")
    data = form.locator(".widget-text", has_text="Dataset").locator("input")
    data.fill("many-*.rooot")
    form.get_by_role("button", name="Start").click(timeout=LONG)
    expect(form).to_contain_text("no file matches 'many-*.rooot'")
    screenshot("launcher-problem")
    data.fill("many-*.root")
    form.get_by_role("button", name="Look").click()
    expect(form).to_contain_text("3 files, 7.3 k events")
    form.get_by_role("button", name="Start").click()
    settled(page, "finished")
    agrees(page, "launcher.job")
    screenshot("launcher-started")
