"""The process that opens files for the server, and is trusted with nothing else.

Reading a file is executing its author's wishes: uproot generates classes from descriptions in the file and runs them.
So this process has no environment, no inherited descriptors, limits on memory and CPU, cannot write a byte to a file,
and speaks JSON lines. On Linux it also cannot open any file of the user (those it reads come as open descriptors), make
a TCP connection, or start a program. It is started by `heplens.files.sandbox`.
"""

from __future__ import annotations

import json
import math
import os
import socket
import sys
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from ..errors import HeplensError
from .confine import confine, library_folders
from .limits import LISTED, MB, REPLY_BYTES, size_text

# Address space beyond what the libraries take, in bytes, and CPU seconds for one request.
MEMORY = 1_000 * MB
CPU_SECONDS = 15

_FILES = 2
_open_files: OrderedDict[tuple[str, str, tuple[int, ...]], Any] = OrderedDict()


def main() -> None:
    """Answer requests on standard input until it is closed."""
    requests, replies = _take_pipes()
    _limit_writing()
    _preload()
    _limit_memory()
    confined = confine(library_folders())
    _write(replies, _encode({"ready": os.getpid(), "confined": confined}))
    for request in requests:
        _limit_cpu()
        reply = _encode(answer(request))
        if len(reply) >= REPLY_BYTES:
            sentence = f"{request['shown']!r} says more than can be shown: {size_text(len(reply))}"
            reply = _encode({"ok": False, "error": "memory", "message": sentence})
        _write(replies, reply)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request; never raises.

    ``{"ok": true, "value": …}``, or ``{"ok": false, "error": "missing" | "file" | "memory" | "other", "message"}``.
    """
    from .opening import NodeError, reason

    try:
        return {"ok": True, "value": _OPERATIONS[request["op"]](request)}
    except NodeError as error:
        return {"ok": False, "error": "missing", "message": str(error)}
    except HeplensError as error:
        kind = "memory" if isinstance(error.__cause__, MemoryError) else "file"
        return {"ok": False, "error": kind, "message": str(error)}
    except MemoryError:
        _open_files.clear()
        return {"ok": False, "error": "memory", "message": f"{request.get('shown')!r} needs too much memory"}
    except Exception as error:
        return {"ok": False, "error": "other", "message": f"{request.get('shown')!r} cannot be read: {reason(error)}"}


def _listing(request: dict[str, Any]) -> dict[str, Any]:
    from .walking import list_node

    listing = list_node(_file(request), request["node"])
    count = len(listing.rows)
    if count > LISTED:
        sentence = f"the first {LISTED:,} of {count:,} are listed"
        listing = replace(listing, rows=listing.rows[:LISTED], error=sentence)
    return listing.to_json()


def _preview(request: dict[str, Any]) -> dict[str, Any]:
    from .preview import preview

    return preview(_file(request), request["node"], request.get("branch", "")).to_json()


_OPERATIONS = {"listing": _listing, "preview": _preview}


def _file(request: dict[str, Any]) -> Any:
    """The file of a request. The last few stay open: an expanded tree is usually looked into next."""
    from .opening import OpenFile, open_local

    stream: BinaryIO | None = request.get("stream")
    key = (request["path"], request["shown"], tuple(request["identity"]))
    if key not in _open_files:
        if stream is None:
            device, inode, modified, size = request["identity"]
            stream = open_local(request["path"], (device, inode, modified, size), request["shown"])
        _open_files[key] = OpenFile(request["shown"], stream)
        while len(_open_files) > _FILES:
            _open_files.popitem(last=False)[1].close()
    elif stream is not None:
        stream.close()
    _open_files.move_to_end(key)
    return _open_files[key]


def _take_pipes() -> tuple[Iterator[dict[str, Any]], BinaryIO]:
    """Requests and replies, moved away from standard input and output, so that nothing printed can disturb them."""
    requests, replies = _requests(os.dup(0)), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    return requests, replies


def _requests(descriptor: int) -> Iterator[dict[str, Any]]:
    """Requests, one line each; where descriptors can be sent, each comes with its file, open, as ``stream``."""
    if not hasattr(socket, "recv_fds"):
        with os.fdopen(descriptor, "rb") as lines:
            yield from (json.loads(line) for line in lines)
        return
    with socket.socket(fileno=descriptor) as connection:
        received = b""
        files: list[int] = []
        while True:
            data, sent, _, _ = socket.recv_fds(connection, 1 << 20, 1)
            received, files = received + data, files + sent
            if not data:
                return
            if received.endswith(b"\n"):
                request = json.loads(received)
                if files:
                    request["stream"] = os.fdopen(files.pop(), "rb", buffering=64 * 1024)
                received = b""
                yield request


def _encode(message: dict[str, Any]) -> bytes:
    return json.dumps(message, allow_nan=False).encode() + b"\n"


def _write(replies: BinaryIO, line: bytes) -> None:
    replies.write(line)
    replies.flush()


def _preload() -> None:
    """Import what requests need, so that they do not wait for it and the memory limit counts data only."""
    import awkward
    import uproot

    from . import points, preview, sampling, stored, table, walking

    assert all((awkward, uproot, points, preview, sampling, stored, table, walking))


def _limit_writing() -> None:
    resource = _resource()
    if resource is not None:
        for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
            resource.setrlimit(limit, (0, 0))


def _limit_memory() -> None:
    """Bound the address space. macOS does not enforce it; there, only the time limit holds."""
    resource = _resource()
    if resource is not None:
        limit = _address_space() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _limit_cpu() -> None:
    """A few seconds from now, should the parent be gone and not stop this process."""
    resource = _resource()
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = math.ceil(usage.ru_utime + usage.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _address_space() -> int:
    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123 - a kernel table, not a path of ours
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 500 * MB


def _resource() -> Any:
    """The standard library's `resource`, which Windows does not have."""
    if sys.platform == "win32":
        return None
    import resource

    return resource
