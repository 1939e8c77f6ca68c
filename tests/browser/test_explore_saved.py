"""What stays: the picture in a notebook without a kernel, the document in a file, the job on Dask."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from browser.lab import Lab
from browser.test_explore import ANALYSIS, HZZ, TALL, OpenNotebook, in_kernel, painted, ready, root, values_of_run

pytestmark = [TALL, pytest.mark.files(HZZ)]


def saved(page: Page, file: Path) -> list[dict[str, object]]:
    """The data of the outputs of the second cell as the file has them."""
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    return [output.get("data", {}) for output in nbformat.read(file, 4).cells[1].outputs]


def test_a_notebook_without_a_kernel_shows_the_picture_and_the_analysis(
    open_notebook: OpenNotebook,
    run_all: Callable[..., None],
    screenshot: Callable[[str], None],
    lab: Lab,
    folder: Path,
) -> None:
    hostile = '.cut("count(Jet) >= 0", name="<img src=x onerror=window.hacked=1>")'
    page = open_notebook([ANALYSIS.replace('.hist("Z.mass"', f'{hostile}\n     .hist("Z.mass"'), "w"])
    run_all()
    view = ready(page, 1)
    number = view.locator('[data-number="Z window/low/0"]')
    number.fill("85")
    number.press("Enter")
    ready(page, 2)
    with_picture = """before => {
        const {model} = window.jupyterapp.shell.currentWidget.content.widgets[1].outputArea;
        const all = model.toJSON().map(output => output.data ?? {});
        const picture = all.find(d => d['image/png'])?.['image/png'];
        return all.some(d => String(d['text/html']).includes('85 &lt;= Z.mass')) && picture !== before && picture;
    }"""
    linear = page.wait_for_function(with_picture).json_value()
    page.locator('figure[data-plot="mass"]').focus()
    page.keyboard.press("l")
    page.wait_for_function(with_picture, arg=linear)
    for child in (1, 2):  # the room for a launcher, and the picture
        expect(page.locator(".jp-OutputArea-child").nth(child)).not_to_be_visible()
    expect(page.locator(".heplens-saved")).not_to_be_visible()
    kinds = [set(data) for data in saved(page, folder / "notebook.ipynb")]
    assert "application/vnd.jupyter.widget-view+json" in kinds[0]
    assert kinds[1] == {"text/plain"}
    assert "image/png" in kinds[2]
    assert "text/html" in kinds[3]

    lab.shut_kernels()
    page.goto("about:blank")
    page.goto(lab.url(f"lab/workspaces/again/tree/{folder.name}/notebook.ipynb") + "&reset")
    picture = page.locator(".jp-RenderedImage img")
    picture.wait_for()
    page.wait_for_function("e => e.complete && e.naturalWidth > 400", arg=picture.element_handle())
    text = page.locator(".heplens-saved")
    expect(text).to_contain_text("Z window")
    expect(text).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked === undefined")
    screenshot("explore-saved")


def test_documents_go_to_files_and_come_back(
    open_notebook: OpenNotebook, run_all: Callable[..., None], folder: Path
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    with page.expect_download() as download:
        view.get_by_role("button", name="Save as a file (JSON)").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    document = json.loads(file.read_text())
    assert document == json.loads(in_kernel(page, "json.loads(w.analysis.to_json())"))

    document["steps"] = document["steps"][:2]
    document["histograms"] = document["histograms"][1:]
    # Its own data are not looked for: the steps and histograms go over those that are open.
    other = folder / "other.json"
    other.write_text(json.dumps(document).replace(HZZ, "no-such-file.root"))
    wrong = folder / "wrong.json"
    wrong.write_text("{")
    opener = view.get_by_role("button", name="Open a saved analysis over these data")
    with page.expect_file_chooser() as chooser:
        opener.click()
    chooser.value.set_files(other)
    expect(view.locator(".heplens-notice")).to_have_text("Opened other.json")
    ready(page, json.loads(in_kernel(page, "w.state['revision']")))
    assert json.loads(in_kernel(page, "[len(w.analysis.steps), len(w.analysis.histograms)]")) == [2, 2]
    assert painted(page, "pt") == values_of_run(page, "pt")
    with page.expect_file_chooser() as chooser:
        opener.click()
    chooser.value.set_files(wrong)
    expect(view.locator(".heplens-notice")).to_contain_text("wrong.json")
    assert json.loads(in_kernel(page, "len(w.analysis.steps)")) == 2


def test_the_same_on_dask(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    view.get_by_role("button", name="Run on Dask …").click()
    form = page.locator(".heplens-launcher")
    expect(form).to_contain_text("1 file, 2.4 k events")
    form.get_by_label("Workers").fill("1")
    form.get_by_role("button", name="Start").click()
    shown = form.locator(".heplens-jobview-root")
    expect(shown).to_have_attribute("data-job", "finished")
    assert json.loads(in_kernel(page, 'w.job.result()["mass"] == w.result["mass"]'))
    expect(root(page)).to_have_attribute("data-state", "ready")
