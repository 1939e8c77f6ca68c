"""A partial as it travels and is kept: all its numbers in one array, and a text that says what they are.

Most blocks of a sample have the same text. Their sums are then sums of plain arrays, in the same order and so of the
same bits as those of the histograms, at a thousandth of the price.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..analysis.value import is_weighted
from ..engine.chunk import make_histogram
from ..engine.partial import Block, Counters, Partial, Row

if TYPE_CHECKING:
    from ..analysis.value import Analysis

#: NaN and infinite values among those that were read, by branch; only branches that have some.
Faults = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Packed:
    """The contribution of one block. `numbers` are float64, in the order that `layout`, a JSON text, tells."""

    layout: str
    numbers: bytes
    sumw: float | None = None
    file_events: int = 0
    bytes_read: int = 0
    faults: Faults | None = None
    tile: bytes = b""  # see `tiles`


def pack(partial: Partial, faults: Faults | None = None, tile: bytes = b"") -> Packed:
    import numpy as np

    histograms = []
    parts: list[bytes] = []
    for (name, region), histogram in partial.histograms.items():
        view = np.asarray(histogram.view(flow=True))
        categories = [list(axis) if axis.traits.growth else None for axis in histogram.axes]
        histograms.append([name, region, categories, len(view.dtype.names or "x") * view.size])
        parts.append(view.tobytes())
    rows = [[name, *_absent(row)] for name, row in partial.rows.items()]
    small: list[Row | Counters] = [*partial.rows.values(), *partial.counters.values()]
    parts.append(np.array([value for item in small for value in _values(item)], np.float64).tobytes())
    layout = json.dumps({"histograms": histograms, "rows": rows, "counters": list(partial.counters)})
    return Packed(layout, b"".join(parts), partial.sumw, partial.file_events, partial.bytes_read, faults or None, tile)


def unpack(packed: Packed, analysis: Analysis, block: Block) -> Partial:
    """Raises ValueError when the numbers are not those of this analysis."""
    import numpy as np

    return _unpack(packed, np.frombuffer(packed.numbers), analysis, block)


def folded(items: Sequence[tuple[Block, Packed]], analysis: Analysis) -> list[Partial]:
    """Partials of one sample, in the same order, that add up to the same bits.

    With one layout the first of them holds the sum of all; the others only say where they come from.
    """
    import numpy as np

    if len({packed.layout for _, packed in items}) != 1:
        return [unpack(packed, analysis, block) for block, packed in items]
    total = np.frombuffer(items[0][1].numbers).copy()
    for _, packed in items[1:]:
        total += np.frombuffer(packed.numbers)
    first = _unpack(items[0][1], total, analysis, items[0][0])
    return [first, *(Partial(b, sumw=p.sumw, file_events=p.file_events, bytes_read=p.bytes_read) for b, p in items[1:])]


def _unpack(packed: Packed, numbers: Any, analysis: Analysis, block: Block) -> Partial:
    described = {histogram.name: histogram for histogram in analysis.histograms}
    layout = _read(packed.layout)
    partial = Partial(block, sumw=packed.sumw, file_events=packed.file_events, bytes_read=packed.bytes_read)
    place = 0
    for name, region, categories, length in layout["histograms"]:
        empty = make_histogram(described[name], is_weighted(analysis))
        partial.histograms[name, region] = _filled(empty, categories, numbers[place : place + length])
        place += length
    for name, *absent in layout["rows"]:
        partial.rows[name], place = _small(Row, numbers, place, absent)
    for name in layout["counters"]:
        partial.counters[name], place = _small(Counters, numbers, place, ())
    if place != len(numbers):
        raise ValueError("there are more numbers than histograms")
    return partial


@lru_cache(maxsize=64)
def _read(layout: str) -> Any:
    return json.loads(layout)


def _filled(empty: Any, categories: list[list[Any] | None], numbers: Any) -> Any:
    import hist
    import numpy as np

    histogram = empty
    if any(names is not None for names in categories):
        axes = [
            axis if names is None else type(axis)(names, growth=True, name=axis.name, label=axis.label)
            for axis, names in zip(empty.axes, categories, strict=True)
        ]
        histogram = hist.Hist(*axes, storage=empty.storage_type(), name=empty.name, label=empty.label)
    view = np.asarray(histogram.view(flow=True))
    view[...] = np.ascontiguousarray(numbers).view(view.dtype).reshape(view.shape)
    return histogram


def _values(item: Row | Counters) -> list[float]:
    return [float(getattr(item, field.name) or 0) for field in fields(item)]


def _absent(row: Row) -> list[str]:
    return [field.name for field in fields(row) if getattr(row, field.name) is None]


def _small(kind: type[Any], numbers: Any, place: int, absent: Sequence[str]) -> tuple[Any, int]:
    """A row or counters from the next numbers. Whole numbers stay exact in float64 up to 9e15."""
    values: dict[str, Any] = {}
    for field in fields(kind):
        number = float(numbers[place])
        place += 1
        if field.name not in absent:
            values[field.name] = number if isinstance(field.default, float) else int(number)
        else:
            values[field.name] = None
    return kind(**values), place
