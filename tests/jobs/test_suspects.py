"""The part of a task that ends workers is found, at the price of few of them, and no other is blamed."""

from __future__ import annotations

from typing import Any

import pytest

from heplens.jobs.orders import Order
from heplens.jobs.suspects import Suspects


def try_out(items: int, guilty: set[int]) -> tuple[list[Any], list[Any], int]:
    """Found guilty, came back, and workers that died, when every task with one of these ends its worker."""
    suspects = Suspects()
    found, returned, deaths = suspects.lost(Order("", tuple(range(items))), 1, alone=True), [], 1
    while suspects:
        orders = [Order("", part) for part in suspects.again()]
        if part := suspects.next(idle=not orders):
            orders.append(Order("", part))
            suspects.sent(orders[-1])
            assert not suspects.next(idle=True)  # one at a time
        for order in orders:
            if guilty & set(order.items):
                deaths += 1
                found += suspects.lost(order, 1, alone=True)
            else:
                suspects.returned(order)
                returned += order.items
    return found, returned, deaths


@pytest.mark.parametrize("items", [1, 2, 8, 9, 180])
def test_the_guilty_is_found(items: int) -> None:
    bad = items // 2
    found, returned, deaths = try_out(items, {bad})
    assert found == [bad] and sorted(returned) == [n for n in range(items) if n != bad]
    assert deaths <= 4


def test_what_had_not_begun_is_not_blamed() -> None:
    suspects = Suspects()
    for _ in range(5):
        order = Order("", (7,))
        suspects.sent(order)
        assert suspects.lost(order, 0, alone=True) == []
        assert suspects.next(idle=True) == (7,)
    assert suspects.deaths(7) == 0


def test_several_are_found() -> None:
    found, returned, _ = try_out(30, {3, 4, 29})
    assert sorted(found) == [3, 4, 29] and len(returned) == 27


def test_workers_that_are_taken_away_blame_nothing_and_hold_up_nothing() -> None:
    """As on a cluster that gives its machines to someone else: what all of them had goes out again at once."""
    assert try_out(5, set())[0] == []
    suspects = Suspects()
    for first in range(0, 400, 4):
        assert suspects.lost(Order("", tuple(range(first, first + 4))), 1, alone=False) == []
    assert sorted(suspects.again()) == [(n,) for n in range(400)]
    assert not suspects and suspects.again() == []


def lost_twice(item: int) -> Suspects:
    suspects = Suspects()
    assert suspects.lost(Order("", (item,)), 1, alone=True) == [] and suspects.again() == [(item,)]
    assert suspects.lost(Order("", (item,)), 1, alone=True) == [] and suspects.again() == []
    return suspects


def try_next(suspects: Suspects, idle: bool = False) -> Order:
    order = Order("", suspects.next(idle))
    suspects.sent(order)
    return order


def test_an_item_is_blamed_when_it_was_lost_with_nothing_beside_it_and_not_for_the_first_times() -> None:
    suspects = lost_twice(7)
    order = try_next(suspects)
    assert suspects.lost(order, 1, alone=True) == [7] and suspects.deaths(7) == 3
    suspects.forget(7)
    assert suspects.lost(order, 1, alone=True) == []


def test_what_others_ran_beside_is_tried_again_while_nothing_else_does() -> None:
    suspects = lost_twice(7)
    assert suspects.lost(try_next(suspects), 1, alone=False) == []  # the other one may have ended the worker
    assert suspects and suspects.hold and suspects.next(idle=False) == ()
    order = try_next(suspects, idle=True)
    assert order.items == (7,) and suspects.hold
    assert suspects.lost(order, 0, alone=False) == [] and suspects.hold  # it had not begun
    order = try_next(suspects, idle=True)
    suspects.returned(order)
    assert not suspects and not suspects.hold


def test_what_ends_a_worker_while_nothing_else_runs_is_blamed() -> None:
    suspects = lost_twice(7)
    assert suspects.lost(try_next(suspects), 1, alone=False) == []
    assert suspects.lost(Order("", (8, 9)), 1, alone=False) == [] and not suspects.hold  # first the others
    assert suspects.again() == [(8,), (9,)] and suspects.hold
    assert suspects.lost(try_next(suspects, idle=True), 1, alone=False) == [7]
    assert not suspects.hold
