"""Packed partials as a file, and back. What is read back is checked: a damaged file gives nothing at all."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..engine.partial import Block
from .packed import Packed, unpack

if TYPE_CHECKING:
    from ..analysis.value import Analysis

_NOWHERE = Block("", "", "", "", 0, 0)


def encode(file: IO[bytes], partials: Mapping[str, Packed]) -> None:
    """Write partials by key as one .npz: an array of numbers for each, and a JSON text with all the rest."""
    import numpy as np

    arrays: dict[str, Any] = {}
    described = []
    for key, packed in partials.items():
        described.append(
            {
                "key": key,
                "layout": packed.layout,
                "sumw": packed.sumw,
                "file_events": packed.file_events,
                "bytes_read": packed.bytes_read,
                "faults": {name: list(pair) for name, pair in (packed.faults or {}).items()},
            }
        )
        arrays[f"a{len(described) - 1}"] = np.frombuffer(packed.numbers)
        arrays[f"t{len(described) - 1}"] = np.frombuffer(packed.tile, np.uint8)
    text = np.frombuffer(json.dumps(described).encode(), dtype=np.uint8)
    np.savez(file, partials=text, **arrays)


def keys_in(path: Path) -> list[str]:
    """The keys of the partials in a file; none when it is damaged."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as stored:
            return [str(item["key"]) for item in json.loads(stored["partials"].tobytes())]
    except Exception:
        return []


def decode(path: Path, wanted: Container[str], analysis: Analysis) -> Iterator[tuple[str, Packed]]:
    """Those partials of a file whose key is wanted; nothing when the file is damaged or does not fit the analysis."""
    import numpy as np

    found: list[tuple[str, Packed]] = []
    try:
        with np.load(path, allow_pickle=False) as stored:
            for i, item in enumerate(json.loads(stored["partials"].tobytes())):
                if item["key"] not in wanted:
                    continue
                faults = {str(name): (int(nan), int(inf)) for name, (nan, inf) in item["faults"].items()}
                packed = Packed(
                    item["layout"],
                    stored[f"a{i}"].tobytes(),
                    item["sumw"],
                    item["file_events"],
                    item["bytes_read"],
                    faults or None,
                    stored[f"t{i}"].tobytes(),
                )
                unpack(packed, analysis, _NOWHERE)
                found.append((item["key"], packed))
    except Exception:
        return
    yield from found
