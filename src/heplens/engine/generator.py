"""The sum of generator weights of a file, before any selection: what a cross section is divided by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..columns.files import open_source
from ..columns.source import Source
from ..errors import HeplensError
from .partial import Block

if TYPE_CHECKING:
    from ..analysis.value import Analysis

# NanoAOD's Runs tree: the sum of genWeight, or its names of other years.
_BRANCHES = ("genEventSumw", "genEventSumw_")


def sum_of_weights(analysis: Analysis, source: Source, block: Block) -> float | None:
    """From the file's Runs tree; None when the sample needs none or the file does not tell."""
    dataset = analysis.dataset
    assert dataset is not None
    sample = next(sample for sample in dataset.samples if sample.name == block.sample)
    if not dataset.is_normalised(sample) or sample.sumw is not None or dataset.memory is not None:
        return None
    try:
        runs = open_source(block.file, "Runs")
    except HeplensError:
        return None
    branch = next((name for name in _BRANCHES if name in runs.schema.name_set), None)
    if branch is None:
        return None
    values: Any = runs.read([branch], 0, runs.entries)[branch]
    return float(sum(values.tolist()))
