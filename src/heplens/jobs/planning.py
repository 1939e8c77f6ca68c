"""Which files have to be opened before a job begins, and what is known of the others from earlier jobs.

A file is known by its path, its time of modification and its size. Of files with the same branches one is opened, to
check the analysis; a moved cut over thousands of files begins at once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..columns.files import is_remote
from .environment import engine_version
from .orders import FilePlan, Where
from .record import write

_MOST = 50_000  # files remembered of one folder
_STEP = 100  # files to go through at a time: some milliseconds
_AHEAD = 500  # files that wait for the one that stands for them, before others are gone through

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
    """Facts of files, kept in the user's cache folder: a text for each folder of data, with a line for each file.

    A line is the name of the file and its tree, a tab, and the facts, both as JSON; it is taken apart when it is asked
    for.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = cache_folder() / "files" if folder is None else folder
        self._known: dict[str, dict[str, Facts | str]] = {}  # by folder of data, by file and tree; text as it was read
        self._changed: set[str] = set()

    def of(self, path: str, tree: str) -> Facts | None:
        """None for what is unknown, has changed, is remote, or cannot be seen from here."""
        if is_remote(path):
            return None
        parent, name = os.path.split(path)
        found = _told(self._of_folder(parent), _key(name, tree))
        return found if found is not None and found.stamp == stamp_of(path) else None

    def learn(self, plan: FilePlan) -> None:
        if plan.stamp is None or plan.error or plan.refused is not None:
            return
        parent, name = os.path.split(plan.where.path)
        known, key = self._of_folder(parent), _key(name, plan.where.tree)
        facts = _told(known, key)
        if facts is None or (facts.stamp, facts.uuid, facts.schema) != (plan.stamp, plan.uuid, plan.schema):
            facts = Facts(plan.stamp, plan.tree, plan.uuid, plan.entries, plan.schema)
        told = (plan.types, plan.ranges)
        if facts.demands.get(plan.demand) == told:
            return
        facts.demands[plan.demand] = told
        known.pop(key, None)
        known[key] = facts
        while len(known) > _MOST:
            del known[next(iter(known))]
        self._changed.add(parent)

    def save(self) -> None:
        """Never raises: what cannot be kept is looked up again."""
        for parent in self._changed:
            lines = [json.dumps({"engine": engine_version()})]
            for key, facts in list(self._known[parent].items()):
                lines.append(f"{key}\t{facts if isinstance(facts, str) else json.dumps([*vars(facts).values()])}")
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                write(self._place(parent), "\n".join(lines).encode())
            except OSError:
                continue
        self._changed.clear()

    def _of_folder(self, parent: str) -> dict[str, Facts | str]:
        if parent not in self._known:
            place = self._place(parent)
            self._known[parent] = _read(place, stamp_of(str(place)))
        return self._known[parent]

    def _place(self, parent: str) -> Path:
        return self.folder / f"{hashlib.sha256(os.fsencode(parent)).hexdigest()[:24]}.txt"


def _key(name: str, tree: str) -> str:
    return json.dumps(f"{name}:{tree}")


def _told(known: dict[str, Facts | str], key: str) -> Facts | None:
    found = known.get(key)
    if not isinstance(found, str):
        return found
    try:
        facts = known[key] = _facts(*json.loads(found))
    except (TypeError, ValueError, AttributeError, LookupError):
        return None
    return facts


class Planner:
    """The files that were not looked into, in the order in which their turn comes.

    Of known files with the same branches one is looked into; what it tells goes for the others. They are gone through
    a few at a time, so that the first blocks can be sent meanwhile.
    """

    def __init__(
        self, files: Iterable[Where], anew: Iterable[Where], data: Mapping[str, bool], known: KnownFiles
    ) -> None:
        """`anew` are those that may have changed since. `data` tells for each sample whether it is data, whose weights
        are left out."""
        self.waiting: list[Where] = []  # to be looked into
        self._open: set[Where] = set()  # these, and those that are being looked into
        self._files = deque(files)
        self._data = data
        self._known = known
        self._first: dict[Where, tuple[bool, str]] = {}  # is being looked into, and stands for its kind
        self._alike: dict[tuple[bool, str], list[Where]] = {}  # wait for it
        self._plans: dict[tuple[bool, str], FilePlan] = {}  # what it told
        self.ask(anew)

    def __bool__(self) -> bool:
        return bool(self._files or self._open)

    def ask(self, files: Iterable[Where]) -> None:
        """Have these looked into, whatever is known of them."""
        for where in files:
            self._open.add(where)
            self.waiting.append(where)

    @property
    def busy(self) -> bool:
        """Whether there is more to go through at once."""
        return bool(self._files) and sum(map(len, self._alike.values())) < _AHEAD

    def step(self) -> list[FilePlan]:
        """Go through the next files: the plans of those of which enough is known. Others wait to be looked into."""
        found: list[FilePlan] = []
        for _ in range(min(_STEP, len(self._files)) if self.busy else 0):
            where = self._files.popleft()
            facts = self._known.of(where.path, where.tree)
            if facts is None:
                self.ask([where])
                continue
            kind = (self._data[where.sample], facts.schema)
            if kind in self._plans:
                plan = _alike(self._plans[kind], where, facts)
                if plan is None:
                    self.ask([where])
                else:
                    found.append(plan)
            elif kind in self._alike:
                self._alike[kind].append(where)
            else:
                self._alike[kind], self._first[where] = [], kind
                self.ask([where])
        return found

    def settle(self, plan: FilePlan) -> None:
        """A file was looked into, or cannot be."""
        self._known.learn(plan)
        self._open.discard(plan.where)
        kind = self._first.pop(plan.where, None)
        if kind is None:
            return
        self._files.extendleft(reversed(self._alike.pop(kind)))
        if not plan.error and plan.refused is None and plan.schema == kind[1]:
            self._plans[kind] = plan


def _alike(plan: FilePlan, where: Where, facts: Facts) -> FilePlan | None:
    """The plan of a file like another one; None when the types of what is read may differ."""
    types, ranges = facts.demands.get(plan.demand, ("", []))
    if types != plan.types:
        return None
    found = copy(plan)  # a tenth of the price of dataclasses.replace, for each of thousands of files
    found.where, found.tree, found.uuid, found.entries = where, facts.tree, facts.uuid, facts.entries
    found.ranges, found.stamp = ranges, facts.stamp
    return found


def stamp_of(path: str) -> Stamp | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - called for every file of a dataset, and a Path costs more than the call
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "heplens"


@lru_cache(maxsize=16)
def _read(path: Path, stamp: Stamp | None) -> dict[str, Facts | str]:
    """Read once, as long as the stamp is the same: a job after a job need not."""
    try:
        first, *lines = path.read_text(encoding="utf-8").split("\n")
        if json.loads(first) != {"engine": engine_version()}:
            return {}
    except (OSError, ValueError):
        return {}
    found: dict[str, Facts | str] = {}
    for line in lines:
        key, _, facts = line.partition("\t")
        found[key] = facts
    return found


def _facts(stamp: Any, tree: str, uuid: str, entries: int, schema: str, demands: Any) -> Facts:
    wanted = {
        name: (str(types), [(int(start), int(stop)) for start, stop in ranges])
        for name, (types, ranges) in demands.items()
    }
    return Facts((int(stamp[0]), int(stamp[1])), str(tree), str(uuid), int(entries), str(schema), wanted)
