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
    at_rest,
    count_messages,
    drag,
    in_kernel,
    painted,
    passed,
    ready,
    values_of_run,
    written,
)

pytestmark = [TALL, pytest.mark.files(HZZ)]


# And one more, that moves nothing: what was moved is let go all the same.
FOUR_KEYS = """on => {
    for (const key of [...Array(4).fill('ArrowRight'), 'Shift']) {
        on.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
    }
}"""


def last_step(page: Page) -> dict[str, object]:
    return json.loads(in_kernel(page, "json.loads(w.analysis.to_json())['steps'][-1]"))


def sweep(page: Page, over: Locator, begin: float, end: float) -> None:
    """Press at one share of the width and move to another; the button stays down."""
    box = at_rest(over)
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

    # The variable of objects: their filter, with handles on the plot. The axes stay under the pointer when there are
    # fewer events, and numbers with fewer digits beside them.
    pt = view.locator('[data-draw="pt"]')
    axes = at_rest(pt)
    sweep(page, pt, 0.6, 0.55)
    all_of_them = values_of_run(page, "pt")
    page.wait_for_function(
        "most => Math.max(...document.querySelector('[data-plot=pt] .heplens-bokeh').heplensValues()) < most / 10",
        arg=max(all_of_them),
    )
    assert at_rest(pt) == axes
    page.mouse.move(axes["x"] + 0.2 * axes["width"], axes["y"] + 0.6 * axes["height"], steps=8)
    page.mouse.up()
    ready(page, 3)
    assert last_step(page)["expression"] == "40 <= pt < 120"
    assert last_step(page)["collection"] == "Muon"
    expect(view.locator('[data-plot="pt"] [data-edge]')).to_have_count(3)
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
    written(page)
    box = at_rest(band)
    page.mouse.move(box["x"] + box["width"] / 2 + 8, box["y"] + 5, steps=10)
    assert page.evaluate("window.sent") == 0
    written(page)
    shown = painted(page, "jets")
    page.mouse.up()
    ready(page, 2)
    window = "[w.analysis.steps[3].low, w.analysis.steps[3].high]"
    low, high = json.loads(in_kernel(page, window))
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

    # Keys that follow each other faster than what they did is written, in one go.
    band.focus()
    band.evaluate(FOUR_KEYS)
    ready(page, 3)
    unit = 0.2
    assert json.loads(in_kernel(page, window)) == pytest.approx([low + 4 * unit, high + 4 * unit])
    edge.evaluate(FOUR_KEYS)
    ready(page, 4)
    assert json.loads(in_kernel(page, window)) == pytest.approx([low + 8 * unit, high + 4 * unit])
    band.press("Delete")
    ready(page, 5)
    assert "Z window" not in passed(view)
    assert painted(page, "mass") == values_of_run(page, "mass")
    view.get_by_role("button", name="Back to the first analysis").click()
    ready(page, 6)
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


def test_a_plot_is_dragged_by_its_header_to_another_place(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    names = "[h.name for h in w.analysis.histograms]"

    def order() -> list[str | None]:
        return [plot.get_attribute("data-plot") for plot in view.locator("[data-plot]").all()]

    header = '[data-plot="{}"] .heplens-plot-name'.format
    before = {"x": 10, "y": 80}
    view.locator(header("jets")).drag_to(view.locator('[data-plot="mass"]'), target_position=before)
    ready(page, 2)
    assert order() == json.loads(in_kernel(page, names)) == ["jets", "mass", "pt"]
    box = view.locator('[data-plot="pt"]').bounding_box()
    assert box is not None
    view.locator(header("jets")).drag_to(
        view.locator('[data-plot="pt"]'), target_position={"x": box["width"] - 10, "y": 80}
    )
    ready(page, 3)
    assert order() == json.loads(in_kernel(page, names)) == ["mass", "pt", "jets"]
    # Onto itself, or beside it, is no edit.
    view.locator(header("pt")).drag_to(view.locator('[data-plot="mass"]'), target_position={"x": 250, "y": 80})
    assert order() == ["mass", "pt", "jets"]
    view.get_by_role("button", name="Undo").click()
    ready(page, 4)
    assert order() == ["jets", "mass", "pt"]
    assert painted(page, "mass") == values_of_run(page, "mass")
