"""Values of expressions as arrays: the same names, filters and cuts, without a histogram."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..analysis.steps import Cut
from ..columns.demand import demand
from ..columns.evaluate import Evaluator
from ..columns.logic import known
from ..columns.resolve import resolve
from ..columns.source import Source
from ..errors import AnalysisError
from .chunk import quiet
from .plan import plan

if TYPE_CHECKING:
    from ..analysis.value import Analysis


def arrays(
    analysis: Analysis,
    expressions: Sequence[str],
    selected: bool,
    columns: Callable[[Source], Source] | None = None,
    most: int | None = None,
) -> Any:
    """One awkward array for one expression, a record array for several; see `Analysis.arrays`.

    `columns` is what reads in place of a source; with `most`, blocks are taken until that many events were read.
    """
    import awkward as ak
    import numpy as np

    if not expressions:
        raise AnalysisError("arrays needs at least one expression")
    bare = analysis.with_parts(histograms=(), regions=())
    parts: dict[str, list[Any]] = {expression: [] for expression in expressions}
    todo = plan(bare, columns=columns)
    read = 0
    for block in todo.blocks:
        if most is not None and read >= most:
            break
        read += block.events
        source, bound = todo.of(block)
        nodes = {expression: resolve(expression, bound.scope)[0] for expression in expressions}
        for expression, node in nodes.items():
            if node.type.kind == "object":
                raise AnalysisError(f"{expression!r} is {node.type}; ask for its fields, such as {expression}.pt")
        cuts = [step.node for step in bound.steps if isinstance(step.step, Cut)] if selected else []
        needed = demand([*nodes.values(), *cuts], bound.schema)
        evaluator = Evaluator(source.read(needed.branches, block.start, block.stop), bound.schema, needed, block.events)
        with quiet():
            for node in cuts:
                passed = ak.to_numpy(known(ak.Array(evaluator.column(node))), allow_missing=False)
                evaluator.narrow(np.flatnonzero(passed))
            for expression, node in nodes.items():
                parts[expression].append(ak.Array(evaluator.column(node)))
    whole = {expression: ak.concatenate(chunks) for expression, chunks in parts.items()}
    return next(iter(whole.values())) if len(whole) == 1 else ak.zip(whole, depth_limit=1)
