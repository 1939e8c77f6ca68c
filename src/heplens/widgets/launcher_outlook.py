"""What a job would read, before it is started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..columns.files import is_remote, open_source
from ..jobs.progress import count, size

if TYPE_CHECKING:
    from ..analysis import Analysis

OPENED = 50  # files that are looked into; of more the rest is estimated


@dataclass(frozen=True)
class Outlook:
    """`events` of `looked` files, `branches` that are read of them, `bytes` the files have on disk (of local ones)."""

    files: int
    looked: int
    events: int
    branches: int
    all_branches: int
    bytes: int

    @property
    def text(self) -> str:
        about = "" if self.looked == self.files else "about "
        events = self.events * self.files / self.looked if self.looked else 0
        parts = [
            f"{self.files:,} file{'' if self.files == 1 else 's'}",
            f"{about}{count(events)} events",
            f"{self.branches:,} of {self.all_branches:,} branches",
        ]
        return ", ".join([*parts, f"{size(self.bytes)} on disk"] if self.bytes else parts)


def look(analysis: Analysis, cancelled: Callable[[], bool] = lambda: False) -> Outlook:
    """Open the first files of the dataset and check the analysis against the first.

    Raises
    ------
    ExpressionError, FileError, AnalysisError : the analysis does not go with the data, or a file cannot be opened.
    """
    bound = analysis.bound
    assert analysis.dataset is not None
    pairs = [pair for sample in analysis.dataset.samples for pair in sample.files]
    events = looked = 0
    for path, tree in pairs[:OPENED]:
        if cancelled():
            break
        events += open_source(path, tree).entries
        looked += 1
    on_disk = sum(Path(path).stat().st_size for path, _ in pairs if not is_remote(path) and Path(path).is_file())
    return Outlook(len(pairs), looked, events, len(bound.demand.branches), len(bound.schema.names), on_disk)
