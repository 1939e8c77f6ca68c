"""The icon of ROOT files in JupyterLab's own file browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

FILL = """name => getComputedStyle(
    document.querySelector(`.jp-DirListing-item[title*="${name}"] .heplens-icon-file`)).fill"""


@pytest.mark.files("uproot-HZZ.root", "uproot-Zmumu.root")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_only_the_selected_file_has_the_icon_of_a_selection(open_lab: Callable[..., Page], theme: str) -> None:
    page = open_lab(theme=theme)
    page.locator('.jp-DirListing-item[title*="uproot-HZZ.root"]').click()
    page.locator('.jp-DirListing-item.jp-mod-selected[title*="uproot-HZZ.root"]').wait_for()
    assert page.evaluate(FILL, "uproot-HZZ.root") != page.evaluate(FILL, "uproot-Zmumu.root")
