"""A BokehJS that lacks what the dashboard makes faster inside of it: slower, and the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.test_explore import ANALYSIS, HZZ, TALL, OpenNotebook, drag, painted, ready, values_of_run

pytestmark = [TALL, pytest.mark.files(HZZ)]

# The installed BokehJS with other names for the methods that are replaced or called: as another version might have.
RENAMED = """
import re, zlib
from heplens.widgets import compute

version, packed = compute.bokeh_script()
inside = "_update _content_size _get_css_value update_position base_font_size invalidate_painters set_data"
names = "|".join(inside.split())
script = re.sub(rf"\\b({names})\\b", r"\\1_elsewhere", zlib.decompress(packed).decode())
compute.bokeh_script = lambda: (version, zlib.compress(script.encode()))
"""

PICTURE = """plot => {
    const found = [];
    const walk = parent => {
        for (const child of parent.children) {
            if (child.tagName === 'CANVAS') found.push(child.toDataURL());
            walk(child.shadowRoot ?? child);
        }
    };
    walk(plot);
    return found.join();
}"""


def test_without_its_internals_bokehjs_draws_the_same_numbers(
    open_notebook: OpenNotebook, run_all: Callable[..., None], screenshot: Callable[[str], None]
) -> None:
    page = open_notebook([RENAMED + ANALYSIS, "w"])
    run_all()
    view = ready(page, 1)
    assert painted(page, "mass") == values_of_run(page, "mass")
    edge = view.locator('[data-plot="mass"] [data-edge="Z window/low/0"]')
    before = view.locator('[data-plot="jets"]').evaluate(PICTURE)
    edge.hover()
    drag(page, edge, 40)
    expect(view).to_have_attribute("data-source", "tile")
    page.mouse.up()
    ready(page, 2)
    for plot in ("mass", "pt", "jets"):
        assert painted(page, plot) == values_of_run(page, plot)
    # Not only told, also drawn.
    page.wait_for_function(f"before => ({PICTURE})(document.querySelector('[data-plot=jets]')) !== before", arg=before)
    screenshot("explore-another-bokehjs")
