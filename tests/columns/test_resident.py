"""Columns in memory: read once, never more than the budget, and the numbers do not know the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from heplens import Analysis
from heplens.columns.memory import ArraySource
from heplens.columns.resident import Resident, machine_memory
from heplens.engine.run import run


class Counted(ArraySource):
    """A source that remembers what was read of it."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.log: list[tuple[str, int]] = []

    def read(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        self.log += [(name, start) for name in names]
        return super().read(names, start, stop)


def source() -> Counted:
    return Counted({name: np.arange(100.0) + i for i, name in enumerate("abc")})


def one_pass(store: Resident, of: Counted, names: Sequence[str] = ("a", "b")) -> list[Any]:
    reader = store.begin()(of)
    return [reader.read(names, start, start + 10) for start in range(0, 100, 10)]


def test_what_was_read_is_not_read_again() -> None:
    store, data = Resident(10_000), source()
    first = one_pass(store, data)
    assert store.nbytes == 2 * 100 * 8
    data.log.clear()
    second = one_pass(store, data, ("b", "a", "c"))
    assert {name for name, _ in data.log} == {"c"}
    assert all(np.array_equal(x["a"], y["a"]) for x, y in zip(first, second, strict=True))


def test_data_larger_than_the_budget_stay_in_part() -> None:
    store, data = Resident(1000), source()
    one_pass(store, data)
    assert 0 < store.nbytes <= 1000
    data.log.clear()
    one_pass(store, data)
    assert 0 < len(data.log) < 20, "what fits is kept, and not driven out by what does not"
    assert store.nbytes <= 1000


def test_columns_out_of_use_make_room() -> None:
    store, data = Resident(1700), source()
    one_pass(store, data)
    for _ in range(3):
        one_pass(store, data, ("c",))
    data.log.clear()
    one_pass(store, data, ("c",))
    assert data.log == []
    store.clear()
    assert store.nbytes == 0


def test_two_arrays_are_never_taken_for_each_other() -> None:
    store = Resident(10_000)
    for value in range(20):  # the same address and length again and again, were the first not kept
        data = ArraySource({"a": np.full(10, float(value))})
        assert store.begin()(data).read(["a"], 0, 10)["a"][0] == value


def test_the_numbers_are_the_same() -> None:
    analysis = Analysis({"x": np.float32([1, 2, 3])}).cut("x > 1").hist("x", bins=3, range=(0, 3), name="x")
    store = Resident()
    for _ in range(2):
        result = run(analysis, columns=store.begin())
        assert np.array_equal(result["x"].values(flow=True), analysis.run()["x"].values(flow=True))
    assert 0 < store.budget <= machine_memory() / 4
