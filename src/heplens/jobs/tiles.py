"""Tiles of a job: for each block, beside its histograms, the cells of numbers that move; summed over all files."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ..columns.source import Source
from ..engine.compiled.store import Store
from ..engine.moving import NoTileError, moving
from ..engine.partial import Block, Row
from ..engine.scan import tile_of_events
from ..engine.tiles import BlockTile, Cells
from ..engine.tilesum import TileSum
from .wanted import Wanted

if TYPE_CHECKING:
    from ..analysis.value import Analysis

_SHARED = 2**28  # bytes of what the tiles of one block have in common
_NONE = b"-"  # before the reason why a block has no tiles; compressed ones begin otherwise


def tiles_of_block(
    analysis: Analysis, wants: Sequence[Wanted], source: Source, is_data: bool, block: Block
) -> list[BlockTile]:
    """The tiles of one block, made as those of a dashboard are: by kernels what these know."""
    store = Store(_SHARED)
    found = []
    for want in wants:
        mine = moving(analysis, source.schema, is_data, want.moved, want.values, want.form)
        found.append(tile_of_events(mine, source, block.start, block.stop, store))
    return found


class TileSums:
    """The tiles of a job, by sample. What is added is let go: memory is that of the tiles, not of the files."""

    def __init__(self, wants: Sequence[Wanted]) -> None:
        self.wants = tuple(wants)
        self._sums: dict[str, list[TileSum]] = {}
        self.refusal = ""  # why a block has no tiles, and so the job has none

    @property
    def nbytes(self) -> int:
        return sum(part.nbytes for parts in self._sums.values() for part in parts)

    def add(self, sample: str, packed: bytes) -> None:
        sums = self._sums.setdefault(sample, [TileSum() for _ in self.wants])
        for mine, tile in zip(sums, unpacked(packed), strict=True):
            mine.add(tile)

    def of(self, sample: str, place: int, more: Iterable[bytes]) -> BlockTile:
        """The tile number `place` of what was added of a sample, and of blocks that were not. Raises NoTileError."""
        if self.refusal:
            raise NoTileError(self.refusal)
        found = self._sums.get(sample)
        total = found[place] if found else TileSum()
        unfinished = list(more)
        if unfinished:
            total = total.copy()
            for packed in unfinished:
                total.add(unpacked(packed)[place])
        return total.tile()


def refused(error: NoTileError) -> bytes:
    """In place of the tiles of a block, whose histograms are none the worse for it."""
    return _NONE + str(error).encode()


def refusal_of(packed: bytes) -> str:
    """Why a block has no tiles; "" when it has."""
    return packed[1:].decode() if packed[:1] == _NONE else ""


# --- as they travel and are kept --------------------------------------------------------------------------------------


def packed(tiles: Sequence[BlockTile]) -> bytes:
    """Only the cells that hold something: most cells of one block are empty."""
    import numpy as np

    arrays: dict[str, Any] = {}

    def place(value: Any) -> str | None:
        if value is None:
            return None
        array = np.asarray(value)
        if array.dtype.kind in "iu" and array.ndim:
            array = array.astype(
                np.result_type(np.min_scalar_type(array.min(initial=0)), np.min_scalar_type(array.max(initial=0)))
            )
        arrays[f"a{len(arrays)}"] = array
        return f"a{len(arrays) - 1}"

    def cells(c: Cells) -> list[Any]:
        parts = [part.ravel() for part in (c.counts, c.sums, c.squares) if part is not None]
        at = np.flatnonzero(np.any([part != 0 for part in parts], axis=0))
        return [list(c.counts.shape), place(at), *(place(part[at]) for part in parts)]

    layout = [
        {
            "cells": [[*key, *cells(c)] for key, c in tile.cells.items()],
            "rows": [[name, [place(getattr(row, f.name)) for f in fields(Row)]] for name, row in tile.rows.items()],
        }
        for tile in tiles
    ]
    buffer = io.BytesIO()
    np.savez(buffer, layout=np.frombuffer(json.dumps(layout).encode(), np.uint8), **arrays)
    return zlib.compress(buffer.getvalue(), 1)


def unpacked(data: bytes) -> list[BlockTile]:
    import numpy as np

    with np.load(io.BytesIO(zlib.decompress(data)), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    layout = json.loads(arrays["layout"].tobytes())

    def value(name: str | None) -> Any:
        found = None if name is None else arrays[name]
        if found is None or found.ndim == 0:
            return found if found is None else found.item()
        return found.astype(np.int64) if found.dtype.kind in "iu" else found

    def cells(shape: list[int], at: str, *parts: str) -> Cells:
        tables = []
        for part in map(value, parts):
            table = np.zeros(shape, part.dtype)
            table.ravel()[arrays[at]] = part
            tables.append(table)
        return Cells(*tables)

    return [
        BlockTile(
            {(name, region): cells(*parts) for name, region, *parts in tile["cells"]},
            {name: Row(*map(value, parts)) for name, parts in tile["rows"]},
        )
        for tile in layout
    ]
