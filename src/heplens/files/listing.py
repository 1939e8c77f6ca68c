"""What a listing is: rows of plain values, in Python, as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from .opening import OpenFile

# Version of the listing and preview documents. It goes with every reply; a reader of another version says so.
PROTOCOL = 1

Kind = Literal[
    "folder", "file", "directory", "tree", "ntuple", "branch", "collection", "histogram", "graph", "canvas", "other"
]


@dataclass(frozen=True)
class Row:
    """One thing in a file, or one file of a folder.

    Attributes
    ----------
    path : identity inside the file, to be given to `inspect` as `node`; for kinds file and folder what is to be given
        as `path`.
    name : as stored; any text at all.
    kind : directory, tree, ntuple, branch, collection (of branches, without data of its own), histogram, graph,
        canvas or other; in listings of folders and patterns file or folder.
    type : class name, or for branches the type of one entry (``float32``, ``var * float32``).
    title : as stored. NanoAOD documents its branches here.
    entries : of trees, branches and histograms; None where there is no such number or it was not read.
    bytes, uncompressed_bytes : on disk and in memory; None when not known.
    compression : ``zstd 5``, ``none`` … or "" when not known. Of a branch or field its setting (algorithm and level);
        of other things how their record is stored, where the level is not kept.
    baskets : of a branch, its baskets; of an RNTuple, its clusters; None for other things.
    cycle : of a key; 0 for branches. Older cycles of a name are rows of their own, their paths end in ``;cycle``.
    expandable : whether `inspect` of this path lists something.
    group : collection that a branch belongs to (``Muon`` for ``Muon_pt`` and ``nMuon``), or "".
    error : None, or one sentence that says why it cannot be read.
    """

    path: str
    name: str
    kind: Kind
    type: str
    title: str = ""
    entries: int | None = None
    bytes: int | None = None
    uncompressed_bytes: int | None = None
    compression: str = ""
    baskets: int | None = None
    cycle: int = 0
    expandable: bool = False
    group: str = ""
    error: str | None = None


_ROW = tuple(column.name for column in fields(Row))


@dataclass(frozen=True)
class Listing(Sequence[Row]):
    """The rows of one level of a file, or the files of a folder; a sequence of `Row`.

    ``path`` is the file, folder or pattern, ``node`` the level ("" is the top), ``error`` a sentence when the level as
    a whole could only be listed in part. ``children(row)`` lists the next level.
    """

    path: str
    node: str
    rows: tuple[Row, ...]
    error: str | None = None
    _file: OpenFile | None = field(default=None, repr=False, compare=False)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def children(self, row: Row | str) -> Listing:
        """The level below `row` (a row of this listing, or its path). Read when asked for."""
        from . import inspect
        from .walking import list_node

        path = row if isinstance(row, str) else row.path
        # Only the listings of folders and patterns have no file.
        return inspect(path) if self._file is None else list_node(self._file, path)

    def to_json(self) -> dict[str, Any]:
        """The listing as plain values for `json.dumps`."""
        rows = [{name: getattr(row, name) for name in _ROW} for row in self.rows]
        return {"protocol": PROTOCOL, "path": self.path, "node": self.node, "rows": rows, "error": self.error}

    def __repr__(self) -> str:
        from .text import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from .text import as_html

        return as_html(self)
