"""Previews of histograms and graphs that are stored in the file: their own bins, errors, flow and labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import FileError
from .headers import check_size
from .limits import STORED_BINS, STORED_POINTS, STORED_SIDE, TEXT
from .preview import Preview


def histogram_preview(key: Any) -> Preview:
    """The bins of a TH1, TH2 or TProfile as stored.

    Too many bins for a picture are merged, which the note says; means cannot be merged and are refused.
    """
    check_size(key)
    stored = key.get()
    class_name: str = key.fClassName
    if class_name.startswith("TH1"):
        return _one_axis(stored, "histogram")
    if class_name == "TProfile":
        return _one_axis(stored, "profile")
    if class_name.startswith("TH2"):
        return _two_axes(stored)
    raise FileError(f"{key.fName!r} is a {class_name}; previews have one or two axes")


def graph_preview(key: Any) -> Preview:
    """The points of a TGraph."""
    check_size(key)
    stored = key.get()
    x, y = (np.asarray(v, dtype=np.float64) for v in stored.values("both"))
    shown = slice(0, STORED_POINTS)
    note = "" if len(x) <= STORED_POINTS else f"the first {STORED_POINTS:,} of {len(x):,} points"
    return Preview(
        kind="graph",
        title=str(stored.member("fTitle"))[:TEXT],
        edges=x[shown].tolist(),
        values=y[shown].tolist(),
        entries=len(x),
        entries_used=min(len(x), STORED_POINTS),
        note=note,
    )


def _one_axis(stored: Any, kind: Any) -> Preview:
    axis = stored.axis(0)
    edges = np.asarray(axis.edges(), dtype=np.float64)
    values = np.asarray(stored.values(flow=True), dtype=np.float64)
    variances = np.asarray(stored.variances(flow=True), dtype=np.float64)
    labels = _labels(axis, len(edges) - 1)
    under, over = float(values[0]), float(values[-1])
    values, variances = values[1:-1], variances[1:-1]
    note, step = "", -(-len(values) // STORED_BINS)
    if step > 1:
        if kind == "profile" or labels:
            raise FileError(f"it has {len(values):,} bins, more than the {STORED_BINS:,} that are drawn")
        values, variances, edges = _merge(values, step), _merge(variances, step), _every(edges, step)
        note = f"{step} stored bins are drawn as one"
    return Preview(
        kind=kind,
        title=str(stored.member("fTitle"))[:TEXT],
        x_label=_title(axis),
        y_label=_title_of(stored, "fYaxis"),
        edges=edges.tolist(),
        values=values.tolist(),
        variances=variances.tolist(),
        labels=labels,
        flow={"underflow": under, "overflow": over},
        entries=_entries(stored),
        entries_used=_entries(stored),
        summary=_moments(edges, values) if kind == "histogram" and not labels else {},
        note=note,
    )


def _two_axes(stored: Any) -> Preview:
    edges = [np.asarray(stored.axis(i).edges(), dtype=np.float64) for i in (0, 1)]
    whole = np.asarray(stored.values(flow=True), dtype=np.float64)
    values = whole[1:-1, 1:-1]
    variances = np.asarray(stored.variances(flow=False), dtype=np.float64)
    outside = float(whole.sum() - values.sum())
    note = ""
    for number in (0, 1):
        step = -(-values.shape[number] // STORED_SIDE)
        if step > 1:
            values, variances = _merge(values, step, number), _merge(variances, step, number)
            edges[number] = _every(edges[number], step)
            note = "several stored bins are drawn as one"
    return Preview(
        kind="histogram2d",
        title=str(stored.member("fTitle"))[:TEXT],
        x_label=_title(stored.axis(0)),
        y_label=_title(stored.axis(1)),
        edges=[e.tolist() for e in edges],
        values=values.tolist(),
        variances=variances.tolist(),
        flow={"outside": outside},
        entries=_entries(stored),
        entries_used=_entries(stored),
        note=note,
    )


def _merge(values: Any, step: int, axis: int = 0) -> Any:
    return np.add.reduceat(values, np.arange(0, values.shape[axis], step), axis=axis)


def _every(edges: Any, step: int) -> Any:
    kept = edges[:-1:step]
    return np.append(kept, edges[-1])


def _labels(axis: Any, count: int) -> list[str] | None:
    """Category labels by bin; ROOT numbers bins from 1 and may label only some."""
    stored = axis.member("fLabels", none_if_missing=True)
    if stored is None or len(stored) == 0:
        return None
    labels = [""] * count
    for position, label in enumerate(stored):
        number = int(label.member("@fUniqueID", none_if_missing=True) or position + 1)
        if 1 <= number <= count:
            labels[number - 1] = str(label)[:TEXT]
    return labels


def _title(axis: Any) -> str:
    return str(axis.member("fTitle", none_if_missing=True) or "")[:TEXT]


def _title_of(stored: Any, name: str) -> str:
    axis = stored.member(name, none_if_missing=True)
    return "" if axis is None else _title(axis)


def _entries(stored: Any) -> int:
    return round(float(stored.member("fEntries")))


def _moments(edges: Any, values: Any) -> dict[str, Any]:
    total = float(values.sum())
    if total <= 0:
        return {"sum": total}
    centres = edges[:-1] / 2 + edges[1:] / 2
    mean = float((centres * values).sum() / total)
    spread = float((np.square(centres - mean) * values).sum() / total)
    return {"sum": total, "mean": mean, "std": max(spread, 0.0) ** 0.5}
