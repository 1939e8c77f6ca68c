"""The worker process: what it can do, what it cannot, and what happens when it dies."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from heplens.files import sandbox, worker
from heplens.files.confine import landlock_version
from heplens.files.opening import identity_of
from heplens.files.sandbox import Pool, ReadError

# A worker whose listing does what a hostile file could make it do.
HOSTILE = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from heplens.files import worker
def listing(request):
    import ctypes, os, resource, signal
    node = request["node"]
    if node == "spin":
        while True: pass
    if node == "sleep":
        signal.pause()
    if node == "eat":
        held = []
        while True: held.append(bytearray(50_000_000))
    if node == "abort":
        os.abort()
    if node == "exit":
        os._exit(0)
    if node == "print":
        print("not a reply"); os.write(1, b"not a reply either")
    if node == "write":
        with open(request["path"] + ".out", "w") as file: file.write("x")
    if node == "garbage":
        for number in range(256):
            try: os.write(number, b"garbage" + bytes([10]))
            except OSError: pass
    if node == "not a document":
        return 3
    if node == "long":
        return {"x": "y" * 17_000_000}
    if node == "nan":
        return {"x": float("nan")}
    if node.startswith("try "):
        import pathlib, socket, subprocess
        path = pathlib.Path(request["target"] if "target" in request else request["path"])
        try:
            {"read": lambda: path.read_bytes(), "list": lambda: os.listdir(path.parent), "remove": path.unlink,
             "make": lambda: (path.parent / "made").mkdir(), "rename": lambda: path.rename(str(path) + "2"),
             "run": lambda: subprocess.run(["/bin/true"]),
             "connect": lambda: socket.create_connection(("127.0.0.1", 9), 1)}[node[4:]]()
        except PermissionError as error:
            return {"said": "forbidden"}
        except OSError as error:
            return {"said": repr(error)}
        return {"said": "done"}
    files = []
    for number in range(256):
        try: files.append(os.readlink(f"/proc/self/fd/{number}"))
        except OSError: pass
    return {"environment": dict(os.environ), "files": files, "pid": os.getpid(),
            "core": resource.getrlimit(resource.RLIMIT_CORE), "size": resource.getrlimit(resource.RLIMIT_FSIZE)}
worker._OPERATIONS["listing"] = listing
worker.CPU_SECONDS = 2
worker.main()
"""


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(size=1, seconds=120)  # on a busy machine, processor time passes slowly
    yield pool
    pool.close()


@pytest.fixture
def hostile(pool: Pool, data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, Any]]:
    monkeypatch.setattr(sandbox, "_BOOT", HOSTILE)
    path = data / "uproot-HZZ.root"
    return lambda node: pool.listing(str(path), identity_of(path.stat()), node, shown="file.root")


def ask(pool: Pool, path: Path, node: str = "") -> dict[str, Any]:
    return pool.listing(str(path), identity_of(path.stat()), node, shown=path.name)


def test_the_same_listing_as_in_this_process(pool: Pool, data: Path) -> None:
    import heplens as hl

    path = data / "uproot-HZZ.root"
    for node in ("", "events"):
        assert ask(pool, path, node) == hl.inspect(path, node).to_json() | {"path": path.name}
    found = pool.preview(str(path), identity_of(path.stat()), "events", "Muon_Px", shown=path.name)
    assert found["summary"]["values"] == 3825


def test_errors_are_sentences_and_replace_the_worker(pool: Pool, data: Path, tmp_path: Path) -> None:
    ask(pool, data / "uproot-HZZ.root")
    first = pool._idle[0].process.pid
    (tmp_path / "text.root").write_text("no ROOT file at all, but long enough")
    with pytest.raises(ReadError, match=r"'text.root' is not a ROOT file") as caught:
        ask(pool, tmp_path / "text.root")
    assert caught.value.kind == "file"
    with pytest.raises(ReadError, match=r"'uproot-HZZ.root' has no 'event'; did you mean 'events'\?") as caught:
        ask(pool, data / "uproot-HZZ.root", "event")
    assert caught.value.kind == "missing"
    ask(pool, data / "uproot-HZZ.root")
    assert pool._idle[0].process.pid != first


def test_a_file_that_was_exchanged_is_not_read(pool: Pool, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.root"
    path.write_bytes((data / "uproot-HZZ.root").read_bytes())
    checked = identity_of(path.stat())
    path.unlink()
    path.symlink_to(data / "uproot-Zmumu.root")
    with pytest.raises(ReadError, match=r"'file.root' changed while it was being opened"):
        pool.listing(str(path), checked, "", shown="file.root")


def test_a_worker_is_replaced_after_so_many_requests(pool: Pool, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "REQUESTS", 2)
    used = []
    for _ in range(3):
        ask(pool, data / "uproot-HZZ.root")
        used.append(pool._idle[0].process.pid)
    assert used[0] != used[1] == used[2]


def test_it_has_nothing_and_can_write_nothing(hostile: Callable[[str], Any], data: Path) -> None:
    os.environ["JUPYTER_TOKEN"] = "secret"
    try:
        found = hostile("look")
    finally:
        del os.environ["JUPYTER_TOKEN"]
    assert set(found["environment"]) <= {*sandbox._KEPT, *sandbox._SET}
    assert found["core"] == found["size"] == [0, 0]
    names = [name.split(":")[0] for name in found["files"]]
    assert set(names) <= {"/dev/null", "pipe", "socket", str(data / "uproot-HZZ.root")}
    assert names.count("pipe") == 1
    assert names.count("socket") == 1
    with pytest.raises(ReadError, match=r"File too large|Permission denied"):
        hostile("write")


@pytest.mark.parametrize("deed", ["read", "list", "remove", "make", "rename", "run", "connect"])
def test_it_cannot_reach_other_files_or_machines(
    pool: Pool, hostile: Callable[[str], Any], data: Path, tmp_path: Path, deed: str
) -> None:
    """Where the kernel has Landlock; elsewhere the other limits stand alone."""
    path = tmp_path / "notes.root"
    path.write_bytes((data / "uproot-HZZ.root").read_bytes())
    found = pool.listing(str(path), identity_of(path.stat()), f"try {deed}")
    assert found["said"] == "forbidden" or landlock_version() == 0
    assert path.exists() or landlock_version() == 0


@pytest.mark.parametrize(
    ("node", "kind", "sentence"),
    [
        ("eat", "memory", "'file.root' needs too much memory"),
        ("abort", "crash", "it needed more memory than is allowed, or the file made the reader crash"),
        ("exit", "crash", "the reader ended without an answer"),
        ("spin", "crash", "it took too much processor time"),
        ("garbage", "crash", "the reader ended without an answer|reading 'file.root' was stopped"),
        ("not a document", "other", "reading 'file.root' gave no document"),
        ("long", "memory", "'file.root' says more than can be shown: 17.0 MB"),
        ("nan", "crash", "reading 'file.root' was stopped"),
    ],
)
def test_a_worker_that_goes_wrong_is_reported(
    hostile: Callable[[str], Any], node: str, kind: str, sentence: str
) -> None:
    with pytest.raises(ReadError, match=sentence) as caught:
        hostile(node)
    assert caught.value.kind == kind
    assert "\n" not in str(caught.value)
    assert hostile("look")["pid"], "and the next one works"


def test_a_worker_that_takes_too_long_is_killed(pool: Pool, hostile: Callable[[str], Any]) -> None:
    pid = hostile("look")["pid"]
    pool.seconds = 0.2
    with pytest.raises(ReadError, match=r"reading 'file.root' took longer than 0.2 s and was stopped") as caught:
        hostile("sleep")
    assert caught.value.kind == "time"
    assert not Path(f"/proc/{pid}").exists()


def test_what_it_prints_does_not_disturb(hostile: Callable[[str], Any]) -> None:
    assert hostile("print")["pid"]


def test_closing_ends_workers_at_work(pool: Pool, hostile: Callable[[str], Any]) -> None:
    said: list[BaseException] = []

    def wait() -> None:
        try:
            hostile("sleep")
        except ReadError as error:
            said.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    deadline = time.monotonic() + 60
    while not (pool._busy and next(iter(pool._busy)).requests) and time.monotonic() < deadline:
        thread.join(0.01)
    pool.close()
    thread.join(30)
    assert len(said) == 1
    with pytest.raises(ReadError, match="the server is stopping"):
        hostile("look")


def test_a_level_with_very_many_rows_is_cut(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LISTED", 5)
    path = data / "uproot-HZZ.root"
    identity = list(identity_of(path.stat()))
    request = {"op": "listing", "path": str(path), "identity": identity, "node": "events", "shown": "file.root"}
    found = worker.answer(request)["value"]
    assert len(found["rows"]) == 5
    assert found["error"] == "the first 5 of 51 are listed"


def test_idle_workers_can_be_ended(pool: Pool, data: Path) -> None:
    ask(pool, data / "uproot-HZZ.root")
    process = pool._idle[0].process
    pool.trim()
    assert process.poll() is not None
    assert ask(pool, data / "uproot-HZZ.root")["rows"]


def test_a_worker_that_died_unseen_is_not_used(pool: Pool, data: Path) -> None:
    ask(pool, data / "uproot-HZZ.root")
    process = pool._idle[0].process
    process.kill()
    process.wait()
    assert ask(pool, data / "uproot-HZZ.root")["rows"]


def test_no_reader_could_be_started(pool: Pool, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ReadError, match="the reader of files could not be started: No such file"):
        ask(pool, data / "uproot-HZZ.root")


def test_branches_that_ask_for_too_much_memory(pool: Pool, real_file: Path) -> None:
    """PHYSLITE's metadata asks for 13 GiB with one branch."""
    if real_file.name != "uproot-issue-798.root":
        return
    node = "MetaData/_Generation_Parameters"
    with pytest.raises(ReadError, match="needs more memory than is allowed"):
        pool.preview(str(real_file), identity_of(real_file.stat()), node, shown=real_file.name)
