"""A job in a real notebook: its histograms fill in, what failed is tried again, and it is found after a reload."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.lab import Lab
from browser.test_explore import in_kernel, passed
from browser.test_sidebar import sidebar_again

HZZ = "uproot-HZZ.root"

CLUSTER = """
import heplens as hl
from distributed import Client
client = Client(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0)
"""

# Makes a job stand in its own thread with some of it done, until the file `go` is there or it is cancelled: it is under
# way as long as it is looked at, however slow the page is or the cluster.
HOLD = """
import os, pathlib, threading, time

def hold(of):
    told = []

    def stand(job):
        if job.progress.done:
            told.append(job.progress.done)
        # Not the first time, so that the view, which listens later, is told of some blocks as well.
        while len(told) > 1 and not (pathlib.Path("go").exists() or job._runner.stop.is_set()):
            pathlib.Path("held").touch()
            time.sleep(0.01)

    def wait():
        while of() is None:
            time.sleep(0.005)
        of().listen(stand)

    threading.Thread(target=wait, daemon=True).start()
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

SUBMIT = "job = None\nhold(lambda: job)\njob = analysis('many-*.root').submit(client, task_seconds=0.05)\njob"
AGAIN = "from heplens import jobs\njobs.known()[0]"

OpenNotebook = Callable[..., Page]

# Plots out of sight are not painted: what is read from them must be in sight.
TALL = pytest.mark.parametrize("context", [{"viewport": {"width": 1400, "height": 1200}}], indirect=True)
pytestmark = TALL


def view(page: Page) -> Locator:
    return page.locator(".heplens-jobview-root").last


def settled(page: Page, state: str) -> Locator:
    """The view of the job, showing all of a job in this state."""
    shown = view(page)
    expect(shown).to_have_attribute("data-job", state)
    expect(shown).to_have_attribute("data-state", "ready")
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


def stands(page: Page, folder: Path) -> None:
    """Wait until `HOLD` holds the job."""
    while not (folder / "held").exists():
        page.wait_for_timeout(20)


def let_go(folder: Path) -> None:
    (folder / "go").touch()


def links(folder: Path, number: int) -> None:
    """The same file under many names."""
    for i in range(number):
        (folder / f"many-{i:03}.root").symlink_to(folder / HZZ)


@pytest.mark.files(HZZ)
def test_a_job_fills_in_and_survives_a_reload(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    links(folder, 24)
    page = open_notebook([CLUSTER + HOLD, ANALYSIS, SUBMIT, AGAIN])
    run_all()
    stands(page, folder)
    shown = view(page)
    expect(shown.locator('[data-plot="mass"] .heplens-coverage')).to_contain_text("of 24 blocks")
    expect(shown.locator(".heplens-jobview-cluster")).to_contain_text("2 workers")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    let_go(folder)
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
    # Nobody knows how many events the other two have: no share of events is claimed.
    expect(shown.locator('[data-plot="mass"] .heplens-coverage')).to_have_text("2 of 4 blocks")
    agrees(page)
    (folder / "cut.root").write_bytes(whole)
    shown.get_by_role("button", name="Retry cut.root").click()
    expect(table.locator("tbody tr")).to_have_count(1)
    shown.get_by_role("button", name="Skip lost.root").click()
    settled(page, "finished")
    expect(table).to_have_count(0)
    expect(shown.locator(".heplens-jobnote", has_text="left out as you asked: lost.root")).to_be_visible()
    agrees(page)


@pytest.mark.files(HZZ)
def test_a_job_is_cancelled_and_goes_on(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    links(folder, 24)
    page = open_notebook([CLUSTER + HOLD, ANALYSIS, SUBMIT, "job"])
    run_all()
    stands(page, folder)
    first = page.locator(".heplens-jobview-root").first
    first.get_by_role("button", name="Cancel").click()
    settled(page, "cancelled")
    assert int(view(page).get_attribute("data-done") or 0) < 24
    expect(first).to_have_attribute("data-job", "cancelled")  # both views agree
    agrees(page)
    # Keys typed at its buttons are not the notebook's.
    cells = page.locator(".jp-NotebookPanel .jp-Cell").count()
    button = first.get_by_role("button", name="Go on")
    let_go(folder)
    button.focus()
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert page.locator(".jp-NotebookPanel .jp-Cell").count() == cells
    button.click()
    settled(page, "finished")
    agrees(page)
    # A scale is that of both views, and of the numbers nothing changes.
    plot = first.locator('figure[data-plot="mass"]')
    plot.focus()
    page.keyboard.press("l")
    for shown in (first, view(page)):
        log = shown.locator('figure[data-plot="mass"]').get_by_role("button", name="Logarithmic axis")
        expect(log).to_have_attribute("aria-pressed", "true")
    agrees(page)


@pytest.mark.files(HZZ)
def test_a_dead_kernel_is_told(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    page = open_notebook([CLUSTER, ANALYSIS, f"job = analysis('{HZZ}').submit(client, directory='kept')\njob"])
    run_all()
    shown = settled(page, "finished")
    os.kill(json.loads(in_kernel(page, "__import__('os').getpid()")), 9)
    expect(shown).to_have_attribute("data-state", "dead")
    expect(shown.get_by_role("alert")).to_contain_text("Job.resume(")


@pytest.mark.files(HZZ)
def test_a_cluster_that_is_lost_is_told(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    links(folder, 24)
    page = open_notebook([CLUSTER + HOLD, ANALYSIS, SUBMIT, "job"])
    run_all()
    stands(page, folder)
    in_kernel(page, "client.close()")
    let_go(folder)
    shown = settled(page, "stopped")
    told = "the Dask client was closed; retry(client) goes on with another client"
    expect(shown.get_by_role("alert")).to_have_text(told)
    expect(shown.get_by_text(told)).to_have_count(1)
    expect(shown.get_by_role("link")).to_have_count(0)  # nobody is there
    agrees(page)  # what is done is kept
    shown.get_by_role("button", name="Go on").click()
    expect(shown.get_by_role("alert")).to_contain_text("the Dask client is closed; make a new one")
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart().then(() => null)")
    expect(shown).to_have_attribute("data-state", "dead")
    expect(shown).to_contain_text("kernel gone")
    expect(shown.get_by_role("button", name="Go on")).to_be_disabled()


@pytest.mark.files(HZZ)
def test_a_notebook_without_a_kernel_shows_what_was_there(
    open_notebook: OpenNotebook, run_all: Any, folder: Path, lab: Lab, screenshot: Callable[[str], None]
) -> None:
    cells = [f"job = analysis('{HZZ}').submit(client)\njob", f"launcher = analysis('{HZZ}').launch()\nlauncher"]
    page = open_notebook([CLUSTER, ANALYSIS, *cells])
    run_all()
    form = page.locator(".heplens-launcher")
    expect(form).to_contain_text("1 file, 2.4 k events")
    form.get_by_role("button", name="Start").click()
    expect(form.locator(".heplens-jobview-root")).to_have_attribute("data-state", "ready")
    page.evaluate("document.querySelector('.heplens-jobview-root').scrollIntoView()")
    page.wait_for_function(
        """() => [2, 3].every(i => {
            const {model} = window.jupyterapp.shell.currentWidget.content.widgets[i].outputArea;
            return model.toJSON().some(output => output.data?.['image/png']);
        })"""
    )
    expect(page.locator(".heplens-saved").first).not_to_be_visible()
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save').then(() => null)")
    lab.shut_kernels()
    page.goto("about:blank")
    page.goto(lab.url(f"lab/workspaces/again/tree/{folder.name}/notebook.ipynb") + "&reset")
    expect(page.locator(".jp-RenderedImage img")).to_have_count(2)
    saved = page.locator(".heplens-saved")
    expect(saved).to_have_count(2)
    for text in saved.all():
        expect(text).to_contain_text("two muons")
        expect(text).to_contain_text("the job as it was last seen")
    screenshot("job-saved")


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
    expect(line).to_have_attribute("data-state", "finished")
    expect(line).to_contain_text("my job")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    # The page has attached to the kernel's comm again; nothing was run.
    expect(page.locator('.heplens-jobs-line[data-kind="show"]')).to_be_attached()
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    sidebar_again(page)
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    expect(cells).to_have_count(3)
    os.kill(json.loads(in_kernel(page, "__import__('os').getpid()")), 9)
    # There may be directories of other jobs as well.
    kept = page.locator(f'.heplens-jobs-line[data-kind="resume"][data-job="{folder.name}/kept"]')
    expect(kept).to_be_attached()
    page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()  # JupyterLab's: the kernel has died
    kept.get_by_role("button", name="Resume my job").click()
    expect(cells).to_have_count(4)
    expect(page.locator(".jp-NotebookPanel .jp-CodeCell", has_text='hl.Job.resume("kept")')).to_have_count(1)


@pytest.mark.files(HZZ)
def test_the_sidebar_finds_the_jobs_of_a_kernel_without_a_notebook(
    open_notebook: OpenNotebook, run_all: Any, folder: Path
) -> None:
    # A cluster without workers: the job waits, as long as the test needs it to. The kernel is busy until it is told.
    page = open_notebook(
        [
            CLUSTER.replace("n_workers=2", "n_workers=0"),
            ANALYSIS,
            f"job = analysis('{HZZ}').submit(client, directory='kept', name='waiting job')",
            "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.1)",
        ]
    )
    run_all(wait=False)
    jobs = sidebar(page)
    line = jobs.locator('.heplens-jobs-line[data-kind="show"]')
    expect(line).to_contain_text("waiting job")
    expect(line.get_by_role("link", name="Dask")).to_have_attribute(
        "href", re.compile(r"^http://127\.0\.0\.1:\d+/status$")
    )
    page.evaluate(
        """() => {
            window.jupyterapp.commands.addCommand('dask:populate-and-launch-layout', {
                execute: args => { window.panes = args.url; }
            });
            window.jupyterapp.shell.currentWidget.context.save().then(() =>
                window.jupyterapp.shell.currentWidget.dispose());
        }"""
    )
    expect(page.locator(".jp-NotebookPanel")).to_have_count(0)
    # The kernel cannot answer, and nothing waits for it: its directory is listed meanwhile.
    expect(jobs.locator(f'.heplens-jobs-line[data-job="{folder.name}/kept"]')).to_be_visible()
    (folder / "go").touch()
    expect(line).to_contain_text("waiting job")
    expect(line).to_contain_text("notebook.ipynb")
    link = line.get_by_role("link", name="Dask")
    link.click()
    page.wait_for_function("url => window.panes === url", arg=link.get_attribute("href"))
    line.get_by_role("button", name="Show waiting job").click()
    cell = page.locator(".jp-NotebookPanel .jp-CodeCell", has_text="jobs.find(")
    expect(cell).to_have_count(1)
    # It is not run before somebody does so, and then it is the view.
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell').then(() => null)")
    expect(view(page)).to_have_attribute("data-job", "planning")
    expect(view(page)).to_contain_text("waiting for workers")


def field(page: Page, label: str) -> Locator:
    """The input of the launcher with this label."""
    return page.locator(".heplens-launcher").get_by_label(label, exact=True)


@pytest.mark.files(HZZ)
def test_the_launcher_tells_what_is_wrong_and_starts(
    open_notebook: OpenNotebook, run_all: Any, folder: Path, screenshot: Callable[[str], None]
) -> None:
    links(folder, 3)
    page = open_notebook([CLUSTER, ANALYSIS, f"launcher = analysis('{HZZ}').launch()\nlauncher"])
    run_all()
    form = page.locator(".heplens-launcher")
    expect(form).to_contain_text("1 file, 2.4 k events, 5 of 51 branches")
    wrong = "a-name-that-is-too-long-for-one-line-of-the-form/" * 2 + "<img src=x onerror=window.hacked=1>*.root"
    field(page, "Dataset").fill(wrong)
    form.get_by_role("button", name="Start").click()
    told = form.locator(".widget-html-content", has_text=f"no file matches '{wrong}'")
    expect(told).to_be_visible()
    assert told.evaluate("e => e.scrollWidth <= e.clientWidth && e.clientHeight > 30"), "in full, on several lines"
    assert page.evaluate("window.hacked === undefined")
    screenshot("launcher-problem")
    field(page, "Dataset").fill("many-*.root")
    page.keyboard.press("Tab")
    expect(form).to_contain_text("3 files, 7.3 k events")
    form.get_by_label("Move its cuts").check()
    form.get_by_role("button", name="Start").click()  # on the client that there is
    settled(page, "finished")
    form.get_by_role("button", name="Move cuts").click()
    expect(form.locator(".heplens-root")).to_have_attribute("data-state", "ready")
    expect(form.locator(".heplens-root .heplens-status")).to_contain_text("3 of 3 blocks")
    page.set_viewport_size({"width": 1150, "height": 1200})
    room = form.locator(".heplens-cutflow-room")
    expect(room).to_contain_text("eff. %")
    narrow = "e => e.closest('.heplens-root').clientWidth < 800 && e.clientWidth < 300"
    page.wait_for_function(narrow, arg=room.element_handle())
    in_sight = "e => e.scrollWidth <= e.clientWidth"
    page.wait_for_function(in_sight, arg=room.element_handle())
    screenshot("launcher-moves")
    form.get_by_role("button", name="Progress").click()
    settled(page, "finished")
    agrees(page, "launcher.job")
    screenshot("launcher-started")
    expect(field(page, "Dataset")).to_have_count(0)
    form.get_by_role("button", name="Another job").click()
    expect(field(page, "Dataset")).to_be_visible()


@pytest.mark.files(HZZ)
def test_a_worker_dies_while_a_launched_job_runs(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    links(folder, 60)
    page = open_notebook(
        [
            f"import heplens as hl\n{HOLD}\n{ANALYSIS}",
            "launcher = analysis('many-*.root').launch()\nhold(lambda: launcher.job)\nlauncher",
        ]
    )
    run_all()
    form = page.locator(".heplens-launcher")
    expect(form).to_contain_text("60 files, about 145 k events")
    field(page, "Workers").fill("2")
    form.get_by_role("button", name="Start").click()
    stands(page, folder)
    expect(view(page)).not_to_have_attribute("data-done", "0")
    expect(view(page).locator('[data-plot="mass"] .heplens-coverage')).to_contain_text("of 60 blocks")
    workers = json.loads(in_kernel(page, "list(launcher.job.client.run(os.getpid).values())"))
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    let_go(folder)
    settled(page, "finished")
    expect(view(page).locator('[data-plot="mass"] .heplens-coverage')).to_have_text("")
    agrees(page, "launcher.job")
    assert json.loads(in_kernel(page, "bool(launcher.job.result()['mass'] == analysis('many-*.root').run()['mass'])"))


FACTORIES = """
hl.register_cluster("a closed queue", lambda: 1 / 0)
hl.register_cluster("mine", lambda: client.scheduler.address)
"""


@pytest.mark.files(HZZ)
def test_every_place_of_the_launcher(open_notebook: OpenNotebook, run_all: Any, folder: Path) -> None:
    page = open_notebook([CLUSTER + FACTORIES, ANALYSIS, f"launcher = analysis('{HZZ}').launch()\nlauncher"])
    run_all()
    form = page.locator(".heplens-launcher")
    start = form.get_by_role("button", name="Start")
    where = field(page, "Where")
    again = form.get_by_role("button", name="Another job")

    def runs(number: int) -> None:
        expect(again).to_be_visible()  # the form makes room for the job
        # That of the job before is there until this one comes.
        expect(view(page)).to_have_attribute("data-id", json.loads(in_kernel(page, "launcher.job.id")))
        settled(page, "finished")
        assert json.loads(in_kernel(page, "len(jobs.known())")) == number
        agrees(page, "launcher.job")
        again.click()
        expect(again).not_to_be_visible()

    in_kernel(page, "__import__('heplens.jobs') and globals().update(jobs=__import__('heplens.jobs').jobs)")
    where.select_option(label="an address")
    start.click()
    expect(form).to_contain_text("give the address of a Dask scheduler")
    field(page, "Address").fill("tcp://127.0.0.1:1")
    start.click()
    expect(form).to_contain_text("no Dask scheduler answers at tcp://127.0.0.1:1 within 10 s")
    field(page, "Address").fill(json.loads(in_kernel(page, "client.scheduler.address")))
    start.click()
    runs(1)
    where.select_option(label="a closed queue")
    start.click()
    expect(form).to_contain_text("ZeroDivisionError: division by zero")
    where.select_option(label="mine")
    start.click()
    runs(2)
    where.select_option(label="a new cluster on this machine")
    field(page, "Workers").fill("1")
    field(page, "threads each").fill("2")
    field(page, "memory each").fill("lots")
    start.click()
    expect(form).to_contain_text("give a number of bytes, such as 4 GB")
    field(page, "memory each").fill("2 GB")
    start.click()
    runs(3)
    worker = "next(iter(launcher.job.client.scheduler_info()['workers'].values()))"
    assert json.loads(in_kernel(page, f"[{worker}['nthreads'], {worker}['memory_limit']]")) == [2, 2_000_000_000]
