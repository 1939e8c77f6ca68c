"""The page about expressions says what the table of functions says."""

from __future__ import annotations

from pathlib import Path

from heplens.columns.functions import functions

PAGE = Path(__file__).parents[2] / "docs" / "expressions.md"


def test_every_function_is_on_the_page_with_its_usage_and_meaning() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for function in functions().values():
        assert f"| `{function.usage}` | {function.meaning} |" in lines
