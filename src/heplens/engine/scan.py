"""The tile of a dataset: blocks one after the other, added; memory is that of one block and of the cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from ..analysis.moved import Moved
from ..columns.source import Source
from ..errors import AnalysisError
from .compiled.blocks import Blocks
from .compiled.lift import UnsupportedError
from .compiled.parallel import Shared, cores
from .compiled.store import Store
from .generator import sum_of_weights
from .moving import Moving, form_of, moving
from .partial import Partial
from .plan import plan
from .sums import normalisation, total_rows
from .sweep import sweep
from .tiles import BlockTile, Boundaries, Cells, Form, Tile

if TYPE_CHECKING:
    from ..analysis import Analysis


class _Adder:
    """Adds up the tile of one file: by kernels what these know, by the general sweep all else."""

    def __init__(self, moved: Moving, source: Source, store: Store, threads: int) -> None:
        self.moved = moved
        self.source = source
        self.store = store
        self.threads = threads
        self.swept = BlockTile()

    @cached_property
    def kernels(self) -> Blocks | None:
        try:
            return Blocks(self.moved, self.source, self.store, self.threads)
        except UnsupportedError:
            return None

    def add(self, start: int, stop: int, cancel: Callable[[], bool]) -> None:
        left = [(start, stop)] if self.kernels is None else self.kernels.add(start, stop, cancel)
        block = Shared(self.source, start, stop)  # as the kernels read it, so that nothing is read or kept twice
        for first, last in left:
            arrays = block.read(self.moved.bound.demand.branches, first, last)
            self.swept = self.swept + sweep(self.moved, arrays, last - first, cancel)

    def tile(self) -> BlockTile:
        return self.swept if self.kernels is None else self.kernels.tile() + self.swept


def tile_of_events(moved: Moving, source: Source, start: int, stop: int, store: Store) -> BlockTile:
    """The tile of the events [start, stop) of one file; `store` is what tiles of the same events share.

    One thread makes it: the last bits of sums of weights do not tell how many cores there are.
    """
    adder = _Adder(moved, source, store, 1)
    adder.add(start, stop, lambda: False)
    return adder.tile()


def scan(
    analysis: Analysis,
    moved: Moved,
    values: Sequence[float],
    *,
    columns: Callable[[Source], Source] | None = None,
    store: Store | None = None,
    cancel: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tile:
    """The tile of one number of an analysis, over all of its data.

    Parameters
    ----------
    values : where the handle can stand, rising.
    columns : what reads in place of a source, such as a store of columns in memory.
    store : what was computed for other tiles; it is added to.
    cancel : asked between blocks and within them.
    progress : called with (events done, events in all) after each block.

    Raises
    ------
    NoTileError : the number has no tile; the message says why.
    AnalysisError : the scan was cancelled.
    """
    dataset = analysis.dataset
    if dataset is None:
        raise AnalysisError("the analysis has no data; give them with on(…)")
    stop = cancel or (lambda: False)
    todo = plan(analysis, columns=columns)
    is_data = {sample.name: sample.is_data for sample in dataset.samples}
    forms = {form_of(analysis, s.schema, is_data[key[0]], moved) for key, (s, _) in todo.opened.items()}
    form: Form = "range" if forms == {"range"} else "steps"
    kept = Store(0) if store is None else store
    bound = {
        key: (source, moving(analysis, source.schema, is_data[key[0]], moved, values, form))
        for key, (source, _) in todo.opened.items()
    }
    tiles: dict[str, BlockTile] = {sample.name: BlockTile() for sample in dataset.samples}
    read: dict[str, list[Partial]] = {sample.name: [] for sample in dataset.samples}
    done, total = 0, todo.events
    for key, blocks in groupby(todo.blocks, lambda block: (block.sample, block.file, block.tree)):
        source, mine = bound[key]
        adder = _Adder(mine, source, kept, cores())
        for block in blocks:
            if not stop():
                adder.add(block.start, block.stop, stop)
            if stop():
                raise AnalysisError("cancelled: something newer was asked for")
            sumw = sum_of_weights(analysis, source, block)
            read[block.sample].append(Partial(block, sumw=sumw, file_events=source.entries))
            done += block.events
            if progress is not None:
                progress(done, total)
        tiles[key[0]] = tiles[key[0]] + adder.tile()
    first = next(iter(bound.values()))[1]
    return assembled(analysis, form, first.boundaries, tiles, read, todo.events_by_sample())


def assembled(
    analysis: Analysis,
    form: Form,
    boundaries: Boundaries,
    tiles: Mapping[str, BlockTile],
    read: Mapping[str, Sequence[Partial]],
    events: Mapping[str, int],
) -> Tile:
    """The tile of a dataset from those of its samples, normalised by what was `read` of each."""
    dataset = analysis.dataset
    assert dataset is not None
    factors = {sample.name: normalisation(dataset, sample, read[sample.name], events) for sample in dataset.samples}
    rows = {name: {row: r.scaled(factors[name]) for row, r in tile.rows.items()} for name, tile in tiles.items()}
    return Tile(form, boundaries, _assemble(analysis, tiles, factors), total_rows(rows))


def _assemble(analysis: Analysis, tiles: Mapping[str, BlockTile], factors: Mapping[str, float]) -> dict[str, Cells]:
    """Histograms over all samples and regions, side by side in the order of the result's axes."""
    found: dict[str, Cells] = {}
    regions = [region.name for region in analysis.regions] or [""]
    for histogram in analysis.histograms:
        parts = []
        for sample, tile in tiles.items():
            factor = 1.0 if histogram.weight == 1 else factors[sample]
            mine = [tile.cells.get((histogram.name, region)) for region in regions]
            parts += [cells.scaled(factor) for cells in mine if cells is not None]
        if parts:
            found[histogram.name] = _beside(parts)
    return found


def _beside(parts: Sequence[Cells]) -> Cells:
    if len(parts) == 1:
        return parts[0]
    counts = np.concatenate([part.counts for part in parts], axis=1)
    if all(part.sums is None for part in parts):
        return Cells(counts)
    both = [part.with_sums() for part in parts]
    return Cells(counts, *(np.concatenate([pair[i] for pair in both], axis=1) for i in (0, 1)))
