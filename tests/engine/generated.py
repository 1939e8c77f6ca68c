"""Generated events: empty, with NaN and infinities, ties at the edges of cuts, missing values, negative weights."""

from __future__ import annotations

import math
import random
from typing import Any

import awkward as ak
from hypothesis import strategies as st

from oracle.schema import Schema, from_shapes

EDGES = [0.0, 10.0, 20.0, 20.000000000000004, 30.0, 60.0, 120.0, float(2**53), -5.0]
NUMBERS = st.one_of(
    st.sampled_from([*EDGES, math.nan, math.inf, -math.inf, -0.0]),
    st.floats(-200, 200, allow_nan=False, width=32),
)
# A vector cannot be made of infinities in a defined way, and rounding differs when its parts cancel completely.
PT = st.one_of(st.sampled_from([5.0, 10.0, 20.0, 30.0, 60.0]), st.floats(1, 200, allow_nan=False, width=32))
ANGLE = st.floats(-3, 3, allow_nan=False, width=32)
WEIGHT = st.one_of(st.sampled_from([1.0, -1.0, 0.0, 0.5, math.nan]), st.floats(-3, 3, allow_nan=False, width=32))

SHAPES = {
    **{f"Muon_{name}": 1 for name in ("pt", "eta", "phi", "mass", "charge", "iso", "id", "tag")},
    **{f"Jet_{name}": 1 for name in ("pt", "eta", "phi", "mass", "btag")},
    **dict.fromkeys(("nMuon", "nJet", "x", "y", "n", "flag", "w", "MET_pt", "MET_phi"), 0),
}
SCHEMA: Schema = from_shapes(SHAPES)

_MUON = {
    "pt": PT, "eta": ANGLE, "phi": ANGLE, "mass": st.sampled_from([0.0, 0.10566]), "charge": st.sampled_from([-1, 1]),
    "iso": NUMBERS, "id": st.integers(-3, 9), "tag": st.one_of(st.none(), NUMBERS),
}  # fmt: skip
_JET = {
    "pt": PT, "eta": ANGLE, "phi": ANGLE, "mass": st.sampled_from([0.0, 5.0]),
    "btag": st.one_of(st.none(), st.sampled_from([0.0, 0.28, 0.5, 1.0])),
}  # fmt: skip
_EVENT = {
    "x": NUMBERS, "y": st.one_of(st.none(), NUMBERS), "n": st.integers(-5, 5), "flag": st.booleans(), "w": WEIGHT,
    "MET_pt": PT, "MET_phi": ANGLE,
}  # fmt: skip


@st.composite
def event(draw: st.DrawFn) -> dict[str, Any]:
    branches: dict[str, Any] = {name: draw(values) for name, values in _EVENT.items()}
    for collection, fields in (("Muon", _MUON), ("Jet", _JET)):
        count = draw(st.integers(0, 4))
        branches[f"n{collection}"] = count
        for name, values in fields.items():
            branches[f"{collection}_{name}"] = [draw(values) for _ in range(count)]
    return branches


EVENTS = st.lists(event(), min_size=0, max_size=12)

_TYPED: dict[str, Any] = {
    **dict.fromkeys(("x", "w", "MET_pt", "MET_phi"), 0.0), "y": None, "n": 0, "flag": True, "nMuon": 1, "nJet": 1,
    **{f"Muon_{name}": [0.0] for name in ("pt", "eta", "phi", "mass", "iso")},
    "Muon_charge": [0], "Muon_id": [0], "Muon_tag": [None, 0.0],
    **{f"Jet_{name}": [0.0] for name in ("pt", "eta", "phi", "mass")}, "Jet_btag": [None, 0.0],
}  # fmt: skip


def arrays(events: list[dict[str, Any]]) -> ak.Array:
    """The events as an array whose type does not depend on what was drawn."""
    typed = [dict(_TYPED), {**_TYPED, "y": 0.0}]
    columns = {name: ak.Array([row[name] for row in [*typed, *events]])[2:] for name in SHAPES}
    return ak.zip(columns, depth_limit=1)


def many(seed: int, count: int) -> list[dict[str, Any]]:
    """As many events as asked for, of the same nature, without the cost of drawing them one by one."""
    rng = random.Random(seed)
    numbers = [*EDGES, math.nan, math.inf, -math.inf, -0.0]

    def number() -> float:
        return rng.choice(numbers) if rng.random() < 0.6 else rng.uniform(-100, 100)

    def pt() -> float:
        return rng.choice([5.0, 10.0, 20.0, 30.0, 60.0]) if rng.random() < 0.5 else rng.uniform(1, 100)

    def maybe(value: Any) -> Any:
        return None if rng.random() < 0.2 else value

    made = []
    for _ in range(count):
        muons, jets = rng.randint(0, 5), rng.randint(0, 3)
        row: dict[str, Any] = {
            "x": number(), "y": maybe(number()), "n": rng.randint(-5, 5), "flag": rng.random() < 0.5,
            "w": rng.choice([1.0, -1.0, 0.0, 0.5, math.nan, rng.uniform(-3, 3)]), "MET_pt": pt(),
            "MET_phi": rng.uniform(-3, 3), "nMuon": muons, "nJet": jets,
        }  # fmt: skip
        for name, count_ in (("Muon", muons), ("Jet", jets)):
            row[f"{name}_pt"] = [pt() for _ in range(count_)]
            for angle in ("eta", "phi"):
                row[f"{name}_{angle}"] = [rng.uniform(-3, 3) for _ in range(count_)]
            row[f"{name}_mass"] = [0.10566] * count_
        row["Muon_charge"] = [rng.choice([-1, 1]) for _ in range(muons)]
        row["Muon_iso"] = [number() for _ in range(muons)]
        row["Muon_id"] = [rng.randint(-3, 9) for _ in range(muons)]
        row["Muon_tag"] = [maybe(number()) for _ in range(muons)]
        row["Jet_btag"] = [maybe(rng.choice([0.0, 0.28, 0.5, 1.0])) for _ in range(jets)]
        made.append(row)
    return made
