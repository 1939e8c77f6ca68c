"""Columns that a worker keeps: never more than so many bytes, and the odd values among them are counted."""

from __future__ import annotations

import threading
from typing import Any

import awkward as ak
import numpy as np
import pytest

from heplens.columns.memory import ArraySource
from heplens.jobs.kept import Column, Columns, Reader, faulty


def column(size: int) -> Column:
    return Column(ak.Array(np.zeros(size)), 0, 0)


def test_below_the_limit() -> None:
    columns = Columns(8 * 1000)
    for i in range(20):
        columns.put(("u", "l", "x", i, i + 1), column(100))
    assert columns.nbytes == 8 * 1000
    assert columns.get(("u", "l", "x", 9, 10)) is None and columns.get(("u", "l", "x", 10, 11)) is not None
    columns.put(("u", "l", "x", 20, 21), column(100))
    assert columns.get(("u", "l", "x", 10, 11)) is not None  # it was used last
    assert columns.get(("u", "l", "x", 11, 12)) is None
    columns.put(("u", "l", "big", 0, 1), column(900))  # would throw out all others
    assert columns.get(("u", "l", "big", 0, 1)) is None and columns.nbytes == 8 * 1000
    columns.put(("u", "l", "x", 20, 21), column(50))  # in place of the old
    assert columns.nbytes == 8 * 950


def test_many_threads() -> None:
    columns = Columns(8 * 500)

    def work(seed: int) -> None:
        for i in np.random.default_rng(seed).integers(0, 30, 2000):
            if columns.get(("u", "l", "x", int(i), 0)) is None:
                columns.put(("u", "l", "x", int(i), 0), column(10 + int(i)))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < columns.nbytes <= columns.limit


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 2.0], (0, 0)),
        ([1.0, np.nan, np.inf, -np.inf], (1, 2)),
        ([[1.0, np.nan], [], [np.inf]], (1, 1)),
        ([[1.0, None], [], [np.inf]], (0, 1)),
        ([1e308, 1e308, 1e308], (0, 0)),  # their sum is infinite, they are not
        ([1, 2], (0, 0)),
        (["a", "nan"], (0, 0)),
        ([[[np.nan]], [[], [1.0]]], (1, 0)),
        ([], (0, 0)),
    ],
)
def test_faulty(values: Any, expected: tuple[int, int]) -> None:
    assert faulty(ak.Array(values)) == expected


def test_a_reader_reads_once_and_notes() -> None:
    source = ArraySource({"x": np.array([1.0, np.nan, np.inf]), "y": np.arange(3)})
    asked: list[list[str]] = []
    read = source.read
    source.read = lambda names, start, stop: asked.append(list(names)) or read(names, start, stop)  # type: ignore
    columns = Columns(10_000)
    first = Reader(source, columns)
    assert first.read(["x"], 0, 3)["x"].tolist()[0] == 1.0
    second = Reader(source, columns)
    got = second.read(["y", "x"], 0, 3)
    assert list(got) == ["y", "x"] and got["y"].tolist() == [0, 1, 2]
    assert asked == [["x"], ["y"]]
    assert first.faults == second.faults == {"x": (1, 1)}
    assert Reader(source, columns).read(["x"], 0, 1)["x"].tolist() == [1.0]
    assert asked[-1] == ["x"]  # another range is another column
