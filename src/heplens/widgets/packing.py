"""Tiles as bytes: whole numbers, plane by plane, compressed when they are many. `js/brush/packing.ts` reads them.

Counts are whole numbers. Sums of weights become whole numbers too: each bin has a unit, a power of two so small that
rounding every *prefix* sum to it errs by less than a billionth of the largest. What is sent are the differences of the
rounded prefix sums, so that they add up again without any error at all.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.partial import Row
from ..engine.tiles import Cells, Floats, Integers, Tile

Json = dict[str, Any]

#: Messages above this are compressed.
COMPRESSED_ABOVE = 256 * 1024
#: Bits that the largest prefix sum of a bin gets: of weights, and of their squares, which only make error bars.
SUM_BITS, SQUARE_BITS = 32, 26

_FIELDS = ("passed", "missing", "nan", "bad_weights", "objects_in", "objects_out")


class Packer:
    """Collects tables into one buffer."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def whole(self, table: Integers) -> Json:
        """A table of whole numbers: its place, and how many bytes each number has."""
        size = int(np.abs(table).max(initial=0))
        width = max(1, -(-(size.bit_length() + 1) // 8))
        planes = table.astype("<i8").view(np.uint8).reshape(*table.shape, 8)[..., :width]
        return {"at": self._add(np.ascontiguousarray(np.moveaxis(planes, -1, 0)).tobytes()), "width": width}

    def rounded(self, table: Floats, bits: int) -> Json:
        """A table of sums, as whole numbers of units of 2**exponent, one exponent per bin."""
        sums = np.cumsum(table, axis=0)
        exponents = np.frexp(np.abs(sums).max(axis=0, initial=0.0))[1].astype("<i2") - np.int16(bits)
        whole = np.rint(np.ldexp(sums, -exponents.astype(np.int32))).astype(np.int64)
        header = self.whole(np.diff(whole, axis=0, prepend=0))
        return {**header, "exponents": self._add(exponents.astype("<i2").tobytes())}

    def cells(self, cells: Cells) -> Json:
        header: Json = {"bins": int(cells.counts.shape[1]), "counts": self.whole(cells.counts)}
        if cells.sums is not None and cells.squares is not None:
            header["sums"] = self.rounded(cells.sums, SUM_BITS)
            header["squares"] = self.rounded(cells.squares, SQUARE_BITS)
        return header

    def row(self, name: str, row: Row) -> Json:
        """A row of the cutflow: fields that are not there or do not move are not sent."""
        there = [(f, getattr(row, f)) for f in _FIELDS if isinstance(getattr(row, f), np.ndarray)]
        sums = np.stack([row.weighted, row.variance], axis=1)
        return {
            "name": name,
            "fields": [field for field, _ in there],
            "counts": self.whole(np.stack([values for _, values in there], axis=1)),
            "sums": self.rounded(sums, SUM_BITS),
        }

    def buffer(self) -> tuple[bytes, str]:
        """All tables, and how they are encoded: "deflate" or "" for not at all."""
        whole = b"".join(self._parts)
        return (zlib.compress(whole, 1), "deflate") if len(whole) > COMPRESSED_ABOVE else (whole, "")

    def _add(self, part: bytes) -> int:
        at = self._length
        self._parts.append(part)
        self._length += len(part)
        return at


def pack(tile: Tile) -> tuple[Json, list[bytes]]:
    """The fields of a reply that carries a tile, and its buffers: values and kinds of the boundaries, and all cells."""
    packer = Packer()
    rows = len(tile.boundaries) + (tile.form == "range")
    fields: Json = {
        "form": tile.form,
        "rows": rows,
        "plots": [{"name": name, **packer.cells(cells)} for name, cells in tile.cells.items()],
        "cutflow": [packer.row(name, row) for name, row in tile.rows.items() if isinstance(row.passed, np.ndarray)],
    }
    cells, fields["encoding"] = packer.buffer()
    return fields, [tile.boundaries.values.astype("<f8").tobytes(), tile.boundaries.kinds.tobytes(), cells]


class Unpacked:
    """The page's reading of a table, in Python: prefix sums of whole numbers, and the unit of each bin."""

    def __init__(self, buffer: bytes, rows: int, bins: int, header: Mapping[str, Any]) -> None:
        width, at = int(header["width"]), int(header["at"])
        planes = np.frombuffer(buffer, np.uint8, width * rows * bins, at).reshape(width, rows, bins).astype(np.float64)
        planes[-1] -= 256.0 * (planes[-1] >= 128)
        cells = sum((plane * 256.0**k for k, plane in enumerate(planes)), np.zeros((rows, bins)))
        self.prefix: Floats = np.zeros((rows + 1, bins))
        np.cumsum(cells, axis=0, out=self.prefix[1:])
        exponents: NDArray[Any] = np.zeros(bins, np.int16)
        if "exponents" in header:
            exponents = np.frombuffer(buffer, "<i2", bins, int(header["exponents"]))
        self.units: Floats = np.ldexp(1.0, exponents)

    def between(self, first: int, last: int) -> Floats:
        between: Floats = (self.prefix[max(first, last)] - self.prefix[first]) * self.units
        return between


def between(buffer: bytes, rows: int, header: Mapping[str, Any], first: int, last: int) -> tuple[Floats, Floats]:
    """Values and variances of a packed histogram, by the page's own arithmetic; `buffer` is not compressed."""
    bins = int(header["bins"])
    counts = Unpacked(buffer, rows, bins, header["counts"]).between(first, last)
    if "sums" not in header:
        return counts, counts
    sums, squares = (Unpacked(buffer, rows, bins, header[part]).between(first, last) for part in ("sums", "squares"))
    return np.where(counts > 0, sums, 0.0), np.where(counts > 0, np.maximum(squares, 0.0), 0.0)
