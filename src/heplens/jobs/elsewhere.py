"""The result of a job where its handles stand elsewhere, or why only another job can tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..engine.position import result_at
from ..engine.result import Result
from ..errors import NeedsJobError
from .ledger import Ledger
from .wanted import Wanted, differs_only_in, rows_of, stands

if TYPE_CHECKING:
    from ..analysis.value import Analysis


def tile_for(analysis: Analysis, counted: Analysis, wants: tuple[Wanted, ...]) -> Wanted | None:
    """The tile that tells what `analysis` gives, of the tiles of a job that counted another; None without one."""
    return next((w for w in wants if differs_only_in(w, analysis, counted) and stands(w, analysis)), None)


def result_of(analysis: Analysis, ledger: Ledger, wants: tuple[Wanted, ...], reasons: Sequence[str] = ()) -> Result:
    """The result of what is done by now; `reasons` say why that is not all.

    Raises
    ------
    NeedsJobError : only another job can tell it; the message says why.
    """
    if analysis == ledger.analysis:
        return ledger.result(reasons)
    want = tile_for(analysis, ledger.analysis, wants)
    if want is None:
        raise NeedsJobError(f"this needs a job: {_difference(analysis, ledger.analysis, wants)}")
    if ledger.no_tile:
        raise NeedsJobError(f"this needs a job: {ledger.no_tile}")
    with ledger.lock:  # both of the same blocks
        base, tile = ledger.result(reasons), ledger.tile(want) if ledger.done else None
    if tile is None:
        return base  # nothing is done yet, so it is empty anywhere
    return result_at(tile, base, *rows_of(want, tile.boundaries, analysis))


def _difference(analysis: Analysis, counted: Analysis, wants: tuple[Wanted, ...]) -> str:
    if any(differs_only_in(want, analysis, counted) for want in wants):
        return "a number stands between the positions of its handle"
    if analysis.dataset != counted.dataset:
        return "the data are others than those that were counted"
    changed = [step.name for step in analysis.steps if step not in counted.steps]
    changed += [step.name for step in counted.steps if step.name not in {other.name for other in analysis.steps}]
    if len(changed) == 1:
        return f"{changed[0]!r} is not as it was counted"
    if changed:
        return f"{', '.join(map(repr, changed[:-1]))} and {changed[-1]!r} are not as they were counted"
    return "histograms, regions or the order of steps are not as they were counted"
