"""What a job would read, before it is started."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..columns.files import is_remote, open_source
from ..columns.source import file_and_tree
from ..errors import HeplensError
from ..files.opening import OpenFile, remembered
from ..files.walking import list_node
from ..jobs.dataset import list_files
from ..jobs.progress import count, size

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..columns.source import Source

OPENED = 50  # files that are looked into; of more the rest is estimated


@dataclass(frozen=True)
class Outlook:
    """`events` of `looked` files; `branches` that are read of them.

    `per_event` are the bytes that these take per event in the first file, as stored; None when that is not known.
    `bytes` the files have on disk, the local ones.
    """

    files: int
    looked: int
    events: int
    branches: int
    all_branches: int
    per_event: float | None
    bytes: int

    @property
    def short(self) -> str:
        about = "" if self.looked == self.files else "about "
        return f"{self.files:,} file{'' if self.files == 1 else 's'}, {about}{count(self._all_events)} events"

    @property
    def text(self) -> str:
        parts = [self.short, f"{self.branches:,} of {self.all_branches:,} branches"]
        on_disk = f"{size(self.bytes)} on disk" if self.bytes else ""
        if self.per_event is not None:
            on_disk = f"about {size(self.per_event * self._all_events)}" + (f" of {on_disk}" if on_disk else "")
        return ", ".join([*parts, on_disk] if on_disk else parts)

    @property
    def _all_events(self) -> float:
        return self.events * self.files / self.looked if self.looked else 0


def look(analysis: Analysis, enough: Callable[[], bool] = lambda: False) -> Outlook:
    """Check the analysis against the first file of the dataset, and open some more until there is `enough`.

    Raises
    ------
    ExpressionError, FileError, AnalysisError, JobError : the analysis does not go with the data, a file cannot be
        opened, or the data do not travel to workers.
    """
    files = list_files(analysis)
    bound = analysis.bound
    names = bound.demand.branches
    events = looked = 0
    per_event = None
    for file in files[:OPENED]:
        if looked and enough():
            break
        source = open_source(file.path, file.where.tree)
        if not looked and source.entries:
            stored = _stored_bytes(source, names)
            per_event = None if stored is None else stored / source.entries
        events += source.entries
        looked += 1
    paths = [file.path for file in files if not is_remote(file.path)]
    on_disk = sum(Path(path).stat().st_size for path in paths if Path(path).is_file())
    return Outlook(len(files), looked, events, len(names), len(bound.schema.names), per_event, on_disk)


def _stored_bytes(source: Source, names: Iterable[str]) -> int | None:
    """What branches take in a file, compressed, as the lister has it; None when it does not tell for all of them."""
    path, tree = file_and_tree(source)
    try:
        rows = list_node(OpenFile(path) if is_remote(path) else remembered(path), tree)
    except HeplensError:  # no ROOT file
        return None
    stored = {row.path.removeprefix(f"{tree}/"): row.bytes for row in rows}
    sizes = {name if name in stored else name.partition(".")[0] for name in names}
    found = [stored.get(name) for name in sizes]
    return None if None in found else sum(filter(None, found))


class Looking:
    """Looks at what would be read, in a thread; what is looked at last counts. `tell` is given a line about it."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.short = ""
        self._tell = tell
        self._enough = threading.Event()
        self._thread: threading.Thread | None = None
        self._found: Analysis | None = None
        self._number = 0

    def at(self, make: Callable[[], Analysis], problem: Callable[[str], None]) -> None:
        """Look at the analysis that `make` returns. Both may raise; the sentence goes to `problem`."""
        before, enough = self._thread, threading.Event()
        self._enough.set()
        self._enough = enough
        self._number += 1
        number = self._number

        def run() -> None:
            if before is not None:
                before.join()
            outlook, found = None, None
            try:
                analysis = make()
                self._tell("looking into the files …")
                outlook, found = look(analysis, enough.is_set), analysis
            except (HeplensError, OSError) as error:
                if number == self._number:
                    problem(str(error))
            if number == self._number:
                self.short, self._found = "" if outlook is None else outlook.short, found
                self._tell("" if outlook is None else outlook.text)

        self._found = None
        self._thread = threading.Thread(target=run, name="heplens-launcher-look", daemon=True)
        self._thread.start()

    def result(self) -> Analysis | None:
        """The analysis, once it goes with the first file; None when it does not. No more files are opened."""
        self._enough.set()
        self.wait()
        return self._found

    def wait(self) -> None:
        while (thread := self._thread) is not None and thread.is_alive():
            thread.join()

    def stop(self) -> None:
        self._enough.set()
