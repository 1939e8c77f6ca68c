"""Columns of arrays that are in memory already: Awkward, a dict of arrays, NumPy, pandas, NanoEvents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ..errors import FileError
from . import records
from .schema import Column, Schema, group_branches, guess_units
from .source import Widening, column_of_form, missing


class ArraySource(Widening):
    """A record array with one record per event; fields that are records are groups."""

    def __init__(self, data: Any, label: str = "the array in memory") -> None:
        self.array = as_records(data)
        self._origin = data
        self.label = label
        self.entries = len(self.array)
        self.uuid = f"memory-{id(self.array):x}-{self.entries}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArraySource) and self._origin is other._origin

    def __hash__(self) -> int:
        return id(self._origin)

    @cached_property
    def _paths(self) -> Mapping[str, tuple[str, ...]]:
        return records.paths(self.array.layout.form)

    @cached_property
    def schema(self) -> Schema:
        names = tuple(self._paths)
        # No counters: an "nMuon" beside arrays in memory may be older than the last selection made on them.
        energy, length = guess_units(names)
        return Schema(names, group_branches(names, {}), {}, self.column, energy, length)

    def column(self, name: str) -> Column:
        if name not in self._paths:
            raise missing(self.label, self._paths, name)
        return column_of_form(name, records.descend(self.array, self._paths[name]).layout.form)

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        import awkward as ak

        arrays: dict[str, Any] = {}
        for name in names:
            if name not in self._paths:
                raise missing(self.label, self._paths, name)
            # NanoEvents read a branch when it is looked at: this is the moment.
            array = ak.materialize(records.descend(self.array, self._paths[name])[start:stop])
            if _is_numbers(array.layout):
                arrays[name] = array
                continue
            arrays[name] = ak.from_regular(ak.without_parameters(array) if _plain(array) else array, axis=None)
        return arrays

    def edges(self, names: Sequence[str]) -> list[int]:
        return [0, self.entries]


def _is_numbers(layout: Any) -> bool:
    """Whether it is numbers, or lists of numbers, as it stands: most are, and awkward would copy where lists begin."""
    while layout.is_list and not layout.is_regular and not layout.parameters:
        layout = layout.content
    return bool(layout.is_numpy and not layout.inner_shape and not layout.parameters)


def _plain(array: Any) -> bool:
    import awkward as ak

    return "string" not in str(ak.type(array))


def as_records(data: Any) -> Any:
    """An awkward record array, one record per event, from whatever holds columns.

    Raises
    ------
    FileError : when `data` has no named columns, or columns of different lengths.
    """
    import awkward as ak
    import numpy as np

    if hasattr(data, "to_dict") and hasattr(data, "columns"):  # a pandas data frame
        data = {str(column): _from_series(data[column]) for column in data.columns}
    if isinstance(data, np.ndarray) and data.dtype.names:
        data = {name: data[name] for name in data.dtype.names}
    if isinstance(data, Mapping):
        columns = {str(name): ak.Array(value) for name, value in data.items()}
        lengths = {len(value) for value in columns.values()}
        if len(lengths) > 1:
            raise FileError(
                "the columns have different lengths: " + ", ".join(f"{n} {len(v)}" for n, v in columns.items())
            )
        return ak.zip(columns, depth_limit=1)
    if isinstance(data, ak.Array) and data.fields and data.ndim == 1:
        return data
    raise FileError(f"{type(data).__name__} holds no named columns with one row per event; give a dict of arrays")


def _from_series(series: Any) -> Any:
    """A column of a data frame; text, lists and values that may be absent go through Python."""
    import awkward as ak
    import numpy as np

    array = series.to_numpy()
    if array.dtype != object and isinstance(series.dtype, np.dtype):
        return array
    array = series.to_numpy(dtype=object)
    absent = series.isna().to_numpy()
    values = (None if gone else value for value, gone in zip(array, absent, strict=True))
    return ak.from_iter([v.tolist() if isinstance(v, np.ndarray | np.generic) else v for v in values])
