"""`a.explore()` in a real notebook: the numbers that the page shows are those of `run`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

HZZ = "uproot-HZZ.root"

ANALYSIS = f"""
import heplens as hl

a = (hl.Analysis("{HZZ}:events")
     .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
     .cut("count(Muon) >= 2", name="two muons")
     .define("Z", "Muon[0] + Muon[1]")
     .cut("Z.mass", low=60, high=120, name="Z window")
     .hist("Z.mass", bins=60, range=(60, 120), name="mass", label="m(μμ) [GeV]")
     .hist("Muon.pt", bins=50, range=(0, 200), name="pt", label="muon pT [GeV]")
     .hist("count(Jet)", bins=8, range=(-0.5, 7.5), name="jets", label="number of jets"))
w = a.explore()
"""

OpenNotebook = Callable[..., Page]

# Plots out of sight are not painted: what is read from them must be in sight.
TALL = pytest.mark.parametrize("context", [{"viewport": {"width": 1600, "height": 1200}}], indirect=True)
pytestmark = TALL


def root(page: Page, number: int = 0) -> Locator:
    return page.locator(".heplens-root").nth(number)


def ready(page: Page, revision: int, number: int = 0) -> Locator:
    """The dashboard, showing the reference's numbers of this revision."""
    shown = root(page, number)
    # In this order: the state before the change was ready too.
    expect(shown).to_have_attribute("data-revision", str(revision))
    expect(shown).to_have_attribute("data-state", "ready")
    return shown


def written(page: Page, number: int = 0) -> None:
    """Wait until a position is painted, and written beside the plots, which follows a little later."""
    # What the last move of the pointer has changed is drawn in the next frame; before, all agrees about the old place.
    page.evaluate("async () => { for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame); }")
    page.wait_for_function(
        """number => {
            const view = document.querySelectorAll('.heplens-root')[number];
            const painted = [...view.querySelectorAll('[data-painted]')].map(box => Number(box.dataset.painted));
            return Math.max(...painted) === Number(view.dataset.written);
        }""",
        arg=number,
    )


def passed(view: Locator) -> dict[str, int]:
    """The cutflow as shown."""
    rows = view.locator(".heplens-cutflow tbody tr")
    return {
        row.get_attribute("data-row") or "": int(row.locator("[data-column=events]").inner_text().replace(",", ""))
        for row in rows.all()
    }


def painted(page: Page, plot: str, number: int = 0) -> list[float]:
    """The values in the columns that Bokeh draws, without flow."""
    return page.evaluate(
        """([plot, number]) => {
            const view = document.querySelectorAll('.heplens-root')[number];
            return [...view.querySelector(`[data-plot="${plot}"] .heplens-bokeh`).heplensValues()];
        }""",
        [plot, number],
    )


def paints(page: Page, plot: str, values: list[float]) -> None:
    """Wait until a plot that has just come into sight is painted with these values."""
    page.wait_for_function(
        "([plot, values]) => {"
        ' const box = document.querySelector(`[data-plot="${plot}"] .heplens-bokeh`);'
        " return JSON.stringify([...box.heplensValues()]) === JSON.stringify(values); }",
        arg=[plot, values],
    )


def in_kernel(page: Page, expression: str) -> Any:
    """What the kernel says an expression is, by way of a new cell at the end."""
    return page.evaluate(
        """async code => {
            const session = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const future = session.kernel.requestExecute({code, store_history: false});
            let text = '';
            future.onIOPub = m => {
                if (m.header.msg_type === 'stream' && m.content.name === 'stdout') text += m.content.text;
            };
            await future.done;
            return text;
        }""",
        f"import json; print(json.dumps({expression}))",
    )


def values_of_run(page: Page, plot: str) -> list[float]:
    return json.loads(in_kernel(page, f'w.analysis.run()["{plot}"].values().tolist()'))


def at_rest(over: Locator) -> FloatRect:
    """Where it is, once it stays there for some frames: that of a plot makes room for the labels of new numbers."""
    box: FloatRect = over.evaluate(
        """async over => {
            const seen = [];
            while (seen.length < 6 || new Set(seen.slice(-6)).size > 1) {
                await new Promise(requestAnimationFrame);
                const {x, y, width, height} = over.getBoundingClientRect();
                seen.push(JSON.stringify({x, y, width, height}));
            }
            return JSON.parse(seen.at(-1));
        }"""
    )
    return box


def drag(page: Page, handle: Locator, by: int, steps: int = 25) -> None:
    """Press in the middle of a handle, move, and leave the button down."""
    box = at_rest(handle)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=steps)


def count_messages(page: Page) -> None:
    page.evaluate(
        """() => {
            window.sent = 0;
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) { window.sent += 1; return send.call(this, data); };
        }"""
    )


@pytest.mark.files(HZZ)
def test_the_dashboard_shows_the_golden_counts(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    assert passed(view) == {"all": 2421, "good muons": 2421, "two muons": 1258, "Z window": 1186}
    for plot in ("mass", "pt", "jets"):
        assert painted(page, plot) == values_of_run(page, plot)


@pytest.mark.files(HZZ)
def test_plots_follow_a_handle_without_the_kernel(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    edge = view.locator('[data-plot="mass"] [data-edge="Z window/low/0"]')
    edge.hover()
    drag(page, edge, 20)
    expect(view).to_have_attribute("data-source", "tile")
    written(page)
    before = passed(view)["Z window"]
    jets = painted(page, "jets")
    count_messages(page)
    page.mouse.move(*_middle(view.locator('[data-plot="mass"] .heplens-brush')), steps=30)
    expect(view).to_have_attribute("data-source", "tile")
    values = "document.querySelector('[data-plot=jets] .heplens-bokeh').heplensValues()"
    page.wait_for_function(f"before => {values}.reduce((a, b) => a + b) < before", arg=sum(jets))
    written(page)
    moved = passed(view)["Z window"]
    assert moved < before
    assert page.evaluate("window.sent") == 0
    shown = {plot: painted(page, plot) for plot in ("mass", "pt", "jets")}
    page.mouse.up()
    ready(page, 2)
    assert passed(view)["Z window"] == moved
    for plot, values in shown.items():
        assert painted(page, plot) == values == values_of_run(page, plot)
    low = json.loads(in_kernel(page, "w.analysis.steps[3].low"))
    assert view.locator('[data-number="Z window/low/0"]').input_value() == f"{low:g}"


def _middle(locator: Locator) -> tuple[float, float]:
    box = at_rest(locator)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pull(page: Page, slider: Locator, *, near: float, to: float) -> None:
    """Press a slider at one share of its length and move it to another."""
    box = at_rest(slider)
    page.mouse.move(box["x"] + near * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + to * box["width"], box["y"] + box["height"] / 2, steps=8)


@pytest.mark.files(HZZ)
def test_what_is_made_of_filtered_objects_follows_their_threshold(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    slider = view.locator('input[type=range][data-handle="good muons/literal/0"]')
    pull(page, slider, near=0.12, to=0.2)
    expect(view).to_have_attribute("data-source", "tile")
    count_messages(page)
    pull(page, slider, near=0.2, to=0.25)
    values = "document.querySelector('[data-plot=mass] .heplens-bokeh').heplensValues()"
    page.wait_for_function(f"before => {values}.reduce((a, b) => a + b) < before", arg=1186)
    assert page.evaluate("window.sent") == 0
    written(page)
    moved = passed(view)
    shown = {plot: painted(page, plot) for plot in ("mass", "pt", "jets")}
    page.mouse.up()
    ready(page, 2)
    assert passed(view) == moved
    for plot, values in shown.items():
        assert painted(page, plot) == values == values_of_run(page, plot)
    text = view.locator('[data-expression="good muons"]').input_value()
    assert text.endswith(" & abs(eta) < 2.4")
    assert json.loads(in_kernel(page, "w.analysis.steps[0].expression")) == text


@pytest.mark.files(HZZ)
def test_a_slider_without_a_tile_is_counted_by_the_kernel(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    grows = "import hist; w = a.hist('NJet', axes=[hist.axis.IntCategory([], growth=True)], name='grows').explore(); w"
    page = open_notebook([ANALYSIS, grows])
    run_all()
    view = ready(page, 1)
    pull(page, view.locator('input[type=range][data-handle="good muons/literal/0"]'), near=0.12, to=0.25)
    expect(view).to_have_attribute("data-source", "preview")
    page.mouse.up()
    ready(page, 2)
    assert painted(page, "mass") == values_of_run(page, "mass")


@pytest.mark.files(HZZ)
def test_exact_numbers_undo_and_the_keyboard(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    number = view.locator('[data-number="Z window/low/0"]')
    number.fill("85.25")
    number.press("Enter")
    ready(page, 2)
    assert painted(page, "jets") == values_of_run(page, "jets")
    number.fill("85.x")
    number.press("Enter")
    expect(number).to_have_attribute("aria-invalid", "true")
    number.press("Escape")
    expect(number).to_have_value("85.25")

    slider = view.locator('input[type=range][data-handle="Z window/high/0"]')
    slider.press("ArrowLeft")
    ready(page, 3)
    assert json.loads(in_kernel(page, "w.analysis.steps[3].high")) == 119.8
    # What three more keys do, in one go: on a slow machine real ones might be further apart than one edit lasts.
    slider.evaluate(
        """slider => {
            for (let i = 0; i < 3; i++) {
                slider.stepDown();
                slider.dispatchEvent(new Event('input', {bubbles: true}));
            }
        }"""
    )
    ready(page, 4)
    assert json.loads(in_kernel(page, "w.analysis.steps[3].high")) == 119.2
    undo = view.get_by_role("button", name="Undo")
    undo.click()
    ready(page, 5)
    assert json.loads(in_kernel(page, "[w.analysis.steps[3].low, w.analysis.steps[3].high]")) == [85.25, 119.8]
    undo.click()
    ready(page, 6)
    undo.click()
    ready(page, 7)
    assert passed(view)["Z window"] == 1186
    view.get_by_role("button", name="Redo").click()
    ready(page, 8)


@pytest.mark.files(HZZ)
def test_a_wrong_expression_stays_and_points_at_its_character(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    text = view.locator('[data-expression="two muons"]')
    text.fill("count(Muon) >= 2 & Moun.pt > 3")
    text.press("Enter")
    error = view.locator('[data-step="two muons"] [role=alert]')
    expect(error).to_contain_text("Moun")
    expect(text).to_have_value("count(Muon) >= 2 & Moun.pt > 3")
    offset = view.locator(".heplens-caret").evaluate("e => e.style.marginLeft")
    assert offset.replace(" ", "").startswith("calc(19ch")
    assert passed(view)["two muons"] == 1258
    text.fill("count(Muon) >= 3")
    text.press("Enter")
    ready(page, 2)
    expect(error).to_have_count(0)
    assert painted(page, "mass") == values_of_run(page, "mass")
    view.get_by_label("Use two muons").uncheck()
    ready(page, 3)
    assert "two muons" not in passed(view)


@pytest.mark.files(HZZ)
def test_keys_in_the_widget_leave_the_notebook_alone(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w", "1"])
    run_all()
    view = ready(page, 1)
    edge = view.locator('[data-plot="mass"] [data-edge="Z window/low/0"]')
    edge.focus()
    for key in ("d", "d", "z", "a", "b", "ArrowDown", "ArrowRight", "x", "Enter"):
        page.keyboard.press(key)
    view.locator('input[type=range][data-handle="two muons/literal/0"]').focus()
    for key in ("d", "d", "x", "ArrowUp", "m"):
        page.keyboard.press(key)
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(3)
    assert page.evaluate("window.jupyterapp.shell.currentWidget.content.mode") in ("command", "edit")
    expect(page.locator(".jp-Notebook .jp-MarkdownCell")).to_have_count(0)


@pytest.mark.files(HZZ)
def test_python_moves_the_page(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    in_kernel(page, 'setattr(w, "analysis", a.replace_step("Z window", low=80))')
    ready(page, 2)
    expect(view.locator('[data-number="Z window/low/0"]')).to_have_value("80")
    assert painted(page, "mass") == values_of_run(page, "mass")
    in_kernel(page, 'setattr(w, "analysis", w.analysis.hist("Z.pt", bins=10, range=(0, 100), name="Z pt"))')
    ready(page, 3)
    expect(view.locator('[data-plot="Z pt"] canvas').first).to_be_visible()
    assert painted(page, "Z pt") == values_of_run(page, "Z pt")
    assert json.loads(in_kernel(page, "w.undo()")) is True
    ready(page, 4)
    assert json.loads(in_kernel(page, 'w.result["mass"] == w.analysis.run()["mass"]')) is True
