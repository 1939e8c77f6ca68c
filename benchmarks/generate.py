"""Write synthetic NanoAOD-like files, small or big, as TTree or RNTuple; the same seed gives the same events.

    python benchmarks/generate.py out/ --events 1000000 --files 4 --format ttree

Events are Z → μμ (70 %), H → μμμμ (10 %) or neither, in a tree ``Events`` with jagged Muon and Jet, MET, generator
weights (one in twenty negative) and event numbers, beside the ``Runs`` tree that NanoAOD has.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import uproot
from numpy.typing import NDArray

MUON = 0.1056583755
Z_MASS, Z_WIDTH = 91.1876, 2.4952
H_MASS, H_WIDTH = 125.2, 1.2
RUN = 362_000
NEGATIVE = 0.05
MAX_EXTRA = 1500

Floats = NDArray[np.float64]


def generate(
    path: Path,
    events: int,
    *,
    kind: str = "ttree",
    cluster: int = 100_000,
    extra: int = 0,
    compression: str = "zstd",
    level: int = 5,
    seed: int = 1,
    first_event: int = 0,
) -> None:
    """Write one file.

    Parameters
    ----------
    kind : "ttree" or "rntuple".
    cluster : events of each basket or cluster.
    extra : branches beside the 30 or so that mean something, up to 1,500; one third of them jagged.
    """
    if kind not in ("ttree", "rntuple"):
        raise ValueError(f"the format is ttree or rntuple, not {kind!r}")
    if not 0 <= extra <= MAX_EXTRA:
        raise ValueError(f"extra branches are between 0 and {MAX_EXTRA:,}, not {extra:,}")
    codec = {"zstd": uproot.ZSTD, "lz4": uproot.LZ4, "zlib": uproot.ZLIB, "lzma": uproot.LZMA}[compression](level)
    path.parent.mkdir(parents=True, exist_ok=True)
    total = squares = 0.0
    with uproot.recreate(path, compression=codec) as file:
        writable: Any = None
        for number, start in enumerate(range(0, max(events, 1), cluster)):
            size = min(cluster, events - start)
            chunk = make_events(size, np.random.default_rng([seed, first_event, number]), first_event + start, extra)
            weights = chunk["genWeight"].astype(np.float64)
            total += float(weights.sum())
            squares += float((weights**2).sum())
            if writable is None:
                writable = _table(file, "Events", chunk, kind)
            if size:
                writable.extend(chunk)
        runs = {
            "run": np.array([RUN], np.uint32),
            "genEventCount": np.array([events], np.int64),
            "genEventSumw": np.array([total]),
            "genEventSumw2": np.array([squares]),
        }
        _table(file, "Runs", runs, kind).extend(runs)


def _table(file: Any, name: str, chunk: dict[str, Any], kind: str) -> Any:
    if kind == "rntuple":
        return file.mkrntuple(name, ak.zip(dict(chunk), depth_limit=1)[:0])
    types = {
        field: ak.type(values).content if isinstance(values, ak.Array) else values.dtype
        for field, values in chunk.items()
    }
    return file.mktree(name, types, counter_name=_counter, field_name=lambda outer, inner: f"{outer}_{inner}")


def _counter(collection: str) -> str:
    return "n" + collection


def make_events(size: int, rng: np.random.Generator, first: int, extra: int = 0) -> dict[str, Any]:
    """Columns of `size` events; collections are records, which become `Muon_pt` and the like beside a counter."""
    kind = rng.choice(3, size, p=[0.7, 0.1, 0.2])
    parents = {0: (Z_MASS, Z_WIDTH, 1), 1: (H_MASS, H_WIDTH, 2)}
    parts: list[dict[str, Floats]] = []
    for which, (mass, width, pairs) in parents.items():
        parts += _decays(np.flatnonzero(kind == which), mass, width, pairs, rng)
    parts.append(_soft_muons(size, rng))
    chunk: dict[str, Any] = {
        "run": np.full(size, RUN, np.uint32),
        "luminosityBlock": (1 + np.arange(first, first + size) // 1000).astype(np.uint32),
        "event": np.arange(first, first + size, dtype=np.uint64),
        "genWeight": (rng.lognormal(0, 0.2, size) * np.where(rng.random(size) < NEGATIVE, -1, 1)).astype(np.float32),
        "Muon": _muons(parts, size, rng),
        "Jet": _jets(size, rng),
        "MET_pt": rng.exponential(25, size).astype(np.float32),
        "MET_phi": rng.uniform(-np.pi, np.pi, size).astype(np.float32),
        "PV_npvs": rng.poisson(30, size).astype(np.int32),
        "HLT_IsoMu24": rng.random(size) < 0.8,
    }
    for i in range(extra):
        if i % 3 == 2:
            counts = rng.poisson(2, size)
            chunk[f"Extra{i}_x"] = ak.unflatten(rng.normal(0, 1, counts.sum()).astype(np.float32), counts)
        else:
            chunk[f"extra{i}"] = rng.normal(0, 1, size).astype(np.float32)
    return chunk


def _decays(
    where: NDArray[np.intp], mass: float, width: float, pairs: int, rng: np.random.Generator
) -> list[dict[str, Floats]]:
    """Muons of a resonance with a Breit-Wigner mass: one pair, or two Z-like ones, one of them off shell."""
    size = len(where)
    parent = mass + width / 2 * np.tan(np.pi * (rng.random(size) - 0.5) * 0.97)
    momentum = rng.exponential(20, size) + 1
    eta, phi = rng.normal(0, 1.5, size), rng.uniform(-np.pi, np.pi, size)
    boost = _four_vector(momentum, eta, phi, parent)
    if pairs == 1:
        daughters = _two_body(boost, parent, np.full(size, MUON), np.full(size, MUON), rng)
    else:
        first = np.clip(rng.normal(88, 4, size), 40, parent - 14)
        second = rng.uniform(12, parent - first - 0.1)
        daughters = []
        for middle, m in zip(_two_body(boost, parent, first, second, rng), (first, second), strict=True):
            daughters += _two_body(middle, m, np.full(size, MUON), np.full(size, MUON), rng)
    charges = np.where(rng.random(size) < 0.5, 1, -1)
    made = []
    for i, daughter in enumerate(daughters):
        px, py, pz, _ = daughter * (1 + rng.normal(0, 0.01, size))
        pt = np.hypot(px, py)
        made.append(
            {"event": where, "pt": pt, "eta": np.arcsinh(pz / pt), "phi": np.arctan2(py, px)}
            | {"charge": charges * (-1) ** i, "iso": rng.exponential(0.04, size)}
        )
    return made


def _soft_muons(size: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Muons of nothing in particular, soft and not isolated."""
    where = np.repeat(np.arange(size), rng.poisson(0.4, size))
    count = len(where)
    return {
        "event": where,
        "pt": 3 + rng.exponential(6, count),
        "eta": rng.uniform(-2.6, 2.6, count),
        "phi": rng.uniform(-np.pi, np.pi, count),
        "charge": np.where(rng.random(count) < 0.5, 1, -1),
        "iso": rng.exponential(0.6, count),
    }


def _muons(parts: list[dict[str, Floats]], size: int, rng: np.random.Generator) -> ak.Array:
    """All muons by event, the hardest first."""
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    seen = (np.abs(columns["eta"]) < 2.6) & (columns["pt"] > 3)
    columns = {name: values[seen] for name, values in columns.items()}
    order = np.lexsort((-columns["pt"], columns["event"]))
    counts = np.bincount(columns.pop("event").astype(np.int64), minlength=size)
    total = len(order)
    fields = {name: values[order].astype(np.float32) for name, values in columns.items() if name != "charge"}
    fields |= {
        "mass": np.full(total, MUON, np.float32),
        "charge": columns["charge"][order].astype(np.int32),
        "tightId": rng.random(total) < 0.9,
        "jetIdx": rng.integers(-1, 4, total).astype(np.int16),
        "dxy": rng.normal(0, 0.02, total).astype(np.float32),
    }
    fields["pfRelIso04_all"] = fields.pop("iso")
    return ak.unflatten(ak.zip(fields), counts)


def _jets(size: int, rng: np.random.Generator) -> ak.Array:
    counts = rng.poisson(3.5, size)
    total = int(counts.sum())
    pt = 15 + rng.exponential(30, total)
    fields = {
        "pt": pt.astype(np.float32),
        "eta": rng.normal(0, 1.8, total).astype(np.float32),
        "phi": rng.uniform(-np.pi, np.pi, total).astype(np.float32),
        "mass": (pt * rng.uniform(0.05, 0.25, total)).astype(np.float32),
        "btagDeepFlavB": rng.beta(0.4, 2.0, total).astype(np.float32),
        "jetId": rng.choice(np.array([0, 2, 6], np.int32), total, p=[0.03, 0.12, 0.85]),
        "nConstituents": rng.poisson(20, total).astype(np.uint8),
    }
    return ak.unflatten(ak.zip(fields), counts)


def _four_vector(pt: Floats, eta: Floats, phi: Floats, mass: Floats) -> Floats:
    """Rows px, py, pz, E."""
    pz = pt * np.sinh(eta)
    return np.array([pt * np.cos(phi), pt * np.sin(phi), pz, np.sqrt(pt**2 + pz**2 + mass**2)])


def _two_body(parent: Floats, mass: Floats, first: Floats, second: Floats, rng: np.random.Generator) -> list[Floats]:
    """Isotropic decay of four-vectors (rows px, py, pz, E) of the given mass to two masses."""
    size = len(mass)
    squared = (mass**2 - (first + second) ** 2) * (mass**2 - (first - second) ** 2)
    momentum = np.sqrt(np.maximum(squared, 0)) / (2 * mass)
    cosine, phi = rng.uniform(-1, 1, size), rng.uniform(-np.pi, np.pi, size)
    sine = np.sqrt(1 - cosine**2)
    direction = momentum * np.array([sine * np.cos(phi), sine * np.sin(phi), cosine])
    made = []
    for sign, m in ((1, first), (-1, second)):
        rest, energy = sign * direction, np.sqrt(momentum**2 + m**2)
        along = (rest * parent[:3]).sum(axis=0)
        moved = rest + parent[:3] * (along / (mass * (parent[3] + mass)) + energy / mass)
        made.append(np.vstack([moved, (parent[3] * energy + along) / mass]))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000, help="events of each file")
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--format", choices=("ttree", "rntuple"), default="ttree")
    parser.add_argument("--cluster", type=int, default=100_000, help="events of each basket or cluster")
    parser.add_argument("--extra", type=int, default=0, help=f"more branches, up to {MAX_EXTRA:,}")
    parser.add_argument("--compression", choices=("zstd", "lz4", "zlib", "lzma"), default="zstd")
    parser.add_argument("--level", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for i in range(given.files):
        path = given.folder / f"nano_{given.format}_{i}.root"
        generate(
            path, given.events, kind=given.format, cluster=given.cluster, extra=given.extra,
            compression=given.compression, level=given.level, seed=given.seed, first_event=i * given.events,
        )  # fmt: skip
        print(f"{path}  {given.events:,} events, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
