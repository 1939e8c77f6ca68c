"""The reference: one block of events through one analysis, with plain awkward and hist. It defines what is right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..analysis.axes import Axis, Histogram
from ..analysis.bind import Bound, BoundHistogram, BoundStep, product
from ..analysis.steps import Cut, Define, Keep, Weight
from ..columns.broadcast import lengths, may_miss
from ..columns.evaluate import Evaluator
from ..columns.logic import known
from ..columns.nodes import Node
from ..columns.source import Source
from ..errors import FileError, HeplensError, first_line
from .fill import flat_columns
from .pages import keep_freed_memory
from .partial import Block, Counters, Partial, Row

#: Below this share of survivors the events that failed are dropped before anything else is computed.
_NARROW_BELOW = 0.9


@contextmanager
def quiet() -> Iterator[None]:
    """Divisions by zero and the like have results (inf, NaN), which are counted; numpy need not warn of them."""
    import numpy as np

    with np.errstate(all="ignore"):
        yield


def process(bound: Bound, source: Source, block: Block, weighted: bool, regions: bool = True) -> Partial:
    """Fill everything from the events of one block.

    Parameters
    ----------
    bound : the analysis, bound to the schema of `source`.
    weighted : whether histograms carry weights (also when this sample has none, so that partials add).
    """
    keep_freed_memory()
    arrays = source.read(bound.demand.branches, block.start, block.stop)
    evaluator = Evaluator(arrays, bound.schema, bound.demand, block.events)
    partial = Partial(block, file_events=source.entries, bytes_read=sum(int(array.nbytes) for array in arrays.values()))
    with quiet():
        try:
            _Pass(bound, evaluator, partial, weighted, regions and bool(bound.regions)).run()
        except HeplensError:
            raise
        except Exception as error:
            raise FileError(
                f"events {block.start:,} to {block.stop:,} of {source.label} could not be processed: "
                f"{type(error).__name__}: {first_line(error)}"
            ) from error
    return partial


class _Pass:
    """One walk down the steps."""

    def __init__(self, bound: Bound, evaluator: Evaluator, partial: Partial, weighted: bool, by_region: bool) -> None:
        self.bound = bound
        self.evaluator = evaluator
        self.partial = partial
        self.weighted = weighted
        self.by_region = by_region
        self.mask: Any | None = None  # of the chain so far, among the events still here; None: all
        self.weights: list[Node] = []
        self.cut_masks: dict[str, tuple[Any, Any]] = {}  # cut name to where it is true and where it is false

    def run(self) -> None:
        self.partial.rows["all"] = self.row(Row())
        self.fill_at(0)
        for index, step in enumerate(self.bound.steps):
            match step.step:
                case Keep():
                    self.keep(step)
                case Cut():
                    self.cut(step)
                case Weight():
                    self.weights.append(step.node)
                    self.partial.rows[step.step.name] = self.row(Row())
            self.fill_at(index + 1)
            if isinstance(step.step, Keep | Cut):  # definitions are computed when they are used
                self.evaluator.release(self.later(index + 1))

    def later(self, steps: int) -> Iterator[Node]:
        """What is still asked for when that many steps are done."""
        for step in self.bound.steps[steps:]:
            if not isinstance(step.step, Define):
                yield from (step.node, *step.variables, *([] if step.source is None else [step.source]))
        for histogram in self.bound.histograms:
            if histogram.steps > steps:
                yield from (*histogram.values, *([] if histogram.weight is None else [histogram.weight]))
        if (weight := product(self.weights)) is not None:
            yield weight

    # --- rows -----------------------------------------------------------------------------------------------------

    def row(self, row: Row) -> Row:
        """Events that pass so far, with the weights declared so far."""
        import numpy as np

        count = self.evaluator.entries if self.mask is None else int(np.count_nonzero(self.mask))
        row.passed = count
        weight = product(self.weights)
        if weight is None:
            row.weighted, row.variance = float(count), float(count)
            return row
        column, bad = self.event_weights(weight)
        row.bad_weights = bad
        row.weighted, row.variance = float(np.sum(column)), float(np.sum(column * column))
        return row

    def event_weights(self, weight: Node) -> tuple[Any, int]:
        values = self.evaluator.column(weight)
        columns, _, counters = flat_columns([weight], [values], None, self.mask)
        return columns[0], counters.missing + counters.nan

    def keep(self, step: BoundStep) -> None:
        assert step.source is not None and isinstance(step.step, Keep)
        before = self.counted(step.source)
        after = self.counted(step.node)
        row = Row(objects_in=int(before.sum()), objects_out=int(after.sum()))
        row.missing = self.undecided(step.node.inputs[0].inputs[1])
        self.partial.rows[step.step.name] = self.row(row)

    def counted(self, collection: Node) -> Any:
        numbers = lengths(self.evaluator.value(collection))
        return numbers if self.mask is None else numbers[self.mask]

    def undecided(self, condition: Node) -> int:
        """Objects of the events still here whose condition is missing; they are dropped."""
        import awkward as ak

        if not condition.type.optional:
            return 0
        absent = ak.is_none(self.evaluator.column(condition), axis=-1)
        return int(ak.sum(absent if self.mask is None else absent[self.mask], axis=None))

    def cut(self, step: BoundStep) -> None:
        import awkward as ak
        import numpy as np

        assert isinstance(step.step, Cut)
        truth = self.evaluator.column(step.node)
        row = Row()
        if step.node.type.optional and may_miss(truth):
            absent = ak.to_numpy(ak.is_none(truth, axis=0))
            row.missing = int(np.count_nonzero(absent if self.mask is None else absent & self.mask))
            passed = ak.to_numpy(known(truth), allow_missing=False)
        else:
            absent = None
            passed = ak.to_numpy(truth, allow_missing=False)
        row.nan = self.count_nan(step)
        if self.by_region:
            self.cut_masks[step.step.name] = (passed, ~passed if absent is None else ~passed & ~absent)
            self.mask = passed if self.mask is None else self.mask & passed
        else:
            self.narrow(passed)
        self.partial.rows[step.step.name] = self.row(row)

    def narrow(self, passed: Any) -> None:
        """Apply a cut: drop the events at once when many failed, remember a mask when few did."""
        import numpy as np

        mask = passed if self.mask is None else self.mask & passed
        count = int(np.count_nonzero(mask))
        if count < _NARROW_BELOW * len(mask):
            self.evaluator.narrow(np.flatnonzero(mask))
            self.mask = None
        else:
            self.mask = None if count == len(mask) else mask

    def count_nan(self, step: BoundStep) -> int:
        """Events that reach the cut with a NaN among the numbers it looks at."""
        import awkward as ak
        import numpy as np

        found = None
        for node in step.variables:
            if node.type.kind != "float":
                continue
            values = self.evaluator.column(node)
            nan = ak.fill_none(np.isnan(values), False, axis=-1)
            for _ in node.type.axes:
                nan = ak.any(nan, axis=-1)
            nan = ak.to_numpy(ak.fill_none(nan, False), allow_missing=False)
            found = nan if found is None else found | nan
        if found is None:
            return 0
        return int(np.count_nonzero(found if self.mask is None else found & self.mask))

    # --- histograms -----------------------------------------------------------------------------------------------

    def fill_at(self, steps: int) -> None:
        for histogram in self.bound.histograms:
            if histogram.steps == steps:
                for region, mask in self.masks():
                    self.fill(histogram, region, mask)

    def masks(self) -> Iterator[tuple[str, Any]]:
        import numpy as np

        if not self.by_region:
            yield "", self.mask
            return
        for region in self.bound.regions:
            mask = np.ones(self.evaluator.entries, bool)
            for name, inverted in region.terms:
                if name in self.cut_masks:
                    true, false = self.cut_masks[name]
                    mask &= false if inverted else true
            yield region.name, mask

    def fill(self, bound: BoundHistogram, region: str, mask: Any) -> None:
        histogram = make_histogram(bound.histogram, self.weighted)
        weight = None if bound.weight is None else (bound.weight, self.evaluator.column(bound.weight))
        values = [self.evaluator.column(node) for node in bound.values]
        columns, weights, counters = flat_columns(bound.values, values, weight, mask)
        columns = [fitted(axis, column) for axis, column in zip(bound.histogram.axes, columns, strict=True)]
        if weights is None:
            histogram.fill(*columns)
        else:
            histogram.fill(*columns, weight=weights)
        name = bound.histogram.name
        self.partial.histograms[name, region] = histogram
        self.partial.counters[name] = self.partial.counters.get(name, Counters()) + counters


def fitted(axis: Axis, column: Any) -> Any:
    """Whole numbers beyond 32 bits, which integer axes refuse, put at the end of that range: in the flow as well."""
    if axis.kind not in ("integer", "int_category") or axis.growth or column.dtype.kind not in "iu":
        return column
    return column.clip(-(2**31), 2**31 - 1)


def make_histogram(histogram: Histogram, weighted: bool) -> Any:
    """An empty `hist.Hist` for one histogram: Weight storage when weighted, else Double counts."""
    import hist

    count = len(histogram.axes)
    names = ["x", "y", "z"] if count <= 3 else [f"x{i}" for i in range(count)]
    axes = [axis.make(name) for axis, name in zip(histogram.axes, names, strict=False)]
    storage = hist.storage.Weight() if weighted else hist.storage.Double()
    return hist.Hist(*axes, storage=storage, name=histogram.name, label=histogram.name)
