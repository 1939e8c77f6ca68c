"""Which files have to be opened before a job begins, and what is known of the others from earlier jobs.

A file is known by its path, its time of modification and its size. Of files with the same branches one is opened, to
check the analysis; a moved cut over thousands of files begins at once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..columns.files import is_remote
from .environment import engine_version
from .record import write
from .task import FilePlan, Where

_MOST = 50_000  # files remembered of one folder

Stamp = tuple[int, int]


@dataclass
class Facts:
    """What is known of one tree. `demands` maps the branches that are read to (their types, the blocks)."""

    stamp: Stamp
    tree: str
    uuid: str
    entries: int
    schema: str
    demands: dict[str, tuple[str, list[tuple[int, int]]]] = field(default_factory=dict)


class KnownFiles:
    """Facts of files, kept in the user's cache folder: one JSON text for each folder of data."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = cache_folder() / "files" if folder is None else folder
        self._known: dict[str, dict[str, Any]] = {}  # by folder of data, by file and tree; lists as they were read
        self._changed: set[str] = set()

    def of(self, path: str, tree: str) -> Facts | None:
        """None for what is unknown, has changed, is remote, or cannot be seen from here."""
        if is_remote(path):
            return None
        parent, name = os.path.split(path)
        known, key = self._of_folder(parent), f"{name}:{tree}"
        found = known.get(key)
        if isinstance(found, list):
            try:
                found = known[key] = _facts(*found)
            except (TypeError, ValueError, AttributeError, LookupError):
                return None
        return found if found is not None and found.stamp == stamp_of(path) else None

    def learn(self, plan: FilePlan) -> None:
        if plan.stamp is None or plan.error or plan.refused is not None:
            return
        parent, name = os.path.split(plan.where.path)
        known, key = self._of_folder(parent), f"{name}:{plan.where.tree}"
        facts = known.pop(key, None)
        same = isinstance(facts, Facts) and facts.stamp == plan.stamp and facts.uuid == plan.uuid
        if not same or facts.schema != plan.schema:
            facts = Facts(plan.stamp, plan.tree, plan.uuid, plan.entries, plan.schema)
        facts.demands[plan.demand] = (plan.types, plan.ranges)
        known[key] = facts
        while len(known) > _MOST:
            del known[next(iter(known))]
        self._changed.add(parent)

    def save(self) -> None:
        """Never raises: what cannot be kept is looked up again."""
        for parent in self._changed:
            files = {
                key: [*vars(facts).values()] if isinstance(facts, Facts) else facts
                for key, facts in self._known[parent].items()
            }
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                write(self._place(parent), json.dumps({"engine": engine_version(), "files": files}).encode())
            except OSError:
                continue
        self._changed.clear()

    def _of_folder(self, parent: str) -> dict[str, Any]:
        if parent not in self._known:
            place = self._place(parent)
            self._known[parent] = _read(place, stamp_of(str(place)))
        return self._known[parent]

    def _place(self, parent: str) -> Path:
        return self.folder / f"{hashlib.sha256(parent.encode()).hexdigest()[:24]}.json"


class Planner:
    """The files that wait to be looked into. Each answer may settle others that are known to be alike."""

    def __init__(self, files: Iterable[Where], data: Mapping[str, bool], known: KnownFiles) -> None:
        """`data` tells for each sample whether it is data, whose weights are left out."""
        self.waiting: list[Where] = []
        self._known = known
        self._alike: dict[tuple[bool, str], list[tuple[Where, Facts]]] = {}
        self._first: dict[Where, tuple[bool, str]] = {}
        for where in files:
            facts = known.of(where.path, where.tree)
            if facts is None:
                self.waiting.append(where)
                continue
            group = (data[where.sample], facts.schema)
            if group in self._alike:
                self._alike[group].append((where, facts))
            else:
                self._alike[group] = []
                self._first[where] = group
                self.waiting.append(where)

    def settle(self, plan: FilePlan) -> list[FilePlan]:
        """The plans of other files that follow from this one. Those that do not follow wait to be looked into."""
        self._known.learn(plan)
        found: list[FilePlan] = []
        group = self._first.pop(plan.where, None)
        for where, facts in self._alike.pop(group, ()) if group is not None else ():
            types, ranges = facts.demands.get(plan.demand, ("", []))
            if plan.error or plan.refused is not None or types != plan.types or facts.schema != plan.schema:
                self.waiting.append(where)
                continue
            known = copy(plan)  # a tenth of the price of dataclasses.replace, for each of thousands of files
            known.where, known.tree, known.uuid, known.entries = where, facts.tree, facts.uuid, facts.entries
            known.ranges, known.stamp = ranges, facts.stamp
            found.append(known)
        return found

    def __bool__(self) -> bool:
        return bool(self.waiting or self._first)


def stamp_of(path: str) -> Stamp | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - called for every file of a dataset, and a Path costs more than the call
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "heplens"


@lru_cache(maxsize=16)
def _read(path: Path, stamp: Stamp | None) -> dict[str, Any]:
    """Read once, as long as the stamp is the same: a job after a job need not."""
    try:
        document: Any = json.loads(path.read_bytes())
        if document["engine"] != engine_version():
            return {}
        return dict(document["files"])
    except (OSError, ValueError, TypeError, LookupError):
        return {}


def _facts(stamp: Any, tree: str, uuid: str, entries: int, schema: str, demands: Any) -> Facts:
    wanted = {
        name: (str(types), [(int(start), int(stop)) for start, stop in ranges])
        for name, (types, ranges) in demands.items()
    }
    return Facts((int(stamp[0]), int(stamp[1])), str(tree), str(uuid), int(entries), str(schema), wanted)
