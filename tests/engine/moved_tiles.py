"""A tile against the reference at every position of its handle: every bin with its flow, every row of the cutflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from heplens import Analysis
from heplens.analysis.edits import apply
from heplens.analysis.literals import literals
from heplens.analysis.moved import Moved
from heplens.analysis.steps import Cut
from heplens.engine.partial import Row
from heplens.engine.result import Result
from heplens.engine.scan import scan
from heplens.engine.tiles import HIGH, LOW, Tile

Slice = tuple[int, int]


def operation(analysis: Analysis, moved: Moved, value: float) -> dict[str, Any]:
    if moved.edge == "literal":
        return {"op": "set_literal", "name": moved.step, "index": moved.index, "value": value}
    step = analysis.steps[analysis.index(moved.step)]
    assert isinstance(step, Cut)
    return {"op": "set_window", "name": moved.step, "low": step.low, "high": step.high, moved.edge: value}


def sides(analysis: Analysis, step: str) -> list[tuple[str, float]]:
    """What a cut asks of its one variable."""
    cut = analysis.steps[analysis.index(step)]
    assert isinstance(cut, Cut)
    if cut.is_window:
        return [(o, v) for o, v in ((">=", cut.low), ("<", cut.high)) if v is not None]
    return [(literal.operator, literal.value) for literal in literals(cut.expression)]


def slice_of(tile: Tile, analysis: Analysis, moved: Moved, value: float) -> Slice:
    """The rows that add up to what `analysis`, whose number stands at `value`, shows."""
    if tile.form == "steps":
        return 0, tile.boundaries.index(0, value) + 1
    first, last = 0, len(tile.boundaries) + 1
    for operator, limit in sides(analysis, moved.step):
        if operator in LOW:
            first = tile.boundaries.first(operator, limit)
        if operator in HIGH:
            last = tile.boundaries.last(operator, limit)
    return first, max(first, last)


def assert_exact(analysis: Analysis, moved: Moved, values: Sequence[float]) -> Tile:
    others = [] if moved.edge == "literal" else [v for _, v in sides(analysis, moved.step)]
    if moved.edge == "literal" and isinstance(analysis.steps[analysis.index(moved.step)], Cut):
        others = [literal.value for literal in literals(analysis.steps[analysis.index(moved.step)].expression)]
    tile = scan(analysis, moved, sorted({*map(float, values), *map(float, others)}))
    sizes = {name: np.abs(cells.with_sums()[0]).sum(axis=0) for name, cells in tile.cells.items()}
    reached = list(tile.rows)
    for value in values:
        there = apply(analysis, operation(analysis, moved, value))
        wanted = there.run()
        first, last = slice_of(tile, there, moved, value)
        for name, cells in tile.cells.items():
            assert_bins(cells.between(first, last), cells.counts[first:last].sum(axis=0), wanted, name, sizes[name])
        for name in reached:
            assert_row(tile.rows[name], (first, last), wanted, name, tile.form == "range" and name == moved.step)
    return tile


def with_flow(histogram: Any, array: Any, axes: int) -> Any:
    """Bins as a tile has them: the last `axes` axes with an underflow and an overflow, flat."""
    kept = [slice(0, len(axis)) if i < histogram.ndim - axes else slice(None) for i, axis in enumerate(histogram.axes)]
    pads = []
    for i, axis in enumerate(histogram.axes):
        flow = (1 - axis.traits.underflow, 1 - axis.traits.overflow)
        pads.append(flow if i >= histogram.ndim - axes else (0, 0))
    return np.pad(np.asarray(array)[tuple(kept)], pads).ravel()


def assert_bins(got: Any, counts: Any, result: Result, name: str, sizes: Any) -> None:
    histogram = result[name]
    axes = sum(1 for axis in histogram.axes if axis.name not in ("dataset", "region"))
    wanted = with_flow(histogram, histogram.values(flow=True), axes)
    variances = with_flow(histogram, histogram.variances(flow=True), axes)
    assert np.all(np.abs(got[0] - wanted) <= 1e-9 * sizes), (name, got[0], wanted)
    assert np.all(np.abs(got[1] - variances) <= 1e-9 * np.maximum(sizes, 1) ** 2 + 1e-9 * variances), name
    assert np.all(got[1] >= 0)
    assert np.all(got[0][counts == 0] == 0) and np.all(wanted[counts == 0] == 0), name
    if "Double" in type(histogram.storage_type()).__name__:
        assert np.array_equal(got[0], wanted) and np.array_equal(got[1], variances), name


def assert_row(row: Row, at: Slice, result: Result, name: str, own: bool) -> None:
    wanted = result.cutflow[name]

    def total(values: Any) -> Any:
        return np.sum(values[slice(*at)]) if isinstance(values, np.ndarray) else values

    assert total(row.passed) == wanted.passed, (name, total(row.passed), wanted.passed)
    assert total(row.bad_weights) == wanted.bad_weights, name
    if not own:  # events that a window never passes are in no row of its tile
        assert (total(row.missing), total(row.nan)) == (wanted.missing, wanted.nan), name
    if wanted.objects is not None:
        assert (total(row.objects_in), total(row.objects_out)) == wanted.objects, name
    size = np.abs(row.weighted).sum() + 1e-300
    assert abs(total(row.weighted) - wanted.weighted) <= 1e-9 * size, name
    assert abs(total(row.variance) - wanted.error**2) <= 1e-9 * max(size, 1) ** 2, name
