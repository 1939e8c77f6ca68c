"""What a job found in each file, to find the one that is damaged in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .filestate import FileState, faults_of
from .ledger import Ledger
from .packed import folded

if TYPE_CHECKING:
    from ..analysis.value import Analysis


@dataclass(frozen=True)
class FileReport:
    """One file: events and blocks, done and in all, and what looks odd.

    `nan` and `infinite` count such values in the branches that were read; only branches that have some are there.
    `outside` is for each histogram the share of its fills, 0 to 1, that lie beyond its axes (with weights: of the sum
    of squared weights). Damaged baskets may read without an error: a file that stands out is worth a look.
    """

    file: str
    sample: str
    events: int = 0
    total_events: int = 0
    done: int = 0
    total: int = 0
    nan: Mapping[str, int] = field(default_factory=dict)
    infinite: Mapping[str, int] = field(default_factory=dict)
    outside: Mapping[str, float] = field(default_factory=dict)
    error: str = ""
    skipped: bool = False


def reports(ledger: Ledger) -> list[FileReport]:
    """In file order."""
    return [_report(file, ledger.analysis) for file in ledger.copies()]


def _report(file: FileState, analysis: Analysis) -> FileReport:
    faults = faults_of(file)
    errors = [failure.error for failure in (file.failure, *file.failures.values()) if failure is not None]
    return FileReport(
        file.path,
        file.where.sample,
        file.done_events,
        file.events,
        len(file.done),
        file.total,
        {branch: nan for branch, (nan, _) in faults.items() if nan},
        {branch: inf for branch, (_, inf) in faults.items() if inf},
        _outside(file, analysis),
        errors[0] if errors else "",
        file.skipped,
    )


def _outside(file: FileState, analysis: Analysis) -> dict[str, float]:
    within: dict[str, float] = {}
    whole: dict[str, float] = {}
    partials = folded([(file.blocks[n], file.done[n]) for n in sorted(file.done)], analysis)
    for partial in partials:
        for (name, _), histogram in partial.histograms.items():
            inner, all = np.asarray(histogram.view()), np.asarray(histogram.view(flow=True))
            if all.dtype.names is not None:
                inner, all = inner["variance"], all["variance"]
            within[name] = within.get(name, 0.0) + float(inner.sum())
            whole[name] = whole.get(name, 0.0) + float(all.sum())
    return {name: max(0.0, 1 - within[name] / total) if total > 0 else 0.0 for name, total in whole.items()}
