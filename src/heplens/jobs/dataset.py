"""The dataset of an analysis as a job takes it: its files by number, with paths that every worker understands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..columns.files import is_remote
from ..errors import AnalysisError, JobError, nearest
from .filestate import FileState
from .orders import Where

if TYPE_CHECKING:
    from ..analysis.value import Analysis


def default_name(analysis: Analysis) -> str:
    """What the analysis runs over: the names of its samples, or of its first file."""
    dataset = analysis.dataset
    if dataset is None or not dataset.samples:
        return "job"
    if dataset.named:
        names = [sample.name for sample in dataset.samples]
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    files = dataset.samples[0].files
    name = files[0][0].rstrip("/").rpartition("/")[2] if files else "job"
    return name + (f" and {len(files) - 1:,} more" if len(files) > 1 else "")


def list_files(analysis: Analysis) -> list[FileState]:
    """The files of the dataset in order, with paths that workers in other folders understand.

    Raises
    ------
    AnalysisError : there is no dataset.
    JobError : the data are arrays in memory.
    """
    dataset = analysis.dataset
    if dataset is None:
        raise AnalysisError("the analysis has no data; give them with on(…)")
    if dataset.memory is not None:
        raise JobError("arrays in memory do not travel to workers; use run(), or write them to a ROOT file")
    found: list[FileState] = []
    for sample in dataset.samples:
        for path, tree in sample.files:
            found.append(FileState(Where(len(found), sample.name, _absolute(path), tree), path))
    return found


def _absolute(path: str) -> str:
    return path if is_remote(path) else os.path.abspath(path)  # noqa: PTH100 - a Path costs ten times as much


def with_absolute_paths(analysis: Analysis) -> Analysis:
    """The same analysis for a record on disk, which may be read from another folder."""
    dataset = analysis.dataset
    assert dataset is not None
    samples = tuple(
        replace(
            sample,
            files=tuple((_absolute(path), tree) for path, tree in sample.files),
        )
        for sample in dataset.samples
    )
    return type(analysis).make(replace(dataset, samples=samples), analysis.steps, analysis.regions, analysis.histograms)


def numbers_of(names: str | Sequence[str], files: Iterable[FileState]) -> list[int]:
    """The numbers of the files with these paths. Raises JobError when one is not among them."""
    files = list(files)
    wanted = {names} if isinstance(names, str) else set(names)
    found = [file for file in files if wanted & {file.path, file.where.path}]
    absent = sorted(wanted - {name for file in found for name in (file.path, file.where.path)})
    if absent:
        raise JobError(f"the job has no file {absent[0]!r}{nearest(absent[0], (file.path for file in files))}")
    return [file.where.index for file in found]
