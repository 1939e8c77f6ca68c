"""Steps, histograms and regions refer to each other by name: what removing or renaming one does to the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import AnalysisError, nearest
from .steps import Define, Region

if TYPE_CHECKING:
    from .value import Analysis


def without(analysis: Analysis, name: str) -> dict[str, Any]:
    """The changed parts of an analysis from which a step, histogram or region is removed.

    Raises
    ------
    AnalysisError : there is nothing of that name, or a region needs it.
    """
    if any(step.name == name for step in analysis.steps):
        users = [r.name for r in analysis.regions if name in [cut for cut, _ in analysis.terms(r)]]
        if users:
            raise AnalysisError(f"{name!r} is used by the region {users[0]!r}; remove that first")
        return {"steps": tuple(step for step in analysis.steps if step.name != name)}
    if any(histogram.name == name for histogram in analysis.histograms):
        return {"histograms": tuple(h for h in analysis.histograms if h.name != name)}
    if any(region.name == name for region in analysis.regions):
        return {"regions": tuple(region for region in analysis.regions if region.name != name)}
    known = [item.name for item in (*analysis.steps, *analysis.histograms, *analysis.regions)]
    raise AnalysisError(f"there is no step, histogram or region {name!r}{nearest(name, known)}")


def renamed(analysis: Analysis, name: str, to: str) -> dict[str, Any]:
    """The changed parts of an analysis in which a filter, cut or weight has another name.

    Raises
    ------
    AnalysisError : there is no such step, it is a definition, or the new name is taken.
    """
    at = analysis.index(name)
    if isinstance(analysis.steps[at], Define):
        raise AnalysisError(f"{name!r} is a definition that expressions use; define it anew under another name")
    if to != name and any(step.name == to for step in analysis.steps):
        raise AnalysisError(f"there is a step {to!r} already")
    steps = list(analysis.steps)
    steps[at] = replace(steps[at], name=to)
    regions = tuple(
        Region(r.name, tuple(("!" if no else "") + (to if cut == name else cut) for cut, no in analysis.terms(r)))
        for r in analysis.regions
    )
    histograms = tuple(replace(h, at=to) if h.at == name else h for h in analysis.histograms)
    return {"steps": tuple(steps), "regions": regions, "histograms": histograms}
