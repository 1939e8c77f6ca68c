"""Columns in memory: read once, never more than the budget, and the numbers do not know the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import awkward as ak
import numpy as np

from heplens import Analysis
from heplens.columns.memory import ArraySource
from heplens.columns.resident import Resident, machine_memory
from heplens.columns.source import Widening
from heplens.engine.run import run


class Counted(Widening):
    """A source that remembers what was read of it, and reads it anew each time as of a file."""

    def __init__(self, data: Any) -> None:
        self.inside = ArraySource(data)
        self.label, self.uuid, self.entries, self.schema = "a file", "its uuid", 100, self.inside.schema
        self.log: list[tuple[str, int]] = []

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        self.log += [(name, start) for name in names]
        return {name: ak.copy(array) for name, array in self.inside.stored(names, start, stop).items()}

    def edges(self, names: Sequence[str]) -> list[int]:
        return [0, 100]


def source() -> Counted:
    return Counted({name: np.arange(100.0) + i for i, name in enumerate("abc")})


def objects() -> Counted:
    lists = {name: ak.unflatten(np.arange(200, dtype=np.float32) + i, 2) for i, name in enumerate("ab")}
    return Counted(lists | {"c": ak.unflatten(np.arange(200, dtype=np.int16), [1, 3] * 50)})


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


def test_arrays_in_memory_are_not_held_twice() -> None:
    store = Resident(10_000)
    for value in range(20):  # the same address and length again and again
        data = ArraySource({"a": np.full(10, float(value))})
        assert store.begin()(data).read(["a"], 0, 10)["a"][0] == value
    assert store.nbytes == 0


def test_numbers_are_kept_as_stored_and_where_lists_begin_once() -> None:
    store, data = Resident(1_000_000), objects()
    for _ in range(2):
        found = store.begin()(data).read(["a", "b", "c"], 0, 100)
        for name, array in data.inside.read(["a", "b", "c"], 0, 100).items():
            assert ak.array_equal(found[name], array) and found[name].type == array.type
    stored = store.begin()(data).stored(["a", "b", "c"], 0, 100)
    assert {str(array.layout.content.dtype) for array in stored.values()} == {"float32", "int16"}
    assert store.nbytes == 2 * 200 * 4 + 200 * 2 + 2 * 101 * 8


def test_what_shares_where_lists_begin_makes_room_together() -> None:
    data = objects()
    one = 200 * 4 + 101 * 8
    store = Resident(one + 200 * 4)
    for names in (["a", "b"], ["c"], ["c"], ["c"], ["a", "b"], ["a"]):
        found = store.begin()(data).read(names, 0, 100)
        assert all(ak.array_equal(found[name], data.inside.read([name], 0, 100)[name]) for name in names)
        assert 0 < store.nbytes <= store.budget
    store.clear()
    assert store.nbytes == 0


def test_the_numbers_are_the_same() -> None:
    analysis = Analysis({"x": np.float32([1, 2, 3])}).cut("x > 1").hist("x", bins=3, range=(0, 3), name="x")
    store = Resident()
    for _ in range(2):
        result = run(analysis, columns=store.begin())
        assert np.array_equal(result["x"].values(flow=True), analysis.run()["x"].values(flow=True))
    assert 0 < store.budget <= machine_memory() / 4
