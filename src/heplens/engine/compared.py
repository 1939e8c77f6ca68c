"""What a number of an analysis is compared with, where it stands: what its handle can usefully range over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..analysis.bind import Bound, bind
from ..analysis.literals import literals
from ..analysis.moved import Moved
from ..analysis.steps import Cut, Define
from ..columns.demand import demand
from ..columns.evaluate import Evaluator
from ..columns.logic import known
from ..columns.nodes import Node, walk
from ..columns.resolve import resolve
from ..columns.schema import Schema
from ..columns.source import Source
from ..errors import AnalysisError
from .chunk import quiet
from .moving import mark_of
from .plan import plan
from .tiles import Floats

if TYPE_CHECKING:
    from ..analysis import Analysis


@dataclass(frozen=True)
class Compared:
    """`whole`: whether only whole numbers are compared; `unit`: what the unit of the number is worth in the file's."""

    whole: bool
    unit: float


def about(analysis: Analysis, moved: Moved) -> Compared:
    """What can be told without reading data. Raises AnalysisError when there are none."""
    pair = next(iter(analysis.dataset.sources()), None) if analysis.dataset is not None else None
    if pair is None:
        raise AnalysisError("the analysis has no data; give them with on(…)")
    sample, source = pair
    bound, variables = _bound(_upto(analysis, moved), source.schema, sample.is_data, moved)
    return Compared(all(node.type.kind == "int" for node in variables), _unit(analysis, moved, bound))


def compared(analysis: Analysis, moved: Moved, columns: Callable[[Source], Source] | None, most: int) -> Floats:
    """Finite values in the unit of the number, flat, of the events that reach its step.

    Blocks are taken until `most` events were read. A step that is switched off counts as on.
    """
    import awkward as ak

    upto = _upto(analysis, moved)
    todo = plan(upto, columns=columns)
    is_data = {} if upto.dataset is None else {sample.name: sample.is_data for sample in upto.dataset.samples}
    found: list[Floats] = [np.empty(0)]
    read = 0
    for block in todo.blocks:
        if read >= most:
            break
        read += block.events
        source, _ = todo.of(block)
        bound, variables = _bound(upto, source.schema, is_data[block.sample], moved)
        cuts = [s.node for s in bound.steps if isinstance(s.step, Cut) and s.step.name != moved.step]
        needed = demand([*variables, *cuts], bound.schema)
        evaluator = Evaluator(source.read(needed.branches, block.start, block.stop), bound.schema, needed, block.events)
        with quiet():
            for node in cuts:
                passed = ak.to_numpy(known(ak.Array(evaluator.column(node))), allow_missing=False)
                evaluator.narrow(np.flatnonzero(passed))
            for node in variables:
                flat = ak.drop_none(ak.flatten(ak.Array(evaluator.column(node)), axis=None))
                found.append(np.asarray(ak.to_numpy(flat), dtype=np.float64) / _unit(analysis, moved, bound))
    values = np.concatenate(found)
    return values[np.isfinite(values)]


def _upto(analysis: Analysis, moved: Moved) -> Analysis:
    """The steps up to that of the number, which is on."""
    place = analysis.index(moved.step)
    step = analysis.steps[place]
    mine = step if isinstance(step, Define) else replace(step, enabled=True)
    return analysis.with_parts(steps=(*analysis.steps[:place], mine), histograms=(), regions=())


def _bound(upto: Analysis, schema: Schema, is_data: bool, moved: Moved) -> tuple[Bound, Sequence[Node]]:
    """The steps bound to a file, and what the number is compared with there."""
    bound = bind(upto, schema, is_data, moved)
    marks = [mark_of(n, n.inputs[0]) for n in walk(s.node for s in bound.steps) if n.operation == "moved"]
    return bound, list(dict.fromkeys(mark.variable for mark in marks))


def _unit(analysis: Analysis, moved: Moved, bound: Bound) -> float:
    literal = literals(analysis.steps[analysis.index(moved.step)].expression)
    unit = literal[moved.index].unit if moved.edge == "literal" else ""
    return float(resolve(f"1*{unit}", bound.scope)[0].parameters[0]) if unit else 1.0  # type: ignore[arg-type]
