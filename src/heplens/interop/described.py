"""What a result is beside its histograms, as JSON text, and the cutflow as a histogram that other tools can draw."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..engine.cutflow import Cutflow, CutflowRow
from ..engine.partial import Block, Counters
from ..engine.result import Result
from ..errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1


def describe(result: Result) -> str:
    return json.dumps(
        {
            "heplens_result": VERSION,
            "cutflow": [asdict(row) for row in result.cutflow.rows],
            "weighted": result.cutflow.is_weighted,
            "counters": {name: asdict(counters) for name, counters in result.counters.items()},
            "used": [asdict(block) for block in result.used],
            "blocks": result.blocks,
            "problems": result.problems,
        },
        ensure_ascii=False,
    )


def restore(text: str, histograms: dict[str, Any], path: Path) -> Result:
    """Raises FileError when the text is none of `describe`."""
    try:
        found = json.loads(text)
        if found["heplens_result"] != VERSION:
            raise FileError(f"{str(path)!r} is of version {found['heplens_result']!r}, this heplens reads {VERSION}")
        rows = tuple(
            CutflowRow(
                **{**row, "interval": tuple(row["interval"]), "objects": row["objects"] and tuple(row["objects"])}
            )
            for row in found["cutflow"]
        )
        return Result(
            histograms,
            Cutflow(rows, bool(found["weighted"])),
            {name: Counters(**counters) for name, counters in found["counters"].items()},
            [Block(**block) for block in found["used"]],
            found["blocks"],
            found["problems"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(f"{str(path)!r} is damaged: its description of the result cannot be read ({error})") from error


def cutflow_histogram(result: Result) -> Any:
    """One bin for each row: weighted sums with their variances, or counts."""
    import hist

    rows = result.cutflow.rows
    weighted = result.cutflow.is_weighted
    axis = hist.axis.StrCategory([row.name for row in rows], name="step", label="step", overflow=False)
    made = hist.Hist(axis, storage=hist.storage.Weight() if weighted else hist.storage.Double(), name="cutflow")
    view = made.view(flow=True)
    for i, row in enumerate(rows):
        if weighted:
            view["value"][i], view["variance"][i] = row.weighted, row.error**2
        else:
            view[i] = row.passed
    return made


def free_name(name: str, taken: Container[str]) -> str:
    shown, number = name, 2
    while shown in taken:
        shown, number = f"{name} ({number})", number + 1
    return shown
