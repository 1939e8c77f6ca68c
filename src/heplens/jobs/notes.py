"""What a reader of a job's result should know of its files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .filestate import FileState, faults_of

_SHOWN = 5  # notes of one kind


def repeated(groups: Iterable[Sequence[str]]) -> list[str]:
    """Files that are in the dataset more than once, under whatever names; their events count as often."""
    found = [
        f"{paths[0]} is in the dataset {len(paths):,} times"
        + next((f", also as {path}" for path in paths if path != paths[0]), "")
        + ": its events count as often"
        for paths in groups
    ]
    return found if len(found) <= _SHOWN else [*found[:_SHOWN], f"and {len(found) - _SHOWN:,} more such files"]


def faulty(files: Iterable[FileState]) -> list[str]:
    """NaN and infinite values are allowed, and yet are what damaged baskets look like."""
    notes: list[str] = []
    for file in files:
        for branch, (nan, inf) in faults_of(file).items():
            what = " and ".join(f"{n:,} {kind}" for n, kind in ((nan, "NaN"), (inf, "infinite")) if n)
            notes.append(f"{branch!r} of {file.path} holds {what} values")
    more = f"; {len(notes) - _SHOWN:,} more such branches, see job.files"
    return notes if len(notes) <= _SHOWN else [*notes[: _SHOWN - 1], notes[_SHOWN - 1] + more]
