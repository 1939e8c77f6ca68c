"""The tile of blocks of events, made by kernels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ...analysis.steps import Cut, Keep
from ...columns.nodes import Node
from ..moving import Moving
from ..partial import Row
from ..tiles import BlockTile, Cells
from .bins import size_of
from .boundaries import Edges
from .events import Events
from .flat import Column
from .leaves import Leaves
from .lift import Objects, UnsupportedDataError
from .plan import Fill, Line, Plan, Stage
from .tables import NONE, Table, Tables, steps
from .walk import Pieces


class Build:
    """The tile of blocks for one moved number, which it adds up.

    Parameters
    ----------
    plan : what `make_plan` says of `moving`.
    """

    def __init__(self, moving: Moving, plan: Plan) -> None:
        self.plan = plan
        boundaries = moving.boundaries
        after = boundaries.kinds == 1 if plan.window else plan.lift.operator in (">", "<=")
        self.edges = Edges.of(boundaries.limits, after)
        self.always = len(self.edges) + plan.window
        self.tables = Tables()
        for fill in plan.fills:
            table = Table.empty(self.always, size_of(fill.axes), fill.weight is not None)
            self.tables.histograms[fill.name, fill.region] = table

    def add(self, leaves: Leaves, cancel: Callable[[], bool]) -> None:
        """Add some events; less than all of it when it is cancelled. What can fail fails before anything is counted.

        Raises
        ------
        UnsupportedDataError : the data hold what the kernels do not know, such as missing lists.
        """
        block = _Block(self, leaves)
        for fill in self.plan.fills:
            if cancel():
                return
            block.fill(fill)
        for line in self.plan.lines:
            if cancel():
                return
            block.line(line)
        for table in self.tables.histograms.values():
            table.widen()
        for count in block.counting:
            if cancel():
                return
            count()

    def tile(self) -> BlockTile:
        """The tile of all blocks so far."""
        tile = BlockTile()
        for key, table in self.tables.histograms.items():
            counts = self._rows(table.counts[:, :-1].astype(np.int64))
            if table.sums is None:
                tile.cells[key] = Cells(counts)
            else:
                sums, squares = (self._rows(table.sums[:, :-1, i]) for i in (0, 1))
                tile.cells[key] = Cells(counts, sums, squares)
        for name, parts in self.tables.rows.items():
            tile.rows[name] = Row(**{part: self._rows(counts) for part, counts in parts.items()})
        return tile

    def _rows(self, table: Any) -> Any:
        """Rows of the tile from what was counted at levels."""
        return table[1:] if self.plan.window else steps(table, self.plan.lift.operator in ("<", "<="))


class _Block:
    """Prepares all that is to be counted of some events, in `counting`."""

    def __init__(self, build: Build, leaves: Leaves) -> None:
        self.plan = build.plan
        self.tables = build.tables
        self.leaves = leaves
        self.events = Events(build.plan.lift, leaves, build.edges, build.plan.stages, build.plan.window)
        self.always = build.always
        self.counting: list[Callable[[], None]] = []
        self.weights: dict[object, tuple[Any, Any | None]] = {}
        self.repeats: dict[object, Any] = {}
        self.passes: dict[Stage, Pieces] = {}
        self.pieces = self._pieces() if build.plan.in_pieces else None

    def _pieces(self) -> Pieces:
        """Pieces up to the position where the last of their stages ends."""
        tops = np.zeros(self.leaves.events, np.uint16)
        for stage in self.plan.in_pieces:
            np.maximum(tops, self.events.tops(stage.terms), out=tops)
        return Pieces.of(self.events, self.plan.objects, tops)

    # --- histograms -----------------------------------------------------------------------------------------------

    def fill(self, fill: Fill) -> None:
        table = self.tables.histograms[fill.name, fill.region]
        bins = self.bins(fill)
        each = fill.weight is not None and bool(fill.weight.type.axes)
        weights, bad = (None, None) if fill.weight is None else self.weight(fill.weight, fill.objects if each else None)
        if bad is not None and each:
            bins, bad = np.where(bad, bins.dtype.type(size_of(fill.axes)), bins), None
        stage, objects = fill.stage, fill.objects
        if fill.source != "pieces" and not stage.needs_pieces:
            if objects is None:
                tops = self.events.tops(stage.terms)
            else:
                tops = self.object_tops(stage, objects)
                if not each and fill.weight is not None:
                    weights = self.repeated(("weight", fill.weight), objects, weights)
                    bad = None if bad is None else self.repeated(("bad", fill.weight), objects, bad)
            tops = tops if bad is None else np.where(bad, np.uint16(0), tops)
            self.counting.append(partial(table.entries, tops, bins, weights))
            return
        pieces = self.passing(stage)
        if objects is not None:
            if bad is not None:
                pieces = pieces.where(~bad[pieces.event])
            where = self.events.offsets(objects), self.own_levels(objects)
            self.counting.append(partial(table.objects_of_pieces, pieces, *where, bins, weights, each))
            return
        bins = bins if fill.source == "pieces" else bins[pieces.event]
        if bad is not None:
            bins = np.where(bad[pieces.event], bins.dtype.type(size_of(fill.axes)), bins)
        self.counting.append(partial(table.pieces, pieces, bins, weights))

    def bins(self, fill: Fill) -> Any:
        """The bin of each event, object or piece."""
        if fill.source == "pieces":
            return self.passing(fill.stage).bins(fill.axes, fill.values)
        if fill.objects is None:
            return self.leaves.bins(fill.axes, fill.values, None)
        return self.events.bins(fill.objects, fill.axes, fill.values)

    def own_levels(self, objects: Objects) -> Any:
        """The levels of objects; none when there is nothing to pass."""
        return self.events.levels(objects) if objects.conditions or objects.of is not None else NONE

    def object_tops(self, stage: Stage, objects: Objects) -> Any:
        """Up to which position each object is there and its event passes the stage."""
        from .levels import of_objects

        fixed = not objects.conditions and objects.of is None  # all lists of one axis are equally long
        key = ("tops", stage, objects.base.type.axes[0].identity if fixed else objects)
        if key not in self.repeats:
            offsets = self.events.offsets(objects)
            self.repeats[key] = np.empty(offsets[-1], np.uint16)
            of_objects(self.events.tops(stage.terms), offsets, self.own_levels(objects), self.repeats[key])
        return self.repeats[key]

    def repeated(self, what: object, objects: Objects, values: Any) -> Any:
        key = (what, objects.base, objects.of)
        if key not in self.repeats:
            self.repeats[key] = self.events.repeated(objects, values)
        return self.repeats[key]

    def weight(self, node: Node, objects: Objects | None = None) -> tuple[Any, Any | None]:
        """The weight of each event or object, 0 where it is missing or NaN, and where that is (None: nowhere)."""
        key = (node, objects)
        if key not in self.weights:
            column = self.leaves.column(node, keep=True) if objects is None else self.events.on_objects(objects, node)
            values = column.values.astype(np.float64)
            bad = np.isnan(values)
            if column.valid is not None:
                bad |= ~column.valid
            values[bad] = 0
            if not np.all(np.isfinite(values * values)):
                raise UnsupportedDataError("weights that are infinite")
            self.weights[key] = values, bad if bad.any() else None
        return self.weights[key]

    def passing(self, stage: Stage) -> Pieces:
        """The pieces in which events pass a stage: conditions one after the other, each of those that are left."""
        if stage not in self.passes:
            assert self.pieces is not None
            tops = self.events.tops(stage.terms)
            left = self.pieces.where(tops[self.pieces.event] > self.pieces.lo)
            for term in stage.terms:
                if isinstance(term, Node):
                    left = left.where(left.column(term).truth())
            for node in stage.inverted:
                column = left.column(node)
                left = left.where(~column.values if column.valid is None else ~column.values & column.valid)
            self.passes[stage] = left
        return self.passes[stage]

    # --- rows of the cutflow --------------------------------------------------------------------------------------

    def line(self, line: Line) -> None:
        parts: dict[str, Any] = {"passed": self.tally(line.stage)}
        if isinstance(line.step.step, Keep):
            for part, objects in zip(("objects_in", "objects_out"), line.collections, strict=True):
                parts[part] = self.objects(line.stage, objects)
            parts["missing"] = self.undecided(line)
        elif isinstance(line.step.step, Cut) and not (self.plan.window and line.step.node == self.plan.lift.handle):
            parts["missing"] = self.missing(line)
            parts["nan"] = self.nan(line)
        if line.weight is None:
            parts["weighted"] = parts["variance"] = parts["passed"].astype(np.float64)
        else:
            weights, bad = self.weight(line.weight)
            parts["bad_weights"] = None if bad is None else self.tally(line.stage, bad)
            parts["weighted"] = self.tally(line.stage, weights)
            parts["variance"] = self.tally(line.stage, weights * weights)
        for part, counts in parts.items():
            if counts is not None:
                self.counting.append(partial(self.tables.add_to_row, line.step.step.name, part, counts))

    def tally(self, stage: Stage, values: Any | None = None) -> Any:
        """Events that pass a stage, or the sum of `values` over them, one number (or truth) per event."""
        from . import cells

        counts = np.zeros(self.always + 1, np.int64)
        if not stage.needs_pieces:
            tops = self.events.tops(stage.terms)
            if values is None:
                cells.tally(tops, counts)
                return counts
            made = np.bincount(tops, values, self.always + 1)
        else:
            pieces = self.passing(stage)
            if values is None:
                cells.tally_pieces(pieces.lo, pieces.hi, counts)
                return counts
            values = values[pieces.event]
            made = np.bincount(pieces.hi, values, self.always + 1) - np.bincount(pieces.lo, values, self.always + 1)
        return made if values.dtype.kind == "f" else np.rint(made).astype(np.int64)

    def tally_pieces(self, pieces: Pieces, chosen: Any) -> Any:
        """Events within some of their pieces."""
        from . import cells

        counts = np.zeros(self.always + 1, np.int64)
        some = pieces.where(chosen)
        cells.tally_pieces(some.lo, some.hi, counts)
        return counts

    def objects(self, stage: Stage, objects: Objects) -> Any:
        """Objects in the events that pass a stage."""
        from . import cells

        if not stage.needs_pieces:
            counts = np.zeros(self.always + 1, np.int64)
            cells.tally(self.object_tops(stage, objects), counts)
            return counts
        offsets = self.events.offsets(objects)
        table = Table.empty(self.always, 0, False)
        bins = np.zeros(offsets[-1], np.uint8)
        table.objects_of_pieces(self.passing(stage), offsets, self.own_levels(objects), bins, None, False)
        return table.counts[:, 0].astype(np.int64)

    def undecided(self, line: Line) -> Any:
        """Objects whose condition is missing."""
        node = line.step.node.inputs[0]
        condition = node.inputs[1]
        if not condition.type.optional:
            return None
        state = self.plan.lift.state(condition)
        leaves = [leaf for leaf in (state.true, state.false) if isinstance(leaf, Node)]
        if state.moves:
            leaves.append(self.plan.lift.variable)
            if all(self.leaves.column(leaf).valid is None for leaf in leaves):
                return None
            raise UnsupportedDataError("missing values of what an object is asked")
        column = self.leaves.column(leaves[0])
        if column.valid is None:
            return None
        if line.collections[0].moves or not condition.type.axes:
            raise UnsupportedDataError("missing values of what an object is asked")
        return self.tally(line.stage, _per_event(~column.valid, self.events.offsets(line.collections[0])))

    def missing(self, line: Line) -> Any:
        node, lift = line.step.node, self.plan.lift
        if not node.type.optional:
            return None
        if node != lift.handle and lift.depends(node):
            pieces = self.passing(line.before)
            valid = pieces.column(node).valid
            return None if valid is None else self.tally_pieces(pieces, ~valid)
        valid = (self.events.variable if node == lift.handle else self.leaves.column(node)).valid
        return None if valid is None else self.tally(line.before, ~valid)

    def nan(self, line: Line) -> Any:
        """Events that reach a cut with a NaN among the numbers that it looks at."""
        by_event: Any = None
        by_piece: Any = None
        for node in line.step.variables:
            if node.type.kind != "float":
                continue
            moves = self.plan.lift.depends(node)
            if node.type.axes:
                objects, lifted = self.plan.lift.moving(node)
                nan = _nan(self.events.on_objects(objects, lifted))
                if nan is not None and moves:
                    raise UnsupportedDataError("NaN in objects that move")
                nan = None if nan is None else _per_event(nan, self.events.offsets(objects)) > 0
            else:
                nan = _nan((self.passing(line.before) if moves else self.leaves).column(node))
            if nan is not None and moves:
                by_piece = nan if by_piece is None else by_piece | nan
            elif nan is not None:
                by_event = nan if by_event is None else by_event | nan
        if by_piece is None:
            return None if by_event is None else self.tally(line.before, by_event)
        pieces = self.passing(line.before)
        return self.tally_pieces(pieces, by_piece if by_event is None else by_piece | by_event[pieces.event])


def _nan(column: Column) -> Any | None:
    """Where it is NaN; None: nowhere."""
    if column.values.dtype.kind != "f" or not np.isnan(np.min(column.values, initial=0.0)):
        return None
    nan = np.isnan(column.values)
    return nan if column.valid is None else nan & column.valid


def _per_event(flags: Any, offsets: Any) -> Any:
    """How many flags of each event's objects are set."""
    total = np.concatenate([[0], np.cumsum(flags)])
    return total[offsets[1:]] - total[offsets[:-1]]
