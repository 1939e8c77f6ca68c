"""What the page sends reaches the shell of the kernel that it was sent to.

Some versions of ipykernel (7.4) note, for every message of a comm, the request it answers, and hand later messages of
the page to that request's subshell, whatever the page says. A number that is sent by a thread belongs to no request;
it is taken for part of the newest one, which may have come over a subshell that is closed by now, or be the cell that
runs. What the page sends next is then lost, or waits for that cell, and two fields of a form may come in the wrong
order. Nothing is noted of a message whose parent is given as a header alone, and the page gets the same message.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


@contextmanager
def unnoted() -> Iterator[None]:
    """What is sent inside says nothing of where the page's next message belongs."""
    kernels = sys.modules.get("ipykernel.kernelbase")
    kernel = kernels.Kernel.instance() if kernels is not None and kernels.Kernel.initialized() else None
    parent = getattr(kernel, "_shell_parent", None)
    if kernel is None or not isinstance(parent, ContextVar):  # another kernel, or a version that does not keep it so
        yield
        return
    token = parent.set(kernel.get_parent("shell").get("header", {}))
    try:
        yield
    finally:
        parent.reset(token)


class Reachable:
    """Goes before a widget class: the page's messages to the widget come where the page sends them."""

    def open(self) -> None:
        with unnoted():
            super().open()  # type: ignore[misc]

    def _send(self, msg: dict[str, Any], buffers: Any = None) -> None:
        with unnoted():
            super()._send(msg, buffers)  # type: ignore[misc]
