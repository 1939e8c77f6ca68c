"""Notebook 7 has another shell: the plugin works there with what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from browser.lab import Lab, write_notebook

HZZ = "uproot-HZZ.root"


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
