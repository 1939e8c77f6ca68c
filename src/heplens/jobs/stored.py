"""Partials as arrays and JSON, and back. What is read back is checked: a damaged file gives nothing at all."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..analysis.value import is_weighted
from ..engine.chunk import make_histogram
from ..engine.partial import Block, Counters, Partial, Row

if TYPE_CHECKING:
    from ..analysis.value import Analysis

_NOWHERE = Block("", "", "", "", 0, 0)


def encode(file: IO[bytes], partials: Mapping[str, Partial]) -> None:
    """Write partials by key as one .npz: the arrays of the histograms, and a JSON text with all the rest."""
    import numpy as np

    arrays: dict[str, Any] = {}
    described: list[dict[str, Any]] = []
    for key, partial in partials.items():
        histograms = []
        for (name, region), histogram in partial.histograms.items():
            label = f"a{len(arrays)}"
            arrays[label] = _numbers(histogram)
            categories = [list(axis) if axis.traits.growth else None for axis in histogram.axes]
            histograms.append({"name": name, "region": region, "array": label, "categories": categories})
        described.append(
            {
                "key": key,
                "histograms": histograms,
                "counters": {name: asdict(counters) for name, counters in partial.counters.items()},
                "rows": [[name, asdict(row)] for name, row in partial.rows.items()],
                "sumw": partial.sumw,
                "file_events": partial.file_events,
                "bytes_read": partial.bytes_read,
            }
        )
    arrays["partials"] = np.frombuffer(json.dumps(described).encode(), dtype=np.uint8)
    np.savez(file, **arrays)


def decode(path: Path, wanted: Container[str], analysis: Analysis) -> Iterator[tuple[str, Partial]]:
    """Those partials of a file whose key is wanted; nothing when the file is damaged. Their block is to be set."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as stored:
            described = json.loads(stored["partials"].tobytes())
            found = [(item["key"], _partial(item, stored, analysis)) for item in described if item["key"] in wanted]
    except Exception:
        return
    yield from found


def _partial(item: Mapping[str, Any], stored: Any, analysis: Analysis) -> Partial:
    described = {histogram.name: histogram for histogram in analysis.histograms}
    histograms = {}
    for entry in item["histograms"]:
        empty = make_histogram(described[entry["name"]], is_weighted(analysis))
        histograms[entry["name"], entry["region"]] = _filled(empty, entry["categories"], stored[entry["array"]])
    return Partial(
        _NOWHERE,
        histograms,
        {name: Counters(**counters) for name, counters in item["counters"].items()},
        {name: Row(**row) for name, row in item["rows"]},
        item["sumw"],
        item["file_events"],
        item["bytes_read"],
    )


def _numbers(histogram: Any) -> Any:
    """All bins with flow as plain float64; of weighted ones sum and variance in a last dimension."""
    import numpy as np

    view = histogram.view(flow=True)
    if view.dtype.names is None:
        return np.array(view)
    return np.stack([view[name] for name in view.dtype.names], axis=-1)


def _filled(empty: Any, categories: list[list[Any] | None], numbers: Any) -> Any:
    import hist

    histogram = empty
    if any(names is not None for names in categories):
        axes = [
            axis if names is None else type(axis)(names, growth=True, name=axis.name, label=axis.label)
            for axis, names in zip(empty.axes, categories, strict=True)
        ]
        histogram = hist.Hist(*axes, storage=empty.storage_type(), name=empty.name, label=empty.label)
    view = histogram.view(flow=True)
    names = view.dtype.names
    if numbers.shape != view.shape + ((len(names),) if names else ()):
        raise ValueError("the bins are of another shape")
    if names:
        for i, name in enumerate(names):
            view[name] = numbers[..., i]
    else:
        view[...] = numbers
    return histogram
