"""CPU time of a job on Dask beside `Analysis.run`, coffea's executors, and decompression alone.

    python benchmarks/jobs.py [--files 4] [--events 1000000] [--repeat 5] [--workers 2]

One dimuon mass over generated files, five of their branches; everyone runs on the same cluster or with as many
processes, in turns. CPU time is that of all processes: client, scheduler and workers. Prints the medians, the CPU time
of client and scheduler for each 100,000 events beyond what they use when idle, how long the first partial takes, and
the same with 10,000 blocks that wait.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import uproot
from coffea import processor
from coffea.nanoevents import NanoAODSchema
from generate import generate

import heplens as hl
from heplens.columns import files as opened
from heplens.jobs.cluster import local_cluster

BRANCHES = ["Muon_pt", "Muon_eta", "Muon_phi", "Muon_mass", "Muon_charge"]
CHUNK = 100_000
MANY = 10_000


def analysis(paths: list[Path]) -> hl.Analysis:
    return (
        hl.Analysis([f"{path}:Events" for path in paths])
        .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
        .cut("count(Muon) >= 2", name="two muons")
        .cut("Muon[0].charge != Muon[1].charge", name="opposite charge")
        .hist("(Muon[0] + Muon[1]).mass", bins=100, range=(0, 200), name="mass")
    )


class Dimuon(processor.ProcessorABC):  # type: ignore[misc]
    """The same selection as a user of coffea writes it."""

    def process(self, events: Any) -> Any:
        muons = events.Muon[(events.Muon.pt > 20) & (abs(events.Muon.eta) < 2.4)]
        muons = muons[ak.num(muons) >= 2]
        muons = muons[muons.charge[:, 0] != muons.charge[:, 1]]
        mass = hist.Hist.new.Reg(100, 0, 200, name="mass").Double()
        mass.fill((muons[:, 0] + muons[:, 1]).mass)
        return {"mass": mass, "events": len(events)}

    def postprocess(self, accumulator: Any) -> Any:
        return accumulator


def coffea(paths: list[Path], executor: Any) -> Any:
    run = processor.Runner(executor=executor, schema=NanoAODSchema, chunksize=CHUNK, savemetrics=False)
    return run({"data": {"files": {str(path): "Events" for path in paths}}}, processor_instance=Dimuon())["mass"]


def decompress(paths: list[Path]) -> None:
    for path in paths:
        with uproot.open(path, array_cache=None) as file:
            for name in BRANCHES:
                branch = file["Events"][name]
                for number in range(branch.num_baskets):
                    branch.basket(number)


def forget(dask_worker: Any = None) -> None:
    """Nothing is left from the run before: neither open files nor columns."""
    from heplens.columns import files
    from heplens.jobs import task

    files.close_all()
    task._kept.clear()
    task._bounds.clear()


def process_seconds(dask_worker: Any) -> float:
    return time.process_time()


class Clock:
    """CPU seconds of this process (with the scheduler in it), of its workers, and of children that have ended."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.start()

    def start(self) -> None:
        self.workers = self.client.run(process_seconds)
        self.children = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall, self.own = time.perf_counter(), time.process_time()

    def stop(self) -> tuple[float, float, float]:
        """CPU seconds of all and of this process, and wall seconds."""
        own, wall = time.process_time() - self.own, time.perf_counter() - self.wall
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = children.ru_utime + children.ru_stime - self.children.ru_utime - self.children.ru_stime
        now = self.client.run(process_seconds)
        return own + ended + sum(now[w] - before for w, before in self.workers.items()), own, wall


def first_partial(job: Any, start: float) -> float:
    while not job.progress.done:
        time.sleep(0.002)
    job.partial()
    return time.perf_counter() - start


def in_processes(paths: list[Path], workers: int) -> Any:
    """coffea's pool is kept by loky for later; it is ended here, so that its CPU time is counted."""
    from loky import get_reusable_executor

    try:
        return coffea(paths, processor.FuturesExecutor(workers=workers, status=False))
    finally:
        get_reusable_executor().shutdown(wait=True)


def compare(paths: list[Path], client: Any, workers: int, repeat: int) -> None:
    clock = Clock(client)
    dask = processor.DaskExecutor(client=client, status=False)
    contenders: dict[str, Callable[[], Any]] = {
        "run": lambda: analysis(paths).run()["mass"],
        "job": lambda: analysis(paths).submit(client).result()["mass"],
        "coffea dask": lambda: coffea(paths, dask),
        "coffea futures": lambda: in_processes(paths, workers),
        "decompression": lambda: decompress(paths),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeat + 1):
        made = {}
        for name, contender in contenders.items():
            forget()
            client.run(forget)
            clock.start()
            made[name] = contender()
            if turn:  # the first turn imports, compiles, and looks into the files
                seconds[name].append(clock.stop()[0])
        assert made["run"] == made["job"]
        assert abs(made["run"].sum() - made["coffea dask"].sum()) < 1e-3 * made["run"].sum()  # theirs are float32
    median = {name: statistics.median(values) for name, values in seconds.items()}
    events = sum(uproot.open(path)["Events"].num_entries for path in paths)
    print(f"{events:,} events in {len(paths)} files, {workers} workers; median of {repeat}, CPU s of all processes")
    for name, value in median.items():
        print(f"  {name:15s} {value:6.2f} s   {events / value / 1e6:5.2f} million events per CPU second")
    print(f"job / coffea dask, events per CPU second    {median['coffea dask'] / median['job']:.2f}")
    print(f"job / coffea futures, events per CPU second {median['coffea futures'] / median['job']:.2f}")
    print(f"job / run, CPU time                         {median['job'] / median['run']:.2f}")
    print(f"decompression / job, CPU time               {median['decompression'] / median['job']:.2f}")


def overhead(paths: list[Path], client: Any, copies: int, repeat: int) -> None:
    """Of a longer job: the same files under many names."""
    clock = Clock(client)
    time.sleep(5)
    _, own, wall = clock.stop()
    idle = own / wall
    found, gross, first, tasks = [], [], [], []
    for _ in range(repeat):
        long = analysis(paths * copies)
        clock.start()
        start = time.perf_counter()
        job = long.submit(client)
        first.append(first_partial(job, start))
        job.wait()
        _, own, wall = clock.stop()
        chunks = job.progress.events / CHUNK
        found.append((own - idle * wall) / chunks * 1e6)
        gross.append(own / chunks * 1e6)
        tasks.append(job._runner._pool.sent)
    print(
        f"client and scheduler: {statistics.median(found):.0f} µs per {CHUNK:,} events beyond the "
        f"{1e3 * idle:.0f} ms per second that they use when idle ({statistics.median(gross):.0f} µs with these), "
        f"{chunks / statistics.median(tasks):.1f} such chunks per task; "
        f"first partial after {1e3 * statistics.median(first):.0f} ms"
    )


def learn(names: list[Path], client: Any) -> None:
    """As if a job over these links to one file had been run before; that takes minutes."""
    from heplens.jobs.dataset import list_files
    from heplens.jobs.planning import KnownFiles

    job = analysis(names[:1]).submit(client)
    job.wait()
    plan = job._ledger.files[0].plan
    assert plan is not None
    known = KnownFiles()
    for file in list_files(analysis(names)):
        known.learn(dataclasses.replace(plan, where=file.where))
    known.save()


def many(path: Path, folder: Path, client: Any, repeat: int) -> None:
    """A file under 10,000 names: how soon is there something to see, and what does looking cost."""
    folder.mkdir()
    for i in range(MANY):
        (folder / f"{i:05}.root").symlink_to(path)
    names = sorted(folder.iterdir())
    learn(names, client)
    first, looks = [], []
    for _ in range(repeat):
        wide = analysis(names)
        start = time.perf_counter()
        job = wide.submit(client)
        first.append(first_partial(job, start))
        start = time.perf_counter()
        job.partial()
        looks.append(time.perf_counter() - start)
        job.cancel()
    print(
        f"{MANY:,} files: first partial after {1e3 * statistics.median(first):.0f} ms, "
        f"another takes {1e3 * statistics.median(looks):.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--copies", type=int, default=5, help="how often each file is read in the longer job")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        paths = [folder / f"nano_{i}.root" for i in range(options.files)]
        for i, path in enumerate(paths):
            generate(path, options.events, seed=i + 1)
        small = folder / "small.root"
        generate(small, 1000, seed=9)
        client = local_cluster(options.workers)
        try:
            client.run(forget)
            opened.close_all()
            compare(paths, client, options.workers, options.repeat)
            overhead(paths, client, options.copies, max(1, options.repeat // 2))
            many(small, folder / "many", client, options.repeat)
        finally:
            client.shutdown()


if __name__ == "__main__":
    main()
