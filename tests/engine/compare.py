"""An engine result against one of the oracle: every bin with its flow, every row, every counter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from heplens import Analysis
from heplens.engine.result import Result
from oracle.histogram import Histogram
from oracle.result import OracleResult


def analysis_of(document: Mapping[str, Any], data: Any, unit: str = "") -> Analysis:
    """The document as an analysis over `data`. Text axes have no bins there and a kind here."""
    document = json.loads(json.dumps(document))
    for histogram in document["histograms"]:
        for axis in histogram["axes"]:
            if axis["bins"] is None and axis["edges"] is None:
                axis.update(kind="str_category", growth=True)
    return Analysis.from_json(json.dumps(document)).on(data, energy_unit=unit)


def plain_counts(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same document without weights: what the counts of its bins are."""
    document = json.loads(json.dumps(document))
    for histogram in document["histograms"]:
        histogram["weight"] = 1
    return document


def assert_same(result: Result, expected: OracleResult, document: Mapping[str, Any]) -> None:
    assert result.complete
    cuts = [step for step in document["steps"] if step["step"] == "cut"]
    windows = {cut["name"] for cut in cuts if cut["low"] is not None or cut["high"] is not None}
    for row in expected.cutflow:
        mine = result.cutflow[row.name]
        assert mine.passed == row.passed, row.name
        assert_close(mine.weighted, row.weighted, sum(map(abs, row.weights)), row.name)
        assert_close(mine.error**2, row.squared, row.squared, row.name)
        if row.kind == "keep":
            assert mine.objects == (row.objects_in, row.objects_out), row.name
        if row.kind in ("keep", "cut"):
            assert mine.missing == row.missing, row.name
        if row.name in windows:
            assert mine.nan == row.nan, row.name
    regions = document["regions"]
    for one in document["histograms"]:
        name = one["name"]
        if regions:
            for region in regions:
                part = result[name][{"region": region["name"]}]
                assert_bins(part, expected.regions[region["name"]][1][name], f"{name} in {region['name']}")
        else:
            assert_bins(result[name], expected.histograms[name], name)
            counters, wanted = result.counters[name], expected.histograms[name]
            assert (counters.missing, counters.nan, counters.bad_weights) == (
                wanted.missing,
                wanted.nan,
                wanted.bad_weights,
            ), name
            assert counters.filled == sum(wanted.counts()), name


def assert_bins(mine: Any, wanted: Histogram, what: str) -> None:
    """Sums within rounding of the sum of |w|, exactly 0 where there is no entry; variances alike."""
    keys = list(wanted.keys())
    order = [_places(axis, i, wanted) for i, axis in enumerate(mine.axes)]
    values, variances = mine.values(flow=True), mine.variances(flow=True)
    if order:
        values, variances = values[np.ix_(*order)].ravel(), variances[np.ix_(*order)].ravel()
    assert len(values) == len(keys), what
    sizes = [sum(abs(w) for w in wanted.cells.get(key, ())) for key in keys]
    for key, got, variance, total, square, size in zip(
        keys, values, variances, wanted.sums(), wanted.squares(), sizes, strict=True
    ):
        assert_close(got, total, size, f"{what} {key}")
        assert_close(variance, square, square, f"variance of {what} {key}")


def _places(axis: Any, index: int, wanted: Histogram) -> list[int]:
    """Where the oracle's bins of one axis are; it sorts text and drops the empty overflow of categories."""
    if wanted.axes[index].bins:
        return list(range(len(axis) + 2))
    found = sorted({key[index] for key in wanted.cells})
    assert sorted(axis) == found
    return [list(axis).index(text) for text in found]


def assert_close(mine: float, wanted: float, size: float, what: str) -> None:
    assert mine == wanted or abs(mine - wanted) <= 1e-9 * size or (mine != mine and wanted != wanted), (
        what,
        mine,
        wanted,
    )
