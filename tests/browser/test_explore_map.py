"""A map in the dashboard: its cells are those of `run`, with linear colours and with logarithmic ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.test_explore import ANALYSIS, HZZ, TALL, OpenNotebook, drag, painted, ready, values_of_run

pytestmark = [TALL, pytest.mark.files(HZZ)]

MAP = """
a = a.hist(("Muon.pt", "Muon.eta"), bins=[20, 12], range=[(0, 200), (-2.4, 2.4)], name="map")
w = a.explore()
w
"""

# The colour of a cell by its number, and what the visible bar spans, from the figure that is on the page.
SHOWN = """async () => {
    const [bokeh] = await Promise.all(globalThis[Symbol.for('heplens.bokeh')].versions.values());
    const { documents } = bokeh.require('document');
    const figure = documents.flatMap(d => d.roots()).find(f => f.name === 'map');
    const [bar] = figure.right.filter(r => r.visible && r.color_mapper);
    const { glyph, data_source } = figure.renderers[0];
    const cells = data_source.data.c4;
    const { transform } = glyph.fill_color;
    const { low, high, type } = transform;
    const colours = [...transform.rgba_mapper.v_compute(cells)];
    const alphas = [...cells].map((_, i) => colours[4 * i + 3]);
    return { scale: type, same: transform === bar.color_mapper, low, high, alphas };
}"""


def test_the_colours_of_a_map_can_be_logarithmic(
    open_notebook: OpenNotebook, run_all: Callable[..., None], screenshot: Callable[[str], None]
) -> None:
    page = open_notebook([ANALYSIS, MAP])
    run_all()
    view = ready(page, 1)
    plot = view.locator('[data-plot="map"]')
    plot.scroll_into_view_if_needed()
    cells = [value for row in values_of_run(page, "map") for value in row]  # type: ignore[attr-defined]
    assert painted(page, "map") == cells
    assert shown(page, cells) == {"scale": "LinearColorMapper", "same": True, "low": 0, "high": max(cells)}
    plot.focus()
    page.keyboard.press("l")
    expect(plot.get_by_role("button", name="Logarithmic colours")).to_have_attribute("aria-pressed", "true")
    ready(page, 1)
    assert painted(page, "map") == cells
    logarithmic = {"scale": "LogColorMapper", "same": True, "low": 1, "high": max(cells)}
    assert shown(page, cells) == logarithmic
    screenshot("explore-log-colours")

    # It stays while other things change, and follows what they leave.
    edge = view.locator('[data-plot="mass"] [data-edge="Z window/low/0"]')
    edge.hover()
    drag(page, edge, 60)
    expect(view).to_have_attribute("data-source", "tile")
    page.mouse.up()
    ready(page, 2)
    fewer = [value for row in values_of_run(page, "map") for value in row]  # type: ignore[attr-defined]
    assert sum(fewer) < sum(cells)
    assert painted(page, "map") == fewer
    assert shown(page, fewer) == logarithmic | {"high": max(fewer)}
    view.get_by_role("button", name="Undo").click()
    ready(page, 3)
    assert shown(page, cells) == logarithmic
    toggle = plot.get_by_role("button", name="Logarithmic colours")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "false")
    assert shown(page, cells)["scale"] == "LinearColorMapper"


def shown(page: Page, cells: list[float]) -> dict[str, Any]:
    """What the colours are made with. An empty cell has none, all others have."""
    found: dict[str, Any] = page.evaluate(SHOWN)
    assert [alpha > 0 for alpha in found.pop("alphas")] == [value != 0 for value in cells]
    return found
