"""Cuts, filters, definitions and histograms are typed: names are completed, mistakes are shown, nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.test_explore import ANALYSIS, HZZ, TALL, OpenNotebook, in_kernel, painted, passed, ready, values_of_run

pytestmark = [TALL, pytest.mark.files(HZZ)]


def offers(page: Page, *first: str) -> None:
    """The first names that are offered, once the kernel has answered for what was typed last."""
    texts = page.locator(".heplens-options .heplens-option-text")
    for place, text in enumerate(first):
        expect(texts.nth(place)).to_have_text(text)


def test_steps_are_typed(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    view.get_by_role("button", name="Add a cut").click()
    text = view.locator('[data-expression="new cut"]')
    text.press_sequentially("cou")
    offers(page, "count")
    page.keyboard.press("Tab")
    expect(text).to_have_value("count(")
    text.press_sequentially("E")
    offers(page, "Electron")
    shorter = page.locator(".heplens-options").get_by_text("EventWeight", exact=True)
    expect(shorter).to_have_count(1)
    # Chosen before the kernel has answered for what was typed last.
    text.evaluate(
        """text => {
            text.value = 'count(Electr';
            text.dispatchEvent(new Event('input', {bubbles: true}));
            text.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true}));
        }"""
    )
    expect(shorter).to_have_count(0)
    page.keyboard.press("Enter")
    expect(text).to_have_value("count(Electron")
    text.press_sequentially(") >= 1")
    page.keyboard.press("Enter")
    ready(page, 2)
    assert passed(view)["count(Electron) >= 1"] == values(page, "w.result.cutflow[-1].passed")
    assert painted(page, "mass") == values_of_run(page, "mass")

    view.get_by_role("button", name="Add a filter").click()
    view.locator('[data-expression="new collection"]').press_sequentially("Je")
    offers(page, "Jet")
    page.keyboard.press("Tab")
    text = view.locator('[data-expression="new keep"]')
    text.press_sequentially("p")
    offers(page, "px", "py")  # the collection's own fields come first
    text.fill("pt > 30 & etaa < 2")
    expect(view.locator(".heplens-new [role=alert]")).to_contain_text("etaa")
    assert view.locator(".heplens-new .heplens-caret").evaluate("e => e.style.marginLeft").startswith("calc(10ch")
    page.keyboard.press("Enter")
    expect(text).to_have_value("pt > 30 & etaa < 2")
    text.fill("pt > 30 & eta < 2")
    page.keyboard.press("Enter")
    ready(page, 3)
    assert json.loads(in_kernel(page, "w.analysis.steps[-1].collection")) == "Jet"

    view.get_by_role("button", name="Add a definition").click()
    view.get_by_label("Name of the definition").fill("W")
    view.locator('[data-expression="new define"]').fill("mT(Muon[0], MET)")
    page.keyboard.press("Enter")
    ready(page, 4)
    assert json.loads(in_kernel(page, "w.analysis.steps[-1].name")) == "W"
    # What is typed before the next frame goes there and not into the notebook.
    focused = view.get_by_role("button", name="Add a weight").evaluate(
        """button => {
            button.click();
            return new Promise(done => setTimeout(() => done(document.activeElement.dataset.expression)));
        }"""
    )
    assert focused == "new weight"
    page.keyboard.press("Escape")
    expect(view.locator(".heplens-new")).to_have_count(0)
    assert painted(page, "jets") == values_of_run(page, "jets")


def values(page: Page, expression: str) -> object:
    return json.loads(in_kernel(page, expression))


def test_an_event_cut_where_an_object_filter_was_meant(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    view.get_by_role("button", name="Add a cut").click()
    text = view.locator('[data-expression="new cut"]')
    text.fill("Muon.pt > 30")
    expect(view.locator(".heplens-new [role=alert]")).to_contain_text("one value per Muon, not per event")
    view.get_by_role("button", name="Keep the Muon objects that pass").click()
    ready(page, 2)
    assert json.loads(in_kernel(page, "type(w.analysis.steps[-1]).__name__")) == "Keep"
    assert painted(page, "pt") == values_of_run(page, "pt")


def test_histograms_are_typed_and_changed(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    view.get_by_role("button", name="Add a histogram").click()
    x = view.locator('[data-expression="a new histogram x"]')
    x.press_sequentially("MET.p")
    expect(page.locator(".heplens-options").get_by_text("pt", exact=True)).to_be_visible()
    x.fill("MET.pt")
    page.keyboard.press("Enter")
    ready(page, 2)
    assert painted(page, "MET.pt") == values_of_run(page, "MET.pt")
    view.locator('figure[data-plot="MET.pt"]').focus()
    page.keyboard.press("e")
    editor = view.locator('[data-editor="MET.pt"]')
    bins = editor.locator('[data-field="bins"]')
    bins.fill("1")
    editor.locator('[data-field="from"]').fill("inf")
    page.keyboard.press("Enter")
    expect(editor.locator("[role=alert]")).to_contain_text("inf is no finite number")
    editor.locator('[data-field="from"]').fill("0")
    editor.locator('[data-field="to"]').fill("100")
    editor.locator('[data-field="name"]').fill("missing")
    page.keyboard.press("Enter")
    ready(page, 3)
    assert painted(page, "missing") == values_of_run(page, "missing")
    assert len(painted(page, "missing")) == 1
    view.get_by_role("button", name="Add a histogram").click()
    x.fill("Muon")
    page.keyboard.press("Enter")
    expect(view.locator(".heplens-editor [role=alert]")).to_contain_text("field")
    expect(x).to_have_value("Muon")
