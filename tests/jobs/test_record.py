"""Partials on disk: the same bits back, and keys that tell apart all that numbers depend on."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import hist
import pytest

import heplens as hl
from heplens.columns.dataset import Dataset
from heplens.engine.chunk import process
from heplens.engine.plan import plan
from heplens.jobs import record
from heplens.jobs.orders import Piece
from heplens.jobs.packed import pack, unpack
from heplens.jobs.record import Keys, Record, write
from heplens.jobs.stored import decode, encode
from support import HZZ


def analysis(weighted: bool = True) -> hl.Analysis:
    made = (
        hl.Analysis(HZZ)
        .keep("Muon", "pt > 20", name="good")
        .cut("count(Muon) >= 1", name="one")
        .cut("Muon[0].pt > 30", name="hard")
        .region("A", ["one", "hard"])
        .region("B", ["one", "!hard"])
        .hist("Muon.pt", bins=20, range=(0, 100), name="pt")
        .hist("count(Jet)", axes=[hist.axis.IntCategory([], growth=True)], name="jets")
        .hist(("Muon.pt", "Muon.eta"), bins=(4, 5), range=((0, 100), (-2, 2)), name="plane")
    )
    return made.weight("EventWeight", name="w") if weighted else made


@pytest.mark.parametrize("weighted", [True, False])
def test_partials_come_back_bit_by_bit(weighted: bool, tmp_path: Path) -> None:
    made = analysis(weighted)
    todo = plan(made)
    source, bound = todo.of(todo.blocks[0])
    partial = process(bound, source, todo.blocks[0], weighted)
    partial.sumw = 0.1 + 0.2
    with (tmp_path / "p.npz").open("wb") as file:
        encode(file, {"key": pack(partial, {"Muon_pt": (1, 2)}), "other": pack(partial)})
    ((key, packed),) = decode(tmp_path / "p.npz", {"key"}, made)
    assert key == "key" and packed.faults == {"Muon_pt": (1, 2)}
    back = unpack(packed, made, partial.block)
    assert list(back.histograms) == list(partial.histograms)
    for name, histogram in partial.histograms.items():
        assert back.histograms[name].axes == histogram.axes
        assert back.histograms[name].view(flow=True).tobytes() == histogram.view(flow=True).tobytes()
    assert (back.rows, list(back.rows)) == (partial.rows, list(partial.rows))
    assert (back.counters, back.sumw, back.file_events) == (partial.counters, partial.sumw, partial.file_events)


def test_what_is_not_a_whole_file_gives_nothing(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    made = analysis()
    todo = plan(made)
    source, bound = todo.of(todo.blocks[0])
    encode(buffer, {"key": pack(process(bound, source, todo.blocks[0], True))})
    whole = buffer.getvalue()
    for name, data in {
        "half": whole[: len(whole) // 2],
        "empty": b"",
        "text": b"hello",
        "pickle": b"\x80\x04N.",
    }.items():
        (tmp_path / name).write_bytes(data)
        assert list(decode(tmp_path / name, {"key"}, made)) == []
    (tmp_path / "whole").write_bytes(whole)
    other = hl.Analysis(HZZ).hist("Muon.pt", bins=7, range=(0, 100), name="pt")  # the bins would not fit
    assert list(decode(tmp_path / "whole", {"key"}, other)) == []


def test_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    made = analysis()
    (block,) = plan(made).blocks
    piece = Piece(0, 0, block, 2421)

    def key(a: hl.Analysis, p: Piece = piece) -> str:
        return Keys(a).of(p)

    def moved(**changes: Any) -> Piece:
        return replace(piece, block=replace(block, **changes))

    first = key(made)
    assert first == key(hl.Analysis.from_json(made.to_json()))
    assert first == key(made, replace(piece, file=7, number=3))  # a place in the dataset is no part of it
    assert first == key(made, moved(file="elsewhere.root"))
    dataset = made.dataset
    assert isinstance(dataset, Dataset)
    data = replace(dataset, samples=tuple(replace(sample, role="data") for sample in dataset.samples))
    others = [
        key(made.replace_step("hard", expression="Muon[0].pt > 60")),
        key(made.enable("w", False)),
        key(made.with_parts(histograms=made.histograms[:1])),
        key(made.with_parts(dataset=data)),
        key(made.with_parts(dataset=replace(dataset, energy_unit="MeV"))),
        key(made, replace(piece, entries=2422)),
        *(key(made, moved(**change)) for change in ({"uuid": "x"}, {"tree": "x"}, {"start": 1}, {"stop": 7})),
    ]
    monkeypatch.setattr(record, "engine_version", lambda: "another")
    others.append(key(made))
    assert len({first, *others}) == len(others) + 1


def test_writing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "file", b"old")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(record.os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_jobs_that_begin_at_once_in_one_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one of them is writing is nothing strange to the other; nor is what one left that was killed meanwhile."""
    made, others = analysis(), [analysis(weighted=False)]

    def slow(path: Path, data: bytes) -> None:
        (path.parent / ".k2l1_x.tmp").write_bytes(data[:5])  # as `write` does, half way
        while others:
            Record.create(tmp_path / "job", others.pop())
        write(path, data)

    monkeypatch.setattr(record, "write", slow)
    Record.create(tmp_path / "job", made)
    assert Record.open(tmp_path / "job").analysis == made


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """Linux lets names of files be any bytes."""
    made = analysis()
    assert made.dataset is not None
    sample = replace(made.dataset.samples[0], files=(("b\udcff.root", "events"),))
    odd = hl.Analysis.make(
        replace(made.dataset, samples=(sample,)), made.steps, made.regions, made.histograms, check=False
    )
    Record.create(tmp_path / "job", odd)
    assert Record.open(tmp_path / "job").analysis == odd
