"""CPU time from pointer-down to a tile, beside one plain recomputation of the same eight histograms.

    python benchmarks/tiles.py [--events 10000000] [--repeat 3] [--only jagged]

Arrays are in memory as uproot leaves them: float32 and int32, three objects per event on average. Four times are
taken in turn, each in CPU seconds: `plain` masks and refills by hand, with boolean masks as it is mostly written;
`taken` does the same with the places of what passes (`flatnonzero`), which is faster; `first` is a tile with nothing
kept from before; `drag` is a tile after what stays the same was kept (bins of the histograms, masks, offsets, pairs,
up to which position of this handle objects and events pass), as it is when a dashboard is open. Every tile is compared
with `plain` at one position, bin by bin.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import awkward as ak
import boost_histogram as bh
import numpy as np
import vector

import heplens as hl
from heplens.analysis.moved import Moved
from heplens.columns.source import blocks
from heplens.engine.compiled.blocks import Blocks
from heplens.engine.compiled.store import Store
from heplens.engine.moving import form_of, moving
from heplens.engine.tiles import BlockTile

vector.register_awkward()
GRID = np.array([float(f"{k * 2}e-1") for k in range(501)])  # 0 to 100 in steps of 0.2
POSITION = 100  # 20.0
Histograms = list[Any]
#: From which events pass to what chooses them.
Choose = Callable[[Any], Any]


def events(count: int) -> ak.Array:
    rng = np.random.default_rng(2)
    numbers = rng.poisson(3, count)
    offsets = np.zeros(count + 1, np.int64)
    np.cumsum(numbers, out=offsets[1:])
    total = int(offsets[-1])

    def objects(values: Any) -> Any:
        return ak.Array(ak.contents.ListOffsetArray(ak.index.Index64(offsets), ak.contents.NumpyArray(values)))

    columns = {f"v{i}": rng.exponential(40, count).astype(np.float32) for i in range(9)}
    columns["Muon_pt"] = objects(rng.exponential(25, total).astype(np.float32))
    columns["Muon_eta"] = objects(rng.normal(0, 1.5, total).astype(np.float32))
    columns["Muon_phi"] = objects(rng.uniform(-np.pi, np.pi, total).astype(np.float32))
    columns["Muon_mass"] = objects(np.full(total, 0.10566, np.float32))
    columns["Muon_charge"] = objects(rng.choice(np.array([-1, 1], np.int32), total))
    return ak.zip(columns, depth_limit=1)


def regular(low: float, high: float) -> Any:
    return bh.Histogram(bh.axis.Regular(100, low, high))


@dataclass
class Case:
    analysis: Callable[[hl.Analysis], hl.Analysis]
    moved: Moved
    plain: Callable[[ak.Array, float, Choose], Histograms]


def masked(passed: Any) -> Any:
    return ak.to_numpy(passed)


def taken(passed: Any) -> Any:
    return np.flatnonzero(ak.to_numpy(passed))


def flat_analysis(a: hl.Analysis) -> hl.Analysis:
    a = a.cut("v0 >= 20", name="it")
    for i in range(1, 9):
        a = a.hist(f"v{i}", bins=100, range=(0, 200), name=f"v{i}")
    return a


def flat_plain(data: ak.Array, x: float, choose: Choose) -> Histograms:
    chosen = choose(data.v0 >= x)
    return [regular(0, 200).fill(ak.to_numpy(data[f"v{i}"])[chosen]) for i in range(1, 9)]


def object_plots(a: hl.Analysis) -> hl.Analysis:
    for i in range(1, 5):
        a = a.hist(f"v{i}", bins=100, range=(0, 200), name=f"v{i}")
    for name, low, high in OBJECT_PLOTS:
        a = a.hist(f"Muon.{name}", bins=100, range=(low, high), name=name)
    return a


OBJECT_PLOTS = (("pt", 0.0, 200.0), ("eta", -4.0, 4.0), ("phi", -4.0, 4.0), ("charge", -2.0, 2.0))


def jagged_analysis(a: hl.Analysis) -> hl.Analysis:
    return object_plots(a.cut("count(Muon.pt >= 20) >= 2", name="it"))


def jagged_plain(data: ak.Array, x: float, choose: Choose) -> Histograms:
    chosen = choose(ak.sum(data.Muon_pt >= x, axis=1) >= 2)
    made = [regular(0, 200).fill(ak.to_numpy(data[f"v{i}"])[chosen]) for i in range(1, 5)]
    for name, low, high in OBJECT_PLOTS:
        made.append(regular(low, high).fill(ak.to_numpy(ak.flatten(data[f"Muon_{name}"][chosen]))))
    return made


def kept_analysis(a: hl.Analysis) -> hl.Analysis:
    a = a.keep("Muon", "pt >= 20", name="it").cut("count(Muon) >= 2", name="two")
    return object_plots(a)


def kept_plain(data: ak.Array, x: float, choose: Choose) -> Histograms:
    passed = data.Muon_pt >= x
    chosen = choose(ak.sum(passed, axis=1) >= 2)
    made = [regular(0, 200).fill(ak.to_numpy(data[f"v{i}"])[chosen]) for i in range(1, 5)]
    here = passed[chosen]
    for name, low, high in OBJECT_PLOTS:
        made.append(regular(low, high).fill(ak.to_numpy(ak.flatten(data[f"Muon_{name}"][chosen][here]))))
    return made


def good_muons(data: ak.Array, x: float, choose: Choose) -> Any:
    """Survivors in events with at least two, in double precision as the analysis has them."""
    good = (data.Muon_pt >= x) & (abs(data.Muon_eta) < 2.4)
    chosen = choose(ak.sum(good, axis=1) >= 2)
    names = ("pt", "eta", "phi", "mass", "charge")
    fields = {name: ak.values_astype(data[f"Muon_{name}"][chosen][good[chosen]], np.float64) for name in names}
    return ak.zip(fields, with_name="Momentum4D"), chosen


def mass_analysis(a: hl.Analysis) -> hl.Analysis:
    return (
        a.keep("Muon", "pt >= 20 & abs(eta) < 2.4", name="it")
        .cut("count(Muon) >= 2", name="two")
        .cut("Muon[0].charge != Muon[1].charge", name="opposite")
        .hist("(Muon[0] + Muon[1]).mass", bins=100, range=(0, 200), name="mass")
        .hist("Muon[0].pt", bins=100, range=(0, 200), name="first")
        .hist("Muon[1].pt", bins=100, range=(0, 200), name="second")
        .hist("count(Muon)", bins=100, range=(0, 100), name="count")
        .hist("Muon.pt", bins=100, range=(0, 200), name="pt")
        .hist("Muon.eta", bins=100, range=(-4, 4), name="eta")
        .hist("v1", bins=100, range=(0, 200), name="v1")
        .hist("v2", bins=100, range=(0, 200), name="v2")
    )


def mass_plain(data: ak.Array, x: float, choose: Choose) -> Histograms:
    muons, chosen = good_muons(data, x, choose)
    opposite = choose(muons.charge[:, 0] != muons.charge[:, 1])
    muons, chosen = muons[opposite], np.arange(len(data))[chosen][opposite]
    return [
        regular(0, 200).fill(ak.to_numpy((muons[:, 0] + muons[:, 1]).mass)),
        regular(0, 200).fill(ak.to_numpy(muons.pt[:, 0])),
        regular(0, 200).fill(ak.to_numpy(muons.pt[:, 1])),
        regular(0, 100).fill(ak.to_numpy(ak.num(muons))),
        regular(0, 200).fill(ak.to_numpy(ak.flatten(muons.pt))),
        regular(-4, 4).fill(ak.to_numpy(ak.flatten(muons.eta))),
        regular(0, 200).fill(ak.to_numpy(data.v1)[chosen]),
        regular(0, 200).fill(ak.to_numpy(data.v2)[chosen]),
    ]


def closest_analysis(a: hl.Analysis) -> hl.Analysis:
    return (
        a.keep("Muon", "pt >= 20 & abs(eta) < 2.4", name="it")
        .cut("count(Muon) >= 2", name="two")
        .define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.1876)")
        .hist("Z.mass", bins=100, range=(0, 200), name="mass")
        .hist("Z.first.pt", bins=100, range=(0, 200), name="first")
        .hist("Z.second.pt", bins=100, range=(0, 200), name="second")
        .hist("count(Muon)", bins=100, range=(0, 100), name="count")
        .hist("Muon.pt", bins=100, range=(0, 200), name="pt")
        .hist("Muon.eta", bins=100, range=(-4, 4), name="eta")
        .hist("v1", bins=100, range=(0, 200), name="v1")
        .hist("v2", bins=100, range=(0, 200), name="v2")
    )


def closest_plain(data: ak.Array, x: float, choose: Choose) -> Histograms:
    muons, chosen = good_muons(data, x, choose)
    pairs = ak.combinations(muons, 2, fields=["first", "second"])
    pairs = pairs[pairs.first.charge + pairs.second.charge == 0]
    mass = (pairs.first + pairs.second).mass
    best = ak.argmin(abs(mass - 91.1876), axis=1, keepdims=True)
    return [
        regular(0, 200).fill(ak.to_numpy(ak.flatten(mass[best], axis=None))),
        regular(0, 200).fill(ak.to_numpy(ak.flatten(pairs.first.pt[best], axis=None))),
        regular(0, 200).fill(ak.to_numpy(ak.flatten(pairs.second.pt[best], axis=None))),
        regular(0, 100).fill(ak.to_numpy(ak.num(muons))),
        regular(0, 200).fill(ak.to_numpy(ak.flatten(muons.pt))),
        regular(-4, 4).fill(ak.to_numpy(ak.flatten(muons.eta))),
        regular(0, 200).fill(ak.to_numpy(data.v1)[chosen]),
        regular(0, 200).fill(ak.to_numpy(data.v2)[chosen]),
    ]


IT = Moved("it", "literal", 0)
CASES = {
    "flat": Case(flat_analysis, IT, flat_plain),
    "jagged": Case(jagged_analysis, IT, jagged_plain),
    "kept": Case(kept_analysis, IT, kept_plain),
    "mass": Case(mass_analysis, IT, mass_plain),
    "closest": Case(closest_analysis, IT, closest_plain),
}


def cpu(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = run()
    return time.process_time() - start, result


def tile(analysis: hl.Analysis, moved: Moved, store: Store) -> BlockTile:
    assert analysis.dataset is not None
    source = analysis.dataset.first()
    form = form_of(analysis, source.schema, False, moved)
    kernels = Blocks(moving(analysis, source.schema, False, moved, GRID.tolist(), form), source, store)
    for start, stop in blocks(source.edges([]), source.entries):
        kernels.add(start, stop, lambda: False)
    return kernels.tile()


def compare(made: BlockTile, plain: Histograms, form_rows: int) -> None:
    for cells, histogram in zip(made.cells.values(), plain, strict=True):
        rows = slice(POSITION + 1, None) if form_rows > len(GRID) else slice(0, POSITION + 1)
        assert np.array_equal(cells.counts[rows].sum(axis=0), histogram.values(flow=True))


def measure(name: str, case: Case, data: ak.Array, repeat: int) -> None:
    analysis = case.analysis(hl.Analysis(data, energy_unit="GeV"))
    tile(case.analysis(hl.Analysis(data[:10], energy_unit="GeV")), case.moved, Store())  # compile
    store = Store()
    tile(analysis, case.moved, store)
    times: dict[str, list[float]] = {"plain": [], "taken": [], "first": [], "drag": []}
    for _ in range(repeat):
        seconds, plain = cpu(lambda: case.plain(data, GRID[POSITION], masked))
        times["plain"].append(seconds)
        seconds, _ = cpu(lambda: case.plain(data, GRID[POSITION], taken))
        times["taken"].append(seconds)
        seconds, _ = cpu(lambda: tile(analysis, case.moved, Store(0)))
        times["first"].append(seconds)
        seconds, made = cpu(lambda: tile(analysis, case.moved, store))
        times["drag"].append(seconds)
        compare(made, plain, next(iter(made.cells.values())).counts.shape[0])
    median = {key: statistics.median(values) for key, values in times.items()}
    count = len(data)
    print(
        f"{name:8s}"
        + "".join(f"{key} {seconds:6.3f} s  " for key, seconds in median.items())
        + f" first/plain {median['first'] / median['plain']:.2f}  drag/plain {median['drag'] / median['plain']:.2f}"
        f"  drag/taken {median['drag'] / median['taken']:.2f}   drag {median['drag'] / count * 1e9:.1f} ns per event"
        f"   kept {store.nbytes / count:.0f} bytes per event   load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=list(CASES))
    options = parser.parse_args()
    data = events(options.events)
    print(f"{options.events:,} events, {len(ak.flatten(data.Muon_pt)):,} objects; median of {options.repeat}")
    for name, case in CASES.items():
        if options.only in (None, name):
            measure(name, case, data, options.repeat)


if __name__ == "__main__":
    main()
