"""Samples whose files differ (simulation and data, other branches) need functions of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import AnalysisError
from ..bind import bind
from .body import body

if TYPE_CHECKING:
    from ..value import Analysis


@dataclass(frozen=True)
class Variant:
    """One ``process`` function, the branches it needs, and the samples that it is for."""

    function: str
    lines: tuple[str, ...]
    helpers: frozenset[str]
    branches: tuple[str, ...]
    samples: tuple[str, ...]


def variants(analysis: Analysis) -> list[Variant]:
    """The distinct functions of an analysis, in the order of the samples.

    Raises
    ------
    AnalysisError : the files of one sample need different code.
    """
    assert analysis.dataset is not None
    of_sample: dict[str, tuple[tuple[str, ...], frozenset[str], tuple[str, ...]]] = {}
    for sample, source in analysis.dataset.sources():
        bound = bind(analysis, source.schema, sample.is_data)
        if sample.name in of_sample:
            if of_sample[sample.name][2] != bound.demand.branches:
                raise AnalysisError(f"the files of {sample.name!r} need different branches; give them as two samples")
            continue
        lines, helpers = body(bound)
        of_sample[sample.name] = (tuple(lines), frozenset(helpers), bound.demand.branches)
    distinct = list(dict.fromkeys(of_sample.values()))
    found = []
    for code in distinct:
        names = tuple(name for name, other in of_sample.items() if other == code)
        function = "process" if len(distinct) == 1 else f"process_{re.sub(r'[^A-Za-z0-9]+', '_', names[0])}"
        found.append(Variant(function, *code, names))
    functions = [variant.function for variant in found]
    return [
        variant if functions.count(variant.function) == 1 else Variant(f"{variant.function}_{i + 1}", *_rest(variant))
        for i, variant in enumerate(found)
    ]


def _rest(variant: Variant) -> tuple[tuple[str, ...], frozenset[str], tuple[str, ...], tuple[str, ...]]:
    return variant.lines, variant.helpers, variant.branches, variant.samples
