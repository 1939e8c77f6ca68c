"""The quick reading of a tree's description says what uproot says."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from heplens.files.branches import branch_rows, open_tree
from heplens.files.description import UnknownLayoutError, read_tree
from heplens.files.headers import TooLargeError
from heplens.files.keys import Key, keys_of, kind_of
from heplens.files.listing import Row
from heplens.files.opening import OpenFile
from heplens.files.records import Tree


def trees(directory: Any, path: str = "") -> Iterator[Key]:
    for key in keys_of(directory, path):
        kind = kind_of(key.stored.fClassName)
        if kind == "tree":
            yield key
        elif kind == "directory":
            yield from trees(key.stored.get(), key.path)


def rows(parent: Any, path: str = "") -> list[Row]:
    found = []
    for row, branch in zip(branch_rows(parent, path), parent.branches, strict=True):
        found += [row, *rows(branch, row.path)]
    return found


def test_the_same_rows_as_from_uproots_tree(real_file: Path) -> None:
    for key in trees(OpenFile(real_file).top):
        stored = key.stored.get()
        quick = open_tree(key.stored)
        # Geant4 writes a version of TTree from before 2002.
        assert isinstance(quick, Tree) == (real_file.name != "uproot-from-geant4.root")
        assert (quick.title, quick.num_entries) == (stored.title, stored.num_entries)
        for ours, theirs in zip(rows(quick), rows(stored), strict=True):
            counted = theirs.baskets is not None  # uproot unpacks baskets to count them, which may fail
            assert ours == replace(
                theirs, compression=ours.compression, baskets=theirs.baskets if counted else ours.baskets
            )


def test_what_uproot_writes(tmp_path: Path) -> None:
    types = {"x": "f8", "flag": "?", "three": ("f4", (3,)), "grid": ("u2", (2, 4)), "words": "i1", "big": "u8"}
    with uproot.recreate(tmp_path / "x.root", compression=uproot.LZ4(4)) as file:
        tree = file.mktree(
            "t", {**types, "list": "var * int64", "Jet": "var * {pt: float32, n: uint8}"}, title="a title"
        )
        for n in (3000, 2):
            chunk: dict[str, Any] = {
                name: np.zeros((n, *np.dtype(kind).shape), np.dtype(kind).base) for name, kind in types.items()
            }
            lists = ak.Array([[1, 2]] * n + [[1]])[:n]
            jets = ak.Array([[{"pt": np.float32(1), "n": np.uint8(1)}]] * n + [[]])[:n]
            tree.extend(chunk | {"list": lists, "Jet": ak.zip({"pt": jets.pt, "n": jets.n})})
    key = next(trees(OpenFile(tmp_path / "x.root").top)).stored
    quick = open_tree(key)
    assert isinstance(quick, Tree)
    found = {row.name: row for row in rows(quick)}
    assert [(r.name, r.type, r.bytes, r.baskets) for r in found.values()] == [
        (r.name, r.type, r.bytes, r.baskets) for r in rows(key.get())
    ]
    assert found["grid"].type == "2 * 4 * uint16"
    assert found["Jet_pt"].type == "var * float32"
    assert (found["x"].compression, found["x"].baskets) == ("lz4", 2)
    assert quick.branches[2].real.array().tolist() == [[0.0] * 3] * 3002


def test_old_settings_without_an_algorithm(data: Path) -> None:
    listing = rows(open_tree(next(trees(OpenFile(data / "uproot-HZZ-objects.root").top)).stored))
    assert {row.compression for row in listing} == {"lz4 4"}


class Stored:
    """A key with bytes of our own."""

    def __init__(self, key: Any, content: bytes) -> None:
        self.fKeylen, self.fClassName, self.fObjlen, self.file = key.fKeylen, key.fClassName, len(content), key.file
        self.fNbytes, self.fSeekKey = len(content) + key.fKeylen, 0
        self._content = content

    def get_uncompressed_chunk_cursor(self) -> Any:
        return type("Chunk", (), {"raw_data": memoryview(self._content)}), None


@pytest.mark.parametrize("seed", range(40))
def test_damage_is_one_of_few_errors_and_ends(data: Path, seed: int) -> None:
    """Whatever the bytes, it ends, and uproot is asked instead; also when sizes are absurd."""
    choose = random.Random(seed)
    name = ("uproot-HZZ-objects.root", "uproot-small-evnt-tree-fullsplit.root")[seed % 2]
    key = next(trees(OpenFile(data / name).top)).stored
    content = bytearray(key.get_uncompressed_chunk_cursor()[0].raw_data)
    for _ in range(choose.randrange(1, 30)):
        place = choose.randrange(len(content) - 4)
        content[place : place + 4] = choose.choice([b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0" * 4, choose.randbytes(4)])
    damaged = bytes(content[: choose.choice([len(content), choose.randrange(len(content))])])
    try:
        for row in rows(read_tree(Stored(key, damaged))):
            assert row.error is None or "\n" not in row.error
    except (UnknownLayoutError, TooLargeError, struct.error, IndexError, ValueError, RecursionError):
        pass
