"""Rows for the keys of a directory: one small function per kind of object, chosen by class name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from .compression import record_text, usual_algorithm
from .headers import check_size, histogram_entries, tree_head
from .limits import TEXT
from .listing import Kind, Row
from .naming import join
from .opening import attempt, is_remote
from .pages import cluster_count

_DIRECTORIES = ("TDirectory", "TDirectoryFile")
_TREES = ("TTree", "TNtuple", "TNtupleD", "TChain")
_NTUPLES = ("ROOT::RNTuple", "ROOT::Experimental::RNTuple")
_GRAPHS = ("TGraph", "TMultiGraph", "TEfficiency")
_HISTOGRAM_LETTERS = ("C", "S", "I", "L", "F", "D")


@dataclass(frozen=True)
class Key:
    """A key as uproot holds it, with its path and whether it is the newest of its name."""

    stored: Any
    path: str
    newest: bool


def kind_of(class_name: str) -> Kind:
    """The kind of object that a class name stands for."""
    if class_name in _DIRECTORIES:
        return "directory"
    if class_name in _TREES:
        return "tree"
    if class_name in _NTUPLES:
        return "ntuple"
    if is_histogram(class_name):
        return "histogram"
    if class_name.startswith(_GRAPHS):
        return "graph"
    return "canvas" if class_name == "TCanvas" else "other"


def is_histogram(class_name: str) -> bool:
    if class_name in ("TProfile", "TProfile2D", "TProfile3D"):
        return True
    return len(class_name) == 4 and class_name[:3] in ("TH1", "TH2", "TH3") and class_name[3] in _HISTOGRAM_LETTERS


def keys_of(directory: Any, parent: str) -> Iterator[Key]:
    """The keys of a directory in the order of the file.

    uproot's own look-up by name gives a meaning to ":", "/" and ";" in names, so its list of keys is used as it is.
    """
    stored = list(directory._keys)
    newest: dict[str, int] = {}
    for key in stored:
        newest[key.fName] = max(key.fCycle, newest.get(key.fName, key.fCycle))
    for key in stored:
        is_newest = key.fCycle == newest[key.fName]
        yield Key(key, join(parent, key.fName, None if is_newest else key.fCycle), is_newest)


def key_row(key: Key) -> Row:
    """The row of one key. A part that cannot be read leaves its reason in ``error``."""
    stored = key.stored
    kind = kind_of(stored.fClassName)
    row = Row(
        path=key.path,
        name=stored.fName,
        kind=kind,
        type=stored.fClassName,
        title=stored.fTitle[:TEXT],
        bytes=stored.fNbytes,
        uncompressed_bytes=stored.fObjlen,
        compression=_compression(stored),
        cycle=stored.fCycle,
    )
    details, problem = attempt(lambda: _DETAILS.get(kind, _plain)(row, stored))
    return details if details is not None else replace(row, error=f"it cannot be read: {problem}")


def _compression(stored: Any, tell: Callable[[Any], str] = record_text) -> str:
    # Over a network, two bytes of each object would be a request each.
    where = stored.file.file_path
    # For a file that came open it is that file; to look for "://" in that would be to read it from end to end.
    remote = isinstance(where, str) and is_remote(where)
    return "" if remote else attempt(lambda: tell(stored))[0] or ""


def _directory(row: Row, stored: Any) -> Row:
    return replace(row, expandable=True, bytes=None, uncompressed_bytes=None, compression="")


def _tree(row: Row, stored: Any) -> Row:
    head, _ = attempt(lambda: tree_head(stored))
    if head is None or head.entries is None:
        check_size(stored)
        tree = stored.get()
        return replace(row, expandable=True, entries=int(tree.num_entries), bytes=None, uncompressed_bytes=None)
    if head.entries and not head.uncompressed:  # some writers leave these numbers at zero
        return replace(row, expandable=True, entries=head.entries, bytes=None, uncompressed_bytes=None)
    sizes = {"bytes": head.compressed, "uncompressed_bytes": head.uncompressed}
    smaller = (head.compressed or 0) < (head.uncompressed or 0)
    if row.compression == "none" and smaller:  # that of the description, which uproot does not compress
        row = replace(row, compression=_compression(stored, usual_algorithm))
    return replace(row, expandable=True, entries=head.entries, **sizes)  # type: ignore[arg-type]


def _ntuple(row: Row, stored: Any) -> Row:
    # The key holds only an anchor; the size of the data is in the page lists.
    ntuple = stored.get()
    return replace(
        row,
        expandable=True,
        entries=int(ntuple.num_entries),
        bytes=None,
        uncompressed_bytes=None,
        compression="",
        baskets=cluster_count(ntuple),
    )


def _histogram(row: Row, stored: Any) -> Row:
    check_size(stored)
    entries, problem = attempt(lambda: histogram_entries(stored))
    if problem:  # other writers than ROOT leave byte counts out
        entries = round(float(stored.get().member("fEntries")))
    return replace(row, entries=entries)


def _plain(row: Row, stored: Any) -> Row:
    check_size(stored)
    return row


_DETAILS: dict[Kind, Callable[[Row, Any], Row]] = {
    "directory": _directory,
    "tree": _tree,
    "ntuple": _ntuple,
    "histogram": _histogram,
}
