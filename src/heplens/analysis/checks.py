"""What must hold of the parts of an analysis, whatever data it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..columns.exact import exact
from ..errors import AnalysisError
from .steps import Cut, Define, Keep, Step

if TYPE_CHECKING:
    from .value import Analysis

FIRST_ROW = "all"  # of the cutflow


def plain(value: Any) -> Any:
    """A NumPy number as Python's, so that documents and messages show it as typed."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", None) == 0 else value


def check_parts(analysis: Analysis) -> None:
    """Raises AnalysisError for names used twice and for cuts that cannot be."""
    for kind, items in (
        ("step", analysis.steps),
        ("histogram", analysis.histograms),
        ("region", analysis.regions),
    ):
        names = [item.name for item in items]
        for name in names:
            if not isinstance(name, str) or not name:
                raise AnalysisError(f"the name of a {kind} is text, not {name!r}")
        double = next((name for index, name in enumerate(names) if name in names[:index]), None)
        if double is not None:
            raise AnalysisError(f"there are two {kind}s called {double!r}; names are unique")
    for step in analysis.steps:
        _check_step(step)


def _check_step(step: Step) -> None:
    if step.name == FIRST_ROW:
        raise AnalysisError(f"{FIRST_ROW!r} is the first row of every cutflow; choose another name")
    if isinstance(step, Keep) and not isinstance(step.collection, str):
        raise AnalysisError(f"the collection of {step.name!r} is text, not {step.collection!r}")
    if isinstance(step, Define) and not (step.name.isidentifier() and step.name.isascii()):
        raise AnalysisError(f"{step.name!r} cannot be a name; use letters, digits and underscores")
    if isinstance(step, Cut):
        check_cut(step)


def check_cut(cut: Cut) -> None:
    """Raises AnalysisError for a window or a quantifier that cannot be."""
    for side in (cut.low, cut.high):
        if side is not None and (isinstance(side, bool) or not isinstance(side, int | float) or side != side):
            raise AnalysisError(f"the window of {cut.name!r} is given by numbers, not {side!r}")
        if isinstance(side, int) and not -(2**63) <= side < 2**64:
            raise AnalysisError(f"the window of {cut.name!r} has a whole number that does not fit into 64 bits")
    if cut.low is not None and cut.high is not None and cut.low > cut.high:
        raise AnalysisError(f"the window of {cut.name!r} is empty: {exact(cut.low)} is above {exact(cut.high)}")
    quantifier = cut.quantifier
    if quantifier in (None, "any", "all"):
        return
    if isinstance(quantifier, bool) or not isinstance(quantifier, int) or not 1 <= quantifier < 2**63:
        raise AnalysisError(f"at_least of {cut.name!r} is a whole number, 1 or more")
