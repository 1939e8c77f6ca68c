"""The tile of one block by means of the reference's evaluator: exact for every number of every analysis.

While one number moves, an event is piecewise constant: its objects change sides one after the other. So each event is
repeated once per piece, with the comparison decided for that piece, and everything downstream is computed as always.
A piece counts positive where it begins and negative where it ends. When the number does nothing but select events,
only the cut itself is computed for the pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..analysis.bind import BoundHistogram, BoundStep, product
from ..analysis.steps import Cut, Keep, Weight
from ..columns.evaluate import Evaluator
from ..columns.logic import known
from ..columns.nodes import Node
from ..columns.types import Type
from .chunk import fitted, quiet
from .fill import flat_columns
from .moving import Mark, Moving, shape
from .partial import Row
from .pieces import bin_of, finite, groups, leaves, per_event, signed, whole
from .tiles import LOW, SIDE, BlockTile, Cells, Integers

#: Values of one array that are computed at a time: it bounds the memory, however many pieces the events fall into.
MAX_VALUES = 1_000_000

_START = Node("first row of a piece", (), (), Type("int"))
_STOP = Node("end of a piece", (), (), Type("int"))


def sweep(moving: Moving, arrays: Mapping[str, Any], events: int, cancel: Callable[[], bool]) -> BlockTile:
    """The tile of one block.

    Parameters
    ----------
    arrays : the branches of ``moving.bound.demand``, widened to 64 bits, one row per event.

    Raises
    ------
    NoTileError : a weight is infinite, so that sums cannot be taken back.
    """
    evaluator = Evaluator(arrays, moving.bound.schema, moving.bound.demand, events)
    with quiet():
        walk = _Walk(moving, evaluator)
        walk.upstream()
        tile = BlockTile()
        for part in walk.parts():
            if cancel():
                break
            tile = tile + part.downstream()
        return tile


class _Walk:
    """A walk down the steps, first of events and then of their pieces."""

    def __init__(self, moving: Moving, evaluator: Evaluator, weights: tuple[Node, ...] = ()) -> None:
        self.moving = moving
        self.bound = moving.bound
        self.evaluator = evaluator
        self.weights = list(weights)
        self.tile = BlockTile()
        self.cut_masks: dict[str, tuple[Any, Any]] = {}
        self.mask: Any | None = None  # only with regions: events are then kept until they are filled

    # --- events -------------------------------------------------------------------------------------------------------

    def upstream(self) -> None:
        """All that does not depend on the number."""
        for step in self.bound.steps[: self.moving.first]:
            match step.step:
                case Cut():
                    self.select(step, *self.decided(step))
                case Weight():
                    self.weights.append(step.node)

    def parts(self) -> Iterator[_Walk]:
        """Walks of some events each, whose pieces are few enough to be computed together."""
        marks = self.moving.marks[:1] if self.moving.form == "range" else self.moving.marks
        codes = [self.codes(mark) for mark in marks]
        pieces, sizes = self.pieces(codes)
        edges = groups(np.bincount(pieces[0], minlength=self.evaluator.entries) * sizes, MAX_VALUES)
        for low, high in edges:
            walk = _Walk(self.moving, self.evaluator.fork(), tuple(self.weights))
            walk.evaluator.narrow(np.arange(low, high))
            walk.cut_masks = {name: (a[low:high], b[low:high]) for name, (a, b) in self.cut_masks.items()}
            walk.mask = None if self.mask is None else self.mask[low:high]
            chosen = slice(*np.searchsorted(pieces[0], (low, high)))
            rows, start, stop = (part[chosen] for part in pieces)
            walk.begin(rows - low, start, stop, [code[low:high] for code in codes])
            yield walk

    def codes(self, mark: Mark) -> Any:
        """Of each value the number of positions at or after which it lies; NaN as if it never passed."""
        import awkward as ak

        boundaries = self.moving.boundaries
        limits = boundaries.limits
        never = -1 if mark.operator in LOW else len(limits) + 1

        def coded(layout: Any, **_: Any) -> Any:
            if not layout.is_numpy:
                return None
            if self.moving.form == "range":
                return ak.contents.NumpyArray(boundaries.pixel(layout.data))
            values = np.asarray(layout.data, dtype=np.float64)
            found = np.searchsorted(limits, values, side="left" if SIDE[mark.operator] else "right")
            return ak.contents.NumpyArray(np.where(np.isnan(values), never, found))

        return ak.transform(coded, ak.Array(self.evaluator.column(mark.variable)))

    def pieces(self, codes: list[Any]) -> tuple[tuple[Integers, Integers, Integers], Integers]:
        """Event, first row and end of each piece, by event and then by row; and how many values an event has."""
        count, rows = self.evaluator.entries, self.moving.rows
        if self.moving.form == "range":
            import awkward as ak

            pixel = ak.to_numpy(ak.fill_none(codes[0], -1), allow_missing=False)
            events = np.flatnonzero(pixel >= 0)
            return (events, pixel[events], np.full(len(events), rows)), np.ones(count, np.int64)
        sizes = np.ones(count, np.int64)
        keys = [np.arange(count) * rows]  # the first piece of each event begins at the first position
        for code in codes:
            flat, at = leaves(code)
            sizes += np.bincount(at, minlength=count)
            moves = (flat > 0) & (flat < rows)
            keys.append(at[moves] * rows + flat[moves])
        every = np.sort(np.concatenate(keys))
        unique = every[np.append(True, every[1:] != every[:-1])] if len(every) else every  # np.unique would hash
        event, start = unique // rows, unique % rows
        stop = np.full(len(unique), rows)
        same = event[1:] == event[:-1]
        stop[:-1][same] = start[1:][same]
        return (event, start, stop), sizes

    # --- pieces -------------------------------------------------------------------------------------------------------

    def begin(self, rows: Integers, start: Integers, stop: Integers, codes: list[Any]) -> None:
        """Turn events into pieces: the rows that everything downstream is computed for."""
        if self.moving.selects_only:
            rows, start, stop = self.passing(rows, start, stop, codes)
        self.evaluator.narrow(rows)
        self.cut_masks = {name: (a[rows], b[rows]) for name, (a, b) in self.cut_masks.items()}
        self.mask = None if self.mask is None else self.mask[rows]
        self.evaluator.give(_START, start)
        self.evaluator.give(_STOP, stop)
        if self.moving.form == "steps" and not self.moving.selects_only:
            self.decide(self.evaluator, rows, start, codes)

    def decide(self, evaluator: Evaluator, rows: Integers, start: Integers, codes: list[Any]) -> None:
        for mark, code in zip(self.moving.marks, codes, strict=True):
            here = code[rows]
            evaluator.give(mark.node, here > start if mark.operator in LOW else here <= start)

    def passing(self, rows: Integers, start: Integers, stop: Integers, codes: list[Any]) -> Any:
        """The pieces in which events pass the cut that the number is in, neighbours joined; its row is counted."""
        step = self.bound.steps[self.moving.first]
        walk = _Walk(self.moving, self.evaluator.fork(), tuple(self.weights))
        walk.evaluator.narrow(rows)
        walk.evaluator.give(_START, start)
        walk.evaluator.give(_STOP, stop)
        self.decide(walk.evaluator, rows, start, codes)
        passed, absent = walk.decided(step)
        self.tile.rows[step.step.name] = walk.unsure(step, absent)
        rows, start, stop = rows[passed], start[passed], stop[passed]
        joined = np.zeros(len(rows), bool)
        joined[1:] = (rows[1:] == rows[:-1]) & (start[1:] == stop[:-1])
        begins = np.flatnonzero(~joined)
        ends = np.append(begins[1:], len(rows)) - 1 if len(rows) else begins
        return rows[begins], start[begins], stop[ends]

    def downstream(self) -> BlockTile:
        moving, steps = self.moving, self.bound.steps
        if moving.fills_at(moving.first):
            self.fill_at(moving.first)
        for index in range(moving.first, len(steps)):
            step = steps[index]
            moved_cut = index == moving.first and (moving.form == "range" or moving.selects_only)
            match step.step:
                case Keep():
                    self.keep(step)
                case Cut():
                    row = self.tile.rows.get(step.step.name, Row())
                    if not moved_cut:
                        passed, absent = self.decided(step)
                        row = self.unsure(step, absent)
                        self.select(step, passed, absent)
                    self.tile.rows[step.step.name] = self.row(row)
                case Weight():
                    self.weights.append(step.node)
                    self.tile.rows[step.step.name] = self.row(Row())
            self.fill_at(index + 1)
        return self.tile

    def decided(self, step: BoundStep) -> tuple[Any, Any | None]:
        """Where a cut is true, and where it is missing (None: nowhere)."""
        import awkward as ak

        truth = ak.Array(self.evaluator.column(step.node))
        if not step.node.type.optional:
            return ak.to_numpy(truth, allow_missing=False), None
        return ak.to_numpy(known(truth), allow_missing=False), ak.to_numpy(ak.is_none(truth, axis=0))

    def select(self, step: BoundStep, passed: Any, absent: Any | None) -> None:
        if not self.bound.regions:
            self.evaluator.narrow(np.flatnonzero(passed))
            return
        self.cut_masks[step.step.name] = (passed, ~passed if absent is None else ~passed & ~absent)
        self.mask = passed if self.mask is None else self.mask & passed

    # --- counts -------------------------------------------------------------------------------------------------------

    def tally(self, values: Any | None = None) -> Integers:
        """The sum over pieces of a whole number per piece (None: 1), by row of cells."""
        start, stop = self.evaluator.value(_START), self.evaluator.value(_STOP)
        if self.mask is not None:
            start, stop = start[self.mask], stop[self.mask]
            values = None if values is None else np.asarray(values)[self.mask]
        return whole(start, stop, self.moving.rows, values)

    def row(self, row: Row) -> Row:
        passed = self.tally()
        row.passed = passed  # type: ignore[assignment]
        weight = product(self.weights)
        if weight is None:
            row.weighted = row.variance = passed.astype(np.float64)  # type: ignore[assignment]
            return row
        nodes, values = [_START, _STOP], [self.evaluator.value(_START), self.evaluator.value(_STOP)]
        columns, weights, _ = flat_columns(nodes, values, (weight, self.evaluator.column(weight)), self.mask)
        weights = finite(weights, "the analysis")
        rows = self.moving.rows
        row.bad_weights = passed - whole(columns[0], columns[1], rows)  # type: ignore[assignment]
        row.weighted = signed(columns[0], columns[1], rows, weights)
        row.variance = signed(columns[0], columns[1], rows, weights * weights)
        return row

    def keep(self, step: BoundStep) -> None:
        import awkward as ak

        assert step.source is not None
        before, after = (ak.to_numpy(ak.num(self.evaluator.value(n), axis=1)) for n in (step.source, step.node))
        row = Row(objects_in=self.tally(before), objects_out=self.tally(after))  # type: ignore[arg-type]
        condition = step.node.inputs[0].inputs[1]
        if condition.type.optional:
            absent = ak.is_none(self.evaluator.column(condition), axis=-1)
            row.missing = self.tally(per_event(absent))  # type: ignore[assignment]
        self.tile.rows[step.step.name] = self.row(row)

    def unsure(self, step: BoundStep, absent: Any | None) -> Row:
        """Where the cut is missing, and where a number that it looks at is NaN."""
        import awkward as ak

        row = Row()
        if absent is not None:
            row.missing = self.tally(absent)  # type: ignore[assignment]
        found = None
        for node in step.variables:
            if node.type.kind == "float":
                nan = ak.fill_none(np.isnan(self.evaluator.column(node)), False, axis=-1)
                nan = per_event(nan) > 0
                found = nan if found is None else found | nan
        if found is not None:
            row.nan = self.tally(found)  # type: ignore[assignment]
        return row

    # --- histograms ---------------------------------------------------------------------------------------------------

    def fill_at(self, steps: int) -> None:
        for histogram in self.bound.histograms:
            if histogram.steps == steps:
                for region, mask in self.masks():
                    self.tile.cells[histogram.histogram.name, region] = self.fill(histogram, mask)

    def masks(self) -> Iterator[tuple[str, Any]]:
        if not self.bound.regions:
            yield "", None
        for region in self.bound.regions:
            mask = np.ones(self.evaluator.entries, bool)
            for name, inverted in region.terms:
                if name in self.cut_masks:
                    true, false = self.cut_masks[name]
                    mask &= false if inverted else true
            yield region.name, mask

    def fill(self, bound: BoundHistogram, mask: Any | None) -> Cells:
        weight = None if bound.weight is None else (bound.weight, self.evaluator.column(bound.weight))
        nodes = [_START, _STOP, *bound.values]
        values = [self.evaluator.column(node) for node in nodes]
        (start, stop, *columns), weights, _ = flat_columns(nodes, values, weight, mask)
        sizes = shape(bound.histogram)
        flat = np.zeros(len(start), np.int64)
        inside = np.ones(len(start), bool)
        for axis, column, size in zip(bound.histogram.axes, columns, sizes, strict=True):
            made = axis.make("x")
            index = bin_of(made, fitted(axis, column))
            inside &= (index >= 0) | made.traits.underflow
            inside &= (index < size - 2) | made.traits.overflow
            flat = flat * size + index + 1
        start, stop, flat = start[inside], stop[inside], flat[inside]
        bins = int(np.prod(sizes))
        rows = self.moving.rows

        def table(values: Any | None = None) -> Any:
            return signed(start * bins + flat, np.minimum(stop * bins + flat, rows * bins), rows * bins, values)

        counts: Integers = table().astype(np.int64).reshape(rows, bins)
        if weights is None:
            return Cells(counts)
        weights = finite(weights[inside], bound.histogram.name)
        return Cells(counts, table(weights).reshape(rows, bins), table(weights * weights).reshape(rows, bins))
