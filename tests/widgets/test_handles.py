"""Which numbers can be moved, and that a tile gives what `run` gives wherever its handle stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from heplens.analysis import Analysis
from heplens.analysis.edits import apply
from heplens.engine.grid import nice_grid
from heplens.engine.tiles import Boundaries, Cells, slice_tile
from heplens.figures import bins_of
from heplens.widgets.compute import Compute


@pytest.mark.parametrize(("low", "high"), [(60, 120), (0, 1), (-2.4, 2.4), (0, 7), (1e-5, 3e-5), (0, 123456.0)])
def test_a_grid_is_decimal_and_covers_its_range(low: float, high: float) -> None:
    grid = nice_grid(low, high)
    values = grid.values()
    assert values[0] <= low
    assert values[-1] >= high
    assert 150 <= grid.stop - grid.start <= 501
    assert all(float(f"{v:.4g}") == v for v in values)
    assert len(np.unique(values)) == len(values)


@pytest.mark.parametrize(("low", "high"), [(float("nan"), 1), (3, 3), (float("-inf"), float("inf"))])
def test_a_grid_of_no_range_is_still_a_grid(low: float, high: float) -> None:
    assert len(nice_grid(low, high).values()) > 100


def test_counts_of_objects_move_in_whole_numbers() -> None:
    assert nice_grid(0, 8, whole=True).values().tolist() == list(range(9))


def handles_of(analysis: Analysis) -> dict[str, dict[str, Any]]:
    return {h["id"]: h for h in Compute().handles(analysis)["handles"]}


def test_windows_and_literals_are_handles(analysis: Analysis) -> None:
    found = handles_of(analysis)
    assert list(found) == ["some/literal/0", "window/low/0", "window/high/0", "low y/literal/0"]
    assert found["window/low/0"]["plots"] == ["x"]
    assert found["window/low/0"]["operator"] == ">="
    assert found["low y/literal/0"]["operator"] == "<"
    assert all(h["tiled"] for h in found.values())


def test_a_comparison_within_a_larger_expression_has_no_tile(analysis: Analysis) -> None:
    found = handles_of(analysis.cut("x > 3 & y < 1", name="both"))
    assert not found["both/literal/0"]["tiled"]
    assert not found["both/literal/1"]["tiled"]


def test_the_range_is_that_of_the_histogram_or_of_the_data(analysis: Analysis) -> None:
    found = handles_of(analysis.cut("w > 0.5", name="w"))
    x, w = found["window/low/0"]["grid"], found["w/literal/0"]["grid"]
    assert (x["start"] * x["unit"] * 10 ** x["exponent"], x["stop"] * x["unit"] * 10 ** x["exponent"]) == (0, 100)
    assert w["start"] < 0 < w["stop"]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("step", "edits"),
    [
        ("window", [{"op": "set_window", "name": "window", "low": v, "high": 80} for v in (0, 20, 20.2, 50.4, 80)]),
        ("window", [{"op": "set_window", "name": "window", "low": 20, "high": v} for v in (20, 33.4, 60, 100)]),
        ("window", [{"op": "set_window", "name": "window", "low": None, "high": 60}]),
        ("some", [{"op": "set_literal", "name": "some", "index": 0, "value": v} for v in (0, 1, 3, 4)]),
        ("low y", [{"op": "set_literal", "name": "low y", "index": 0, "value": v} for v in (-1, 0.02, 2)]),
    ],
)
def test_a_tile_gives_the_bins_and_the_cutflow_of_run(
    analysis: Analysis, weighted: bool, step: str, edits: list[dict[str, Any]]
) -> None:
    if weighted:
        analysis = analysis.weight("w", name="weight")
    fields, buffers = Compute().tile(analysis, step, lambda: False)
    boundaries = Boundaries(np.frombuffer(buffers[0]), np.frombuffer(buffers[1], dtype=np.uint8))
    for edit in edits:
        moved = apply(analysis, edit)
        result = moved.run()
        first, last = window_of(moved, step, boundaries)
        for header in fields["cells"]:
            cells = unpack(header, buffers, boundaries)
            values, variances = slice_tile(cells, first, last)
            expected = bins_of(result[header["name"]])
            if weighted:
                scale = np.abs(cells.sums).sum(axis=0)
                assert np.all(np.abs(values - expected.values) <= 1e-9 * scale)
                assert np.allclose(variances, expected.variances, rtol=1e-9, atol=1e-12)
            else:
                assert np.array_equal(values, expected.values)
                assert np.array_equal(variances, expected.variances)
        for header in fields["cutflow"]:
            cells = unpack(header, buffers, boundaries)
            row = result.cutflow[header["name"]]
            assert cells.counts[first:last].sum() == row.passed
            values, _ = slice_tile(cells, first, last)
            assert values.sum() == pytest.approx(row.weighted, rel=1e-9, abs=1e-9)


def window_of(analysis: Analysis, step: str, boundaries: Boundaries) -> tuple[int, int]:
    """The pixels that pass where the handles of a step stand."""
    first, last = 0, len(boundaries.values) + 1
    for handle in handles_of(analysis).values():
        if handle["step"] == step and handle["value"] is not None:
            if handle["operator"].startswith(">"):
                first = boundaries.first(handle["operator"], handle["value"])
            else:
                last = boundaries.last(handle["operator"], handle["value"])
    return first, max(first, last)


def unpack(header: dict[str, Any], buffers: list[bytes], boundaries: Boundaries) -> Cells:
    shape = (len(boundaries.values) + 1, header["bins"])
    at = header["buffer"]
    counts = np.frombuffer(buffers[at], dtype=np.uint32).reshape(shape)
    if not header["weighted"]:
        return Cells(header["name"], counts, None, None)
    sums, squares = (np.frombuffer(buffers[at + i]).reshape(shape) for i in (1, 2))
    return Cells(header["name"], counts, sums, squares)


def test_the_key_of_a_tile_forgets_where_its_own_handles_stand(analysis: Analysis) -> None:
    def key(a: Analysis) -> str:
        return Compute().handles(a)["tiles"]["window"]

    now = key(analysis)
    assert key(analysis.replace_step("window", low=30)) == now
    assert key(analysis.replace_step("window", low=35.25)) != now, "a value off the grid is a boundary of its own"
    assert key(analysis.replace_step("some", expression="n >= 2")) != now
    assert key(analysis.hist("n", bins=5, range=(0, 5), name="n")) != now
