"""What a session has computed: results, figures, handles, tiles. No state but memories, no comm."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..columns.resident import Resident
from ..engine.compiled.store import Store
from ..engine.handles import Handle, Range, handles, positions, skeleton
from ..errors import AnalysisError
from ..figures import counts_of, numbers_of, snapshot
from . import messages as m
from .handles import to_json
from .packing import pack
from .protocol import Json

if TYPE_CHECKING:
    from hist import Hist

    from ..analysis import Analysis
    from ..analysis.moved import Moved
    from ..columns.source import Source
    from ..engine.result import Result
    from ..engine.tiles import Floats

Cancel = Callable[[], bool]

#: Packed tiles that are remembered, in bytes.
TILES_KEPT = 32 * 1024 * 1024
#: Events from which the range of a handle is taken when no histogram shows its variable.
RANGE_EVENTS = 500_000


@dataclass(frozen=True)
class Outcome:
    """The numbers of one analysis. `histograms` are those that are drawn, `shape` tells whether their axes changed."""

    result: Result
    histograms: Mapping[str, Hist]
    roles: Mapping[str, str]
    shape: str

    @property
    def events(self) -> int:
        return self.result.events


#: Called with the number of events in all, and what makes the numbers of those that were read.
SoFar = Callable[[int, Callable[[], Outcome]], None]


class Compute:
    """Computes for one session; every method may be called from any thread.

    Counts, ranges and tiles read the same columns in memory, at most `budget` bytes of them. What one tile has
    computed for the next, such as bins and masks, takes at most a third as much.
    """

    #: Whether counting reads events, and so takes a while.
    reads = True
    #: Counts up when there are other numbers of the same analyses.
    counted = 0

    def __init__(self, budget: int | None = None) -> None:
        self._ranges: dict[object, Range | None] = {}
        self._columns = Resident(budget)
        self._computed = Store(self._columns.budget // 3)
        self._tiles: dict[str, tuple[Json, list[bytes]]] = {}

    def close(self) -> None:
        """Give the memory back."""
        self._columns.clear()
        self._computed = Store(0)
        self._tiles.clear()

    def memory(self) -> Json:
        """Bytes that are held: of columns, of how many at most, and of tiles and what they are made of."""
        tiles = self._computed.nbytes + self._packed()
        return {"columns": self._columns.nbytes, "budget": self._columns.budget, "tiles": tiles}

    def _packed(self) -> int:
        return sum(len(buffer) for _, buffers in list(self._tiles.values()) for buffer in buffers)

    def over(self) -> Json | None:
        """How far the job is whose numbers these are; None where there is no job."""
        return None

    def submit(self, analysis: Analysis, client: Any = None) -> None:
        """Run `analysis` as another job, where this is the dashboard of one.

        Raises
        ------
        AnalysisError : it is not.
        """
        raise AnalysisError("this is not the dashboard of a job")

    # --- the analysis -------------------------------------------------------------------------------------------------

    def document(self, analysis: Analysis) -> Json:
        document: Json = json.loads(analysis.to_json())
        return document

    def apply(self, analysis: Analysis, edit: Json) -> Analysis:
        from ..analysis.edits import apply

        return apply(analysis, edit)

    def script(self, analysis: Analysis) -> str:
        return analysis.to_script()

    def complete(self, analysis: Analysis, request: m.AskCompletions) -> Json:
        from .completion import complete

        return complete(analysis, request.place, request.text, request.cursor, request.collection).to_json()

    def axis(self, analysis: Analysis, place: int, expression: str) -> Json:
        """An axis for an expression, as the document writes it.

        Raises
        ------
        ExpressionError : the expression means nothing there, or is an object.
        AnalysisError : it has no finite value, so only its author can know the range.
        """
        from ..columns.resolve import resolve
        from ..engine.grid import nice_axis

        before = analysis.with_parts(steps=analysis.steps[:place], histograms=(), regions=())
        node, _ = resolve(expression, before.bound.scope)
        if node.type.kind in ("bool", "str"):
            kind = "boolean" if node.type.kind == "bool" else "str_category"
            return {"expression": expression, "kind": kind, **({"growth": True} if kind == "str_category" else {})}
        span = self._data_range(analysis, place, expression)
        if span is None:
            raise AnalysisError(f"{expression!r} has no finite value here; give the range of the axis")
        low, high, bins = nice_axis(*span, whole=node.type.kind == "int")
        return {"expression": expression, "bins": bins, "range": [low, high]}

    def run(
        self,
        analysis: Analysis,
        cancel: Cancel | None = None,
        so_far: SoFar | None = None,
    ) -> Outcome:
        """The numbers of an analysis.

        `so_far` is called after each block but the last with the number of events in all, and a function that makes
        the outcome until then.
        """
        from ..engine.run import run

        def part(total: int, make: Callable[[], Result]) -> None:
            if so_far is not None:
                so_far(total, lambda: outcome_of(analysis, make()))

        result = run(analysis, cancel=cancel, columns=self._columns.begin(), so_far=part)
        if cancel is not None and cancel():
            raise AnalysisError("cancelled: something newer was asked for")
        return outcome_of(analysis, result)

    def empty(self, analysis: Analysis) -> Outcome | None:
        """What the plots will look like before anything is counted; None when only the data tell their axes."""
        from ..engine.run import run

        if any(axis.growth for histogram in analysis.histograms for axis in histogram.axes):
            return None
        return outcome_of(analysis, run(analysis, cancel=lambda: True))

    # --- messages -----------------------------------------------------------------------------------------------------

    def counts(self, outcome: Outcome) -> tuple[Json, list[bytes]]:
        plots, buffers = counts_of(outcome.histograms)
        result = outcome.result
        fields = {
            "shape": outcome.shape,
            "plots": plots,
            "cutflow": [
                {
                    "name": row.name,
                    "passed": row.passed,
                    "weighted": row.weighted if result.cutflow.is_weighted else None,
                    "variance": row.error**2 if result.cutflow.is_weighted else None,
                    "missing": row.missing,
                    "nan": row.nan,
                    "bad_weights": row.bad_weights,
                    "objects_in": None if row.objects is None else row.objects[0],
                    "objects_out": None if row.objects is None else row.objects[1],
                }
                for row in result.cutflow
            ],
            "left_out": {
                name: {"missing": one.missing, "nan": one.nan}
                for name, one in result.counters.items()
                if one.missing or one.nan
            },
            "problems": list(result.problems),
            "complete": result.complete,
            "events": result.events,
            "memory": self.memory(),
        }
        return fields, buffers

    def snapshot(self, outcome: Outcome) -> tuple[Json, list[bytes]]:
        made = snapshot(outcome.histograms, outcome.roles)
        fields = {"bokeh": made.bokeh, "shape": outcome.shape, "document": made.document, "plots": made.plots}
        return fields, made.buffers

    def bokeh(self) -> tuple[str, bytes]:
        return bokeh_script()

    # --- handles and tiles --------------------------------------------------------------------------------------------

    def handles(self, analysis: Analysis) -> Json:
        """The handles of all steps, each with the key of the tile that is right now, or why it has none."""
        return {"handles": [to_json(h) for h in self._handles(analysis)]}

    def tile(
        self, analysis: Analysis, id: str, cancel: Cancel, progress: Callable[[int, int], None] | None = None
    ) -> tuple[Json, list[bytes]]:
        """The tile of a handle; `progress` is called with (events done, events in all).

        Raises
        ------
        AnalysisError : there is no such handle, or it has no tile.
        """
        return self._tile(analysis, id, cancel, progress, self._computed.lent())

    def _tile(
        self, analysis: Analysis, id: str, cancel: Cancel, progress: Callable[[int, int], None] | None, store: Store
    ) -> tuple[Json, list[bytes]]:
        from ..engine.scan import scan

        found = self._handles(analysis)
        handle = next((h for h in found if h.moved.id == id), None)
        if handle is None:
            raise AnalysisError(f"there is no handle {id!r}")
        if handle.tile is None:
            raise AnalysisError(f"the handle {id!r} does not move without the kernel: {handle.reason}")
        if handle.tile not in self._tiles:
            values = positions(handle, found)
            tile = scan(
                analysis,
                handle.moved,
                values,
                columns=self._columns.begin(),
                store=store,
                cancel=cancel,
                progress=progress,
            )
            self._keep_tile(handle.tile, pack(tile))
        fields, buffers = self._tiles[handle.tile]
        return {"key": handle.tile, "memory": self.memory(), **fields}, buffers

    def warm(self, analysis: Analysis, cancel: Cancel) -> None:
        """Make the tiles of all handles that lack one, so that the next pointer-down finds it, until `cancel`."""
        for handle in self._handles(analysis):
            if cancel() or self._packed() > TILES_KEPT // 2:
                return
            if handle.tile is not None and handle.tile not in self._tiles:
                with suppress(AnalysisError):  # cancelled, or told when it is asked for
                    self._tile(analysis, handle.moved.id, cancel, None, self._computed)

    def _keep_tile(self, key: str, packed: tuple[Json, list[bytes]]) -> None:
        """Newest last; the oldest go when there are more than TILES_KEPT bytes."""
        self._tiles[key] = packed
        for old in list(self._tiles)[:-1]:
            if self._packed() <= TILES_KEPT:
                break
            self._tiles.pop(old, None)

    def _handles(self, analysis: Analysis) -> list[Handle]:
        return handles(analysis, self._handle_range)

    def _handle_range(self, analysis: Analysis, moved: Moved) -> Range | None:
        """The range of what a number is compared with: taken once, so that a handle keeps its steps while cuts move."""
        from ..engine.compared import compared

        steps = analysis.steps[: analysis.index(moved.step) + 1]
        key = (analysis.dataset, moved, *(skeleton(step) for step in steps))
        if key not in self._ranges:
            self._ranges[key] = _range(compared(analysis, moved, self._columns.begin(), RANGE_EVENTS))
        return self._ranges[key]

    def _data_range(self, analysis: Analysis, place: int, expression: str) -> Range | None:
        """From the smallest value to where all but the last half percent lie, among the first events there."""
        key = (analysis.dataset, analysis.steps[:place], expression)
        if key not in self._ranges:
            before = analysis.with_parts(steps=analysis.steps[:place], histograms=(), regions=())
            self._ranges[key] = _span(before, expression, self._columns.begin())
        return self._ranges[key]


def outcome_of(analysis: Analysis, result: Result) -> Outcome:
    """The numbers that a result of `analysis` holds."""
    samples = analysis.dataset.samples if analysis.dataset is not None else ()
    roles = {sample.name: sample.role for sample in samples}
    return Outcome(result, result.histograms, roles, _shape(result.histograms, roles))


def _span(analysis: Analysis, expression: str, columns: Callable[[Source], Source]) -> Range | None:
    import awkward as ak
    import numpy as np

    from ..engine.arrays import arrays

    found = arrays(analysis, (expression,), True, columns, RANGE_EVENTS)
    array = ak.drop_none(ak.flatten(found, axis=None))
    values = np.asarray(ak.to_numpy(array), dtype=np.float64)
    return _range(values[np.isfinite(values)])


def _range(values: Floats) -> Range | None:
    """From the smallest value to where all but the last half percent lie."""
    import numpy as np

    return (float(values.min()), float(np.quantile(values, 0.995))) if len(values) else None


def _shape(histograms: Mapping[str, Hist], roles: Mapping[str, str]) -> str:
    """Names, bins and roles of everything that is drawn: a document fits as long as this is the same."""
    digest = blake2b(repr(sorted(roles.items())).encode(), digest_size=12)
    for name, h in histograms.items():
        digest.update(repr((name, [repr(axis) for axis in h.axes])).encode())
        for edges in numbers_of(h).edges:
            digest.update(edges.tobytes())
    return digest.hexdigest()


@cache
def bokeh_script() -> tuple[str, bytes]:
    """Version and compressed BokehJS of the installed wheel: what draws is what made the document."""
    import bokeh

    path = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    return bokeh.__version__, zlib.compress(path.read_bytes(), 6)
