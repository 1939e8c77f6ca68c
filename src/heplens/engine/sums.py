"""Partials to a result: sums per block, blocks in file order, normalisation once per sample at the end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..analysis.axes import Histogram
from ..analysis.value import is_weighted
from ..columns.dataset import Dataset, Sample
from ..errors import AnalysisError
from ..files.intervals import clopper_pearson
from .adding import aligned, plus
from .chunk import make_histogram
from .cutflow import Cutflow, CutflowRow
from .partial import Counters, Partial, Row
from .result import Result

if TYPE_CHECKING:
    from ..analysis.value import Analysis


def add(
    analysis: Analysis,
    partials: Iterable[Partial],
    blocks: int,
    problems: Sequence[str] = (),
    events: Mapping[str, int] | None = None,
) -> Result:
    """The result of the given partials, which must come in file order.

    Counts are exact. Weighted sums are those of each block, added in this order: the same bits whoever made the
    partials. A partial result is normalised by the sum of weights of what was processed; `events` is how many each
    sample has in all, which tells how much of a sum of weights from the metadata that is.
    """
    dataset = analysis.dataset
    assert dataset is not None
    by_sample: dict[str, list[Partial]] = {sample.name: [] for sample in dataset.samples}
    for partial in partials:
        by_sample[partial.block.sample].append(partial)
    counters: dict[str, Counters] = {}
    sums: dict[tuple[str, str, str], Any] = {}
    rows: dict[str, dict[str, Row]] = {}
    plain = {h.name for h in analysis.histograms if h.weight == 1}
    for sample in dataset.samples:
        factor = normalisation(dataset, sample, by_sample[sample.name], events)
        histograms, sample_rows = _add_sample(by_sample[sample.name], counters)
        rows[sample.name] = {name: row.scaled(factor) if factor != 1 else row for name, row in sample_rows.items()}
        for (name, region), histogram in histograms.items():
            scaled = factor != 1 and name not in plain  # weight=1 asks for counts
            sums[name, sample.name, region] = histogram * factor if scaled else histogram
    made = {
        h.name: _assemble(analysis, h.name, sums) for h in analysis.histograms if any(key[0] == h.name for key in sums)
    }
    for h in analysis.histograms:  # nothing was processed: every histogram is there, and empty
        made.setdefault(h.name, _empty(analysis, h))
    used = [partial.block for sample in dataset.samples for partial in by_sample[sample.name]]
    total = total_rows(rows)
    notes = [*problems, *weight_problems(total.values(), counters)]
    return Result(made, cutflow(total, is_weighted(analysis)), counters, used, blocks, list(dict.fromkeys(notes)))


def _add_sample(
    partials: Sequence[Partial], counters: dict[str, Counters]
) -> tuple[dict[tuple[str, str], Any], dict[str, Row]]:
    histograms: dict[tuple[str, str], Any] = {}
    rows: dict[str, Row] = {}
    for partial in partials:
        for key, histogram in partial.histograms.items():
            histograms[key] = plus(histograms[key], histogram) if key in histograms else histogram
        for name, counter in partial.counters.items():
            counters[name] = counters.get(name, Counters()) + counter
        for name, row in partial.rows.items():
            rows[name] = rows[name] + row if name in rows else row
    return histograms, rows


def normalisation(
    dataset: Dataset, sample: Sample, partials: Sequence[Partial], events: Mapping[str, int] | None = None
) -> float:
    """cross section [pb] x luminosity [fb⁻¹] x 1000 / sum of generator weights; 1 for data and what is not normalised.

    Of a file or sample that was processed in part, that part of the sum of weights counts which it has of the events.
    """
    if not dataset.is_normalised(sample) or not partials:
        return 1.0
    assert sample.cross_section is not None
    assert dataset.luminosity is not None
    sumw = _sum_from_files(sample, partials) if sample.sumw is None else sample.sumw * _share(sample, partials, events)
    if not sumw:
        raise AnalysisError(
            f"{sample.name!r} has a cross section, but neither its files nor its metadata tell the sum of generator "
            "weights; give sumw in the metadata"
        )
    return float(sample.cross_section * dataset.luminosity * 1000 / sumw)


def _share(sample: Sample, partials: Sequence[Partial], events: Mapping[str, int] | None) -> float:
    total = (events or {}).get(sample.name, 0)
    return sum(partial.block.events for partial in partials) / total if total else 1.0


def _sum_from_files(sample: Sample, partials: Sequence[Partial]) -> float:
    by_file: dict[tuple[str, str], list[Partial]] = {}
    for partial in partials:
        by_file.setdefault((partial.block.file, partial.block.tree), []).append(partial)
    sums: list[float] = []
    silent: list[str] = []
    for (path, _), mine in by_file.items():
        sumw = next((partial.sumw for partial in mine if partial.sumw is not None), None)
        done, entries = sum(partial.block.events for partial in mine), mine[0].file_events
        if sumw is None:
            silent.append(path)
        else:
            sums.append(sumw if done >= entries else sumw * (done / entries))
    if sums and silent:
        raise AnalysisError(
            f"{silent[0]!r} does not tell the sum of generator weights, as other files of {sample.name!r} do; "
            "give sumw in the metadata"
        )
    return math.fsum(sums)


def _assemble(analysis: Analysis, name: str, sums: dict[tuple[str, str, str], Any]) -> Any:
    """One histogram, with an axis of samples when they are named and one of regions when there are any."""
    dataset = analysis.dataset
    assert dataset is not None
    mine = {key[1:]: histogram for key, histogram in sums.items() if key[0] == name}
    if not dataset.named and not analysis.regions:
        return next(iter(mine.values()))
    import hist

    labels = _labels(analysis)
    merged = aligned(list(mine.values()))
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


def _labels(analysis: Analysis) -> list[Any]:
    """The axes that tell samples and regions apart, where there are any."""
    import hist

    assert analysis.dataset is not None
    labels: list[Any] = []
    if analysis.dataset.named:
        names = [sample.name for sample in analysis.dataset.samples]
        labels.append(hist.axis.StrCategory(names, name="dataset", label="dataset"))
    if analysis.regions:
        names = [region.name for region in analysis.regions]
        labels.append(hist.axis.StrCategory(names, name="region", label="region"))
    return labels


def _empty(analysis: Analysis, histogram: Histogram) -> Any:
    import hist

    bare = make_histogram(histogram, is_weighted(analysis))
    axes = (*_labels(analysis), *bare.axes)
    return hist.Hist(*axes, storage=bare.storage_type(), name=histogram.name, label=bare.label)


def total_rows(rows: dict[str, dict[str, Row]]) -> dict[str, Row]:
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
                _interval(row.passed, before.passed),
                row.missing,
                row.nan,
                row.bad_weights,
                None if row.objects_in is None or row.objects_out is None else (row.objects_in, row.objects_out),
            )
        )
        before = row
    return Cutflow(tuple(made), weighted)


def _interval(passed: int, total: int) -> tuple[float, float]:
    low, high = clopper_pearson(passed, total)
    return float(low), float(high)


def weight_problems(rows: Iterable[Row | CutflowRow], counters: Mapping[str, Counters]) -> list[str]:
    """What a reader should know of weights that could not be used."""
    found = []
    bad = max((row.bad_weights for row in rows), default=0)
    if bad:
        found.append(f"{bad:,} events have a weight that is missing or NaN; they are not in the weighted sums")
    for name, counter in counters.items():
        if counter.bad_weights:
            found.append(f"{name}: {counter.bad_weights:,} entries were not filled, their weight is missing or NaN")
    return found
