"""The numbers whose tiles a job makes: which they are, where they can stand, and which rows of a tile that means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ..analysis.moved import Moved
from ..engine.grid import Grid
from ..engine.handles import Handle, handles, positions, rest, sharing, value_of
from ..engine.moving import NoTileError, moving
from ..engine.tiles import LOW, Boundaries, Form

if TYPE_CHECKING:
    from ..analysis.value import Analysis

#: Steps by name, or True for all of them.
Names = str | Sequence[str] | bool


@dataclass(frozen=True)
class Wanted:
    """One tile. `own` are the numbers that move in it, with their grid and what the step asks of the variable.

    `off_grid` are positions beside those of their grids.
    """

    own: tuple[tuple[Moved, Grid, str], ...]
    off_grid: tuple[float, ...]
    form: Form

    @property
    def values(self) -> tuple[float, ...]:
        """The positions of all of them. They do not travel with every task: there are hundreds."""
        return _values(self)

    @property
    def moved(self) -> Moved:
        return self.own[0][0]

    @property
    def id(self) -> str:
        """Of its first handle."""
        return self.moved.id

    def grid(self, moved: Moved) -> Grid | None:
        """Of one of its own numbers; None for another."""
        return next((grid for mine, grid, _ in self.own if mine == moved), None)


def wanted(analysis: Analysis, names: Names) -> tuple[Wanted, ...]:
    """The tiles of all numbers of the named steps.

    Positions are the grid of a histogram of the same variable where there is one, else round numbers up to two and a
    half times the largest value: no event is read for it.

    Raises
    ------
    NoTileError : none of the numbers of a named step has a tile; the message says why.
    AnalysisError : there is no such step.
    """
    if not names:  # no file is opened then: it may be one that only workers see, or a bad one
        return ()
    found = handles(analysis, lambda *_: None)
    if isinstance(names, bool):
        return _tiles(found)
    chosen: list[Handle] = []
    for name in dict.fromkeys([names] if isinstance(names, str) else names):
        analysis.index(name)
        mine = [handle for handle in found if handle.moved.step == name]
        if not mine:
            raise NoTileError(f"{name!r} compares nothing with a number")
        if all(handle.tile is None for handle in mine):
            raise NoTileError(f"{name!r} has no tile: {mine[0].reason}")
        chosen += mine
    return _tiles(chosen)


def _tiles(found: list[Handle]) -> tuple[Wanted, ...]:
    made: dict[str, Wanted] = {}
    for handle in found:
        if handle.tile is not None and handle.tile not in made:
            own = tuple((h.moved, h.grid, h.operator) for h in sharing(handle, found))
            on_grid = {value for _, grid, _ in own for value in grid.values().tolist()}
            off_grid = tuple(value for value in positions(handle, found) if value not in on_grid)
            made[handle.tile] = Wanted(own, off_grid, handle.form)
    return tuple(made.values())


@lru_cache(maxsize=64)
def _values(want: Wanted) -> tuple[float, ...]:
    return tuple(sorted({*want.off_grid, *(value for _, grid, _ in want.own for value in grid.values().tolist())}))


def boundaries_of(analysis: Analysis, want: Wanted) -> Boundaries:
    assert analysis.dataset is not None
    sample, source = next(iter(analysis.dataset.sources()))
    return moving(analysis, source.schema, sample.is_data, want.moved, want.values, want.form).boundaries


def differs_only_in(want: Wanted, analysis: Analysis, other: Analysis) -> bool:
    """Whether the two analyses are the same but for where the numbers of one tile stand."""
    own = [moved for moved, _, _ in want.own]
    if own[0].step not in {step.name for step in other.steps}:
        return False
    same_data = analysis.dataset is other.dataset or analysis.dataset == other.dataset
    return same_data and rest(analysis, own) == rest(other, own)


def stands(want: Wanted, analysis: Analysis) -> bool:
    """Whether the numbers of an analysis are positions of the tile."""
    values = [value_of(analysis, moved) for moved, _, _ in want.own]
    return all(value is None or float(value) in want.values for value in values)


def rows_of(want: Wanted, boundaries: Boundaries, analysis: Analysis) -> tuple[int, int]:
    """The rows of the tile that add up to what `analysis` gives: from the first to one before the second."""
    if want.form == "steps":
        value = value_of(analysis, want.moved)
        assert value is not None
        return 0, boundaries.index(0, float(value)) + 1
    first, last = 0, len(boundaries) + 1
    for moved, _, operator in want.own:
        value = value_of(analysis, moved)
        if value is not None and operator in LOW:
            first = boundaries.first(operator, float(value))
        elif value is not None:
            last = boundaries.last(operator, float(value))
    return first, max(first, last)
