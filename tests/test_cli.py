"""The command line as it is used: another process, its output, its files and its exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import heplens as hl
from heplens.interop import load
from support import HZZ, find

FILE = HZZ.rpartition(":")[0]
LIMIT = 120


def heplens(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "heplens", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, **options)


def analysis(data: Any = HZZ) -> hl.Analysis:
    return (
        hl.Analysis(data)
        .keep("Muon", "pt > 20 & abs(eta) < 2.4")
        .cut("count(Muon) >= 2", name="two muons")
        .hist("(Muon[0] + Muon[1]).mass", bins=60, range=(60, 120), name="mass")
    )


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "analysis.json"
    path.write_text(analysis().to_json(), encoding="utf-8")
    return path


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What an error prints: no traceback, nothing on standard output."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert done.stderr.startswith("heplens: ")
    return done.stderr


def test_list() -> None:
    done = heplens("list", FILE)
    assert done.returncode == 0 and done.stderr == ""
    assert "events" in done.stdout and "2,421" in done.stdout and "Muon_Px" in done.stdout


def test_list_is_complete() -> None:
    wide = heplens("list", find("nanoAOD_2015_CMS_Open_Data_ttbar.root")).stdout.splitlines()
    assert len(wide) == 1 + 1 + 947
    assert any(line.split() == ["Muon_pt", "var", "*", "float32", "“pt”"] for line in wide)
    nested = heplens("list", "--json", find("uproot-nesteddirs.root")).stdout.splitlines()
    items = [json.loads(line) for line in nested]
    first = [(item["row"]["path"], item["depth"]) for item in items[:3]]
    assert first == [("one", 0), ("one/two", 1), ("one/two/tree", 2)]
    assert {item["row"]["kind"] for item in items} == {"directory", "tree", "collection", "branch"}
    folder = heplens("list", Path(FILE).parent).stdout
    assert "uproot-HZZ.root" in folder and "Muon_Px" not in folder


def test_list_of_what_is_no_file(tmp_path: Path) -> None:
    assert "none.root" in sentence(heplens("list", tmp_path / "none.root"))


def test_list_into_a_pipe_that_closes() -> None:
    command = f"{sys.executable} -m heplens list {FILE} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0 and done.stderr == "" and "uproot-HZZ.root" in done.stdout


@pytest.mark.parametrize("suffix", [".json", ".root"])
def test_run(document: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    done = heplens("run", document, "-o", out)
    assert done.returncode == 0, done.stderr
    assert "1,258" in done.stdout
    result = load(out)
    assert result.complete
    assert result["mass"] == analysis().run()["mass"]
    assert result.cutflow["two muons"].passed == 1258


def test_run_on_workers_over_a_fileset(document: Path, tmp_path: Path) -> None:
    """One file of the fileset is missing: the rest is written, and the status tells."""
    (tmp_path / "set.json").write_text(
        json.dumps({"a": {"files": {FILE: "events", str(tmp_path / "no.root"): "events"}}})
    )
    done = heplens("run", document, "--dataset", tmp_path / "set.json", "--workers", 1, "-o", tmp_path / "out.json")
    assert done.returncode == 3, done.stderr
    assert "1 of 2 blocks" in done.stderr and "no.root" in done.stderr and "Traceback" not in done.stderr
    result = load(tmp_path / "out.json")
    assert not result.complete
    assert result["mass"]["a", :] == analysis().run()["mass"]


def test_run_on_a_scheduler(document: Path, tmp_path: Path) -> None:
    """The cluster is someone else's, and stays."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        folder, out = tmp_path / "job", tmp_path / "out.json"
        arguments = ("--scheduler", cluster.scheduler_address, "--directory", folder, "-o", out)
        done = heplens("run", document, *arguments)
        assert done.returncode == 0, done.stderr
        assert "1 of 1 blocks" in done.stderr and "finished" in done.stderr and "Traceback" not in done.stderr
        assert load(out)["mass"] == analysis().run()["mass"]
        status = json.loads((folder / "status.json").read_text())
        assert (status["name"], status["state"], status["scheduler"]) == (
            "analysis",
            "finished",
            cluster.scheduler_address,
        )
        assert len(cluster.scheduler.workers) == 1
        again = heplens("run", document, *arguments)
        assert again.returncode == 0 and "1 of them from an earlier run" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.json", "-o", "out.json"), "'none.json' cannot be read"),
        (("broken.json", "-o", "out.json"), "not JSON"),
        (("analysis.json", "-o", "out.csv"), "neither .json (UHI) nor .root"),
        (("analysis.json", "-o", "nowhere/out.json"), "there is no folder"),
        (("analysis.json", "--dataset", "none.root", "-o", "out.json"), "there is no file 'none.root'"),
        (("analysis.json", "--scheduler", "tcp://127.0.0.1:9", "--workers", "2", "-o", "out.json"), "not both"),
    ],
)
def test_errors_are_sentences(document: Path, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    assert message in sentence(heplens("run", *arguments, cwd=tmp_path))
    assert not list(tmp_path.glob("out*"))


def test_usage() -> None:
    assert heplens().returncode == 2
    assert heplens("run", "a.json", "--workers", "0", "-o", "b.json").returncode == 2
    assert heplens("--version").stdout == f"heplens {hl.__version__}\n"


@pytest.mark.parametrize("place", ["here", "local cluster", "scheduler"])
def test_ctrl_c_keeps_the_partial(tmp_path: Path, place: str) -> None:
    """The signal comes when the first progress is shown, long before the end. The same command goes on from there."""
    files = tmp_path / "files"
    files.mkdir()
    for i in range(80):
        (files / f"{i:03}.root").symlink_to(FILE)
    many = analysis(str(files / "*.root"))
    (tmp_path / "many.json").write_text(many.to_json(), encoding="utf-8")
    with ExitStack() as stack:
        command = ["run", "many.json", "-o", "out.json"]
        if place == "scheduler":
            command += ["--scheduler", _cluster(stack).scheduler_address]
        if place != "here":
            command += ["--workers", "1"] if place == "local cluster" else []
            command += ["--directory", "job"]
        text = _interrupted(command, tmp_path)
        assert "interrupted; the partial result is in out.json" in text and "Traceback" not in text
        result = load(tmp_path / "out.json")
        assert not result.complete and 0 < len(result.used) < 80
        if place == "here":
            return
        assert json.loads((tmp_path / "job" / "status.json").read_text())["state"] == "cancelled"
        again = heplens(*command, cwd=tmp_path)
        assert again.returncode == 0 and "of them from an earlier run" in again.stderr
        assert load(tmp_path / "out.json")["mass"] == many.run()["mass"]


def _cluster(stack: ExitStack) -> Any:
    from distributed import LocalCluster

    options = {"n_workers": 1, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    return stack.enter_context(LocalCluster(**options))


def _interrupted(command: Sequence[str], folder: Path) -> str:
    """What a command said until it ended after Ctrl-C, with the exit status of that."""
    watched = folder / "progress.txt"
    with watched.open("w") as errors:
        running = subprocess.Popen(
            [sys.executable, "-u", "-c", _ON_A_TERMINAL, *command],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
        )  # fmt: skip
        try:
            _poll(lambda: re.search(r"\b[1-9][\d,]* of [\d,]+ (blocks|events)", watched.read_text()), running)
            os.killpg(running.pid, signal.SIGINT)  # a terminal sends it to the workers too
            assert running.wait(LIMIT) == 130, watched.read_text()
        finally:
            running.kill()
    return watched.read_text()


# Progress is shown on terminals only: this one says it is one.
_ON_A_TERMINAL = "import sys; sys.stderr.isatty = lambda: True; from heplens.__main__ import main; sys.exit(main())"


def _poll(condition: Any, running: subprocess.Popen[bytes]) -> None:
    import time

    end = time.monotonic() + LIMIT
    while not condition():
        assert running.poll() is None and time.monotonic() < end
        time.sleep(0.02)
