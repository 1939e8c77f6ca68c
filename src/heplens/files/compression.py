"""How things are compressed, in words: ``zstd 5``."""

from __future__ import annotations

from typing import Any

_ALGORITHMS = {1: "zlib", 2: "lzma", 3: "old", 4: "lz4", 5: "zstd"}
# The first bytes of a compressed record.
_MAGIC = {b"ZL": "zlib", b"XZ": "lzma", b"CS": "old", b"L4": "lz4", b"ZS": "zstd"}


def setting_text(setting: int | None, usual: str = "", *, smaller: bool = False) -> str:
    """ROOT's number for algorithm and level, 100 times the one plus the other.

    Parameters
    ----------
    usual : what algorithm 0 stands for, which depends on the program that wrote the file.
    smaller : whether the data are smaller on disk than in memory; uproot writes level 0 also for compressed data.
    """
    if setting is None or setting < 0:
        return ""
    algorithm, level = divmod(setting, 100)
    if level == 0:
        return usual if smaller else "none"
    name = _ALGORITHMS.get(algorithm, "") if algorithm else usual
    return f"{name} {level}" if name else ""


def record_text(key: Any) -> str:
    """How the record of a key is stored. The level is not kept with it."""
    if key.fNbytes - key.fKeylen >= key.fObjlen:
        return "none"
    start = key.fSeekKey + key.fKeylen
    return _MAGIC.get(bytes(key.file.source.chunk(start, start + 2).raw_data), "")


def usual_algorithm(key: Any) -> str:
    """What compresses the data of a key whose setting does not say: its own record's algorithm, or the file's."""
    found = record_text(key)
    return found if found != "none" else _ALGORITHMS.get(key.file.fCompress // 100, "")
