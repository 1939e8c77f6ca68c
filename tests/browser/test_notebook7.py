"""Notebook 7 has another shell: the plugin works there with what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from browser.lab import Lab, write_notebook

HZZ = "uproot-HZZ.root"

# The notebook has its kernel: what is run before goes nowhere.
KERNEL = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


@pytest.mark.files(HZZ)
def test_the_sidebar_lists_the_files_beside_the_notebook(page: Page, lab: Lab, folder: Path) -> None:
    write_notebook(folder / "notebook.ipynb", ["1 + 1"])
    problems: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "heplens" in message.text:
            problems.append(message.text)

    page.on("console", listen)
    # Notebook's own start is not free of errors (jupyter/notebook#7862); none may come from us.
    page.on("pageerror", lambda error: problems.append(error.stack or "") if "heplens" in (error.stack or "") else None)
    page.goto(lab.url(f"notebooks/{folder.name}/notebook.ipynb"))
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    page.locator(".lm-MenuBar-item", has_text="View").click()
    page.locator(".lm-Menu-item", has_text="Left Sidebar").hover()
    page.locator(".lm-Menu-item", has_text="ROOT files").click()
    panel = page.locator("#heplens-sidebar")
    panel.locator(".heplens-row", has_text=HZZ).click()
    expect(panel.locator(".heplens-row", has_text="events")).to_be_visible()
    assert problems == []


@pytest.mark.files(HZZ)
def test_jobs_are_listed_and_shown(page: Page, lab: Lab, folder: Path) -> None:
    cell = f"import heplens as hl\njob = hl.Analysis('{HZZ}').submit(directory='kept', name='my job')"
    write_notebook(folder / "notebook.ipynb", [cell, "1 + 1"])
    page.goto(lab.url(f"notebooks/{folder.name}/notebook.ipynb"))
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    page.wait_for_function(KERNEL)
    page.locator(".lm-MenuBar-item", has_text="Run").click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".lm-MenuBar-item", has_text="View").click()
    page.locator(".lm-Menu-item", has_text="Left Sidebar").hover()
    page.locator(".lm-Menu-item", has_text="ROOT files").click()
    line = page.locator('#heplens-sidebar .heplens-jobs-line[data-kind="show"]')
    expect(line).to_have_attribute("data-state", "finished")
    line.get_by_role("button", name="Show my job").click()
    expect(page.locator(".jp-NotebookPanel .jp-CodeCell", has_text="jobs.find(")).to_have_count(1)
