"""Taking rights away from a process for good, with Linux's Landlock: no file but what it needs, no connection.

What a hostile file makes the reader do must not reach the user's other files: a limit on writing does not keep a
process from reading keys or deleting notebooks. Where Landlock does not exist (Linux before 5.13, other systems) the
other limits of `heplens.files.worker` stand alone.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# The same on all architectures.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_GET_VERSION, _PATH_BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Highest right on files that a version of Landlock knows: executing, writing, reading, making, removing … each a bit.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET_RIGHTS, _NET_SINCE = 0b11, 4  # binding and connecting TCP
_SCOPES, _SCOPES_SINCE = 0b11, 6  # abstract sockets and signals to others


def landlock_version() -> int:
    """The version of Landlock that the kernel offers; 0 when there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _system(_CREATE_RULESET, None, 0, _GET_VERSION))


def confine(readable: Iterable[str]) -> bool:
    """Forbid this thread, and all that it starts, every file outside `readable`, every change, and TCP.

    Descriptors that are open stay usable. Returns whether it was done.
    """
    version = landlock_version()
    if version == 0:
        return False
    rights = (1 << _FILE_RIGHTS.get(version, _FILE_RIGHTS[5])) - 1
    attributes = struct.pack("=Q", rights)
    if version >= _NET_SINCE:
        attributes += struct.pack("=Q", _NET_RIGHTS)
    if version >= _SCOPES_SINCE:
        attributes += struct.pack("=Q", _SCOPES)
    ruleset = _system(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow_reading(ruleset, path)
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return _system(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def library_folders() -> list[str]:
    """Where modules and shared libraries may still have to be loaded from: installations, and this package."""
    package = Path(__file__).resolve().parents[1]
    installed = [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    system = ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo"]
    return [sys.prefix, sys.base_prefix, str(package), *installed, *system]


def _allow_reading(ruleset: int, path: str) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | (_READ_DIR if Path(path).is_dir() else 0)
        _system(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _system(number: int, *arguments: int | bytes | None) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    sent = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(library.syscall(ctypes.c_long(number), *sent))
