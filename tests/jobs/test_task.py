"""Errors as tasks report them, and versions as workers do."""

from __future__ import annotations

import errno

import pytest

from heplens.errors import FileError, JobError
from heplens.jobs.environment import check_workers, describe, engine_version
from heplens.jobs.task import describe_error, is_transient


def caused(error: Exception) -> FileError:
    made = FileError("cannot be opened")
    made.__cause__ = error
    return made


def test_what_is_worth_another_attempt() -> None:
    assert is_transient(caused(TimeoutError()), "a.root")
    assert is_transient(caused(ConnectionResetError()), "a.root")
    assert is_transient(caused(OSError(errno.EIO, "Input/output error")), "a.root")
    assert is_transient(caused(OSError("server said no")), "root://host//a.root")
    assert not is_transient(caused(OSError("expected 10 bytes, got 3")), "a.root")
    assert not is_transient(caused(FileNotFoundError(errno.ENOENT, "No such file")), "a.root")
    assert not is_transient(ValueError("bad"), "root://host//a.root")


def test_one_sentence() -> None:
    assert describe_error(FileError("it is empty")) == "it is empty"
    assert describe_error(ValueError("first\nsecond")) == "ValueError: first"
    assert describe_error(MemoryError()) == "MemoryError"


def test_versions() -> None:
    here = describe()
    assert here["heplens"] == engine_version()
    assert {"python", "awkward", "uproot", "numpy", "hist", "vector"} < set(here)

    class Client:
        def __init__(self, answer: object) -> None:
            self.answer = answer

        def scheduler_info(self, n_workers: int) -> dict[str, object]:
            return {"id": "scheduler", "workers": [f"tcp://{i}" for i in range(7)]}

        def run(self, function: object, workers: list[str], on_error: str) -> dict[str, object]:
            return dict.fromkeys(sorted(workers), self.answer)

    check_workers(Client(here))
    with pytest.raises(JobError, match=r"tcp://0: awkward 1\.0 instead of .*and 2 more workers"):
        check_workers(Client({**here, "awkward": "1.0"}))
    with pytest.raises(JobError, match="heplens cannot be imported there"):
        check_workers(Client("heplens cannot be imported there (No module named 'heplens')"))
    with pytest.raises(JobError, match="ModuleNotFoundError: No module named 'numpy'"):
        check_workers(Client(ModuleNotFoundError("No module named 'numpy'")))
