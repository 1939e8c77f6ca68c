"""One block of events: up to which position of the handle objects and events pass."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from ...analysis.axes import Axis
from ...columns.nodes import Node
from .boundaries import Edges, Levels, plain
from .flat import Column
from .leaves import Leaves
from .lift import AtLeast, Every, Lift, Objects, State, Term, UnsupportedDataError, UnsupportedError, still
from .pairs import Pairs
from .plan import Stage


class Events:
    """Levels of what is in one block; every array is made once.

    Parameters
    ----------
    stages : all that will be asked for: pairs are made in events that pass one of them.
    window : the levels of the variable are its pixels, counted from 1.
    """

    def __init__(self, lift: Lift, leaves: Leaves, edges: Edges, stages: tuple[Stage, ...], window: bool) -> None:
        self.lift = lift
        self.leaves = leaves
        self.edges = edges
        self.stages = stages
        self.count = leaves.events
        self.window = window
        self.always = len(edges) + window
        self._levels: dict[Objects, Levels] = {}
        self._pairs: dict[Objects, Pairs] = {}
        self._tops: dict[tuple[Term, ...], Levels] = {}

    # --- objects --------------------------------------------------------------------------------------------------

    def offsets(self, objects: Objects) -> Any:
        return self.leaves.offsets(objects.base) if objects.of is None else self.pairs(objects).offsets

    def on_objects(self, objects: Objects, node: Node) -> Column:
        """The values of a lifted node on all objects of the base."""
        if objects.of is not None:
            return self.pairs(objects).kept(node)
        column = self.leaves.column(node, keep=True)
        if len(column.values) != self.offsets(objects)[-1]:
            raise UnsupportedDataError("objects with other numbers of values")
        return column

    def pairs(self, objects: Objects) -> Pairs:
        """The pairs that satisfy what does not depend on the handle."""
        still = replace(objects, conditions=tuple(state for state in objects.conditions if not state.moves))
        if still not in self._pairs:
            self._pairs[still] = Pairs(self, still)
        return self._pairs[still]

    def bins(self, objects: Objects, axes: Sequence[Axis], nodes: Sequence[Node]) -> Any:
        """Bins of lifted nodes on all objects of the base."""
        if objects.of is not None:
            return self.pairs(objects).bins(axes, nodes)
        return self.leaves.bins(axes, nodes, self.offsets(objects))

    def able(self, objects: Objects) -> Any:
        """Objects of the base that pass everything but the handle."""
        able = np.ones(self.offsets(objects)[-1], np.bool_)
        for state in objects.conditions:
            if isinstance(state.true, Node):
                able &= self._truth(objects, state.true)
            elif not state.true:
                able[:] = False
        return able

    def levels(self, objects: Objects) -> Levels:
        """Up to which position each object of the base is there."""
        if objects not in self._levels:
            if objects.of is not None and not any(state.moves for state in objects.conditions):
                self._levels[objects] = self.pairs(objects).levels
            elif objects.conditions:
                self._levels[objects] = self._narrowed(objects)
            else:
                self._levels[objects] = np.full(self.offsets(objects)[-1], self.always, np.uint16)
        return self._levels[objects]

    def _kept(self, what: AtLeast | Every | None, make: Callable[[], Levels]) -> Levels:
        """Levels depend on the boundaries of the handle, but not on where it stands. None: those of its variable."""
        pairs = None if what is None or what.objects.of is None else self.wanted_key  # which of them are made
        part = ("levels", self._boundaries, self.lift.variable.identity, self.lift.operator, still(what), pairs)
        return self.leaves.kept(part, make)

    @cached_property
    def _boundaries(self) -> Hashable:
        return self.window, blake2b(self.edges.edges.tobytes(), digest_size=16).digest()

    def _narrowed(self, objects: Objects) -> Levels:
        levels: Any = None
        if objects.of is not None:
            levels = self.pairs(objects).levels
        for state in objects.conditions:
            if objects.of is None or state.moves:
                made = self._state(state, lambda node: self._truth(objects, node), lambda: self._moved(objects))
                levels = made if levels is None else np.minimum(levels, made)
        return levels if levels.ndim else np.full(self.offsets(objects)[-1], levels, np.uint16)

    def _truth(self, objects: Objects, node: Node) -> Any:
        if node.type.axes:
            return self.on_objects(objects, node).truth()
        return self.repeated(objects, self.leaves.column(node, keep=True).truth())

    def _moved(self, objects: Objects) -> Levels:
        """The handle's own levels, one for each object."""
        variable = self.lift.variable
        if not variable.type.axes:
            made: Levels = self.repeated(objects, self.moved_events)
            return made
        if objects.of is not None:
            raise UnsupportedError("a comparison of pairs of objects that move")
        return self._coded

    def repeated(self, objects: Objects, values: Any) -> Any:
        """The value of each event for each of its objects."""
        from .levels import repeated

        offsets = self.offsets(objects)
        out = np.empty(offsets[-1], values.dtype)
        repeated(values, offsets, out)
        return out

    def _state(self, state: State, truth: Any, moved: Any) -> Levels:
        """Levels of a truth; `truth` looks up a node, `moved` gives the handle's levels."""
        if not state.moves:
            if isinstance(state.true, bool):
                return np.asarray(self.always if state.true else 0, np.uint16)
            return np.where(truth(state.true), np.uint16(self.always), np.uint16(0))
        made: Levels = moved() if state.true is True else np.where(truth(state.true), moved(), np.uint16(0))
        if state.false is False:
            return made
        return np.where(truth(state.false), np.uint16(self.always), made)

    # --- the handle -----------------------------------------------------------------------------------------------

    @cached_property
    def variable(self) -> Column:
        column = self.leaves.column(self.lift.variable)
        wide = column.values.dtype.kind in "iu" and column.values.dtype.itemsize == 8
        if wide and np.abs(column.values.astype(np.float64)).max(initial=0) > 2**53:
            raise UnsupportedDataError("whole numbers beyond 2⁵³")
        return column

    @cached_property
    def _coded(self) -> Levels:
        return self._kept(None, self._code)

    def _code(self) -> Levels:
        values = self.variable.values
        levels = self.edges.pixels(values) if self.window else self.edges.levels(values, self.lift.operator)
        if self.variable.valid is not None:
            levels[~self.variable.valid] = 0
        return levels

    @property
    def moved_events(self) -> Levels:
        """Up to which position the variable of each event passes."""
        assert not self.lift.variable.type.axes
        return self._coded

    # --- events ---------------------------------------------------------------------------------------------------

    def tops(self, terms: tuple[Term, ...]) -> Levels:
        """Up to which position each event satisfies all terms that have levels; others are left to pieces."""
        if terms not in self._tops:
            if not terms:
                self._tops[terms] = np.full(self.count, self.always, np.uint16)
            else:
                below = self.tops(terms[:-1])
                term = terms[-1]
                self._tops[terms] = below if isinstance(term, Node) else np.minimum(below, self._term(term))
        return self._tops[terms]

    def _term(self, term: State | AtLeast | Every) -> Levels:
        if isinstance(term, State):
            return self._state(term, lambda n: self.leaves.column(n, keep=True).truth(), lambda: self.moved_events)
        return self._kept(term, lambda: self._counted(term))

    def _counted(self, term: AtLeast | Every) -> Levels:
        from .levels import smallest

        if isinstance(term, AtLeast):
            return self._at_least(term) if term.count else np.full(self.count, self.always, np.uint16)
        out = np.empty(self.count, np.uint16)
        # The fixed conditions say which objects are asked; the others satisfy everything.
        asked = self.levels(term.objects)
        held = self._state(term.state, lambda node: self._truth(term.objects, node), lambda: self._moved(term.objects))
        smallest(self.offsets(term.objects), np.where(asked > 0, held, np.uint16(self.always)), self.always, out)
        return out

    def _at_least(self, term: AtLeast) -> Levels:
        """The level of the k-th largest object is the k-th largest level."""
        from .levels import kth_largest

        objects, offsets = term.objects, self.offsets(term.objects)
        bare = objects.of is None and objects.conditions == (State(True, False),)
        if not bare or not self.lift.variable.type.axes or self.variable.valid is not None:
            out = np.empty(self.count, np.uint16)
            kth_largest(offsets, self.levels(objects), term.count, np.uint16(1), np.uint16(0), out)
            return out
        # One object of each event is compared with the positions; where there are fewer, one that never passes.
        values = plain(self.variable.values)
        if len(values) != offsets[-1]:
            raise UnsupportedDataError("objects with other numbers of values")
        chosen = np.empty(self.count, values.dtype if values.dtype.kind == "f" else np.float64)
        sign = chosen.dtype.type(-1 if self.lift.operator in ("<", "<=") else 1)
        kth_largest(offsets, values, term.count, sign, chosen.dtype.type(-np.inf), chosen)
        return self.edges.levels(np.multiply(chosen, sign, out=chosen), self.lift.operator)

    @cached_property
    def wanted(self) -> Any:
        """Events in which pairs matter: those that some stage lets pass, as far as what stands still tells."""
        wanted = np.zeros(self.count, np.bool_)
        for truths in self._wanted:
            passed = np.ones(self.count, np.bool_)
            for node in truths:
                passed &= self.leaves.column(node, keep=True).truth()
            wanted |= passed
        return wanted

    @cached_property
    def _wanted(self) -> list[list[Node]]:
        found = []
        for stage in self.stages:
            truths = [term.true for term in stage.terms if isinstance(term, State)]
            found.append([node for node in truths if isinstance(node, Node)])
        return [] if not found else [[]] if [] in found else found

    @cached_property
    def wanted_key(self) -> Hashable:
        """The same for the same events."""
        return frozenset(tuple(node.identity for node in truths) for truths in self._wanted)
