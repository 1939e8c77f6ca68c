"""Cuts made, moved and taken away on the plots, with the pointer and with the keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.test_explore import (
    ANALYSIS,
    HZZ,
    TALL,
    OpenNotebook,
    count_messages,
    drag,
    in_kernel,
    painted,
    passed,
    ready,
    values_of_run,
)

pytestmark = [TALL, pytest.mark.files(HZZ)]


def last_step(page: Page) -> dict[str, object]:
    return json.loads(in_kernel(page, "json.loads(w.analysis.to_json())['steps'][-1]"))


def sweep(page: Page, over: Locator, begin: float, end: float) -> None:
    """Press at one share of the width and move to another; the button stays down."""
    box = over.bounding_box()
    assert box is not None
    y = box["y"] + 0.6 * box["height"]
    page.mouse.move(box["x"] + begin * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], y, steps=8)


def test_a_window_is_drawn_on_a_plot(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    jets = view.locator('[data-draw="jets"]')
    sweep(page, jets, 0.3, 0.7)
    expect(view.locator(".heplens-draft")).to_be_visible()
    expect(view).to_have_attribute("data-source", "preview")
    page.keyboard.press("Escape")
    expect(view.locator(".heplens-draft")).to_have_count(0)
    page.mouse.up()
    ready(page, 1)
    assert passed(view)["Z window"] == 1186

    sweep(page, jets, 0.3, 0.7)
    page.mouse.up()
    ready(page, 2)
    assert last_step(page) == {
        "step": "cut", "expression": "count(Jet)", "name": "2 <= count(Jet) < 5",
        "low": 2, "high": 5, "quantifier": None, "enabled": True,
    }  # fmt: skip
    assert painted(page, "mass") == values_of_run(page, "mass")

    # The variable of objects: their filter, with handles on the plot.
    sweep(page, view.locator('[data-draw="pt"]'), 0.6, 0.2)
    page.mouse.up()
    ready(page, 3)
    assert last_step(page)["expression"] == "40 <= pt < 120"
    assert last_step(page)["collection"] == "Muon"
    assert view.locator('[data-plot="pt"] [data-edge]').count() == 3
    assert painted(page, "pt") == values_of_run(page, "pt")


def test_a_window_moves_as_a_whole_and_goes(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS.replace("low=60, high=120", "low=80, high=100"), "w"])
    run_all()
    view = ready(page, 1)
    band = view.locator('[data-band="Z window"]')
    band.hover()
    drag(page, band, 12)
    expect(view).to_have_attribute("data-source", "tile")
    count_messages(page)
    box = band.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2 + 8, box["y"] + 5, steps=10)
    assert page.evaluate("window.sent") == 0
    shown = painted(page, "jets")
    page.mouse.up()
    ready(page, 2)
    low, high = json.loads(in_kernel(page, "[w.analysis.steps[3].low, w.analysis.steps[3].high]"))
    assert low > 80
    assert high - low == pytest.approx(20)
    assert painted(page, "jets") == shown == values_of_run(page, "jets")

    edge = view.locator('[data-edge="Z window/low/0"]')
    drag(page, edge, 10)
    expect(view).to_have_attribute("data-source", "tile")
    page.keyboard.press("Escape")
    page.mouse.move(5, 5)
    page.mouse.up()
    ready(page, 2)
    assert json.loads(in_kernel(page, "w.analysis.steps[3].low")) == low

    band.focus()
    band.press("ArrowRight")
    ready(page, 3)
    assert json.loads(in_kernel(page, "w.analysis.steps[3].low")) > low
    band.press("Delete")
    ready(page, 4)
    assert "Z window" not in passed(view)
    assert painted(page, "mass") == values_of_run(page, "mass")
    view.get_by_role("button", name="Back to the first analysis").click()
    ready(page, 5)
    assert json.loads(in_kernel(page, "w.analysis == a"))


def test_a_window_is_drawn_with_the_keyboard(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w", "1"])
    run_all()
    view = ready(page, 1)
    layer = view.locator('[data-draw="mass"]')
    layer.focus()
    page.keyboard.press("Enter")
    expect(view.locator(".heplens-draft-value")).to_have_text("75 – 105")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    expect(view.locator(".heplens-draft-value")).to_have_text("74.8 – 105.2")
    page.keyboard.press("Escape")
    ready(page, 1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    ready(page, 2)
    assert (last_step(page)["low"], last_step(page)["high"]) == (75, 105)
    for key in ("d", "d", "z", "x", "a", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(3)


def test_steps_and_plots_change_places_and_go(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    names = "[step.name for step in w.analysis.steps]"
    view.locator('[data-step="two muons"]').focus()
    page.keyboard.press("Alt+ArrowUp")
    ready(page, 2)
    assert json.loads(in_kernel(page, names))[:2] == ["two muons", "good muons"]
    assert painted(page, "mass") == values_of_run(page, "mass")
    view.locator('[data-step="two muons"] .heplens-grip').drag_to(view.locator('[data-step="good muons"]'))
    ready(page, 3)
    assert json.loads(in_kernel(page, names))[:2] == ["good muons", "two muons"]

    name = view.locator('[data-step="two muons"] .heplens-step-name')
    name.focus()
    page.keyboard.press("F2")
    page.keyboard.press("Control+A")
    page.keyboard.type("good muons")
    page.keyboard.press("Enter")
    expect(view.locator('[data-step="two muons"] [role=alert]')).to_contain_text("already")
    page.keyboard.press("Control+A")
    page.keyboard.type("a pair")
    page.keyboard.press("Enter")
    ready(page, 4)
    view.locator('[data-step="a pair"]').hover()
    view.get_by_role("button", name="Remove a pair").click()
    ready(page, 5)
    assert json.loads(in_kernel(page, names)) == ["good muons", "Z", "Z window"]

    plot = view.locator('figure[data-plot="pt"]')
    plot.focus()
    page.keyboard.press("Alt+ArrowLeft")
    ready(page, 6)
    shown = view.locator("figure[data-plot]").evaluate_all("all => all.map(e => e.dataset.plot)")
    assert shown == ["pt", "mass", "jets"] == json.loads(in_kernel(page, "[h.name for h in w.analysis.histograms]"))
    assert painted(page, "mass") == values_of_run(page, "mass")
    view.locator('figure[data-plot="pt"]').focus()
    page.keyboard.press("Delete")
    ready(page, 7)
    expect(view.locator("figure[data-plot]")).to_have_count(2)
