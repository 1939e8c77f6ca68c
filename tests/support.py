"""What several tests share: where the real files are, and the value of one expression."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np

from heplens.analysis.bind import first_scope
from heplens.columns.demand import demand
from heplens.columns.evaluate import Evaluator
from heplens.columns.memory import ArraySource
from heplens.columns.nodes import Node
from heplens.columns.resolve import resolve

TESTS = Path(__file__).resolve().parent


def find(name: str) -> str:
    """The path of a real file: the repository's copy, else the folder that the copies were taken from."""
    for folder in (TESTS / "data", TESTS.parents[1] / "shared" / "data"):
        if (folder / name).exists():
            return str(folder / name)
    raise FileNotFoundError(name)


def found(name: str) -> list[str]:
    """The same, as a list that is empty without the file: the largest ones are not part of the repository."""
    try:
        return [find(name)]
    except FileNotFoundError:
        return []


HZZ = find("uproot-HZZ.root") + ":events"
TTBAR = find("nanoAOD_2015_CMS_Open_Data_ttbar.root") + ":Events"
ZMUMU = find("uproot-Zmumu.root") + ":events"


def node_of(data: Any, text: str, unit: str = "") -> Node:
    """The checked expression."""
    return resolve(text, first_scope(ArraySource(data).schema, unit))[0]


def value(data: Any, text: str, unit: str = "") -> Any:
    """The value of an expression for every event of arrays in memory, as plain lists."""
    source = ArraySource(data)
    node = resolve(text, first_scope(source.schema, unit))[0]
    needed = demand([node], source.schema)
    arrays = source.read(needed.branches, 0, source.entries)
    with np.errstate(all="ignore"):
        return ak.to_list(Evaluator(arrays, source.schema, needed, source.entries).column(node))


def muons(*events: list[dict[str, Any]], **more: Any) -> ak.Array:
    """Events with a collection Muon; each muon may give pt, eta, phi, mass, charge, the rest follows from its place."""
    full = [
        [
            {"pt": 10.0 * (i + 1), "eta": 0.5 * i, "phi": 0.3 * i, "mass": 0.1, "charge": (-1) ** i, **muon}
            for i, muon in enumerate(event)
        ]
        for event in events
    ]
    kinds = {"pt": 0.0, "eta": 0.0, "phi": 0.0, "mass": 0.0, "charge": 0}
    typed = ak.Array([*full, [kinds]])[:-1]  # the last event gives the type even when there are no muons at all
    return ak.zip({"Muon": typed, **{name: ak.Array(column) for name, column in more.items()}}, depth_limit=1)
