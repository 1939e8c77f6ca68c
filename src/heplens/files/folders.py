"""Rows for the ROOT files of a folder or of a pattern, here or at a URL. No file is opened for it."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import FileError
from .limits import FOLDER_ROWS
from .listing import Listing, Row
from .opening import check_regular, is_remote, reading, remote_options, system_message

# Also ATLAS's "x.pool.root.1".
_ROOT_FILE = re.compile(r"\.root(\.\d+)?$", re.IGNORECASE)


def is_many(path: str) -> bool:
    """Whether a path is a folder or a pattern rather than one file. A file whose name has brackets is a file."""
    if is_remote(path):
        # A question mark begins the query of a URL.
        return path.endswith("/") or "*" in path
    return os.path.isdir(path) or (glob.has_magic(path) and not os.path.lexists(path))  # noqa: PTH112 - null bytes


def list_many(path: str) -> Listing:
    """The files of a folder, its subfolders before them; or what a pattern (``*``, ``?``, ``[ab]``, ``**``) matches.

    Folders show what is called ``.root`` or ``.root.1`` and is not hidden; patterns whatever they match.

    Raises
    ------
    FileError : nothing matches, or the folder cannot be read.
    """
    rows = sorted(_remote_rows(path) if is_remote(path) else _local_rows(path), key=_order)
    is_pattern = "*" in path if is_remote(path) else not Path(path).is_dir()
    if is_pattern and not rows:
        raise FileError(f"no file matches {path!r}")
    error = None
    if len(rows) > FOLDER_ROWS:
        error = f"the first {FOLDER_ROWS:,} of {len(rows):,} files; choose fewer with a pattern such as 'data/*.root'"
    return Listing(path, "", tuple(rows[:FOLDER_ROWS]), error)


def _order(row: Row) -> tuple[bool, list[str | int]]:
    """Folders first, then by name, with numbers in the order of numbers."""
    parts = re.split(r"(\d+)", row.name.casefold())
    return row.kind != "folder", [int(p) if p.isdecimal() and len(p) < 20 else p for p in parts]


def _local_rows(path: str) -> Iterator[Row]:
    if Path(path).is_dir():
        try:
            found = list(Path(path).iterdir())
        except OSError as error:
            raise FileError(system_message(path, error)) from error
        for where in found:
            if not where.name.startswith(".") and (_ROOT_FILE.search(where.name) or where.is_dir()):
                yield _local_row(where.name, where)
        return
    base = _fixed_part(path)
    for match in glob.iglob(path, recursive=True):  # noqa: PTH207
        yield _local_row(os.path.relpath(match, base), Path(match))


def _fixed_part(pattern: str) -> str:
    """The folder of a pattern that all its matches lie in."""
    parts = Path(pattern).parts[:-1]
    fixed = next((number for number, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return str(Path(*parts[:fixed])) if fixed else ""


def _local_row(name: str, where: Path) -> Row:
    if where.is_dir():
        return _row(name, str(where), None, folder=True)
    try:
        status = where.stat()
        check_regular(str(where), status.st_mode)
    except OSError as error:
        return _row(name, str(where), None, error=system_message(str(where), error))
    except FileError as error:
        return _row(name, str(where), None, error=str(error))
    return _row(name, str(where), status.st_size)


def _remote_rows(url: str) -> Iterator[Row]:
    from fsspec.core import url_to_fs

    with reading(url):
        system, inside = url_to_fs(url, **remote_options(url))
        found: list[dict[str, Any]] = (
            list(system.glob(inside, detail=True).values()) if "*" in inside else system.ls(inside, detail=True)
        )
        base = inside.partition("*")[0].rpartition("/")[0] + "/" if "*" in inside else inside.rstrip("/") + "/"
        for item in found:
            where = str(item["name"])
            name = where.removeprefix(base).strip("/") or where
            folder = item.get("type") == "directory" or where.endswith("/")
            if "*" in inside or folder or _ROOT_FILE.search(where):
                address = system.unstrip_protocol(where) + "/" * (folder and not where.endswith("/"))
                yield _row(name, address, item.get("size"), folder=folder)


def _row(name: str, path: str, size: int | None, *, folder: bool = False, error: str | None = None) -> Row:
    return Row(
        path=path,
        name=name,
        kind="folder" if folder else "file",
        type="folder" if folder else "ROOT file",
        bytes=None if folder else size,
        expandable=error is None,
        error=error,
    )
