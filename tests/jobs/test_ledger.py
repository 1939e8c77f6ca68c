"""What a job says while it runs: sums as they come, and what is not known yet."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import heplens as hl
from heplens.engine.chunk import process
from heplens.engine.plan import plan
from heplens.engine.sums import add
from heplens.jobs.dataset import list_files
from heplens.jobs.ledger import Ledger
from heplens.jobs.orders import FilePlan
from heplens.jobs.packed import Packed, pack
from support import HZZ

FILES = 5
ENTRIES = 2421
CUTS = [0, 700, 1500, ENTRIES]


def analysis() -> hl.Analysis:
    """Of a sample whose sum of weights is that of all its files."""
    file, _, _ = HZZ.rpartition(":")
    data = {"z": {"files": [f"{file}:events"] * FILES, "metadata": {"xsec": 2.0, "sumw": 5e4}}}
    return (
        hl.Analysis(data, lumi=10.0)
        .cut("count(Muon) >= 2", name="two")
        .weight("EventWeight", name="w")
        .hist("Muon.pt", bins=20, range=(0, 100), name="pt")
    )


@pytest.fixture(scope="module")
def parts() -> list[Packed]:
    """Those of the blocks of one file."""
    todo = plan(analysis())
    whole = todo.blocks[0]
    source, bound = todo.of(whole)
    blocks = [replace(whole, start=start, stop=stop) for start, stop in itertools.pairwise(CUTS)]
    return [pack(process(bound, source, block, True)) for block in blocks]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(analysis(), list_files(analysis()))


def look(ledger: Ledger, number: int, uuid: str = "") -> None:
    ranges = list(itertools.pairwise(CUTS))
    where = ledger.files[number].where
    ledger.planned(FilePlan(where, "events", uuid or f"u{number}", ENTRIES, ranges))


def do(ledger: Ledger, number: int, parts: list[Packed], only: Callable[[int], bool] = lambda n: True) -> None:
    for piece in ledger.pieces(ledger.files[number]):
        if only(piece.number):
            ledger.add(piece, parts[piece.number])


def close(one: Any, other: Any) -> None:
    """Equal but for the order of the sums."""
    assert one.cutflow["two"].passed == other.cutflow["two"].passed
    for field in ("value", "variance"):
        np.testing.assert_allclose(one["pt"].view(flow=True)[field], other["pt"].view(flow=True)[field], rtol=1e-12)


def test_sums_that_are_kept_up_to_date_are_those_of_all_blocks(ledger: Ledger, parts: list[Packed]) -> None:
    for number in (3, 0, 4):
        look(ledger, number)
        do(ledger, number, parts, lambda n, odd=number: n != odd % 3)
        close(ledger.result(final=False), ledger.result())
    do(ledger, 3, parts)
    close(ledger.result(final=False), ledger.result())
    assert [block.file for block in ledger.result().used] == [HZZ.rpartition(":")[0]] * 7
    look(ledger, 3, "another file by now")
    close(ledger.result(final=False), ledger.result())
    assert len(ledger.result(final=False).used) == 4


def test_the_result_does_not_depend_on_the_order_of_coming(parts: list[Packed]) -> None:
    made = []
    for order in ([0, 1, 2, 3, 4], [4, 2, 0, 3, 1]):
        ledger = Ledger(analysis(), list_files(analysis()))
        for number in order:
            look(ledger, number)
            do(ledger, number, parts, lambda n: n == 1)
            ledger.result(final=False)
        for number in reversed(order):
            do(ledger, number, parts)
        made.append(ledger.result()["pt"].view(flow=True).tobytes())
    assert made[0] == made[1]


def test_a_partial_is_normalised_while_files_are_unknown(ledger: Ledger, parts: list[Packed]) -> None:
    """All files are alike: what is done of some of them, by the weights of these, is what all give in the end."""
    found = []
    for number in range(FILES):
        look(ledger, number)
        do(ledger, number, parts)
        result = ledger.result(final=False)
        assert ledger.progress().unseen == FILES - 1 - number
        assert result.complete == (number == FILES - 1)
        waiting = f"files that were not looked into yet: {FILES - 1 - number}"
        assert (waiting in result.problems) == (number < FILES - 1)
        found.append(result["pt"].sum(flow=True).value)
    np.testing.assert_allclose(found, found[-1], rtol=1e-12)


def test_a_file_that_cannot_be_opened_is_expected_to_be_like_the_others(ledger: Ledger, parts: list[Packed]) -> None:
    for number in range(FILES - 1):
        look(ledger, number)
        do(ledger, number, parts)
    before = ledger.result()["pt"].sum(flow=True).value
    ledger.file_failed(FILES - 1, "it is gone", 1, "")
    assert ledger.result()["pt"].sum(flow=True).value == before
    assert ledger.progress().unseen == 0 and ledger.outcome() == "incomplete"
    assert [failure.error for failure in ledger.failures] == ["it is gone"]
    ledger.forget_failures()
    assert ledger.failures == [] and ledger.progress().unseen == 1
    ledger.skip([FILES - 1])
    assert ledger.progress().unseen == 0 and ledger.outcome() == "finished"
    assert any("left out as you asked" in problem for problem in ledger.result().problems)


def test_files_that_are_one_are_told(ledger: Ledger, parts: list[Packed]) -> None:
    for number in (4, 1, 2):
        look(ledger, number, "same")
    do(ledger, 1, parts)
    assert any("3 times: its events count as often" in problem for problem in ledger.result().problems)
    for number in (1, 4):
        look(ledger, number, f"new {number}")
    assert not any("times" in problem for problem in ledger.result().problems)


def test_failures_come_and_go(ledger: Ledger, parts: list[Packed]) -> None:
    look(ledger, 2)
    first, second, _ = ledger.pieces(ledger.files[2])
    ledger.failed(second, "unreadable", 3, "tcp://w")
    ledger.failed(first, "unreadable too", 1, "tcp://w")
    assert [(failure.start, failure.attempts) for failure in ledger.failures] == [(0, 1), (700, 3)]
    ledger.add(first, parts[0])
    ledger.add(second, parts[1])
    assert ledger.failures == [] and ledger.failed_blocks == 0


def test_the_sum_of_partials_is_that_of_the_engine(ledger: Ledger, parts: list[Packed]) -> None:
    todo = plan(analysis())
    for number in range(FILES):
        look(ledger, number)
        do(ledger, number, parts)
    blocks = [replace(b, start=s, stop=e) for b in todo.blocks for s, e in itertools.pairwise(CUTS)]
    made = [process(todo.of(todo.blocks[0])[1], todo.of(todo.blocks[0])[0], block, True) for block in blocks]
    expected = add(analysis(), made, len(made), (), {"z": FILES * ENTRIES})
    assert ledger.result()["pt"].view(flow=True).tobytes() == expected["pt"].view(flow=True).tobytes()
