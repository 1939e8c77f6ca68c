"""What a process computes with: versions, and a digest of the code that decides numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from ..errors import JobError

_PACKAGES = ("awkward", "uproot", "numpy", "hist", "boost-histogram", "vector")
_LAYERS = ("columns", "analysis", "engine")

_compared: WeakKeyDictionary[Any, set[tuple[str, str]]] = WeakKeyDictionary()


@cache
def engine_version() -> str:
    """Version and a digest of the layers that decide numbers: two editions of one version are told apart too."""
    from .. import __version__

    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for layer in _LAYERS:
        for path in sorted((root / layer).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:8]}"


def describe() -> dict[str, str]:
    """Name to version of everything that has a say in the numbers."""
    return dict(_versions())


@cache
def mark() -> str:
    """All of `describe` in a few characters."""
    return hashlib.sha256(repr(sorted(describe().items())).encode()).hexdigest()[:12]


@cache
def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import version

    python = ".".join(platform.python_version_tuple()[:2])
    return {"heplens": engine_version(), "python": python, **{name: version(name) for name in _PACKAGES}}


def _probe() -> Callable[[], dict[str, str] | str]:
    """What each worker is asked. Made here so that it travels by value: a worker may have no heplens at all."""

    def probe() -> dict[str, str] | str:
        try:
            from heplens.jobs.environment import describe
        except ImportError as error:
            return f"heplens cannot be imported there ({error})"
        return describe()

    return probe


def check_workers(client: Any, again: bool = False) -> None:
    """Compare the workers that are there with this process; those that were compared before are not asked `again`.

    Raises
    ------
    JobError : naming every worker that differs, with both versions.
    """
    scheduler = client.scheduler_info(n_workers=-1)
    compared = set() if again else _compared.get(client, set())
    there = {(scheduler["id"], address) for address in scheduler["workers"]}
    new = [address for _, address in there - compared]
    if not new:
        return
    here = describe()
    answers: Mapping[str, Any] = client.run(_probe(), workers=new, on_error="return")
    wrong = [f"{worker}: {text}" for worker, answer in answers.items() if (text := _difference(here, answer))]
    if wrong:
        more = f" (and {len(wrong) - 5} more workers)" if len(wrong) > 5 else ""
        raise JobError(
            "the workers must compute with the same versions as this process; update and restart them. "
            + "; ".join(wrong[:5])
            + more
        )
    _compared[client] = there


def _difference(here: Mapping[str, str], there: Any) -> str:
    if isinstance(there, str):
        return there
    if not isinstance(there, Mapping):
        return f"could not tell its versions ({type(there).__name__}: {there})"
    names = [name for name in here if here[name] != there.get(name)]
    return ", ".join(f"{name} {there.get(name, 'absent')} instead of {here[name]}" for name in names)
