"""From the path in a request to one regular file inside the server's root, or a refusal."""

from __future__ import annotations

import asyncio
import ntpath
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.utils import ApiPath, to_os_path
from tornado.web import HTTPError

from ..errors import FileError
from ..files.opening import Identity, check_regular, identity_of

_LONGEST = 4096


class RefusalError(HTTPError):
    """An HTTP error whose sentence is shown to the user as it stands."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status)
        self.sentence = sentence


@dataclass(frozen=True)
class Place:
    """A file that may be read: as asked for, with all links resolved, and what it was when it was checked."""

    path: str
    real: str
    identity: Identity


async def locate(contents_manager: Any, path: str) -> Place:
    """Find the file for a path relative to the server's root, as the contents manager sees it.

    Raises
    ------
    RefusalError : 404 for what is not there or not inside the root (absolute paths, "..", links that lead out,
        hidden files unless the server shows them, null bytes); 422 for what is there and is not a regular file.
    """
    nothing = RefusalError(404, f"there is no file {path[:200]!r} in the folder that this server shows")
    if not _is_plain(path):
        raise nothing
    root = getattr(contents_manager, "root_dir", None)
    if not isinstance(root, str):
        raise RefusalError(404, "this server keeps its files where heplens cannot read them")
    hidden_allowed = bool(getattr(contents_manager, "allow_hidden", False))
    try:
        if not hidden_allowed and await ensure_async(contents_manager.is_hidden(path)):
            raise nothing
        get_os_path = getattr(contents_manager, "_get_os_path", None)
        inside = get_os_path(path) if get_os_path else to_os_path(ApiPath(path), root)
    except (HTTPError, OSError, ValueError):
        raise nothing from None
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(None, _resolve, root, inside, hidden_allowed)
    if found is None:
        raise nothing
    real, status = found
    try:
        check_regular(path, status.st_mode)
    except FileError as error:
        raise RefusalError(422, str(error)) from None
    return Place(path, real, identity_of(status))


def _is_plain(path: str) -> bool:
    """Whether a path consists of names only: no root, no drive, nothing that climbs or is empty."""
    if not path or len(path) > _LONGEST or "\0" in path:
        return False
    if os.name == "nt" and (ntpath.splitdrive(path)[0] or "\\" in path):
        return False
    return all(part not in ("", ".", "..") for part in path.split("/"))


def _resolve(root: str, inside: str, hidden_allowed: bool) -> tuple[str, os.stat_result] | None:
    """The real path and its status when it lies inside the real root, and no hidden folder is on its way."""
    try:
        real_root = Path(root).resolve(strict=True)
        real = Path(inside).resolve(strict=True)
        below = real.relative_to(real_root)
        if not hidden_allowed and any(part.startswith(".") for part in below.parts):
            return None
        return str(real), real.lstat()
    except (OSError, ValueError, RuntimeError):
        return None
