"""What runs on a worker. A task returns errors, never raises them, so one bad file cannot end a job."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.bind import Bound
from ..analysis.value import is_weighted
from ..columns.dataset import Sample
from ..columns.files import is_remote, open_source
from ..columns.schema import Schema
from ..columns.source import Source, blocks
from ..engine.chunk import process
from ..engine.generator import sum_of_weights
from ..engine.moving import NoTileError
from ..engine.plan import bind_to
from ..errors import AnalysisError, ExpressionError, FileError, HeplensError, first_line
from .environment import mark
from .kept import Columns, Reader, columns_of_worker
from .orders import Done, FilePlan, Order, Outcome, Piece, Where
from .packed import pack
from .telling import tell
from .tiles import packed, refused, tiles_of_block

if TYPE_CHECKING:
    from ..analysis.value import Analysis

_REMEMBERED = 32


def plan_files(order: Order) -> Done:
    """Open each file, check the analysis against its branches and cut it into blocks."""
    start = time.perf_counter()
    analysis = _analysis(order.document)
    plans = [_plan_file(analysis, order.document, where) for where in order.items]
    return Done(plans, _worker(), mark(), time.perf_counter() - start)


def _plan_file(analysis: Analysis, document: str, where: Where) -> FilePlan:
    found = FilePlan(where, worker=_worker())
    try:
        if not is_remote(where.path) and Path(where.path).exists():
            status = Path(where.path).stat()
            found.stamp = (status.st_mtime_ns, status.st_size)
        source = _opened(where.path, where.tree)
        bound = _bound(analysis, document, where.sample, where.path, source)
        branches = bound.demand.branches
        found.tree = source.label.rpartition(":")[2]
        found.uuid, found.entries = source.uuid, source.entries
        found.ranges = blocks(source.edges(branches), source.entries)
        found.warnings = list(bound.warnings)
        found.schema = _names(source)
        found.demand = _digest(sorted(branches))
        found.types = _types(source.schema, branches)
    except (ExpressionError, AnalysisError) as error:
        found.refused = error
    except Exception as error:
        found.error, found.transient = describe_error(error), is_transient(error, where.path)
    return found


def process_pieces(order: Order) -> Done:
    """Process blocks one after the other; each has an outcome of its own. The answer has those that were not told."""
    start = time.perf_counter()
    analysis = _analysis(order.document)
    weighted = is_weighted(analysis)
    worker = _this_worker()
    done = Done([], _worker(), mark(), 0.0)
    for number, piece in enumerate(order.items, 1):
        if _given_up(worker):
            break
        done.outcomes.append(_process(analysis, order, piece, weighted))
        now = time.perf_counter()
        done.seconds = now - start
        last = number == len(order.items)
        if order.topic and done.seconds >= order.every and not last and tell(worker, order.topic, done):
            start, done = now, replace(done, outcomes=[], seconds=0.0, first=number)
    return done


def _given_up(worker: Any) -> bool:
    """Whether nobody waits for the task any more: it was cancelled, or its client has gone."""
    if worker is None:
        return False
    task = worker.state.tasks.get(worker.get_current_task())
    return task is None or task.state == "cancelled"


def _process(analysis: Analysis, order: Order, piece: Piece, weighted: bool) -> Outcome:
    block = piece.block
    try:
        source = _opened(block.file, block.tree)
        if (source.uuid, source.entries) != (block.uuid, piece.entries):
            raise FileError(f"{block.file!r} was replaced while the job ran; retry() reads it anew")
        bound = _bound(analysis, order.document, block.sample, block.file, source)
        reader = Reader(source, _columns())
        partial = process(bound, reader, block, weighted)
        partial.sumw = sum_of_weights(analysis, source, block)
        tile = b""
        if order.tiles:
            is_data = _sample(analysis, block.sample).is_data
            try:
                tile = packed(tiles_of_block(analysis, order.tiles, reader, is_data, block))
            except NoTileError as error:
                tile = refused(error)
        return Outcome(pack(partial, reader.faults, tile))
    except Exception as error:
        return Outcome(error=describe_error(error), transient=is_transient(error, block.file))


# --- kept between tasks -----------------------------------------------------------------------------------------------

_bounds: OrderedDict[tuple[str, str, str, str], tuple[Source, Bound]] = OrderedDict()
_lock = threading.Lock()
_kept: list[Columns] = []


def _opened(path: str, tree: str) -> Source:
    source = open_source(path, tree)
    table: Any = getattr(source, "tree", None) or getattr(source, "ntuple", None)
    if table is not None and getattr(table.file, "array_cache", None) is not None:
        table.file.array_cache = None  # up to 100 MB for each file; what is worth keeping is in `_columns`
    return source


def _columns() -> Columns:
    with _lock:
        if not _kept:
            _kept.append(columns_of_worker(_this_worker()))
        return _kept[0]


@lru_cache(maxsize=8)
def _analysis(document: str) -> Analysis:
    from ..analysis.document import from_json

    return from_json(document)


def _bound(analysis: Analysis, document: str, name: str, path: str, source: Source) -> Bound:
    """The analysis bound to a file, kept as long as the open file is the same."""
    key = (document, name, path, source.label)
    with _lock:
        found = _bounds.get(key)
        if found is not None and found[0] is source:
            _bounds.move_to_end(key)
            return found[1]
    bound = bind_to(analysis, _sample(analysis, name), source)
    with _lock:
        _bounds[key] = (source, bound)
        while len(_bounds) > _REMEMBERED:
            _bounds.popitem(last=False)
    return bound


def _sample(analysis: Analysis, name: str) -> Sample:
    assert analysis.dataset is not None
    return next(sample for sample in analysis.dataset.samples if sample.name == name)


def _this_worker() -> Any:
    from distributed import get_worker

    try:
        return get_worker()
    except ValueError:  # called outside of a worker
        return None


def _worker() -> str:
    worker = _this_worker()
    return "" if worker is None else str(worker.address)


# --- what tells schemas apart -----------------------------------------------------------------------------------------


def _names(source: Source) -> str:
    """The names of all branches and how they are counted: what names of an analysis may refer to."""
    schema = source.schema
    return _digest([schema.names, sorted(schema.counters.items()), schema.energy_unit, schema.length_unit])


def _types(schema: Schema, branches: Iterable[str]) -> str:
    return _digest([repr(schema.column(name)) for name in sorted(branches)])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


# --- errors -----------------------------------------------------------------------------------------------------------


def describe_error(error: BaseException) -> str:
    """One sentence; other people's exceptions with their type."""
    if isinstance(error, HeplensError):
        return str(error)
    first = first_line(error)
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def is_transient(error: BaseException | None, path: str) -> bool:
    """Whether trying again may help: an error of the network or of a mount, not one of what the file contains."""
    while error is not None:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            return False
        if isinstance(error, TimeoutError | ConnectionError):
            return True
        if isinstance(error, OSError):
            return is_remote(path) or error.errno is not None
        error = error.__cause__ or error.__context__
    return False


def without_files(analysis: Analysis) -> Any:
    """The analysis as it travels with every task: a dataset of thousands of files stays behind."""
    assert analysis.dataset is not None
    samples = tuple(replace(sample, files=()) for sample in analysis.dataset.samples)
    return type(analysis).make(
        replace(analysis.dataset, samples=samples), analysis.steps, analysis.regions, analysis.histograms
    )
