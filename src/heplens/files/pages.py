"""What the page lists of an RNTuple say of its columns: bytes, elements, compression; read in one go.

uproot makes an object of each page and each locator; a file of 1,000 columns has hundreds of thousands of them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from .limits import PAGE_LISTS

_FRAME = struct.Struct("<qI")  # bytes of the frame (negative for a list), items
_PAGE = struct.Struct("<iiq")  # elements (negative with a checksum), bytes, offset
_ENVELOPE = 16  # type and length, checksum of the header
_TAIL = 12  # offset of the first element, compression


@dataclass
class Column:
    """One column over all clusters."""

    compressed: int = 0
    elements: int = 0
    setting: int | None = None


def read_columns(ntuple: Any) -> list[Column] | None:
    """The physical columns in their order; None when the page lists are too long to be read for a listing."""
    links = [record.page_list_link for record in ntuple.footer.cluster_group_records]
    if sum(int(link.env_uncomp_size) for link in links) > PAGE_LISTS:
        return None
    columns: list[Column] = []
    for link in links:
        chunk, _ = ntuple.read_locator(link.locator, link.env_uncomp_size)
        _add_list(memoryview(chunk.raw_data), columns)
    return columns


def cluster_count(ntuple: Any) -> int:
    return sum(int(record.num_clusters) for record in ntuple.footer.cluster_group_records)


def _add_list(data: memoryview, columns: list[Column]) -> None:
    at = _ENVELOPE
    size, _ = _FRAME.unpack_from(data, at)
    at += -size  # the summaries of clusters
    _, clusters = _FRAME.unpack_from(data, at)
    at += _FRAME.size
    for _ in range(clusters):
        size, count = _FRAME.unpack_from(data, at)
        end, at = at - size, at + _FRAME.size
        if count * _FRAME.size > end - at:
            raise ValueError("its page list is damaged")
        columns += [Column() for _ in range(len(columns), count)]
        for number in range(count):
            at = _add_column(data, at, columns[number])
        at = end


def _add_column(data: memoryview, at: int, column: Column) -> int:
    size, pages = _FRAME.unpack_from(data, at)
    end: int = at - size
    first = at + _FRAME.size
    if end <= at or end > len(data):
        raise ValueError("its page list is damaged")
    if first + pages * _PAGE.size + _TAIL == end:
        for elements, packed, _ in _PAGE.iter_unpack(data[first : end - _TAIL]):
            if packed < 0:
                raise ValueError("its pages are stored in a way that is not known")
            column.elements += abs(elements)
            column.compressed += packed
        column.setting = struct.unpack_from("<I", data, end - 4)[0]
    # Another length: a column that is suppressed in this cluster, another representation holds its values.
    return end
