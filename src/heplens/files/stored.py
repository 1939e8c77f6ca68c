"""Previews of histograms that are stored in the file: their own bins, errors, flow and labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from uproot.models.TArray import Model_TArray as TArray

from ..errors import FileError
from .headers import check_size
from .limits import STORED_BINS, STORED_CELLS, STORED_SIDE, TEXT
from .preview import Preview


def histogram_preview(key: Any) -> Preview:
    """The bins of a TH1, TH2, TProfile or TProfile2D as stored, and of a TH3 the sum over z.

    Too many bins for a picture are merged, which the note says; means and categories cannot be merged and are refused.

    Raises
    ------
    FileError : there are too many bins, or not as many as it says.
    """
    check_size(key)
    stored = key.get()
    class_name: str = key.fClassName
    check_bins(stored, class_name)
    if class_name.startswith("TH1"):
        return _one_axis(stored, "histogram")
    if class_name == "TProfile":
        return _one_axis(stored, "profile")
    if class_name.startswith(("TH2", "TH3")) or class_name == "TProfile2D":
        return _two_axes(stored, class_name)
    raise FileError(f"{key.fName!r} is a {class_name}; previews have one or two axes")


def check_bins(stored: Any, class_name: str) -> None:
    """Refuse a number of bins that is too large, or not that of the contents, before anything is made of it."""
    axes = next((n for n in (3, 2) if f"{n}D" in class_name or class_name.startswith(f"TH{n}")), 1)
    cells = 1
    for name in ("fXaxis", "fYaxis", "fZaxis")[:axes]:
        cells *= int(stored.member(name).member("fNbins")) + 2
    if not 0 < cells <= STORED_CELLS:
        raise FileError(f"it says that it has {cells:,} bins, more than the {STORED_CELLS:,} that are read")
    held = sum(len(array) for array in stored.base(TArray))
    if cells != held:
        raise FileError(f"it is damaged: it says that it has {cells:,} bins, and holds {held:,}")


def edges_of(stored: Any, axis: int) -> Any:
    return np.asarray(stored.axis(axis).edges(), dtype=np.float64)


def _one_axis(stored: Any, kind: Any) -> Preview:
    axis = stored.axis(0)
    edges = edges_of(stored, 0)
    values = np.asarray(stored.values(flow=True), dtype=np.float64)
    variances = np.asarray(stored.variances(flow=True), dtype=np.float64)
    labels = _labels(axis, len(edges) - 1)
    means = kind == "profile"
    filled = np.asarray(stored.counts(flow=True), dtype=np.float64) if means else values
    under, over = float(filled[0]), float(filled[-1])
    values, variances, filled = values[1:-1], variances[1:-1], filled[1:-1]
    note, step = "", -(-len(values) // STORED_BINS)
    if step > 1:
        if means or labels:
            raise FileError(f"it has {len(values):,} bins, more than the {STORED_BINS:,} that are drawn")
        values, variances, edges = _merge(values, step), _merge(variances, step), _every(edges, step)
        note = f"{step} stored bins are drawn as one"
    elif means:  # a mean of nothing is none, and not zero
        values = np.where(filled > 0, values, np.nan)
        note = unfilled(int(np.count_nonzero(filled <= 0)))
    return Preview(
        kind=kind,
        title=str(stored.member("fTitle"))[:TEXT],
        x_label=_title(axis),
        y_label=axis_title(stored, "fYaxis"),
        edges=edges.tolist(),
        values=values.tolist(),
        variances=variances.tolist(),
        labels=labels,
        flow={"underflow": under, "overflow": over},
        entries=_entries(stored),
        entries_used=_entries(stored),
        summary={} if means or labels else _moments(stored, edges, values),
        note=note,
    )


def _two_axes(stored: Any, class_name: str) -> Preview:
    means = class_name == "TProfile2D"
    edges = [edges_of(stored, i) for i in (0, 1)]
    labels = [_labels(stored.axis(i), len(edges[i]) - 1) for i in (0, 1)]
    whole = np.asarray(stored.values(flow=True), dtype=np.float64)
    values, variances = (whole[1:-1, 1:-1], np.asarray(stored.variances(flow=False), dtype=np.float64))
    notes = []
    if class_name.startswith("TH3"):
        values, variances = values[:, :, 1:-1].sum(axis=2), variances.sum(axis=2)
        notes.append("the sum over the third axis")
    outside = float(whole.sum() - values.sum())
    for number in (0, 1):
        step = -(-values.shape[number] // STORED_SIDE)
        if step > 1:
            if means or labels[number]:
                raise FileError(
                    f"it has {values.shape[number]:,} bins on one axis, more than {STORED_SIDE} are not drawn"
                )
            values, variances = _merge(values, step, number), _merge(variances, step, number)
            edges[number] = _every(edges[number], step)
            notes.append(f"{step} bins of {'xy'[number]} are drawn as one")
    return Preview(
        kind="histogram2d",
        title=str(stored.member("fTitle"))[:TEXT],
        x_label=_title(stored.axis(0)),
        y_label=_title(stored.axis(1)),
        edges=[e.tolist() for e in edges],
        values=values.tolist(),
        variances=variances.tolist(),
        labels=labels[0],
        y_labels=labels[1],
        flow={} if means else {"outside": outside},
        entries=_entries(stored),
        entries_used=_entries(stored),
        note=", ".join(notes),
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


def axis_title(stored: Any, name: str) -> str:
    """The title of an axis of a histogram, or "" where there is none."""
    axis = None if stored is None else stored.member(name, none_if_missing=True)
    return "" if axis is None else _title(axis)


def _entries(stored: Any) -> int:
    return round(float(stored.member("fEntries")))


def unfilled(empty: int) -> str:
    """What a note says of bins that have no value because nothing was filled into them."""
    bins, are = ("bin", "is") if empty == 1 else ("bins", "are")
    return f"{empty:,} {bins} without entries {are} not shown" if empty else ""


def _moments(stored: Any, edges: Any, values: Any) -> dict[str, Any]:
    """Mean and standard deviation as ROOT tells them: of what was filled, else of the bins at their centres."""
    total = float(values.sum())
    if total <= 0:
        return {"sum": total}
    weights, first, second = (float(stored.member(name)) for name in ("fTsumw", "fTsumwx", "fTsumwx2"))
    if weights > 0 and np.isclose(weights, total):  # contents that were set afterwards are not in these sums
        mean = first / weights
        return {"sum": total, "mean": mean, "std": max(second / weights - mean**2, 0.0) ** 0.5}
    centres = edges[:-1] / 2 + edges[1:] / 2
    mean = float((centres * values).sum() / total)
    spread = float((np.square(centres - mean) * values).sum() / total)
    return {"sum": total, "mean": mean, "std": max(spread, 0.0) ** 0.5}
