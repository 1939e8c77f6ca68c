"""Which numbers can be moved, and that a tile gives what `run` gives wherever its handle stands."""

from __future__ import annotations

from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest

from heplens.analysis import Analysis
from heplens.engine.grid import Grid, nice_grid
from heplens.errors import AnalysisError
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
    assert all(h["tile"] and not h["reason"] for h in found.values())
    assert found["window/low/0"]["tile"] == found["window/high/0"]["tile"], "both edges of a window are free"


def test_each_number_of_a_larger_expression_has_a_tile_of_its_own(analysis: Analysis) -> None:
    found = handles_of(analysis.cut("x > 3 & y < 1", name="both").define("d", "x > 7").weight("1 + (y > 2)", name="w"))
    keys = [found[id]["tile"] for id in ("both/literal/0", "both/literal/1", "w/literal/0")]
    assert all(keys) and len(set(keys)) == 3


def test_a_number_inside_the_variable_of_a_window_is_a_handle_of_its_own(analysis: Analysis) -> None:
    found = handles_of(analysis.cut("n*(x > 30)", low=1, high=4, name="it"))
    low, high, inside = (found[f"it/{id}/0"]["tile"] for id in ("low", "high", "literal"))
    assert low == high != inside
    moved = handles_of(analysis.cut("n*(x > 30)", low=2, high=4, name="it"))
    assert moved["it/low/0"]["tile"] == low
    assert moved["it/literal/0"]["tile"] != inside


@pytest.mark.parametrize(
    ("change", "id", "said"),
    [
        (lambda a: a.enable("some", False), "some/literal/0", "switched off"),
        (lambda a: a.define("d", "x > 7"), "d/literal/0", "nothing that is filled"),
        (lambda a: a.cut("n < 1e17", name="far"), "far/literal/0", "beyond 2⁵³"),
        (lambda a: a.hist(("x", "y", "w"), bins=(60, 60, 60), range=((0, 1),) * 3), "low y/literal/0", "too many bins"),
        (
            lambda a: a.hist("n", axes=[hist.axis.IntCategory([], growth=True)], name="grows"),
            "low y/literal/0",
            "known only when it is filled",
        ),
    ],
)
def test_a_handle_without_a_tile_says_why(analysis: Analysis, change: Any, id: str, said: str) -> None:
    handle = handles_of(change(analysis))[id]
    assert handle["tile"] is None
    assert said in handle["reason"]
    with pytest.raises(AnalysisError, match="does not move without the kernel"):
        Compute().tile(change(analysis), id, lambda: False)


def test_the_range_is_that_of_the_histogram_or_of_the_data(analysis: Analysis) -> None:
    found = handles_of(analysis.cut("w > 0.5", name="w"))
    x, w = found["window/low/0"]["grid"], found["w/literal/0"]["grid"]
    assert (x["start"] * x["unit"] * 10 ** x["exponent"], x["stop"] * x["unit"] * 10 ** x["exponent"]) == (0, 100)
    assert w["start"] < 0 < w["stop"]


def test_the_key_of_a_tile_forgets_where_its_own_handles_stand(analysis: Analysis) -> None:
    def key(a: Analysis) -> str:
        return str(handles_of(a)["window/low/0"]["tile"])

    now = key(analysis)
    assert key(analysis.replace_step("window", low=30)) == now
    assert key(analysis.replace_step("window", low=35.25)) != now, "a value off the grid is a boundary of its own"
    assert key(analysis.replace_step("some", expression="n >= 2")) != now
    assert key(analysis.hist("n", bins=5, range=(0, 5), name="n")) != now


def test_the_range_of_a_nested_number_is_that_of_what_it_is_compared_with() -> None:
    data = {"Muon_pt": ak.Array([[10_000.0, 90_000.0], [], [55_000.0]]), "Muon_eta": ak.Array([[0.5, -2.0], [], [1.5]])}
    a = Analysis(data, energy_unit="MeV").keep("Muon", "pt > 20*GeV & abs(eta) < 2.4", name="good")
    a = a.cut("sum(Muon[pt > 30*GeV].pt) > 50000 & count(Muon) >= 1", name="hard").hist(
        "Muon.pt", bins=9, range=(0, 9e4)
    )

    def ends(a: Analysis) -> list[list[float]]:
        grids = [Grid(**h["grid"]) for h in handles_of(a).values()]
        return [[grid.value(grid.start), grid.value(grid.stop)] for grid in grids]

    now = ends(a)
    assert now == [[0, 90], [0.5, 2.4], [30, 90], [0, 89_800], [0, 1]]
    moved = a.replace_step("good", expression="pt > 60*GeV & abs(eta) < 2")
    assert ends(moved)[0] == now[0]
    keys = {id: h["tile"] for id, h in handles_of(a).items()}
    compute = Compute()
    for expression in ("pt > 20*GeV & abs(eta) < 2.4", "pt > 60*GeV & abs(eta) < 2.4"):
        found = compute.handles(a.replace_step("good", expression=expression))["handles"]
        assert found[0]["tile"] == keys["good/literal/0"], "where it stands is not what its tile depends on"
