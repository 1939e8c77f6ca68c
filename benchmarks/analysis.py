"""CPU time of `Analysis.run`, of the script that it writes, and of the loop that an Awkward expert would write.

    python benchmarks/analysis.py [--files 4] [--events 1000000] [--repeat 5]

One dimuon analysis over generated files; the three take turns, each in this process with nothing cached. Prints the
median CPU seconds, the ratios, the peak memory, and how the bytes read change with 1,500 other branches in the file.
"""

from __future__ import annotations

import argparse
import resource
import runpy
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import uproot
import vector
from generate import generate

import heplens as hl
from heplens.columns import files as opened

vector.register_awkward()
BRANCHES = ["Muon_pt", "Muon_eta", "Muon_phi", "Muon_mass", "Muon_charge"]


def analysis(paths: list[Path]) -> hl.Analysis:
    return (
        hl.Analysis([f"{path}:Events" for path in paths])
        .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
        .cut("count(Muon) >= 2", name="two muons")
        .cut("Muon[0].charge != Muon[1].charge", name="opposite charge")
        .hist("(Muon[0] + Muon[1]).mass", bins=100, range=(0, 200), name="mass")
        .hist("Muon.pt", bins=100, range=(0, 200), name="pt")
    )


def expert(paths: list[Path], step: int = 200_000) -> dict[str, Any]:
    """By hand, with all that is known of this selection; in double precision, as the others."""
    mass = hist.Hist.new.Reg(100, 0, 200).Double()
    pt = hist.Hist.new.Reg(100, 0, 200).Double()
    for path in paths:
        for events in uproot.open(path)["Events"].iterate(BRANCHES, step_size=step):
            fields = {name.removeprefix("Muon_"): events[name] for name in BRANCHES}
            muons = ak.zip({f: ak.values_astype(a, np.float64) for f, a in fields.items()}, with_name="Momentum4D")
            muons = muons[(muons.pt > 20) & (abs(muons.eta) < 2.4)]
            muons = muons[ak.num(muons) >= 2]
            muons = muons[muons.charge[:, 0] != muons.charge[:, 1]]
            mass.fill((muons[:, 0] + muons[:, 1]).mass)
            pt.fill(ak.flatten(muons.pt))
    return {"mass": mass, "pt": pt}


def cpu_seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    opened.close_all()
    start = time.process_time()
    result = run()
    return time.process_time() - start, result


def import_seconds() -> float:
    code = "import time; s = time.perf_counter(); import heplens; print(time.perf_counter() - s)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout) for _ in range(5)
    ]
    return statistics.median(times)


def bytes_read(path: Path) -> tuple[int, int]:
    """What uproot asks of the file: to open the tree (its header names every branch), and then for one run."""
    opened.close_all()
    ours = analysis([path])
    assert ours.dataset is not None
    source: Any = ours.dataset.first()
    before = source.tree.file.source.num_requested_bytes
    ours.run()
    return before, source.tree.file.source.num_requested_bytes - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"nano_{i}.root" for i in range(options.files)]
        for i, path in enumerate(paths):
            generate(path, options.events, seed=i + 1)
        wide = Path(folder) / "wide.root"
        generate(wide, 20_000, extra=1500)
        narrow = Path(folder) / "narrow.root"
        generate(narrow, 20_000)
        ours = analysis(paths)
        script = Path(folder) / "selection.py"
        script.write_text(ours.to_script(), encoding="utf-8")
        written = runpy.run_path(str(script))["main"]
        contenders: dict[str, Callable[[], Any]] = {
            "run": ours.run,
            "script": lambda: next(iter(written().values()))[0],
            "expert": lambda: expert(paths),
        }
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for turn in range(options.repeat + 1):
            results = {}
            for name, run in contenders.items():
                seconds, results[name] = cpu_seconds(run)
                if turn:  # the first turn imports and compiles
                    times[name].append(seconds)
            for name in ("mass", "pt"):
                bins = [np.asarray(results[c][name].values(flow=True)) for c in contenders]
                assert all(np.array_equal(bins[0], other) for other in bins), name
        median = {name: statistics.median(values) for name, values in times.items()}
        events = options.files * options.events
        print(f"{events:,} events in {options.files} files; median of {options.repeat}, CPU seconds")
        for name, seconds in median.items():
            print(f"  {name:8s} {seconds:7.2f}   {events / seconds / 1e6:5.2f} million events per second")
        print(f"run / script    {median['run'] / median['script']:.3f}")
        print(f"script / expert {median['script'] / median['expert']:.3f}")
        print(f"peak memory     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        print(f"import heplens  {import_seconds() * 1000:.0f} ms")
        for name, path in (("alone", narrow), ("beside 1,500 other branches", wide)):
            header, data = bytes_read(path)
            print(f"bytes read {name}: {data:,} of data, {header:,} to open the tree")


if __name__ == "__main__":
    main()
