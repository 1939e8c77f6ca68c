"""Seeded bit flips: the pool always answers, with rows or with a sentence."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from heplens.files.opening import identity_of
from heplens.files.sandbox import Pool, ReadError

FILES = [
    "uproot-issue33.root",
    "uproot-HZZ.root",
    "uproot-nesteddirs.root",
    "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root",
    "uproot-from-geant4.root",
]


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


@pytest.mark.parametrize("seed", range(20))
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
    while waiting and asked < 20:
        asked += 1
        rows, message = said(pool.listing, str(path), identity, waiting.pop())
        assert rows or "\n" not in message
        waiting += [row["path"] for row in rows if row["expandable"]]
        for row in [row for row in rows if row["kind"] in ("branch", "histogram")][:2]:
            said(pool.preview, str(path), identity, row["path"])
