"""Opening a file: everything that can be wrong with it becomes one sentence."""

from __future__ import annotations

import os
import stat
import struct
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from ..errors import FileError
from .limits import size_text

if TYPE_CHECKING:
    from collections.abc import Iterator

Identity = tuple[int, int, int, int]
T = TypeVar("T")

# What is read to recognise a file: "root", version, begin, end (8 bytes from this version on).
_HEAD = 20
_LARGE = 1_000_000

# For a web server to begin its answer, or to go on with it.
REMOTE_SECONDS = 20.0

_REMEMBERED = 4
_remembered: OrderedDict[tuple[str, str, Identity], OpenFile] = OrderedDict()
_remembered_lock = threading.Lock()


class NodeError(FileError):
    """A file has no such directory, tree, branch or histogram."""


class OpenFile:
    """A ROOT file that is open: its path as given, and uproot's top directory.

    Parameters
    ----------
    path : local file or URL; what the file is called in listings and messages.
    stream : the file itself, when it was opened already (`open_local`).

    Raises
    ------
    FileError : missing, unreadable, not a regular file, not ROOT, or truncated.
    """

    def __init__(self, path: object, stream: BinaryIO | None = None) -> None:
        self.path = as_path(path)
        source = stream or (self.path if is_remote(self.path) else open_local(self.path))
        with reading(self.path):
            self.top = _open_root(source)
        # Reading moves a position in the file: one thread at a time.
        self.lock = threading.RLock()
        # What was found, by path: places that were opened, what lies directly below each, and levels that were listed.
        self.nodes: dict[str, Any] = {}
        self.below: dict[str, dict[str, Any]] = {}
        self.listings: dict[str, Any] = {}

    def close(self) -> None:
        self.top.close()


def remembered(path: object) -> OpenFile:
    """A file that stays open as long as it is among the last few: levels of one file are usually asked one by one.

    Local files only, and never one that changed since. Raises as `OpenFile`.
    """
    where = as_path(path)
    try:
        key = (str(Path(where).absolute()), where, identity_of(os.stat(where)))  # noqa: PTH116 - null bytes
    except (OSError, ValueError):
        return OpenFile(path)
    with _remembered_lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    file = OpenFile(path)
    with _remembered_lock:
        _remembered[key] = file
        while len(_remembered) > _REMEMBERED:
            # Not closed: a listing may still hold it.
            _remembered.popitem(last=False)
    return file


def remote_options(url: str) -> dict[str, Any]:
    """What fsspec is told for a URL: a web server that does not answer is not waited for."""
    if not url.startswith(("http://", "https://")):
        return {}
    import aiohttp

    return {"client_kwargs": {"timeout": aiohttp.ClientTimeout(sock_connect=REMOTE_SECONDS, sock_read=REMOTE_SECONDS)}}


def as_path(path: object) -> str:
    try:
        text = os.fspath(path)  # type: ignore[call-overload]
    except TypeError:
        raise FileError(f"a file name is needed, not {type(path).__name__!r}") from None
    return os.fsdecode(text)


def is_remote(path: str) -> bool:
    return "://" in path and not path.startswith("file://")


def identity_of(status: os.stat_result) -> Identity:
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)


def check_regular(path: str, mode: int) -> None:
    """Refuse folders, pipes and devices: opening or reading them may block for ever."""
    if stat.S_ISDIR(mode):
        raise FileError(f"{path!r} is a folder, not a ROOT file")
    if not stat.S_ISREG(mode):
        raise FileError(f"{path!r} is not a regular file but {_special(mode)}, so it is not opened")


def system_message(path: str, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"there is no file {path!r}"
    if isinstance(error, PermissionError):
        return f"{path!r} cannot be read: you have no permission"
    return f"{path!r} cannot be read: {getattr(error, 'strerror', None) or error}"


def open_local(where: str, identity: Identity | None = None, shown: str = "") -> BinaryIO:
    """Open a local file after looking at what it is; its first bytes must be those of a complete ROOT file.

    Parameters
    ----------
    where : path.
    identity : when given, (device, inode, mtime_ns, size) that the file must have: it was checked under this
        identity, and must not be replaced by another one in between.
    shown : what the file is called in messages, when not by its path.

    Raises
    ------
    FileError : missing, unreadable, not a regular file, not ROOT, truncated, or changed.
    """
    path = shown or where
    try:
        # Non-blocking: another process may have put a pipe there since it was looked at.
        descriptor = os.open(where, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise FileError(system_message(path, error)) from error
    try:
        status = os.fstat(descriptor)
        check_regular(path, status.st_mode)
        if identity is not None and identity_of(status) != identity:
            raise FileError(f"{path!r} changed while it was being opened; try again")
        _check_header(path, os.read(descriptor, _HEAD), status.st_size)
    except OSError as error:
        os.close(descriptor)
        raise FileError(system_message(path, error)) from error
    except BaseException:
        os.close(descriptor)
        raise
    # Read, not mapped: a memory limit counts the whole of a mapped file, and a file that shrinks would be a crash.
    return os.fdopen(descriptor, "rb", buffering=64 * 1024)


@contextmanager
def reading(path: str, what: str = "") -> Iterator[None]:
    """Turn whatever uproot raises (it raises many types) into one sentence about `path`."""
    try:
        yield
    except FileError:
        raise
    except ImportError as error:
        if not is_remote(path):
            raise
        raise FileError(f"{path!r} needs a package that is missing: pip install 'heplens[remote]' ({error})") from error
    except Exception as error:
        if what:
            raise FileError(f"{what!r} of {path!r} cannot be read: {reason(error)}") from error
        if is_remote(path):
            raise FileError(_remote_message(path, error)) from error
        raise FileError(f"{path!r} cannot be read; it may be truncated or damaged ({reason(error)})") from error


def _remote_message(path: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no file {path!r}"
    return f"{path!r} cannot be read: {reason(error)}"


def reason(error: BaseException) -> str:
    """The first line of an exception, short enough for a sentence."""
    if isinstance(error, MemoryError):
        return "it needs more memory than is allowed"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("in ")]
    # uproot begins some messages with a long "while reading" and ends them with what went wrong.
    text = lines[-1 if lines[0] == "while reading" else 0] if lines else type(error).__name__
    if isinstance(error, KeyError | IndexError | AssertionError | AttributeError | struct.error):
        text = f"{type(error).__name__}: {text}"
    return text if len(text) <= 300 else text[:299] + "…"


def attempt(compute: Callable[[], T]) -> tuple[T | None, str | None]:
    """`compute()` and None, or None and the reason why not. One bad item never fails its list."""
    try:
        return compute(), None
    except Exception as error:
        return None, reason(error)


def _check_header(path: str, head: bytes, size: int) -> None:
    if not head:
        raise FileError(f"{path!r} is empty, not a ROOT file")
    if head[:4] != b"root":
        raise FileError(f"{path!r} is not a ROOT file: it does not begin with 'root'")
    if len(head) < _HEAD:
        raise FileError(f"{path!r} is truncated: it has only {size} bytes")
    version = struct.unpack(">i", head[4:8])[0]
    end = struct.unpack(">q", head[12:20])[0] if version >= _LARGE else struct.unpack(">i", head[12:16])[0]
    if size < end:
        raise FileError(
            f"{path!r} is truncated: it has {size_text(size)} of the {size_text(end)} that its header announces"
        )


def _special(mode: int) -> str:
    tests = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
    return next((text for test, text in tests if test(mode)), "a device")


def _open_root(source: Any) -> Any:
    import uproot

    if isinstance(source, str):
        return uproot.open({source: None}, array_cache=None, **remote_options(source))
    try:
        return uproot.open(source, array_cache=None, use_threads=False)
    except BaseException:
        source.close()
        raise
