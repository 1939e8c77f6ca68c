"""The tour, run from top to bottom as a newcomer does: every cell works, and every way gives the same bins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.test_explore import ready

TOUR = Path(__file__).parents[2] / "notebooks" / "tour.ipynb"
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => cell.model.sharedModel.outputs.map(output => ({
        kind: output.output_type, error: output.ename || '', text: ((output.data || {})['text/plain'] || '').toString()
    })))"""


@pytest.mark.files("uproot-HZZ.root")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_run_all_in_the_tour(
    open_notebook: Callable[..., Page],
    run_all: Callable[..., None],
    screenshot: Callable[[str], None],
    theme: str,
) -> None:
    page = open_notebook(TOUR, theme=theme)
    run_all()
    view = ready(page, 1)
    page.locator(".heplens-root").nth(2).scroll_into_view_if_needed()
    expect(ready(page, 1, 2)).to_contain_text("1 of 1 blocks")  # of the job, after its view
    expect(view).to_contain_text("Z window")
    outputs: list[list[dict[str, Any]]] = page.evaluate(OUTPUTS)
    assert not [output for cell in outputs for output in cell if output["kind"] == "error"]
    # On Dask, as a script, and from the document: three cells that compare with the run.
    assert sum(output["text"] == "True" for cell in outputs for output in cell) == 3
    view.scroll_into_view_if_needed()
    screenshot(f"tour-{theme}")
