"""What a session has computed: results, figures, handles, tiles. No state but memories, no comm."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AnalysisError
from ..figures import bins_of, counts_of, snapshot
from . import messages as m
from .handles import Handle, Range, handles, positions
from .packing import pack

if TYPE_CHECKING:
    from hist import Hist

    from ..analysis import Analysis
    from ..engine.result import Result

Cancel = Callable[[], bool]


@dataclass(frozen=True)
class Outcome:
    """The numbers of one analysis. `histograms` are those that are drawn, `shape` tells whether their axes changed."""

    result: Result
    histograms: Mapping[str, Hist]
    shape: str

    @property
    def events(self) -> int:
        return self.result.events


class Compute:
    """Computes for one session; every method may be called from any thread."""

    def __init__(self) -> None:
        self._ranges: dict[object, Range | None] = {}

    # --- the analysis -------------------------------------------------------------------------------------------------

    def document(self, analysis: Analysis) -> m.Json:
        document: m.Json = json.loads(analysis.to_json())
        return document

    def apply(self, analysis: Analysis, edit: m.Json) -> Analysis:
        from ..analysis.edits import apply

        return apply(analysis, edit)

    def script(self, analysis: Analysis) -> str:
        return analysis.to_script()

    def run(self, analysis: Analysis, cancel: Cancel | None = None) -> Outcome:
        result = analysis.run(cancel=cancel)
        if cancel is not None and cancel():
            raise AnalysisError("cancelled: something newer was asked for")
        return Outcome(result, result.histograms, _shape(result.histograms))

    # --- messages -----------------------------------------------------------------------------------------------------

    def counts(self, outcome: Outcome) -> tuple[m.Json, list[bytes]]:
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
            "problems": list(result.problems),
            "complete": result.complete,
            "events": result.events,
        }
        return fields, buffers

    def snapshot(self, outcome: Outcome) -> tuple[m.Json, list[bytes]]:
        made = snapshot(outcome.histograms)
        fields = {"bokeh": made.bokeh, "shape": outcome.shape, "document": made.document, "plots": made.plots}
        return fields, made.buffers

    def bokeh(self) -> tuple[str, bytes]:
        return bokeh_script()

    # --- handles and tiles --------------------------------------------------------------------------------------------

    def handles(self, analysis: Analysis) -> m.Json:
        """The handles of all steps, each with the key of the tile that is right now, or why it has none."""
        return {"handles": [h.to_json() for h in self._handles(analysis)]}

    def tile(self, analysis: Analysis, id: str, cancel: Cancel) -> tuple[m.Json, list[bytes]]:
        """The tile of a handle.

        Raises
        ------
        AnalysisError : there is no such handle, or it has no tile.
        """
        from ..engine.scan import scan

        found = self._handles(analysis)
        handle = next((h for h in found if h.moved.id == id), None)
        if handle is None:
            raise AnalysisError(f"there is no handle {id!r}")
        if handle.tile is None:
            raise AnalysisError(f"the handle {id!r} does not move without the kernel: {handle.reason}")
        tile = scan(analysis, handle.moved, positions(analysis, handle, found), cancel=cancel)
        fields, buffers = pack(tile)
        return {"key": handle.tile, "bytes": tile.nbytes, **fields}, buffers

    def _handles(self, analysis: Analysis) -> list[Handle]:
        return handles(analysis, self._data_range)

    def _data_range(self, analysis: Analysis, place: int, expression: str) -> Range | None:
        """From the smallest value to where all but the last half percent lie, among the events that reach the step."""
        key = (analysis.dataset, analysis.steps[:place], expression)
        if key not in self._ranges:
            self._ranges[key] = _span(
                analysis.with_parts(steps=analysis.steps[:place], histograms=(), regions=()), expression
            )
        return self._ranges[key]


def _span(analysis: Analysis, expression: str) -> Range | None:
    import awkward as ak
    import numpy as np

    array = ak.drop_none(ak.flatten(analysis.arrays(expression, selected=True), axis=None))
    values = np.asarray(ak.to_numpy(array), dtype=np.float64)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return None
    return float(values.min()), float(np.quantile(values, 0.995))


def _shape(histograms: Mapping[str, Hist]) -> str:
    """Names and bins of everything that is drawn: a document fits as long as this is the same."""
    parts = [(name, [repr(axis) for axis in h.axes]) for name, h in histograms.items()]
    digest = blake2b(repr(parts).encode(), digest_size=12)
    for h in histograms.values():
        if h.ndim == 1:
            digest.update(bins_of(h).edges.tobytes())
    return digest.hexdigest()


@cache
def bokeh_script() -> tuple[str, bytes]:
    """Version and compressed BokehJS of the installed wheel: what draws is what made the document."""
    import bokeh

    path = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    return bokeh.__version__, zlib.compress(path.read_bytes(), 6)
