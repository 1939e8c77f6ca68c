"""`hl.browse` in a notebook: the same tree, fed by the kernel; in JupyterLab and in Notebook 7."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.lab import Lab, write_notebook
from browser.test_explore import in_kernel
from browser.test_notebook7 import KERNEL
from browser.test_sidebar import DRAWN, HZZ, row

SELECTED = "w.selected and [w.selected.file, w.selected.path, w.selected.entries]"


def expand(view: Locator, *names: str) -> None:
    for name in names:
        row(view, name).click()
        expect(row(view, name)).to_have_attribute("aria-expanded", "true")


@pytest.mark.files(HZZ)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_views_and_python_agree(
    open_notebook: Callable[..., Page], run_all: Callable[..., None], theme: str, screenshot: Callable[[str], None]
) -> None:
    cells = [
        "import heplens as hl\nseen = []\nw = hl.browse()\nw.observe(lambda c: seen.append(c.new.path), 'selected')\nw",
        "w",
    ]
    page = open_notebook(cells, theme)
    run_all()
    first, second = page.locator(".heplens-browse").nth(0), page.locator(".heplens-browse").nth(1)
    expand(first, HZZ, "events")
    row(first, "Muon_Px").click()
    expect(first.locator(DRAWN)).to_be_visible()
    expect(row(second, "Muon_Px")).to_have_attribute("aria-selected", "true")
    screenshot(f"browse-{theme}")
    row(second, "NJet").click()
    expect(row(first, "NJet")).to_have_attribute("aria-selected", "true")
    expect(second.locator(DRAWN)).to_be_visible()
    assert json.loads(in_kernel(page, SELECTED)) == [HZZ, "events/NJet", 2421]
    assert json.loads(in_kernel(page, "seen"))[-2:] == ["events/Muon_Px", "events/NJet"]
    assert page.evaluate("globalThis[Symbol.for('heplens.bokeh')].loads") == 1
    # Closing frees it: the views go, and so does the comm.
    in_kernel(page, "w.close()")
    expect(page.locator(".heplens-browse")).to_have_count(0)


@pytest.mark.files(HZZ)
def test_a_kernel_that_is_gone(open_notebook: Callable[..., Page], run_all: Callable[..., None]) -> None:
    page = open_notebook([f"import heplens as hl\nhl.browse({HZZ!r})"])
    run_all()
    view = page.locator(".heplens-browse")
    expand(view, "events")
    expect(row(view, "NJet")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row(view, "Jet_Px").click()
    for label, copied in {
        "Copy cell": f'import heplens as hl\n\nanalysis = hl.Analysis("{HZZ}:events")\nanalysis.arrays("Jet_Px")',
        "Copy as uproot": f'uproot.open("{HZZ}")["events"]["Jet_Px"]',
        "Copy path": HZZ,
    }.items():
        view.get_by_role("button", name=label).click()
        page.wait_for_function("text => navigator.clipboard.readText().then(found => found === text)", arg=copied)
    page.evaluate("() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(view.locator(".heplens-browse-gone")).to_be_visible()
    expect(row(view, "NJet")).to_be_visible()
    row(view, "NJet").click()
    expect(view.locator(".heplens-details [role=alert]")).to_contain_text("Run the cell again")
    page.wait_for_function("window.jupyterapp?.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")


@pytest.mark.files(HZZ)
def test_notebook_7(page: Page, lab: Lab, folder: Path, screenshot: Callable[[str], None]) -> None:
    write_notebook(folder / "notebook.ipynb", [f"import heplens as hl\nhl.browse({HZZ!r})"])
    page.goto(lab.url(f"notebooks/{folder.name}/notebook.ipynb"))
    page.locator(".jp-NotebookPanel .jp-Cell .cm-content").first.click()
    page.wait_for_function(KERNEL)
    page.keyboard.press("Shift+Enter")
    view = page.locator(".heplens-browse")
    expand(view, "events")
    row(view, "Muon_Px").click()
    expect(view.locator(DRAWN)).to_be_visible()
    screenshot("browse-notebook7")
