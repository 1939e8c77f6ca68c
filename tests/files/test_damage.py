"""Truncations and seeded bit flips: there is always an answer, with rows or with a sentence.

``make fuzz`` flips more bits than there is time for in each run of the tests (FUZZ: how many seeds).
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import heplens as hl
from heplens.errors import FileError
from heplens.files import Listing, Row
from heplens.files.opening import OpenFile, identity_of
from heplens.files.preview import preview
from heplens.files.sandbox import Pool, ReadError

FILES = [
    "uproot-issue33.root",
    "uproot-HZZ.root",
    "uproot-nesteddirs.root",
    "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root",
    "uproot-from-geant4.root",
]
SEEDS = int(os.environ.get("FUZZ", "60"))


def sentence(call: Callable[[], Any]) -> tuple[Any, str]:
    """What a call gives, and the sentence that it ends in instead; never anything else."""
    given, message = None, ""
    try:
        given = call()
    except FileError as error:
        message = str(error)
    assert "\n" not in message
    return given, message


def everything(listing: Listing) -> Iterator[Row]:
    for row in listing:
        assert "\n" not in (row.error or "")
        yield row
        if row.expandable:
            below, _ = sentence(lambda row=row: listing.children(row))  # type: ignore[misc]
            yield from everything(below) if below is not None else ()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("honest", [True, False], ids=["short", "header-patched"])
def test_truncations_at_every_tenth(data: Path, tmp_path: Path, name: str, honest: bool) -> None:
    """Also when the header claims the shorter length, so that only reading finds out."""
    whole = (data / name).read_bytes()
    path = tmp_path / name
    for tenth in range(10):
        cut = bytearray(whole[: len(whole) * tenth // 10])
        if not honest and len(cut) > 16:
            cut[12:16] = len(cut).to_bytes(4, "big")
        path.write_bytes(cut)
        found, message = sentence(lambda: list(everything(hl.inspect(path))))
        rows: list[Row] = found or []
        assert rows or name in message
        assert not honest or "truncated" in message or "empty" in message
        for row in [row for row in rows if row.kind in ("branch", "histogram")][:3]:
            sentence(lambda row=row: preview(OpenFile(path), row.path))  # type: ignore[misc]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


def said(call: Any, *arguments: Any) -> tuple[list[dict[str, Any]], str]:
    kind, rows, message = "", [], ""
    try:
        rows = call(*arguments).get("rows", [])
    except ReadError as error:
        kind, message = error.kind, str(error)
    assert kind in ("", "file", "missing", "memory", "time"), message
    return rows, message


@pytest.mark.parametrize("seed", range(SEEDS))
def test_flipped_bits(pool: Pool, data: Path, tmp_path: Path, seed: int) -> None:
    choose = random.Random(seed)
    content = bytearray((data / FILES[seed % len(FILES)]).read_bytes())
    for _ in range(3):
        # Mostly in the headers and descriptions at the two ends, where it hurts.
        place = choose.choice(
            [choose.randrange(min(600, len(content))), -1 - choose.randrange(min(6000, len(content)))]
        )
        content[place] ^= 1 << choose.randrange(8)
    path = tmp_path / "flipped.root"
    path.write_bytes(content)
    identity = identity_of(path.stat())
    waiting, asked = [""], 0
    while waiting and asked < 8:
        asked += 1
        rows, message = said(pool.listing, str(path), identity, waiting.pop())
        assert rows or "\n" not in message
        waiting += [row["path"] for row in rows if row["expandable"]]
        for row in [row for row in rows if row["kind"] in ("branch", "histogram")][:2]:
            said(pool.preview, str(path), identity, row["path"])
