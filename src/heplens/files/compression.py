"""How things are compressed, in words: ``zstd 5``."""

from __future__ import annotations

from typing import Any

_ALGORITHMS = {0: "zlib", 1: "zlib", 2: "lzma", 3: "old", 4: "lz4", 5: "zstd"}
# The first bytes of a compressed record.
_MAGIC = {b"ZL": "zlib", b"XZ": "lzma", b"CS": "old", b"L4": "lz4", b"ZS": "zstd"}


def setting_text(setting: int | None) -> str:
    """ROOT's number for algorithm and level, 100 times the one plus the other."""
    if setting is None or setting < 0 or setting // 100 not in _ALGORITHMS:
        return ""
    algorithm, level = divmod(setting, 100)
    return f"{_ALGORITHMS[algorithm]} {level}" if level else "none"


def record_text(key: Any) -> str:
    """How the record of a key is stored. The level is not kept with it."""
    if key.fNbytes - key.fKeylen >= key.fObjlen:
        return "none"
    start = key.fSeekKey + key.fKeylen
    return _MAGIC.get(bytes(key.file.source.chunk(start, start + 2).raw_data), "")
