"""Tiles of data that do not fit into the memory they may take: what fits is kept, the rest is read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from heplens import Analysis
from heplens.analysis.moved import Moved
from heplens.columns.resident import Resident
from heplens.engine.compiled.store import Store
from heplens.engine.scan import scan
from heplens.engine.tiles import Tile

STEPS = [float(step) for step in range(0, 60, 3)]
EVENTS, BLOCKS = 1_000, 4


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    folder: Path = tmp_path_factory.mktemp("large")
    for name in ("a.root", "b.root"):
        rng = np.random.default_rng(len(name) + ord(name[0]))
        with uproot.recreate(folder / name) as file:
            file.mktree("Events", {"x": "float32", "w": "float32", **{f"Muon_{f}": "var * float32" for f in FIELDS}})
            for _ in range(BLOCKS):
                numbers = rng.poisson(2, EVENTS // BLOCKS)
                columns: dict[str, Any] = {"x": rng.normal(20, 9, len(numbers)), "w": rng.normal(1, 2, len(numbers))}
                for field, draw in FIELDS.items():
                    columns[f"Muon_{field}"] = ak.unflatten(draw(rng, numbers.sum()).astype(np.float32), numbers)
                columns["x"], columns["w"] = columns["x"].astype(np.float32), columns["w"].astype(np.float32)
                file["Events"].extend(columns)
    return (
        Analysis(str(folder / "*.root"), energy_unit="GeV")
        .weight("w", name="weight")
        .keep("Muon", "pt >= 21 & abs(eta) < 2.4", name="it")
        .cut("x", low=0, high=30, name="window")
        .define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.2)")
        .hist("Z.mass", bins=20, range=(0, 200), name="mass")
        .hist("Muon.pt", bins=20, range=(0, 100), name="pt")
        .hist("x", bins=20, range=(0, 40), name="x")
    )


FIELDS = {
    "pt": lambda rng, n: rng.exponential(25, n),
    "eta": lambda rng, n: rng.normal(0, 1.5, n),
    "phi": lambda rng, n: rng.uniform(-3, 3, n),
    "mass": lambda rng, n: np.full(n, 0.1),
    "charge": lambda rng, n: rng.choice([-1.0, 1.0], n),
}


MOVED = (Moved("it", "literal", 0), Moved("window", "low"), Moved("it", "literal", 0))


@pytest.mark.parametrize(("columns", "computed"), [(0, 0), (10_000, 2_000), (50_000, 10**9), (10**9, 10**9)])
def test_tiles_are_the_same_whatever_may_be_kept(
    analysis: Analysis, columns: int, computed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heplens.columns.source.BLOCK_EVENTS", EVENTS // BLOCKS)
    resident, store = Resident(columns), Store(computed)
    seen: list[tuple[int, int]] = []
    for moved in MOVED:
        made = scan(
            analysis,
            moved,
            STEPS,
            columns=resident.begin(),
            store=store,
            progress=lambda done, total: seen.append((done, total)),
        )
        assert resident.nbytes <= columns and store.nbytes <= computed
        assert_same(made, scan(analysis, moved, STEPS))
    assert seen == len(MOVED) * [(EVENTS // BLOCKS * (i + 1), 2 * EVENTS) for i in range(2 * BLOCKS)]
    shown = made.cells["mass"].between(0, STEPS.index(21.0) + 1)[0]
    result = analysis.run()["mass"]
    assert np.allclose(shown, result.values(flow=True), rtol=0, atol=1e-9 * np.abs(result.values()).sum())
    assert (resident.nbytes + store.nbytes) > 0 or columns == computed == 0


def assert_same(made: Tile, wanted: Tile) -> None:
    assert made.cells.keys() == wanted.cells.keys() and made.rows.keys() == wanted.rows.keys()
    for name, cells in wanted.cells.items():
        assert np.array_equal(made.cells[name].counts, cells.counts)
        assert np.array_equal(made.cells[name].with_sums(), cells.with_sums())
    for name, row in wanted.rows.items():
        assert np.array_equal(made.rows[name].passed, row.passed)
        assert np.array_equal(made.rows[name].weighted, row.weighted)
