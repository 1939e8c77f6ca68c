"""From a path such as ``nano.root:Events`` to an open source of columns."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from ..errors import FileError, TreeError, first_line, nearest
from .ntuple import NTupleSource
from .parquet import ParquetSource
from .source import Source
from .tree import TreeSource

_REMEMBERED = 8
_USUAL_TREES = ("Events", "CollectionTree")

_open: OrderedDict[tuple[str, str, int, int], Source] = OrderedDict()
_lock = threading.Lock()


def split_path(path: str) -> tuple[str, str]:
    """``nano.root:Events`` as path and tree; the tree is "" when none is named. URLs and ports stay whole."""
    head, colon, tail = path.rpartition(":")
    if not colon or tail.startswith("//") or ("/" in tail and not Path(head).is_file()):
        return path, ""
    if tail.isdigit() or (len(head) == 1 and head.isalpha()) or Path(path).exists():
        return path, ""
    return head, tail


def open_source(path: str, tree: str = "") -> Source:
    """The tree called `tree` of the file at `path`; opened once and kept while the file does not change.

    Raises
    ------
    FileError : the file is missing, unreadable or neither a ROOT nor a Parquet file.
    TreeError : there is no such tree, or several and none was named.
    """
    key = (path, tree, *_stamp(path))
    with _lock:
        if key in _open:
            _open.move_to_end(key)
            return _open[key]
    source = _open_new(path, tree)
    with _lock:
        _open[key] = source
        while len(_open) > _REMEMBERED:
            _open.popitem(last=False)
    return source


def close_all() -> None:
    """Forget the open files, so that the next use opens them again."""
    with _lock:
        _open.clear()


def is_remote(path: str) -> bool:
    return "://" in path and not path.startswith("file://")


def _stamp(path: str) -> tuple[int, int]:
    if is_remote(path):
        return (0, 0)
    try:
        status = Path(path).stat()
    except FileNotFoundError:
        raise FileError(f"there is no file {path!r}") from None
    except OSError as error:
        raise FileError(f"{path!r} cannot be read: {error.strerror}") from error
    if not Path(path).is_file():
        what = "a folder" if Path(path).is_dir() else "no regular file"
        raise FileError(f"{path!r} is {what}, not a ROOT file")
    return (status.st_mtime_ns, status.st_size)


def _open_new(path: str, tree: str) -> Source:
    import uproot

    if not is_remote(path):
        kind = _magic(path)
        if kind == b"PAR1":
            return _open_parquet(path, tree)
        if kind != b"root":
            raise FileError(
                f"{path!r} is not a ROOT file: it does not begin with 'root' (nor with 'PAR1', as Parquet files do)"
            )
    try:
        directory = uproot.open(path)
        classes: dict[str, str] = directory.classnames(cycle=False)
    except Exception as error:
        first = first_line(error) or type(error).__name__
        raise FileError(
            f"{path!r} cannot be opened as a ROOT file; it may be truncated or damaged ({first})"
        ) from error
    trees = [
        name
        for name, kind in classes.items()
        if kind in ("TTree", "TNtuple", "TNtupleD", "TChain") or "RNTuple" in kind
    ]
    name = _choose(path, tree, trees, classes)
    label = f"{path}:{name}"
    try:
        found: Any = directory[name]
        source = NTupleSource(found, label) if "RNTuple" in classes[name] else TreeSource(found, label)
    except Exception as error:
        first = first_line(error) or type(error).__name__
        raise FileError(f"{name!r} of {path!r} cannot be read ({first})") from error
    return source


def _magic(path: str) -> bytes:
    """The first four characters, which tell what a file is."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise FileError(f"{path!r} cannot be read: {error.strerror}") from error
    if not head:
        raise FileError(f"{path!r} is empty, not a ROOT file")
    return head


def _open_parquet(path: str, tree: str) -> ParquetSource:
    if tree:
        raise TreeError(f"{path!r} is a Parquet file, a single table without trees; leave out {tree!r}")
    try:
        return ParquetSource(path)
    except FileError:
        raise
    except Exception as error:
        first = first_line(error) or type(error).__name__
        raise FileError(
            f"{path!r} cannot be opened as a Parquet file; it may be truncated or damaged ({first})"
        ) from error


def _choose(path: str, tree: str, trees: list[str], classes: dict[str, str]) -> str:
    if tree:
        wanted = tree.split(";")[0]
        if wanted in trees:
            return wanted
        if wanted in classes:
            raise TreeError(f"{wanted!r} of {path!r} is a {classes[wanted]}, not a tree")
        offered = nearest(wanted, trees) or (f"; it has {', '.join(trees)}" if trees else "; it has no trees at all")
        raise TreeError(f"{path!r} has no tree {wanted!r}{offered}")
    if not trees:
        raise TreeError(f"{path!r} holds no tree")
    if len(trees) == 1:
        return trees[0]
    for usual in _USUAL_TREES:
        if usual in trees:
            return usual
    shown = ", ".join(trees[:8]) + (", …" if len(trees) > 8 else "")
    raise TreeError(f"{path!r} has {len(trees)} trees; name one as '{Path(path).name}:{trees[0]}' ({shown})")
