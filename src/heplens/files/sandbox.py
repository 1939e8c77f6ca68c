"""Reading files in processes that may be killed: a small pool of workers with limits that are real.

This module imports no library that reads files. What a worker says is data of an untrusted process: one line of JSON,
at most `REPLY_BYTES` long.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import FileError
from .limits import REPLY_BYTES
from .opening import Identity, open_local

SECONDS = 10.0
REQUESTS = 50
WORKERS = 2
# Importing from a slow network file system takes its time.
_START_SECONDS = 120.0

# Shared libraries are found through these at many sites; nothing else of the environment goes along.
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT")
_SET = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

# Where a descriptor can be handed over, the worker needs no right to open files.
_SENDS_FILES = hasattr(socket, "send_fds")

# Isolated mode ignores PYTHONPATH and the user's site folder; what this process can import, the worker can.
_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from heplens.files.worker import main; main()"


class ReadError(FileError):
    """A worker could not read something. ``kind`` is missing, file, memory, time, crash, stopped or other."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class Stop:
    """A way to end one reading from another thread, whether it has begun or not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self.asked = False

    def __call__(self) -> None:
        with self._lock:
            self.asked = True
            worker = self._worker
        if worker is not None:
            worker.close()

    @contextlib.contextmanager
    def watching(self, worker: Worker | None) -> Iterator[None]:
        """While inside, the worker is ended when this is called."""
        with self._lock:
            if self.asked:
                raise ReadError("nobody waits for this any more", "stopped")
            self._worker = worker
        try:
            yield
        except ReadError as error:
            if self.asked:
                raise ReadError("nobody waits for this any more", "stopped") from error
            raise
        finally:
            with self._lock:
                self._worker = None


class Worker:
    """One process; asked one thing at a time."""

    def __init__(self) -> None:
        package = str(Path(__file__).resolve().parents[2])
        paths = [package] + [entry for entry in sys.path if entry and Path(entry).is_absolute() and entry != package]
        self._requests: socket.socket | None = None
        theirs: socket.socket | None = None
        if _SENDS_FILES:
            self._requests, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", _BOOT, json.dumps(paths)],
            stdin=theirs.fileno() if theirs is not None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(sys.executable).anchor,
            env={name: os.environ[name] for name in _KEPT if name in os.environ} | _SET,
            close_fds=True,
            start_new_session=True,
        )
        if theirs is not None:
            theirs.close()
        self.requests = 0
        self._ready = False
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="heplens-reader", daemon=True).start()

    def ask(self, request: dict[str, Any], file: int, seconds: float = SECONDS) -> Any:
        """Send a request, with the open `file` that it is about, and wait for its answer.

        Raises
        ------
        ReadError : the worker says that it cannot, takes longer than `seconds`, or dies.
        """
        shown = request["shown"]
        try:
            if not self._ready:
                self._next(_START_SECONDS)
                self._ready = True
            self.requests += 1
            self._send(json.dumps(request).encode() + b"\n", file)
            reply = self._next(seconds)
        except queue.Empty:
            what = f"took longer than {seconds:g} s" if self._ready else "could not begin: the reader did not start"
            raise ReadError(f"reading {shown!r} {what} and was stopped", "time") from None
        except (OSError, ValueError):
            raise ReadError(f"reading {shown!r} was stopped: {self._last_words()}", "crash") from None
        if reply.get("ok") is True:
            return reply.get("value")
        raise ReadError(str(reply.get("message", f"{shown!r} cannot be read")), str(reply.get("error", "other")))

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        for end in (self._requests, self.process.stdin):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.close()
        self.process.wait()

    def _send(self, line: bytes, file: int) -> None:
        if self._requests is not None:
            sent = socket.send_fds(self._requests, [line], [file])
            self._requests.sendall(line[sent:])
        elif self.process.stdin is not None:
            self.process.stdin.write(line)
            self.process.stdin.flush()

    def _next(self, seconds: float) -> dict[str, Any]:
        line = self._lines.get(timeout=seconds)
        if not line.endswith(b"\n"):
            raise ValueError("no reply, or one that is too long")
        reply = json.loads(line)
        if not isinstance(reply, dict):
            raise ValueError("not a reply")
        return reply

    def _listen(self) -> None:
        # A thread, because waiting on a pipe with a time limit is not possible everywhere.
        assert self.process.stdout is not None
        with self.process.stdout as replies:
            while True:
                line = replies.readline(REPLY_BYTES)
                self._lines.put(line)
                if not line.endswith(b"\n"):
                    return

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self.process.wait(timeout=1.0)
            if code == -getattr(signal, "SIGXCPU", 24):
                return "it took too much processor time"
            if code in (-signal.SIGABRT, -getattr(signal, "SIGKILL", 9), -signal.SIGSEGV):
                return "it needed more memory than is allowed, or the file made the reader crash"
        return "the reader ended without an answer"


class Pool:
    """A bounded number of workers. Blocking and safe to use from several threads.

    A worker is replaced after any error and every `REQUESTS` requests, so that nothing a file left behind in it
    lives on.
    """

    def __init__(self, size: int = WORKERS, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._closed = False

    def listing(
        self, path: str, identity: Identity, node: str = "", shown: str = "", stop: Stop | None = None
    ) -> dict[str, Any]:
        """`heplens.inspect` in a worker, as the JSON of a `Listing`.

        Parameters
        ----------
        path : the file, absolute, links resolved.
        identity : what the file was when it was checked (`opening.identity_of`).
        node : ``row.path``, or "" for the top.
        shown : what the file is called in the listing and in messages.
        stop : ends the reading when it is called.

        Raises
        ------
        ReadError : the file cannot be read, or not within the limits.
        """
        request = {"op": "listing", "path": path, "identity": identity, "node": node, "shown": shown or path}
        return self._document(request, stop or Stop())

    def preview(
        self,
        path: str,
        identity: Identity,
        node: str,
        branch: str = "",
        shown: str = "",
        stop: Stop | None = None,
    ) -> dict[str, Any]:
        """`heplens.files.preview.preview` in a worker, as the JSON of a `Preview`. Parameters as for `listing`."""
        request = {"op": "preview", "path": path, "identity": identity, "node": node, "shown": shown or path}
        return self._document(request | {"branch": branch}, stop or Stop())

    def close(self) -> None:
        """End all workers, also those at work; what waits for them gets a `ReadError`."""
        with self._lock:
            self._closed = True
            workers = [*self._idle, *self._busy]
            self._idle.clear()
        for worker in workers:
            worker.close()

    def trim(self) -> None:
        """End the workers that have nothing to do; each holds some 100 MB."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()

    def _document(self, request: dict[str, Any], stop: Stop) -> dict[str, Any]:
        try:
            file = open_local(request["path"], request["identity"], request["shown"])
        except FileError as error:
            raise ReadError(str(error), "file") from error
        with file:
            value = self._ask(request, file.fileno(), stop)
        if not isinstance(value, dict):
            raise ReadError(f"reading {request['shown']!r} gave no document", "other")
        return value

    def _ask(self, request: dict[str, Any], file: int, stop: Stop) -> Any:
        with self._places, stop.watching(None):
            worker = self._take()
            try:
                with stop.watching(worker):
                    value = worker.ask(request, file, self.seconds)
            except BaseException:
                self._drop(worker)
                raise
            self._give_back(worker)
            return value

    def _take(self) -> Worker:
        with self._lock:
            if self._closed:
                raise ReadError("the server is stopping", "other")
            worker = self._idle.pop() if self._idle else None
        if worker is None or worker.process.poll() is not None:
            try:
                worker = Worker()
            except OSError as error:
                raise ReadError(f"the reader of files could not be started: {error.strerror}", "other") from error
        with self._lock:
            self._busy.add(worker)
        return worker

    def _give_back(self, worker: Worker) -> None:
        if worker.requests >= REQUESTS or self._closed:
            self._drop(worker)
            return
        with self._lock:
            self._busy.discard(worker)
            self._idle.append(worker)

    def _drop(self, worker: Worker) -> None:
        worker.close()
        with self._lock:
            self._busy.discard(worker)
            if not self._closed and not self._idle:
                # Its successor imports its libraries while nobody waits.
                with contextlib.suppress(OSError):
                    self._idle.append(Worker())
