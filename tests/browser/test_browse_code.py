"""Leaving the ROOT browser with code: dragged, inserted or in a new notebook; not run by itself, working when it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import uproot
from playwright.sync_api import Locator, Page, expect

from browser.lab import Lab
from browser.test_explore import at_rest
from browser.test_sidebar import HZZ, expand, open_sidebar, row

ZMUMU = "uproot-Zmumu.root"
HOSTILE = '"); import os #'


def cells(page: Page) -> Locator:
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")


def text(cell: Locator) -> str:
    lines = cell.locator(".cm-line")
    expect(lines).not_to_have_count(0)  # a cell is there before its editor
    return "\n".join(lines.all_text_contents()).strip()


def outputs(page: Page, run_all: Callable[..., None], *parts: str) -> None:
    """Run all cells; each shows this part of a text, and none fails."""
    run_all()
    expect(page.locator(".jp-InputPrompt", has_text="[*]")).to_have_count(0)
    shown = page.locator(".jp-OutputArea-output")
    expect(shown).to_contain_text(list(parts))
    expect(shown.filter(has_text="Error")).to_have_count(0)
    expect(page.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)


def drag(page: Page, source: Locator, target: Locator) -> None:
    start, end = at_rest(source), at_rest(target)
    page.mouse.move(start["x"] + 60, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 90, start["y"] + 14, steps=3)
    page.mouse.move(end["x"] + 150, end["y"] + end["height"] / 2, steps=5)
    page.mouse.up()


@pytest.mark.files(HZZ, ZMUMU)
def test_dragged_and_inserted_cells_work_and_are_not_run(
    open_notebook: Callable[..., Page], folder: Path, run_all: Callable[..., None], screenshot: Callable[[str], None]
) -> None:
    with uproot.recreate(folder / "hostile.root") as file:
        file.mktree("Events", {HOSTILE: "float64"}).extend({HOSTILE: np.arange(3.0)})
    (folder / "sub").mkdir()
    page = open_notebook(["1 + 1"], name="sub/notebook.ipynb")
    panel = open_sidebar(page)
    page.evaluate("path => window.jupyterapp.commands.execute('filebrowser:go-to-path', {path})", folder.name)
    page.locator('.jp-SideBar [data-id="heplens-sidebar"]').click()
    expand(panel, HZZ, "events")

    # A branch, dragged before the only cell. Its path is relative to this notebook.
    drag(page, row(panel, "Jet_Px"), cells(page).first)
    expect(cells(page)).to_have_count(2)
    assert text(cells(page).first) == (
        f'import heplens as hl\n\nanalysis = hl.Analysis("../{HZZ}:events")\nanalysis.arrays("Jet_Px")'
    )
    # Two branches by the keyboard, below it.
    row(panel, "Jet_Py").click()
    row(panel, "Jet_Pz").click(modifiers=["Shift"])
    panel.get_by_role("tree").press("Control+Enter")
    expect(cells(page)).to_have_count(3)
    assert 'analysis.arrays("Jet_Py", "Jet_Pz")' in text(cells(page).nth(1))
    # Two files by the context menu: a dataset, with the trees of the files.
    row(panel, HZZ).click()
    row(panel, ZMUMU).click(modifiers=["Control"])
    row(panel, ZMUMU).click(button="right")
    page.locator(".lm-Menu-item", has_text="Insert in Notebook").click()
    expect(cells(page)).to_have_count(4)
    assert f'"../{HZZ}:events",' in text(cells(page).nth(2))
    assert f'"../{ZMUMU}:events",' in text(cells(page).nth(2))
    # A name that would be code if it were not quoted.
    expand(panel, "hostile.root", "Events")
    row(panel, HOSTILE).click()
    panel.get_by_role("button", name="Insert in notebook").click()
    expect(cells(page)).to_have_count(5)

    assert page.locator(".jp-OutputArea-output").count() == 0, "nothing runs by itself"
    screenshot("inserted-cells")
    outputs(page, run_all, "2421", "2421", "", "0", "2")


@pytest.mark.files(HZZ)
def test_a_new_notebook_with_an_analysis(
    open_lab: Callable[..., Page], run_all: Callable[..., None], lab: Lab, screenshot: Callable[[str], None]
) -> None:
    page = open_lab()
    page.locator("#filebrowser .jp-DirListing-item").first.click(button="right")
    page.locator(".lm-Menu-item", has_text="Open in New Notebook").click()
    expect(cells(page)).to_have_count(1)
    expect(cells(page).first).to_contain_text(f'hl.Analysis("{HZZ}:events").hist("Muon.Px"')
    assert page.locator(".jp-OutputArea-output").count() == 0
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    run_all(wait=False)
    page.locator('.heplens-root[data-state="ready"]').wait_for()
    screenshot("new-notebook")
    assert [session["path"] for session in lab.api("sessions")] != []


@pytest.fixture
def uproot_style(lab: Lab) -> Iterator[None]:
    file = lab.settings / "heplens" / "plugin.jupyterlab-settings"
    file.parent.mkdir(exist_ok=True)
    file.write_text('{"codeStyle": "uproot"}', encoding="utf-8")
    yield
    file.unlink()


@pytest.mark.files(HZZ)
@pytest.mark.usefixtures("uproot_style")
def test_plain_uproot_by_a_setting(open_notebook: Callable[..., Page], run_all: Callable[..., None]) -> None:
    page = open_notebook(["1 + 1"])
    panel = open_sidebar(page)
    expand(panel, HZZ, "events")
    row(panel, "NJet").click()
    panel.get_by_role("button", name="Insert in notebook").click()
    expect(cells(page)).to_have_count(2)
    assert text(cells(page).nth(1)) == f'import uproot\n\nuproot.open("{HZZ}")["events"]["NJet"].array()'
    outputs(page, run_all, "2", "2421")
