"""What a drag costs, counted and not timed: one paint of each plot in a frame, no message."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.test_explore import (
    ANALYSIS,
    HZZ,
    TALL,
    OpenNotebook,
    at_rest,
    count_messages,
    drag,
    painted,
    ready,
    values_of_run,
)

pytestmark = [TALL, pytest.mark.files(HZZ)]

# Of every frame: how often each plot was painted in it, and which position each of them showed.
WATCH = """
() => {
    window.frames_painted = [];
    let now = {};
    const watch = new MutationObserver(records => {
        for (const {target} of records) {
            (now[target.closest('[data-plot]').dataset.plot] ??= []).push(target.dataset.painted);
        }
    });
    for (const box of document.querySelectorAll('.heplens-bokeh')) {
        watch.observe(box, {attributes: true, attributeFilter: ['data-painted']});
    }
    const frame = () => {
        if (Object.keys(now).length) window.frames_painted.push(now);
        now = {};
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}
"""


def test_a_frame_of_a_drag_is_one_paint_of_each_plot_and_no_message(
    open_notebook: OpenNotebook, run_all: Callable[..., None]
) -> None:
    page = open_notebook([ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    edge = view.locator('[data-plot="mass"] [data-edge="Z window/low/0"]')
    edge.hover()
    drag(page, edge, 10)
    expect(view).to_have_attribute("data-source", "tile")
    page.evaluate(WATCH)
    count_messages(page)
    box = at_rest(view.locator('[data-plot="mass"] .heplens-brush'))
    for share in (0.3, 0.1, 0.5, 0.2):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 30, steps=25)
    page.wait_for_function("window.frames_painted.length >= 10")
    frames = page.evaluate("window.frames_painted")
    assert page.evaluate("window.sent") == 0
    for found in frames:
        assert set(found) == {"mass", "pt", "jets"}
        assert len({tuple(numbers) for numbers in found.values()}) == 1, "plots of one frame show one position"
        assert all(len(numbers) == 1 for numbers in found.values()), "each is painted once"
    page.mouse.up()
    ready(page, 2)
    assert painted(page, "mass") == values_of_run(page, "mass")
