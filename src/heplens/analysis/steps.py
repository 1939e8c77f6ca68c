"""The steps of an analysis, in the order in which they act. Plain values: what they compute is decided elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Quantifier = Literal["any", "all"] | int | None


@dataclass(frozen=True)
class Keep:
    """Keep the objects of `collection` for which `expression` is true."""

    collection: str
    expression: str
    name: str
    enabled: bool = True


@dataclass(frozen=True)
class Define:
    """Bind `name` to `expression` as it stands here."""

    name: str
    expression: str


@dataclass(frozen=True)
class Cut:
    """Keep the events for which `expression` is true, or lies in the half-open window [low, high).

    For a variable with one value per object, `quantifier` says how many must: "any", "all", or at least a number.
    """

    expression: str
    name: str
    low: float | int | None = None
    high: float | int | None = None
    quantifier: Quantifier = None
    enabled: bool = True

    @property
    def is_window(self) -> bool:
        return self.low is not None or self.high is not None


@dataclass(frozen=True)
class Weight:
    """Multiply the event weight by `expression`, in all samples or only in simulation ("mc") or "data"."""

    expression: str
    name: str
    on: Literal["mc", "data"] | None = None
    enabled: bool = True


Step = Keep | Define | Cut | Weight


@dataclass(frozen=True)
class Region:
    """Events that pass the named cuts; a name that begins with "!" asks that they fail it."""

    name: str
    cuts: tuple[str, ...]

    def terms(self, known: Collection[str]) -> tuple[tuple[str, bool], ...]:
        """Each cut's name and whether it is inverted, given the names of all cuts; one may begin with "!" itself."""
        return tuple(
            (cut, False) if cut in known or not cut.startswith("!") else (cut.removeprefix("!"), True)
            for cut in self.cuts
        )


def kind(step: Step) -> str:
    return {Keep: "keep", Define: "define", Cut: "cut", Weight: "weight"}[type(step)]
