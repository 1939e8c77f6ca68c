"""Partials to a result: sums per block, blocks in file order, normalisation once per sample at the end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..analysis.value import is_weighted
from ..columns.dataset import Dataset, Sample
from ..errors import AnalysisError
from .cutflow import Cutflow, CutflowRow, clopper_pearson
from .partial import Counters, Partial, Row
from .result import Result

if TYPE_CHECKING:
    from ..analysis.value import Analysis


def add(analysis: Analysis, partials: Iterable[Partial], blocks: int, problems: Sequence[str] = ()) -> Result:
    """The result of the given partials, which must come in file order.

    Counts are exact. Weighted sums are those of each block, added in this order: the same bits whoever made the
    partials. A partial result is normalised by the sum of weights of what was processed.
    """
    dataset = analysis.dataset
    assert dataset is not None
    by_sample: dict[str, list[Partial]] = {sample.name: [] for sample in dataset.samples}
    for partial in partials:
        by_sample[partial.block.sample].append(partial)
    counters: dict[str, Counters] = {}
    sums: dict[tuple[str, str, str], Any] = {}
    rows: dict[str, dict[str, Row]] = {}
    for sample in dataset.samples:
        factor = normalisation(dataset, sample, by_sample[sample.name])
        histograms, sample_rows = _add_sample(by_sample[sample.name], counters)
        rows[sample.name] = {name: row.scaled(factor) if factor != 1 else row for name, row in sample_rows.items()}
        for (name, region), histogram in histograms.items():
            sums[name, sample.name, region] = histogram * factor if factor != 1 else histogram
    made = {
        h.name: _assemble(analysis, h.name, sums) for h in analysis.histograms if any(key[0] == h.name for key in sums)
    }
    used = [partial.block for sample in dataset.samples for partial in by_sample[sample.name]]
    total = _total_rows(rows)
    notes = [*problems, *_problems(total, counters)]
    return Result(made, cutflow(total, is_weighted(analysis)), counters, used, blocks, list(dict.fromkeys(notes)))


def _add_sample(
    partials: Sequence[Partial], counters: dict[str, Counters]
) -> tuple[dict[tuple[str, str], Any], dict[str, Row]]:
    histograms: dict[tuple[str, str], Any] = {}
    rows: dict[str, Row] = {}
    for partial in partials:
        for key, histogram in partial.histograms.items():
            histograms[key] = histograms[key] + histogram if key in histograms else histogram
        for name, counter in partial.counters.items():
            counters[name] = counters.get(name, Counters()) + counter
        for name, row in partial.rows.items():
            rows[name] = rows[name] + row if name in rows else row
    return histograms, rows


def normalisation(dataset: Dataset, sample: Sample, partials: Sequence[Partial]) -> float:
    """cross section [pb] x luminosity [fb⁻¹] x 1000 / sum of generator weights; 1 for data and what is not normalised."""
    if not dataset.is_normalised(sample) or not partials:
        return 1.0
    assert sample.cross_section is not None and dataset.luminosity is not None
    found = [partial.sumw for partial in partials if partial.sumw is not None]
    complete = sample.sumw is not None
    sumw = sample.sumw if complete else math.fsum(found)
    if not sumw:
        raise AnalysisError(
            f"{sample.name!r} has a cross section, but neither its files nor its metadata tell the sum of generator "
            "weights; give sumw in the metadata"
        )
    return float(sample.cross_section * dataset.luminosity * 1000 / sumw)


def _assemble(analysis: Analysis, name: str, sums: dict[tuple[str, str, str], Any]) -> Any:
    """One histogram, with an axis of samples when they are named and one of regions when there are any."""
    dataset = analysis.dataset
    assert dataset is not None
    mine = {key[1:]: histogram for key, histogram in sums.items() if key[0] == name}
    if not dataset.named and not analysis.regions:
        return next(iter(mine.values()))
    import hist

    labels = []
    if dataset.named:
        labels.append(
            hist.axis.StrCategory([sample.name for sample in dataset.samples], name="dataset", label="dataset")
        )
    if analysis.regions:
        labels.append(
            hist.axis.StrCategory([region.name for region in analysis.regions], name="region", label="region")
        )
    merged = _same_axes(list(mine.values()))
    first = merged[0]
    whole = hist.Hist(*labels, *first.axes, storage=first.storage_type(), name=name, label=first.label)
    view = whole.view(flow=True)
    for (sample, region), histogram in zip(mine, merged, strict=True):
        place: tuple[int, ...] = ()
        if dataset.named:
            place += (labels[0].index(sample),)
        if analysis.regions:
            place += (labels[-1].index(region),)
        view[place] = histogram.view(flow=True)
    return whole


def _same_axes(histograms: list[Any]) -> list[Any]:
    """Growing category axes differ between samples: adding an empty copy of the others brings them in line."""
    if all(h.axes == histograms[0].axes for h in histograms):
        return histograms
    empty = sum((h * 0 for h in histograms[1:]), histograms[0] * 0)
    return [empty + h for h in histograms]


def _total_rows(rows: dict[str, dict[str, Row]]) -> dict[str, Row]:
    """Rows over all samples, in the order of the steps; a step that acts on some samples passes the others through."""
    order: list[str] = []
    for sample_rows in rows.values():
        position = 0
        for name in sample_rows:
            if name in order:
                position = order.index(name) + 1
            else:
                order.insert(position, name)
                position += 1
    total: dict[str, Row] = {}
    for sample_rows in rows.values():
        last = Row()
        for name in order:
            if name in sample_rows:
                last = sample_rows[name]
                row = last
            else:
                row = Row(last.passed, last.weighted, last.variance)
            if sample_rows:
                total[name] = total[name] + row if name in total else row
    return total


def cutflow(rows: dict[str, Row], weighted: bool) -> Cutflow:
    """Rows with efficiencies; the first row is the denominator of the total ones."""
    made: list[CutflowRow] = []
    first = next(iter(rows.values()), Row())
    before = first
    for name, row in rows.items():
        made.append(
            CutflowRow(
                name,
                row.passed,
                row.weighted,
                math.sqrt(row.variance) if row.variance >= 0 else math.nan,
                row.passed / before.passed if before.passed else math.nan,
                row.passed / first.passed if first.passed else math.nan,
                clopper_pearson(row.passed, before.passed),
                row.missing,
                row.nan,
                row.bad_weights,
                None if row.objects_in is None or row.objects_out is None else (row.objects_in, row.objects_out),
            )
        )
        before = row
    return Cutflow(tuple(made), weighted)


def _problems(rows: dict[str, Row], counters: dict[str, Counters]) -> list[str]:
    found = []
    bad = max((row.bad_weights for row in rows.values()), default=0)
    if bad:
        found.append(f"{bad:,} events have a weight that is missing or NaN; they are not in the weighted sums")
    for name, counter in counters.items():
        if counter.bad_weights:
            found.append(f"{name}: {counter.bad_weights:,} entries were not filled, their weight is missing or NaN")
    return found
