"""From pointer-down to a tile, beside one plain recomputation of the same eight histograms.

    python benchmarks/tiles.py [--events 10000000] [--repeat 3] [--only jagged] [--threads 2]

Arrays are in memory as uproot leaves them: float32 and int32, three objects per event on average. Four things are done
in turn, and wall and CPU seconds are told of each:

plain
    Masks and refills by hand, with boolean masks as it is mostly written. One thread.
taken
    The same with the places of what passes (`flatnonzero`), which is faster.
cold
    A tile as it is made when a handle is pressed that was never touched: the dashboard has read the columns and shown
    its histograms, nothing else was kept, nor is it now. With what the page gets: the tile is packed.
warm
    A tile after what stays the same was kept while nothing was asked for (bins, offsets, pairs, up to which position
    events pass).

Kernels are compiled before, as the dashboard does when it opens. Every tile is compared with `plain` at one position,
bin by bin. The aims are of the ratio cold / plain in wall time, with all cores; `kept` is what one leaves for the
next, `wire` what the eight histograms take on their way to the page.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import awkward as ak
import boost_histogram as bh
import numpy as np
import vector

import heplens as hl
from heplens.analysis.moved import Moved
from heplens.engine.compiled import parallel
from heplens.engine.compiled.store import Store
from heplens.engine.scan import scan
from heplens.engine.tiles import Tile
from heplens.widgets.packing import pack

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


#: What cold / plain must not exceed; the other cases have none.
AIMS = {"flat": 0.35, "jagged": 0.25, "mass": 1.0, "closest": 1.0}


@dataclass
class Times:
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def of(self, run: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        result = run()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)
        return result

    def __str__(self) -> str:
        return f"{statistics.median(self.wall):6.3f} ({statistics.median(self.cpu):6.3f})"

    def __truediv__(self, other: Times) -> str:
        walls = statistics.median(self.wall) / statistics.median(other.wall)
        cpus = statistics.median(self.cpu) / statistics.median(other.cpu)
        return f"{walls:5.2f} ({cpus:5.2f})"


def tile(analysis: hl.Analysis, moved: Moved, store: Store) -> tuple[Tile, int]:
    """The tile, and how many bytes it is on the wire."""
    made = scan(analysis, moved, GRID.tolist(), store=store)
    return made, sum(map(len, pack(made)[1]))


def compare(made: Tile, plain: Histograms) -> None:
    rows = slice(POSITION + 1, None) if made.form == "range" else slice(0, POSITION + 1)
    for cells, histogram in zip(made.cells.values(), plain, strict=True):
        assert np.array_equal(cells.counts[rows].sum(axis=0), histogram.values(flow=True))


def measure(name: str, case: Case, data: ak.Array, repeat: int) -> None:
    analysis = case.analysis(hl.Analysis(data, energy_unit="GeV"))
    tile(case.analysis(hl.Analysis(data[:10], energy_unit="GeV")), case.moved, Store())  # compile
    kept = Store()
    tile(analysis, case.moved, kept)
    times = {key: Times() for key in ("plain", "taken", "cold", "warm")}
    for _ in range(repeat):
        plain = times["plain"].of(lambda: case.plain(data, GRID[POSITION], masked))
        times["taken"].of(lambda: case.plain(data, GRID[POSITION], taken))
        cold, wire = times["cold"].of(lambda: tile(analysis, case.moved, Store().lent()))
        warm, _ = times["warm"].of(lambda: tile(analysis, case.moved, kept.lent()))
        compare(cold, plain)
        compare(warm, plain)
    print(
        f"{name:8s}{len(data):11,}  "
        + "  ".join(f"{key} {spent}" for key, spent in times.items())
        + f"  cold/plain {times['cold'] / times['plain']} aim {AIMS.get(name, float('nan')):.2f}"
        f"  kept {kept.nbytes / len(data):5.1f} B/event  wire {wire / 1e6:.2f} MB  load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=list(CASES))
    parser.add_argument("--threads", type=int, default=parallel.cores())
    options = parser.parse_args()
    parallel.MOST = options.threads
    data = events(options.events)
    objects = len(ak.flatten(data.Muon_pt))
    print(f"{options.events:,} events, {objects:,} objects, {options.threads} threads; median of {options.repeat},")
    print("wall seconds (CPU seconds)")
    for name, case in CASES.items():
        if options.only in (None, name):
            measure(name, case, data, options.repeat)


if __name__ == "__main__":
    main()
