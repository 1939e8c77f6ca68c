"""CPU time of a job on Dask beside `Analysis.run`, coffea's executors, and decompression alone.

    python benchmarks/jobs.py [--files 4] [--events 1000000] [--repeat 5] [--workers 2] [--only compare overhead many]

One dimuon mass over generated files, five of their branches; everyone runs on the same cluster or with as many
processes, in turns. CPU time is that of all processes: client, scheduler and workers. Prints the medians and, at the
end, all that is aimed at in one table: CPU time beside that of others; the CPU time of client and scheduler for each
100,000 events, beyond what they use when idle, as the difference between a short and a long job (what a job costs
whatever its length is told beside it, and what bare tasks of Dask cost that are as long as what a worker tells at a
time); and how long the first partial takes, also when 10,000 blocks or files wait.
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
PORTION = 0.9  # seconds after which a worker tells what it has done, as a job is made


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


@dataclasses.dataclass(frozen=True)
class Aim:
    """What was measured, and what it should be: at least or at most `limit`; "" for what is told only."""

    what: str
    value: float
    sign: str = ""
    limit: float = 0.0

    @property
    def text(self) -> str:
        if not self.sign:
            return ""
        met = self.value >= self.limit if self.sign == ">=" else self.value <= self.limit
        return f"{self.sign} {self.limit:g}{'' if met else '   NOT MET'}"


def print_table(aims: list[Aim]) -> None:
    width = max(len(aim.what) for aim in aims)
    for aim in aims:
        print(f"{aim.what:{width}s}  {aim.value:8.3g}  {aim.text}")


class Clock:
    """CPU seconds of this process (with the scheduler in it), of its workers, and of children that have ended."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.threads = sum(client.nthreads().values())
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


def compare(paths: list[Path], client: Any, workers: int, repeat: int) -> list[Aim]:
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
        spread = f"{min(seconds[name]):.2f} to {max(seconds[name]):.2f}"
        print(f"  {name:15s} {value:6.2f} s ({spread})   {events / value / 1e6:5.2f} million events per CPU second")
    return [
        Aim("events per CPU second, job / coffea dask", median["coffea dask"] / median["job"], ">=", 1.2),
        Aim("events per CPU second, job / coffea futures", median["coffea futures"] / median["job"], ">=", 1.0),
        Aim("CPU time, job / run", median["job"] / median["run"], "<=", 1.25),
        Aim("CPU time, decompression / job", median["decompression"] / median["job"]),
    ]


def overhead(paths: list[Path], client: Any, copies: tuple[int, int], repeat: int) -> list[Aim]:
    """Of a short and of a long job: the same files under many names."""
    clock = Clock(client)
    time.sleep(5)
    _, own, wall = clock.stop()
    idle = own / wall
    first: list[float] = []
    net: list[float] = []
    walls: list[float] = []
    chunks: list[float] = []
    tasks: list[int] = []
    for many in copies:
        spent, took = [], []
        for _ in range(repeat):
            long = analysis(paths * many)
            clock.start()
            start = time.perf_counter()
            job = long.submit(client)
            first.append(first_partial(job, start))
            job.wait()
            _, own, wall = clock.stop()
            spent.append(own - idle * wall)
            took.append(wall)
        net.append(statistics.median(spent))
        walls.append(statistics.median(took))
        chunks.append(job.progress.events / CHUNK)
        tasks.append(job._runner._pool.sent)
        print(
            f"client and scheduler: {1e3 * net[-1]:.0f} ms for {chunks[-1]:.0f} times {CHUNK:,} events in {tasks[-1]} "
            f"tasks ({1e6 * net[-1] / chunks[-1]:.0f} µs each), beyond {1e3 * idle:.0f} ms per second when idle"
        )
    each = (net[1] - net[0]) / (chunks[1] - chunks[0])
    print(f"  {1e3 * (net[0] - each * chunks[0]):.0f} ms for each job, whatever its length")
    seconds = clock.threads * (walls[1] - walls[0])
    more = round(seconds / PORTION)
    bare = bare_tasks(client, clock, idle, more, PORTION, repeat)
    ours = f"{1e3 * (net[1] - net[0]) / more:.1f} ms for every {PORTION} s of a worker"
    print(f"  {ours}; {1e3 * bare / more:.1f} ms for a bare task as long: submitted, waited for, fetched")
    return [
        Aim(f"client and scheduler, µs for each {CHUNK:,} events more", 1e6 * each, "<=", 100),
        Aim("the same, job / bare tasks of Dask, one for each of its portions", (net[1] - net[0]) / bare),
        Aim("first partial, ms", 1e3 * statistics.median(first), "<=", 300),
    ]


def busy(number: int, seconds: float) -> bytes:
    """As a task of a job: arrays, and a small result."""
    import numpy as np

    values, end = np.arange(2e6), time.perf_counter() + seconds
    while time.perf_counter() < end:
        np.sum(values * values)
    return bytes(2000)


def bare_tasks(client: Any, clock: Clock, idle: float, tasks: int, seconds: float, repeat: int) -> float:
    """CPU seconds of client and scheduler for so many tasks with nothing of ours, beyond what they use when idle."""
    from distributed import as_completed

    spent = []
    for _ in range(repeat):
        clock.start()
        for future in as_completed([client.submit(busy, i, seconds, pure=False) for i in range(tasks)]):
            future.result()
        _, own, wall = clock.stop()
        spent.append(own - idle * wall)
    return statistics.median(spent)


def learn(names: list[Path], kinds: int, client: Any) -> None:
    """As if a job over these links to some files, in turns, had been run before; that takes minutes."""
    from heplens.jobs.dataset import list_files
    from heplens.jobs.planning import KnownFiles

    job = analysis(names[:kinds]).submit(client)
    job.wait()
    plans = [file.plan for file in job._ledger.files]
    known = KnownFiles()
    for file in list_files(analysis(names)):
        plan = plans[file.where.index % kinds]
        assert plan is not None
        known.learn(dataclasses.replace(plan, where=file.where))
    known.save()


def many(paths: list[Path], links: int, folder: Path, client: Any, repeat: int) -> list[Aim]:
    """Files under many names: how soon is there something to see, and what does looking cost."""
    folder.mkdir()
    for i in range(links):
        (folder / f"{i:05}.root").symlink_to(paths[i % len(paths)])
    names = sorted(folder.iterdir())
    learn(names, len(paths), client)
    first, looks = [], []
    for _ in range(repeat):
        wide = analysis(names)
        start = time.perf_counter()
        job = wide.submit(client)
        first.append(first_partial(job, start))
        while job.progress.unseen:
            time.sleep(0.01)
        for _ in range(5):
            start = time.perf_counter()
            job.partial()
            job.describe()
            looks.append(time.perf_counter() - start)
        blocks = job.progress.total
        job.cancel()
    what = f"{blocks:,} blocks of {links:,} files"
    return [
        Aim(f"first partial of {what}, ms", 1e3 * statistics.median(first), "<=", 500),
        Aim(f"a look at {what}, ms", 1e3 * statistics.median(looks), "<=", 20),
    ]


def look_at_all(client: Any, path: Path, repeat: int) -> list[Aim]:
    """The price of a look when 10,000 blocks are done."""
    from heplens.jobs.dataset import list_files
    from heplens.jobs.ledger import Ledger

    job = analysis([path]).submit(client)
    job.wait()
    done = job._ledger.files[0]
    assert done.plan is not None
    (piece,) = job._ledger.pieces(done, all=True)
    wide = analysis([path] * MANY)
    ledger = Ledger(wide, list_files(wide))
    for file in ledger.files:
        ledger.planned(dataclasses.replace(done.plan, where=file.where))
        ledger.add(dataclasses.replace(piece, file=file.where.index), done.done[piece.number])
    ledger.result(final=False)
    looks = []
    for _ in range(repeat):
        start = time.perf_counter()
        ledger.result(final=False)
        ledger.progress().as_dict()
        looks.append(time.perf_counter() - start)
    return [Aim(f"a look at {MANY:,} blocks that are done, ms", 1e3 * statistics.median(looks), "<=", 20)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--copies", type=int, nargs=2, default=(5, 25), help="how often each file is read in two jobs")
    parser.add_argument("--only", nargs="+", choices=["compare", "overhead", "many"], help="some of it")
    options = parser.parse_args()
    wanted = options.only or ["compare", "overhead", "many"]
    aims: list[Aim] = []
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
            analysis(paths).submit(client).result()  # imports and compiles
            if "compare" in wanted:
                aims += compare(paths, client, options.workers, options.repeat)
            if "overhead" in wanted:
                aims += overhead(paths, client, tuple(options.copies), max(1, options.repeat // 2))
            if "many" in wanted:
                links = round(MANY * len(paths) / analysis(paths).submit(client).result().blocks)
                aims += many(paths, links, folder / "blocks", client, options.repeat)
                aims += many([small], MANY, folder / "files", client, options.repeat)
                aims += look_at_all(client, small, options.repeat)
        finally:
            client.shutdown()
    print_table(aims)


if __name__ == "__main__":
    main()
