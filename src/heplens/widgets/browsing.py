"""What is behind a browser in a notebook: answers to its pages. Knows messages, but no comm and no Jupyter.

Handlers may be called from any thread and return at once: files are read in threads of their own. Those of this machine
share one; a file that is far away has its own, so that others need not wait for it.
"""

from __future__ import annotations

import glob
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FileError, HeplensError
from ..files.folders import is_many, list_many
from ..files.opening import OpenFile, as_path, is_remote, remembered, system_message
from ..files.walking import list_node
from . import browser_messages as m
from .messages import AskBokeh
from .protocol import PROTOCOL, Json, MessageError, parse, reply
from .worker import Task, Worker

if TYPE_CHECKING:
    from ..files import Row

Send = Callable[[Json, Sequence[bytes]], None]

# Seconds after which the thread of a remote file ends when nothing is asked of it.
_REMOTE_IDLE = 5.0


@dataclass(frozen=True)
class Selected:
    """What is chosen in a browser.

    ``file`` is the file as `heplens.inspect` and uproot take it, ``path`` the row's path in it ("" for the file as a
    whole); the others are those of the row.
    """

    file: str
    path: str
    name: str
    kind: str
    type: str = ""
    title: str = ""
    entries: int | None = None


def roots_of(path: object) -> list[str]:
    """What a browser shows at its top: a file, a folder, a pattern, a URL, a list of them; None is where we are.

    Raises
    ------
    FileError : a local path that is not there.
    """
    if path is None:
        return ["."]
    roots = [as_path(one) for one in path] if isinstance(path, list | tuple) else [as_path(path)]
    for root in roots:
        if not is_remote(root) and not glob.has_magic(root):
            try:
                Path(root).lstat()
            except (OSError, ValueError) as error:
                raise FileError(system_message(root, error)) from error
    return roots


class Browsing:
    """One browser and all its views.

    Parameters
    ----------
    roots : paths, from `roots_of`.
    send : sends one message with buffers to the pages; called from several threads.
    changed : called when something else was chosen.
    """

    def __init__(self, roots: Sequence[str], send: Send, changed: Callable[[], None]) -> None:
        self.selected: Selected | None = None
        self._roots = list(roots)
        self._send = send
        self._changed = changed
        self._lock = threading.RLock()
        self._revision = 0
        self._rows: dict[tuple[str, str], Row] = {}
        self._remote: dict[str, OpenFile] = {}
        self._tasks: dict[str, Task] = {}
        self._local = Worker("heplens-browser")
        self._distant: dict[str, Worker] = {}

    def state(self) -> Json:
        """What all views show alike."""
        with self._lock:
            chosen = self.selected
            return {
                "protocol": PROTOCOL,
                "revision": self._revision,
                "roots": [{"path": root, "name": Path(root).name or root} for root in self._roots],
                "folder": str(Path.cwd()) if self._roots == ["."] else "",
                "selected": None if chosen is None else {"file": chosen.file, "path": chosen.path},
            }

    def close(self) -> None:
        """Stop reading, and forget what was read."""
        with self._lock:
            for worker in (self._local, *self._distant.values()):
                worker.close()
            self._rows.clear()
            self._remote.clear()
            self._tasks.clear()

    def handle(self, content: object) -> None:
        """Answer one message of a page; never raises, whatever the message."""
        try:
            request = parse(content, m.REQUESTS)
        except MessageError as error:
            self._send(reply("failed", error.id, reason=error.reason, position=None), [])
            return
        client = request.id.partition(".")[0]
        match request:
            case m.Cancel():
                self._cancel(request.id)
            case m.Choose():
                self._choose(request)
            case m.AskListing():
                slot = f"listing {client} {request.file} {request.node}"
                self._in_worker(request.file, slot, request.id, lambda: self._listing(request))
            case m.AskFigure():
                # The choice has moved on: only the last figure of a page is of use.
                self._in_worker(request.file, f"figure {client}", request.id, lambda: self._figure(request))
            case AskBokeh():
                self._in_worker("", "bokeh", request.id, lambda: self._script(request))

    def _choose(self, request: m.Choose) -> None:
        with self._lock:
            row = self._rows.get((request.file, request.path))
            if not request.file:
                chosen = None
            elif row is None:
                chosen = Selected(request.file, request.path, os.path.basename(request.file), "file")  # noqa: PTH119
            else:
                chosen = Selected(request.file, request.path, row.name, row.kind, row.type, row.title, row.entries)
            if chosen != self.selected:
                self.selected = chosen
                self._revision += 1
                self._changed()
        self._send(reply("accepted", request.id), [])

    def _listing(self, request: m.AskListing) -> None:
        file, node = request.file, request.node
        many = not node and is_many(file)
        listing = list_many(file) if many else list_node(self._opened(file, anew=not node), node)
        with self._lock:
            for row in listing:
                self._rows[(row.path, "") if many else (file, row.path)] = row
        self._send(reply("listing", request.id, document=listing.to_json()), [])

    def _opened(self, file: str, anew: bool = False) -> OpenFile:
        """Remote files stay open until their top is asked for again: every opening is a conversation."""
        if not is_remote(file):
            return remembered(file)
        if anew or file not in self._remote:
            self._remote[file] = OpenFile(file)
        return self._remote[file]

    def _figure(self, request: m.AskFigure) -> None:
        from ..figures.preview import figure_document
        from ..files.preview import preview

        document = preview(self._opened(request.file), request.object).to_json()
        self._send(reply("figure", request.id, document=figure_document(document, request.log)), [])

    def _script(self, request: AskBokeh) -> None:
        from .compute import bokeh_script

        version, script = bokeh_script()
        self._send(reply("bokeh", request.id, version=version, encoding="deflate"), [script])

    def _in_worker(self, file: str, slot: str, id: str, run: Callable[[], None]) -> None:
        def work(task: Task) -> None:
            if not task.cancelled.is_set():
                try:
                    run()
                except Exception as error:
                    reason = str(error) if isinstance(error, HeplensError) else f"{type(error).__name__}: {error}"
                    self._send(reply("failed", id, reason=reason, position=None), [])
            done()

        def done() -> None:
            with self._lock:
                self._tasks.pop(id, None)

        def dropped() -> None:
            done()
            self._send(reply("stale", id), [])

        with self._lock:
            worker = self._local
            if is_remote(file):
                # One that has nothing to do has no thread.
                worker = self._distant.setdefault(file, Worker("heplens-browser-remote", idle=_REMOTE_IDLE))
            self._tasks[id] = worker.submit(slot, work, dropped)

    def _cancel(self, id: str) -> None:
        with self._lock:
            task = self._tasks.pop(id, None)
        if task is not None:
            task.cancelled.set()
