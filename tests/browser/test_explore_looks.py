"""The dashboard in both themes, narrow and wide; the pictures are for looking at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from browser.test_explore import ANALYSIS, HZZ, OpenNotebook, ready


@pytest.mark.files(HZZ)
@pytest.mark.parametrize("context", [{"viewport": {"width": w, "height": 1000}} for w in (900, 1600)], indirect=True)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_looks_right(
    open_notebook: OpenNotebook,
    run_all: Callable[..., None],
    screenshot: Callable[[str], None],
    theme: str,
) -> None:
    page = open_notebook([ANALYSIS, "w"], theme=theme)
    page.evaluate("window.jupyterapp.commands.execute('filebrowser:hide-main')")
    run_all()
    view = ready(page, 1)
    view.locator(".heplens-plots").hover()
    width = page.viewport_size["width"] if page.viewport_size else 0
    screenshot(f"explore-{theme}-{width}")
    assert view.evaluate("e => e.scrollWidth <= e.clientWidth")
