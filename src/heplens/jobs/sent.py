"""A task that is under way: what it was asked, and what of that has come back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .orders import Done, Order


@dataclass
class Answer:
    """What came back for an order, or for some of its items: a value, or why there is none.

    The outcomes of a value are those of the first items; when there are fewer, the others are to be asked for again.
    """

    order: Order
    value: Done | None = None
    error: str = ""
    deaths: int = 0  # of worker processes while they had it; there is no error then
    worker: str = ""
    alone: bool = False  # that worker had no other task, of whomever

    @property
    def blame(self) -> int:
        """How often something went wrong while its task had its turn, as far as can be told."""
        return self.deaths or bool(self.error)


@dataclass
class Sent:
    """A task, its future, and of how many of its items, from the first on, the outcomes were told already.

    Dask may run a task twice; what is told twice counts once.
    """

    asked: Order
    future: Any
    worker: str = ""  # it may run on this one only
    told: int = 0
    lost: bool = False  # its result was on a worker that died: Dask makes it again

    @property
    def order(self) -> Order:
        """What has not come."""
        return replace(self.asked, items=self.asked.items[self.told :]) if self.told else self.asked

    def tells(self, done: Done) -> Answer | None:
        """Some outcomes, while it goes on; None when there is nothing new."""
        before, end = self.told, done.first + len(done.outcomes)
        if not done.first <= before < end:
            return None
        self.told = end
        some = replace(self.asked, items=self.asked.items[before:end])
        return Answer(some, replace(done, outcomes=done.outcomes[before - done.first :]))

    def ends(self, done: Done) -> Answer | None:
        """The last outcomes; None when all were told."""
        items, end = self.asked.items, done.first + len(done.outcomes)
        first = max(done.first, self.told)
        missing = items[self.told : first] + items[max(end, self.told) :]
        found = items[first:end] + missing
        if not found:
            return None
        order = self.asked if found == items else replace(self.asked, items=found)
        return Answer(order, replace(done, outcomes=done.outcomes[first - done.first :]))
