"""Job directories, by the JSON that they describe themselves with. Nothing of the analysis is read, nothing is run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VERSION = 1  # of `heplens.jobs.record`
FOLDERS = 5_000  # that are looked into at most
DEPTH = 6
JOBS = 200  # that are listed at most
LARGEST = 1_000_000  # bytes of a status.json

_TEXTS = ("id", "name", "state", "host", "error")
_NUMBERS = ("created", "updated", "pid")
_COUNTS = ("done", "failed", "total", "events", "total_events")


def find_jobs(root: str, hidden: bool = False) -> dict[str, Any]:
    """The jobs kept in and below a folder, the one that was written last first; links are not followed.

    Returns
    -------
    {"jobs": […], "whole": bool}; each job has its `path` relative to `root` and the plain values of its
    ``status.json``. `whole` is False when there were too many folders to look into them all.
    """
    found: list[dict[str, Any]] = []
    whole = True
    for number, folder in enumerate(_folders(Path(root), hidden)):
        if number >= FOLDERS:
            whole = False
            break
        job = read_job(folder)
        if job is not None:
            found.append({"path": folder.relative_to(root).as_posix(), **job})
    found.sort(key=lambda job: -job["updated"])
    return {"jobs": found[:JOBS], "whole": whole and len(found) <= JOBS}


def read_job(folder: Path) -> dict[str, Any] | None:
    """What a job's directory says about the job; None when it is no job's, or says nothing that can be read."""
    path = folder / "status.json"
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return None
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("heplens_job") != VERSION:
        return None
    progress = told.get("progress")
    progress = progress if isinstance(progress, dict) else {}
    return {
        **{name: _text(told.get(name)) for name in _TEXTS},
        **{name: _number(told.get(name)) for name in _NUMBERS},
        "progress": {name: _number(progress.get(name)) for name in _COUNTS},
    }


def _folders(root: Path, hidden: bool) -> Iterator[Path]:
    """Breadth first: what is near the top is found even when not everything is looked into."""
    level = [root]
    for _ in range(DEPTH):
        below: list[Path] = []
        for folder in level:
            yield folder
            try:
                with os.scandir(folder) as entries:
                    names = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
            except OSError:  # not ours to read, or gone
                continue
            if "partials" not in names:  # a job's directory has no jobs in it
                below += [folder / name for name in names if hidden or not name.startswith(".")]
        level = below


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e18 else 0
