"""Where columns come from: one interface over TTree, RNTuple, Parquet and arrays in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from ..errors import FileError, first_line
from .schema import Column, Schema
from .types import Kind

#: Clusters smaller than this many events are taken together, so that the cost of a block is not that of its overhead.
BLOCK_EVENTS = 200_000
#: A block holds at most this many events: it bounds the memory of one pass, whatever the file's clusters are.
MAX_BLOCK_EVENTS = 1_000_000


class Source(Protocol):
    """A table of events."""

    label: str  # file and tree, for messages
    uuid: str  # of the file; a digest of nothing but the length for arrays in memory
    entries: int

    @property
    def schema(self) -> Schema: ...

    def read(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        """Awkward arrays of the branches `names` for the events [start, stop), widened to 64 bits."""
        ...

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        """As `read`, with numbers in the types that they are stored in, where these are kept."""
        ...

    def edges(self, names: Sequence[str]) -> list[int]:
        """Entry numbers at which all of `names` can be cut without reading anything twice, first 0, last `entries`."""
        ...


class Widening(ABC):
    """Reads what is `stored`, and widens it."""

    @abstractmethod
    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]: ...

    def read(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        return {name: widen(array) for name, array in self.stored(names, start, stop).items()}


def file_and_tree(source: Source) -> tuple[str, str]:
    """The path of a source's file and the name of its tree, "" for a table without trees."""
    if Path(source.label).exists():  # its name may hold a colon of its own
        return source.label, ""
    path, _, tree = source.label.rpartition(":")
    return (path, tree) if path else (source.label, "")


def blocks(edges: Sequence[int], entries: int) -> list[tuple[int, int]]:
    """Fixed blocks of at least BLOCK_EVENTS (but for the last) and at most MAX_BLOCK_EVENTS events, ending on edges.

    They depend on the file alone, not on who reads it: sums over blocks in file order are the same for everyone.
    An empty tree is one empty block, so that its histograms exist and are empty.
    """
    if entries == 0:
        return [(0, 0)]
    ranges: list[tuple[int, int]] = []
    start = 0
    for edge in [*(e for e in edges if 0 < e < entries), entries]:
        if edge - start < BLOCK_EVENTS and edge != entries:
            continue
        while edge - start > MAX_BLOCK_EVENTS:
            ranges.append((start, start + MAX_BLOCK_EVENTS))
            start += MAX_BLOCK_EVENTS
        if edge > start:
            ranges.append((start, edge))
        start = edge
    return ranges


def widen(array: Any) -> Any:
    """float16/32 as float64, small integers as int64; uint64 too when every value fits. Booleans and text stay."""
    import awkward as ak
    import numpy as np

    if _is_wide(array.layout):
        return array

    def action(layout: Any, **_: Any) -> Any:
        if not layout.is_numpy or layout.parameter("__array__") in ("char", "byte"):
            return None
        data = layout.data
        if data.dtype.kind == "f" and data.dtype.itemsize < 8:
            data = data.astype(np.float64)
        elif data.dtype == np.uint64:
            if data.size and data.max() > np.iinfo(np.int64).max:
                return None
            data = data.astype(np.int64)
        elif data.dtype.kind in "iu" and data.dtype != np.int64:
            data = data.astype(np.int64)
        else:
            return None
        return ak.contents.NumpyArray(data, parameters=layout.parameters)

    return ak.transform(action, ak.from_regular(array, axis=None) if _has_fixed_length(array.layout) else array)


def _is_wide(layout: Any) -> bool:
    """Whether an array is lists of 64-bit numbers (or numbers) already, as most are that a TTree gives."""
    while layout.is_list and not layout.is_regular:
        layout = layout.content
    return bool(layout.is_numpy and not layout.inner_shape and str(layout.dtype) in ("float64", "int64"))


def _has_fixed_length(layout: Any) -> bool:
    """Whether lists of a fixed length are among those of an array; turning them into others costs a pass over it."""
    while layout.is_list or layout.is_option or layout.is_indexed:
        if layout.is_regular:
            return True
        layout = layout.content
    return bool(layout.is_numpy and len(layout.inner_shape))


def column_of_form(name: str, form: Any) -> Column:
    """The column that an awkward form describes. Raises FileError when it holds what expressions cannot use."""
    depth, optional = 0, False
    while True:
        if form.parameter("__array__") in ("string", "bytestring"):
            return Column(name, "str", depth, optional)
        if form.is_option:
            optional = True
            form = form.content
        elif form.is_indexed:
            form = form.content
        elif form.is_list:
            depth += 1
            form = form.content
        elif form.is_numpy:
            return Column(name, numpy_kind(name, form.primitive), depth + len(form.inner_shape), optional)
        elif form.is_record:
            return Column(name, "object", depth, optional)
        else:
            raise FileError(
                f"{name!r} holds a {type(form).__name__.removesuffix('Form')}, which expressions cannot use"
            )


def numpy_kind(name: str, primitive: str) -> Kind:
    if primitive == "bool":
        return "bool"
    if primitive.startswith(("int", "uint")):
        return "int"
    if primitive.startswith("float"):
        return "float"
    raise FileError(f"{name!r} holds values of type {primitive}, which expressions cannot use")


def unreadable(label: str, name: str, error: Exception, events: tuple[int, int] | None = None) -> FileError:
    first = first_line(error) or type(error).__name__
    where = "" if events is None else f" in events {events[0]:,} to {events[1]:,}"
    return FileError(f"branch {name!r} of {label} cannot be read{where}: {first}")


def missing(label: str, names: Iterable[str], name: str) -> FileError:
    from ..errors import nearest

    return FileError(f"{label} has no branch {name!r}{nearest(name, names)}")
