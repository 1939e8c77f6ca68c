"""A real cluster: a scheduler, and workers in processes of their own, reachable from this machine alone."""

from __future__ import annotations

import importlib.util
import math
import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import heplens as hl
from support import HZZ

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
LIMIT = 250.0  # seconds until a wait is given up: what hangs fails, what is slow does not


def make_client(workers: int = 2, threads: int = 1, memory_limit: Any = 0, **options: Any) -> Any:
    import dask
    from distributed import Client

    # A cluster gives a worker up for ever that it finds missing 15 s after it died: on a slow machine, where the next
    # one of that name may have died meanwhile too, that is not the end of it.
    dask.config.set({"distributed.deploy.lost-worker-timeout": f"{LIMIT:.0f}s"})
    return Client(
        n_workers=workers,
        threads_per_worker=threads,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=memory_limit,
        **options,
    )


def close(client: Any) -> None:
    cluster = client.cluster
    if client.status == "running":
        client.close(timeout=LIMIT)
    if cluster is not None:
        cluster.close(timeout=LIMIT)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is known of files is kept here, not among the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    made = make_client(2)
    yield made
    close(made)


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Small synthetic NanoAOD-like files, each made once."""
    spec = importlib.util.spec_from_file_location("generate", BENCHMARKS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("generated")

    def make(events: int, kind: str = "ttree", seed: int = 1, cluster: int = 10_000) -> Path:
        path = folder / f"{kind}-{events}-{seed}.root"
        if not path.exists():
            module.generate(path, events, kind=kind, seed=seed, cluster=cluster)
        return path

    return make


@pytest.fixture
def many_files(tmp_path: Path) -> list[str]:
    """Enough files that a job over them can be interrupted."""
    target = Path(HZZ.rpartition(":")[0])
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(60):
        (folder / f"{i:03}.root").symlink_to(target)
    return [f"{path}:events" for path in sorted(folder.iterdir())]


def muons(data: Any) -> hl.Analysis:
    return (
        hl.Analysis(data)
        .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
        .cut("count(Muon) >= 2", name="two muons")
        .weight("EventWeight", name="event weight")
        .hist("(Muon[0] + Muon[1]).mass", bins=60, range=(60, 120), name="mass")
        .hist("Muon.pt", bins=40, range=(0, 200), name="pt")
    )


def poll(condition: Callable[[], Any], what: str) -> None:
    """Wait for a state; fail after a while."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f"timed out waiting for {what}"
        time.sleep(0.01)


@contextmanager
def standing(job: Any, after: int) -> Iterator[Callable[[int], None]]:
    """With more than `after` blocks done, the job does not go on before the end of this, unless it is cancelled.

    It stands in its own thread: however slow the machine is, it cannot have ended. What this gives lets it go on until
    more blocks are done, and stand again.
    """
    place, reached = [float(after)], queue.SimpleQueue[float]()

    def stand(job: Any) -> None:
        told = None
        while job.progress.done > (here := place[0]) and not job._runner.stop.is_set():
            if told != here:
                reached.put(here)
                told = here
            time.sleep(0.01)

    def wait() -> None:
        try:
            reached.get(timeout=LIMIT)
        except queue.Empty:
            pytest.fail(f"timed out waiting for {place[0]:.0f} blocks")

    def further(after: int) -> None:
        place[0] = after
        wait()

    end = job.listen(stand)
    try:
        wait()
        yield further
    finally:
        place[0] = math.inf
        end()


def same(one: Any, other: Any) -> None:
    """Results that agree in every bit."""
    assert list(one) == list(other)
    for name in one:
        assert one[name].axes == other[name].axes
        assert one[name].view(flow=True).tobytes() == other[name].view(flow=True).tobytes(), name
    assert repr(one.cutflow.rows) == repr(other.cutflow.rows)
    assert one.counters == other.counters
    assert one.used == other.used
    assert np.all([one.complete, other.complete])
