"""The sidebar's styles and the notebook widget's meet in one page: they share no class."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


def classes(*paths: Path) -> set[str]:
    return {name for path in paths for name in re.findall(r"\.(heplens-[\w-]+)", path.read_text(encoding="utf-8"))}


def test_widget_and_sidebar_share_no_class() -> None:
    widget = classes(*(REPOSITORY / "js" / "widgets").glob("*.css"))
    sidebar = classes(*(REPOSITORY / "style").glob("*.css"))
    assert widget
    assert sidebar
    assert not widget & sidebar
