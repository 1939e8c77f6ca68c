"""A tree of a file -> plain Python events and their schema."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import awkward as ak
import uproot

from .schema import Schema, from_shapes

TESTS = Path(__file__).resolve().parents[1]
# The repository's own copies first; a folder of samples beside the checkout holds the larger ones.
FOLDERS = (TESTS / "data", TESTS.parents[1] / "shared" / "data")


def is_there(name: str) -> bool:
    """Whether a test file can be read here."""
    return any((folder / name).exists() for folder in FOLDERS)


def find(name: str) -> Path:
    """The path of a test file."""
    for folder in FOLDERS:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} is not among the test data: copy it to tests/data")


def depth(array: ak.Array) -> int:
    """0 for one value per event, 1 for a list, ...; -1 for what an expression cannot use."""
    text = str(array.type.content)
    return -1 if any(mark in text for mark in "{(") or "union" in text else array.ndim - 1


@lru_cache(maxsize=12)
def load(name: str, tree: str) -> tuple[list[dict[str, Any]], Schema]:
    """Every event as a dict of plain values, and the schema of the readable branches."""
    with uproot.open(find(name)) as file:
        arrays = {}
        names = list(file[tree].keys())
        for branch in names:
            if branch.startswith("_") or "/" in branch:
                continue
            try:
                arrays[branch] = file[tree][branch].array(library="ak")
            except Exception:
                # Unreadable branches exist in real files; the documents do not use them.
                continue
    shapes = {branch: depth(array) for branch, array in arrays.items()}
    columns = {branch: array.to_list() for branch, array in arrays.items() if shapes[branch] >= 0}
    size = len(next(iter(columns.values())))
    events = [{branch: column[i] for branch, column in columns.items()} for i in range(size)]
    return events, from_shapes({branch: shapes[branch] for branch in columns})
