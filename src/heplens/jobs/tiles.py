"""Tiles of a job: for each block, beside its histograms, the cells of one moved number; summed over all files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ..analysis.literals import literals
from ..analysis.moved import Edge, Moved
from ..analysis.steps import Cut, Define
from ..columns.source import Source
from ..engine.grid import nice_grid
from ..engine.moving import NoTileError, form_of, moving
from ..engine.partial import Block, Row
from ..engine.sweep import sweep
from ..engine.tiles import SIDE, BlockTile, Boundaries, Cells, Form
from ..errors import AnalysisError

if TYPE_CHECKING:
    from ..analysis.value import Analysis


@dataclass(frozen=True)
class Wanted:
    """The number whose tile a job makes, and where it can stand."""

    moved: Moved
    values: tuple[float, ...]
    form: Form


def wanted(analysis: Analysis, name: str) -> Wanted:
    """The window of the cut `name`, or the first number that its step compares something with.

    Positions are round numbers: twice the width of a window, or from zero to twice a number.

    Raises
    ------
    NoTileError : the step has no such number, or the number has no tile; the message says why.
    AnalysisError : there is no such step, or there are no data.
    """
    step = analysis.steps[analysis.index(name)]
    edge: Edge = "literal"
    index, now = 0, []
    if isinstance(step, Cut) and step.is_window:
        edge = "low" if step.low is not None else "high"
        now = [float(value) for value in (step.low, step.high) if value is not None]
    elif not isinstance(step, Define):
        found = [(i, literal) for i, literal in enumerate(literals(step.expression)) if literal.operator in SIDE]
        if found:
            index, now = found[0][0], [float(found[0][1].value)]
    if not now:
        raise NoTileError(f"{name!r} compares nothing with a number")
    low, high = now[0], now[-1]
    spread = (high - low) / 2 if high > low else abs(low) or 1.0
    values = tuple(sorted({*nice_grid(low - spread, high + spread).values().tolist(), *now}))
    if analysis.dataset is None:
        raise AnalysisError("the analysis has no data; give them with on(…)")
    sample, source = next(iter(analysis.dataset.sources()))
    moved = Moved(name, edge, index)
    form = form_of(analysis, source.schema, sample.is_data, moved)
    moving(analysis, source.schema, sample.is_data, moved, values, form)
    return Wanted(moved, values, form)


def tile_of_block(analysis: Analysis, want: Wanted, source: Source, is_data: bool, block: Block) -> bytes:
    """The tile of one block, by the reference, as it travels."""
    mine = moving(analysis, source.schema, is_data, want.moved, want.values, want.form)
    arrays = source.read(mine.bound.demand.branches, block.start, block.stop)
    return packed(sweep(mine, arrays, block.events, lambda: False))


def boundaries_of(analysis: Analysis, want: Wanted) -> Boundaries:
    assert analysis.dataset is not None
    sample, source = next(iter(analysis.dataset.sources()))
    return moving(analysis, source.schema, sample.is_data, want.moved, want.values, want.form).boundaries


def packed(tile: BlockTile) -> bytes:
    """A compressed .npz: most cells of one block are empty."""
    import numpy as np

    arrays: dict[str, Any] = {}

    def place(value: Any) -> str | None:
        if value is None:
            return None
        arrays[f"a{len(arrays)}"] = np.asarray(value)
        return f"a{len(arrays) - 1}"

    layout = {
        "cells": [[*key, place(c.counts), place(c.sums), place(c.squares)] for key, c in tile.cells.items()],
        "rows": [[name, [place(getattr(row, f.name)) for f in fields(Row)]] for name, row in tile.rows.items()],
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, layout=np.frombuffer(json.dumps(layout).encode(), np.uint8), **arrays)
    return buffer.getvalue()


def unpacked(data: bytes) -> BlockTile:
    import numpy as np

    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    layout = json.loads(arrays["layout"].tobytes())

    def value(name: str | None) -> Any:
        found = None if name is None else arrays[name]
        return found if found is None or found.ndim else found.item()

    cells = {(name, region): Cells(*map(value, parts)) for name, region, *parts in layout["cells"]}
    return BlockTile(cells, {name: Row(*map(value, parts)) for name, parts in layout["rows"]})


def summed(parts: Iterable[Sequence[bytes]]) -> BlockTile:
    """Of the blocks of one sample, file by file: always in this order, so always the same bits."""
    total = BlockTile()
    for file in parts:
        mine = BlockTile()
        for data in file:
            mine = mine + unpacked(data)
        total = total + mine
    return total
