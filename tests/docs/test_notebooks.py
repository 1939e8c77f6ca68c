"""The example notebooks run from top to bottom and show something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def run(name: str) -> dict[str, Any]:
    """The variables of a notebook after all of its code cells."""
    found: dict[str, Any] = {}
    for cell in nbformat.read(NOTEBOOKS / name, 4).cells:
        if cell.cell_type == "code":
            exec(cell.source, found)
    return found


@pytest.mark.parametrize(
    ("name", "passed"),
    [
        ("higgs_to_four_leptons.ipynb", {"all": 2421, "four muons": 8, "Z1 window": 8, "Z2 window": 8}),
        ("lepton_and_jets.ipynb", {"all": 200, "one tight muon": 26, "a jet": 10, "b-tag": 3}),
    ],
)
def test_an_example_selects_something(name: str, passed: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NOTEBOOKS)
    result = run(name)["result"]
    assert {row: result.cutflow[row].passed for row in passed} == passed
    assert all(histogram.values(flow=True).any() for histogram in result.values())
