"""Columns of a Parquet file, read with Awkward; its row groups are what can be read on its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from ..errors import FileError
from . import records
from .schema import Column, Schema, group_branches, guess_units
from .source import Widening, column_of_form, missing, unreadable


class ParquetSource(Widening):
    """One Parquet file. Columns that are structs, or lists of structs, are groups."""

    def __init__(self, path: str) -> None:
        try:
            import awkward as ak
            import pyarrow.parquet as parquet
        except ImportError as error:
            raise FileError(f"{path!r} is a Parquet file; reading it needs pyarrow: pip install pyarrow") from error
        self.label = path
        metadata = parquet.read_metadata(path)
        self._form: Any = ak.metadata_from_parquet(path)["form"]
        sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
        self._edges = [0, *accumulate(sizes)]
        self.entries = int(metadata.num_rows)
        self.uuid = _digest(Path(path), metadata.serialized_size)

    @cached_property
    def _paths(self) -> Mapping[str, tuple[str, ...]]:
        return records.paths(self._form)

    @cached_property
    def schema(self) -> Schema:
        names = tuple(self._paths)
        energy, length = guess_units(names)
        return Schema(names, group_branches(names, {}), {}, self.column, energy, length)

    def column(self, name: str) -> Column:
        if name not in self._paths:
            raise missing(self.label, self._paths, name)
        field, *inside = self._paths[name]
        return column_of_form(name, records.descend_form(self._form.content(field), tuple(inside)))

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        import awkward as ak

        for name in names:
            if name not in self._paths:
                raise missing(self.label, self._paths, name)
        if not names:
            return {}
        wanted = [
            i for i, (a, b) in enumerate(zip(self._edges, self._edges[1:], strict=False)) if a < stop and b > start
        ]
        try:
            columns = [".".join(self._paths[name]) for name in names]
            table = ak.from_parquet(self.label, columns=columns, row_groups=wanted or None)
        except Exception as error:
            raise unreadable(self.label, ", ".join(names), error, (start, stop)) from error
        first = self._edges[wanted[0]] if wanted else 0
        table = table[start - first : stop - first]
        return {name: _without_room(records.descend(table, self._paths[name])) for name in names}

    def edges(self, names: Sequence[str]) -> list[int]:
        return sorted({*self._edges, 0, self.entries})


def _digest(path: Path, size: int) -> str:
    """Of the footer, which tells the place, size and range of every column: files have no identity of their own."""
    with path.open("rb") as file:
        file.seek(-min(size + 8, path.stat().st_size), 2)
        return f"parquet-{hashlib.blake2b(file.read(), digest_size=12).hexdigest()}"


def _without_room(array: Any) -> Any:
    """Columns come with room for missing values whether there are any or not; without where there are none."""
    import awkward as ak
    import numpy as np

    def action(layout: Any, **_: Any) -> Any:
        if layout.is_option and not np.any(layout.mask_as_bool(valid_when=False)):
            return ak.transform(action, layout.project(), highlevel=False)
        return None

    return ak.transform(action, array)
