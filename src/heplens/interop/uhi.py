"""Results as UHI JSON: a file of named histograms that any tool of that standard reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..engine.cutflow import Cutflow
from ..engine.result import Result
from ..errors import FileError
from .described import cutflow_histogram, describe, free_name, restore

_MARK = "heplens_result"


def write(result: Result, path: Path) -> None:
    """The histograms by name and the cutflow as one more; what else there is to know is in the latter's metadata."""
    import uhi.io.json

    content: dict[str, Any] = dict(result.histograms)
    cutflow: dict[str, Any] = uhi.io.json.default(cutflow_histogram(result))
    cutflow.setdefault("metadata", {})[_MARK] = describe(result)
    content[free_name("cutflow", content)] = cutflow
    path.write_text(json.dumps(content, default=uhi.io.json.default, ensure_ascii=False), encoding="utf-8")


def read(path: Path) -> Result:
    import hist
    import uhi.io.json

    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_hook=uhi.io.json.object_hook)
    except OSError as error:
        raise FileError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{str(path)!r} is not JSON: {error}") from error
    if not isinstance(content, dict) or not all(isinstance(h, dict) and "uhi_schema" in h for h in content.values()):
        raise FileError(f"{str(path)!r} is no file of UHI histograms")
    description = None
    histograms: dict[str, Any] = {}
    for name, described in content.items():
        metadata = described.get("metadata") or {}
        if _MARK in metadata:
            description = str(metadata[_MARK])
            continue
        try:
            histograms[name] = hist.Hist(described)
        except Exception as error:
            raise FileError(f"the histogram {name!r} of {str(path)!r} cannot be read: {error}") from error
    if description is None:
        return Result(histograms, Cutflow(()))
    return restore(description, histograms, path)
