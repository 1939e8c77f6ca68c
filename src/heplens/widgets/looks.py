"""How plots are looked at. No part of the analysis: no step of undo, in no document, and no number depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import AnalysisError, nearest

if TYPE_CHECKING:
    from ..analysis import Analysis


@dataclass(frozen=True)
class Looks:
    """Names of the histograms with a logarithmic scale, and of the region shown.

    Names stay when what they name is removed, for the undo that brings it back.
    """

    log: frozenset[str] = frozenset()
    region: str = ""

    def log_of(self, analysis: Analysis) -> frozenset[str]:
        """Those that there are."""
        return self.log.intersection(_names(analysis.histograms))

    def region_of(self, analysis: Analysis) -> str:
        """The one that was chosen, or else the first; "" when there are none."""
        known = _names(analysis.regions)
        return self.region if self.region in known else next(iter(known), "")

    def with_log(self, analysis: Analysis, names: Iterable[str]) -> Looks:
        """Raises AnalysisError when there is no such histogram."""
        known = _names(analysis.histograms)
        wanted = frozenset({names} if isinstance(names, str) else names)
        for name in wanted.difference(known):
            raise AnalysisError(f"there is no histogram {name!r}{nearest(str(name), known)}")
        return replace(self, log=wanted | self.log.difference(known))

    def with_region(self, analysis: Analysis, name: str) -> Looks:
        """Raises AnalysisError when there is no such region."""
        known = _names(analysis.regions)
        if name not in known:
            raise AnalysisError(f"there is no region {name!r}{nearest(name, known)}")
        return replace(self, region=name)

    def after(self, before: Analysis, now: Analysis) -> Looks:
        """What is renamed is looked at as before."""
        plots = _renamed(before.histograms, now.histograms, lambda h: [axis.expression for axis in h.axes])
        regions = _renamed(before.regions, now.regions, lambda r: r.cuts)
        return Looks(frozenset(plots.get(name, name) for name in self.log), regions.get(self.region, self.region))


def _names(parts: Sequence[Any]) -> list[str]:
    return [part.name for part in parts]


def _renamed(before: Sequence[Any], now: Sequence[Any], about: Callable[[Any], object]) -> dict[str, str]:
    """From old names to new ones: another name in the same place, of what is about the same."""
    if len(before) != len(now):
        return {}
    stay = {*_names(before)} & {*_names(now)}
    return {
        old.name: new.name
        for old, new in zip(before, now, strict=True)
        if not stay & {old.name, new.name} and about(old) == about(new)
    }
