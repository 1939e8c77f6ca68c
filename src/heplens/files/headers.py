"""The first members of a stored tree or histogram, without reading the rest of it.

Listing a folder needs the number of entries of each tree and histogram. A tree's description takes up to half a second
to read in full (1,500 branches), its first members a tenth of a millisecond. They lie in fixed order: ROOT streams
base classes first, each behind a byte count, so that what is not wanted can be stepped over.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

from .limits import OBJECT_BYTES, size_text

# Byte counts are marked by this bit.
_COUNT = 0x40000000

# How many base classes lie between the class and TTree or TH1.
TREE_BASES = {"TTree": 0, "TNtuple": 1, "TNtupleD": 1, "TChain": 1}
_TH1_BASES = {"TProfile": 2, "TProfile2D": 3, "TProfile3D": 3}
# Older versions of TTree store counts as floating point or in another order.
_TREE_VERSION = 16


@dataclass(frozen=True)
class Head:
    """Entries, and for trees the bytes of all baskets; None where the layout is not one that is known."""

    entries: int | None = None
    compressed: int | None = None
    uncompressed: int | None = None


class TooLargeError(ValueError):
    """A stored object that is not read, because it would take too much memory."""


def object_bytes(key: Any) -> memoryview:
    """A stored object as uncompressed bytes, if it is not too large."""
    check_size(key)
    chunk, _ = key.get_uncompressed_chunk_cursor()
    return memoryview(chunk.raw_data)


def check_size(key: Any) -> None:
    if key.fObjlen > OBJECT_BYTES:
        raise TooLargeError(
            f"it takes {size_text(key.fObjlen)} uncompressed, more than the {size_text(OBJECT_BYTES)} that are read"
        )


def tree_head(key: Any) -> Head:
    """Entries and sizes of a TTree or TNtuple."""
    depth = TREE_BASES.get(key.fClassName)
    if depth is None:
        return Head()
    data = object_bytes(key)
    at, version = 0, 0
    for _ in range(depth + 1):
        at, version = _into(data, at)
    if version < _TREE_VERSION:
        return Head()
    for _ in range(4):  # TNamed, TAttLine, TAttFill, TAttMarker
        at = _over(data, at)
    entries, total, packed = struct.unpack_from(">qqq", data, at)
    return Head(entries, packed, total) if min(entries, total, packed) >= 0 else Head()


def histogram_entries(key: Any) -> int | None:
    """Entries of a TH1, TH2, TH3 or TProfile of any precision."""
    name: str = key.fClassName
    depth = _TH1_BASES.get(name)
    if depth is None:
        depth = 1 if name.startswith("TH1") else 2
    data = object_bytes(key)
    at = 0
    for _ in range(depth + 1):
        at, _ = _into(data, at)
    for _ in range(4):  # TNamed, TAttLine, TAttFill, TAttMarker
        at = _over(data, at)
    at += 4  # number of cells
    for _ in range(3):  # the axes
        at = _over(data, at)
    at += 4  # bar offset and width
    entries = float(struct.unpack_from(">d", data, at)[0])
    return round(entries) if math.isfinite(entries) and entries >= 0 else None


def _into(data: memoryview, at: int) -> tuple[int, int]:
    """Past the byte count and version of an object, to its first member; and the version."""
    count, version = struct.unpack_from(">IH", data, at)
    if not count & _COUNT:
        raise ValueError("its layout is unknown")
    return at + 6, version


def _over(data: memoryview, at: int) -> int:
    """Past an object with a byte count."""
    count = struct.unpack_from(">I", data, at)[0]
    if not count & _COUNT:
        raise ValueError("its layout is unknown")
    end: int = at + 4 + (count & ~_COUNT)
    if end > len(data):
        raise ValueError("it is shorter than it says")
    return end
