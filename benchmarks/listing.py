"""CPU time of listing whole files: `heplens.inspect`, plain uproot, and `uproot-browser tree`.

    pip install uproot-browser
    python benchmarks/listing.py [--repeat 7] [FILE ...]

All three take turns in this process, each opening the file anew, and list everything in it recursively: name, type,
title, entries and bytes of each branch (uproot-browser: what it prints). Without files: those of tests/data that are
wide, a PHYSLITE file where there is one, a tree of 1,500 branches in 40 baskets each (it takes a minute to generate),
and RNTuples of 240, 480 and 960 fields. Prints the median CPU milliseconds, how long the server's cache takes for the
first file's tree, and the peak memory of a process that lists all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import awkward as ak
import numpy as np
import uproot
from generate import generate

from heplens.files import Listing
from heplens.files.opening import OpenFile, identity_of
from heplens.files.walking import list_node
from heplens.server.desk import Desk

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
WIDE = [
    "nanoAOD_2015_CMS_Open_Data_ttbar.root",
    "uproot-issue-798.root",
    "cmsopendata2015_ttbar_19980_NANOAOD_RNTupleImporter_rntuple_v1-0-0-1.root",
]
EVENTS, BASKETS, BRANCHES = 10, 40, 1500

MEMORY = """
import sys
from heplens.files import inspect
def walk(listing):
    for row in listing:
        if row.expandable:
            walk(listing.children(row))
for path in sys.argv[1:]:
    walk(inspect(path))
# Not getrusage: its maximum begins with that of the process that started this one.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def heplens(path: Path) -> int:
    def walk(listing: Listing) -> int:
        return sum(1 + (walk(listing.children(row)) if row.expandable else 0) for row in listing)

    return walk(list_node(OpenFile(path), ""))


def plain(path: Path) -> int:
    """What an expert would write: keys, and of each branch the same facts."""
    rows: list[object] = []
    with uproot.open({str(path): None}, array_cache=None) as top:
        for name, kind in top.iterclassnames():
            rows.append((name, kind))
            if kind in ("TTree", "TNtuple"):
                tree = top[name]
                for key, branch in tree.iteritems(full_paths=False):
                    rows.append((key, branch.typename, branch.title, branch.num_entries, branch.compressed_bytes))
            elif kind.endswith("RNTuple"):
                ntuple = top[name]
                for key in ntuple.keys():  # noqa: SIM118 - what users write
                    field = ntuple[key]
                    rows.append((key, field.typename, field.description, ntuple.num_entries))
    return len(rows)


def browser(path: Path) -> int:
    from rich.console import Console
    from uproot_browser.tree import print_tree

    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        print_tree(str(path), console=Console(file=text, width=200))
    return text.getvalue().count("\n")


CONTENDERS: dict[str, Callable[[Path], int]] = {"heplens": heplens, "uproot": plain, "browser": browser}


def cpu(run: Callable[[Path], int], path: Path) -> tuple[float, str]:
    start = time.process_time()
    try:
        rows = str(run(path))
    except Exception as error:
        rows = type(error).__name__
    return time.process_time() - start, rows


def generated(folder: Path) -> list[Path]:
    """The wide tree, and RNTuples of 240, 480 and 960 fields."""
    wide = folder / f"{BRANCHES} branches x {BASKETS} baskets.root"
    generate(wide, EVENTS * BASKETS, cluster=EVENTS, extra=BRANCHES)
    found = [wide]
    for fields in (240, 480, 960):
        path = folder / f"RNTuple of {fields} fields.root"
        with uproot.recreate(path) as file:
            columns = {f"field{i}": np.zeros(10, np.float32) for i in range(fields)}
            file.mkrntuple("Events", ak.zip(columns, depth_limit=1))
        found.append(path)
    return found


def from_cache(path: Path, node: str) -> tuple[float, int]:
    """Wall milliseconds of the second answer of the server's desk."""

    async def ask() -> tuple[float, int]:
        desk = Desk()
        identity = identity_of(path.stat())
        try:
            for _ in range(2):
                start = time.perf_counter()
                answer = await desk.answer(str(path), node, lambda stop: desk.pool.listing(str(path), identity, node))
            return (time.perf_counter() - start) * 1000, len(answer.plain())
        finally:
            desk.close()

    return asyncio.run(ask())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = options.files or [
            next(place / name for place in (DATA, SHARED) if (place / name).exists())
            for name in WIDE
            if any((place / name).exists() for place in (DATA, SHARED))
        ] + generated(Path(folder))
        print(f"{'CPU ms, median of ' + str(options.repeat):44s}" + "".join(f"{name:>10s}" for name in CONTENDERS))
        for path in paths:
            times: dict[str, list[float]] = {name: [] for name in CONTENDERS}
            counts = {}
            for turn in range(options.repeat + 1):
                for name, run in CONTENDERS.items():
                    seconds, counts[name] = cpu(run, path)
                    if turn:  # the first turn imports
                        times[name].append(seconds * 1000)
            medians = "".join(f"{statistics.median(found):10.1f}" for found in times.values())
            print(f"{path.stem[:43]:44s}{medians}   rows {', '.join(counts.values())}", flush=True)
        milliseconds, size = from_cache(paths[0], first_tree(paths[0]))
        print(f"server's cache, {paths[0].stem[:40]}: {milliseconds:.2f} ms for {size / 1000:.0f} kB")
        command = [sys.executable, "-c", MEMORY, *map(str, paths)]
        peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        print(f"peak memory of a process that lists all of them: {int(peak) / 1024:.0f} MB")


def first_tree(path: Path) -> str:
    return next(row.path for row in list_node(OpenFile(path), "") if row.kind in ("tree", "ntuple"))


if __name__ == "__main__":
    main()
