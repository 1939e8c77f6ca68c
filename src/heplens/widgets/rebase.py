"""An edit made on a value that is no longer the current one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import AnalysisError

if TYPE_CHECKING:
    from ..analysis import Analysis

Apply = Callable[["Analysis", dict[str, Any]], "Analysis"]

_BY_PLACE = {"move", "add"}


def rebased(base: Analysis | None, current: Analysis, edit: dict[str, Any], apply: Apply) -> Analysis:
    """`edit`, meant for `base`, applied to `current`.

    Steps are found by name, so an edit of one step and an earlier edit of another both hold. An edit of a step that
    has changed since, or of an order that has, is refused rather than guessed.

    Raises
    ------
    AnalysisError : the base is too old, or the same thing was changed meanwhile.
    """
    if base is None:
        raise AnalysisError("This view shows an old state of the analysis; it has been redrawn, please try again.")
    if base is not current and base != current:
        if edit.get("op") in _BY_PLACE and _names(base) != _names(current):
            raise AnalysisError("The steps were changed elsewhere meanwhile; the view has been redrawn.")
        name = edit.get("name")
        if edit.get("op") != "add" and _step(base, name) != _step(current, name):
            raise AnalysisError(f"The step {name!r} was changed elsewhere meanwhile; the view has been redrawn.")
    return apply(current, edit)


def _names(analysis: Analysis) -> list[str]:
    return [step.name for step in analysis.steps]


def _step(analysis: Analysis, name: object) -> object:
    return next((step for step in analysis.steps if step.name == name), None)
