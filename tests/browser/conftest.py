"""A real JupyterLab, a real Chromium, and pages in them.

One Lab process serves all tests, from private directories. Every test has a browser context, a folder and a workspace
of its own; the kernels it started are gone when the next one begins. A test that fails leaves a trace and a picture in
`test-results/`, and a test in which the page asked any other host for anything fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from browser.lab import Lab, start_lab, write_notebook

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY / "tests" / "data"
RESULTS = REPOSITORY / "test-results"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
    # Nothing but the server under test can be reached, whatever is tried.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
FAILED = pytest.StashKey[bool]()

# Milliseconds. States are waited for, however long: in a fresh clone the first tile compiles the kernels, which takes
# seconds, and what runs beside the browser may take most of the machine.
PATIENCE = 240_000
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember whether the test failed, for the fixtures that are torn down after it."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The JupyterLab that all tests share. `lab.root` is its folder."""
    with start_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Per module: its event loop must not outlive the browser tests, or tests with a loop of their own would fail."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or _found("tools/find-chromium.sh")
    browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS, timeout=PATIENCE)
    yield browser
    browser.close()


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """This test's own folder below the server's root, with a copy of each data file that it marks with `files`."""
    folder = lab.root / _slug(request.node.name)
    folder.mkdir(parents=True)
    marker = request.node.get_closest_marker("files")
    for name in marker.args if marker else ():
        shutil.copy(DATA / name, folder / name)
    return folder


@pytest.fixture
def context(chromium: Browser, lab: Lab, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh browser profile, logged in. Parametrise with `indirect` for other options of Playwright's context."""
    options = {"viewport": {"width": 1280, "height": 800}} | getattr(request, "param", {})
    context = chromium.new_context(**options)
    context.set_default_timeout(PATIENCE)
    context.tracing.start(snapshots=True)  # a film of every test would take a fifth of its time
    asked: list[str] = []
    context.on("request", lambda sent: asked.append(sent.url))
    context.on("page", lambda page: page.on("websocket", lambda socket: asked.append(socket.url)))
    yield context

    # A failure of the fixtures above this one is not known yet: they are torn down first, and so are their pages.
    failed = request.node.stash.get(FAILED, False)
    name = _slug(request.node.name)
    if failed:
        RESULTS.mkdir(exist_ok=True)
        for number, page in enumerate(context.pages):
            page.screenshot(path=RESULTS / f"{name}-{number}.png")
        context.tracing.stop(path=RESULTS / f"{name}.zip")
    context.close()
    lab.shut_kernels()
    elsewhere = [url for url in asked if urlsplit(url).hostname not in (None, "127.0.0.1")]
    assert not elsewhere, f"the page asked other hosts: {elsewhere}"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def open_lab(page: Page, lab: Lab, folder: Path) -> Callable[..., Page]:
    """`open_lab()` shows the test's folder, `open_lab("file.root")` a file in it; `theme="dark"` the dark theme."""

    def open_lab(file: str = "", theme: str = "light") -> Page:
        lab.set_theme(theme)
        relative = folder.relative_to(lab.root)
        page.goto(lab.url(f"lab/workspaces/{_slug(folder.name)}/tree/{relative / file}"))
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        page.locator(f'#filebrowser .jp-BreadCrumbs [title="{relative}"]').wait_for()
        return page

    return open_lab


@pytest.fixture
def open_notebook(folder: Path, open_lab: Callable[..., Page]) -> Callable[..., Page]:
    """`open_notebook(["cell", …])` makes a notebook in the test's folder and shows it, its kernel ready.

    A path instead of a list opens a copy of that notebook.
    """

    def open_notebook(cells: list[str] | Path, theme: str = "light", name: str = "notebook.ipynb") -> Page:
        if isinstance(cells, Path):
            shutil.copy(cells, folder / name)
        else:
            write_notebook(folder / name, cells)
        page = open_lab(name, theme)
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
        return page

    return open_notebook


@pytest.fixture
def run_all(page: Page) -> Callable[..., None]:
    """Run all cells of the notebook in front; `wait=False` returns while they run."""

    def run_all(wait: bool = True) -> None:
        page.evaluate(
            "wait => { const run = window.jupyterapp.commands.execute('notebook:run-all-cells');"
            " return wait ? run.then(() => null) : null }",
            wait,
        )

    return run_all


@pytest.fixture
def screenshot(page: Page) -> Callable[[str], None]:
    """`screenshot("name")` keeps a picture of the page in `test-results/screenshots/`."""

    def screenshot(name: str) -> None:
        pictures = RESULTS / "screenshots"
        pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=pictures / f"{name}.png")

    return screenshot


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:80]


def _found(script: str) -> str:
    """The output of one of our scripts; what it has to complain about goes to the terminal."""
    run = subprocess.run(["sh", script], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.fail(run.stderr.strip(), pytrace=False)
    return run.stdout.strip()
