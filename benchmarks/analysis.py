"""CPU time of `Analysis.run`, of the script that it writes, and of the loop that an Awkward expert would write.

    python benchmarks/analysis.py [--files 4] [--events 1000000] [--repeat 5]

One dimuon analysis over generated files; the three take turns, each in a process of its own with nothing cached.
Prints the median CPU seconds, the ratios, the peak memory, and how the bytes read change with 1,500 other branches in
the file.
"""

from __future__ import annotations

import argparse
import hashlib
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


def contender(name: str, paths: list[Path]) -> Callable[[], Any]:
    """What gives the histograms by name."""
    if name == "run":
        return analysis(paths).run
    if name == "expert":
        return lambda: expert(paths)
    main: Any = runpy.run_path(str(paths[0].parent / "selection.py"))["main"]
    return lambda: next(iter(main().values()))[0]


def serve(name: str, paths: list[Path]) -> None:
    """One contender in a process of its own, for the memory that another frees makes a run cheaper: for each line of
    input the CPU seconds of one more run, the peak memory in MB, and a digest of the bins.
    """
    run = contender(name, paths)
    run()  # imports and compiles
    for _ in sys.stdin:
        opened.close_all()
        start = time.process_time()
        result = run()
        seconds = time.process_time() - start
        bins = b"".join(np.asarray(result[h].values(flow=True)).tobytes() for h in ("mass", "pt"))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(seconds, memory, hashlib.sha256(bins).hexdigest(), flush=True)


def compete(paths: list[Path], repeat: int) -> dict[str, list[tuple[float, float]]]:
    """CPU seconds and peak memory of every run, the contenders taking turns. All must fill the same bins."""
    names = ("run", "script", "expert")
    servers = {
        name: subprocess.Popen(
            [sys.executable, __file__, "--serve", name, *map(str, paths)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for name in names
    }  # fmt: skip
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(repeat):
        digests = set()
        for name, server in servers.items():
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write("run\n")
            server.stdin.flush()
            seconds, memory, digest = server.stdout.readline().split()
            found[name].append((float(seconds), float(memory)))
            digests.add(digest)
        assert len(digests) == 1, "the bins differ"
    for server in servers.values():
        server.communicate()
    return found


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


def make(folder: Path, **options: int) -> list[Path]:
    """Generated files, made in another process: its memory would be counted as that of its children."""
    script = Path(__file__).with_name("generate.py")
    given = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    subprocess.run([sys.executable, script, folder, *given], check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("nano_ttree_*.root"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = make(Path(folder), events=options.events, files=options.files)
        (wide,) = make(Path(folder) / "wide", events=20_000, extra=1500)
        (narrow,) = make(Path(folder) / "narrow", events=20_000)
        (Path(folder) / "selection.py").write_text(analysis(paths).to_script(), encoding="utf-8")
        measured = compete(paths, options.repeat)
        median = {name: statistics.median(seconds for seconds, _ in runs) for name, runs in measured.items()}
        events = options.files * options.events
        print(f"{events:,} events in {options.files} files; median of {options.repeat}, CPU seconds")
        for name, seconds in median.items():
            peak = max(memory for _, memory in measured[name])
            speed = events / seconds / 1e6
            print(f"  {name:8s} {seconds:7.2f}   {speed:5.2f} million events per second   peak memory {peak:.0f} MB")
        print(f"run / script    {median['run'] / median['script']:.3f}")
        print(f"script / expert {median['script'] / median['expert']:.3f}")
        print(f"import heplens  {import_seconds() * 1000:.0f} ms")
        for name, path in (("alone", narrow), ("beside 1,500 other branches", wide)):
            header, data = bytes_read(path)
            print(f"bytes read {name}: {data:,} of data, {header:,} to open the tree")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], [Path(path) for path in sys.argv[3:]])
    else:
        main()
