"""Previews of what is stored as points with errors: graphs, and efficiencies, which are made into such."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import FileError
from .headers import check_size
from .intervals import clopper_pearson
from .limits import STORED_BINS, STORED_POINTS, TEXT
from .preview import Preview
from .stored import axis_title, check_bins, edges_of, unfilled

# Where members of the kinds of TGraph keep their errors: x low, x high, y low, y high.
_ERRORS = {
    "TGraphErrors": ("fEX", "fEX", "fEY", "fEY"),
    "TGraphAsymmErrors": ("fEXlow", "fEXhigh", "fEYlow", "fEYhigh"),
    "TGraphBentErrors": ("fEXlow", "fEXhigh", "fEYlow", "fEYhigh"),
}
_ENDS = ("x_low", "x_high", "y_low", "y_high")


def graph_preview(key: Any) -> Preview:
    """The points of a TGraph and its errors."""
    check_size(key)
    stored = key.get()
    x, y = (np.asarray(stored.member(name), dtype=np.float64) for name in ("fX", "fY"))
    count = min(len(x), len(y))
    shown = slice(0, min(count, STORED_POINTS))
    errors = {
        end: np.asarray(stored.member(name), dtype=np.float64)[shown].tolist()
        for end, name in zip(_ENDS, _ERRORS.get(key.fClassName, ()), strict=False)
    }
    axes = stored.member("fHistogram", none_if_missing=True)
    return Preview(
        kind="graph",
        title=str(stored.member("fTitle"))[:TEXT],
        x_label=axis_title(axes, "fXaxis"),
        y_label=axis_title(axes, "fYaxis"),
        edges=x[shown].tolist(),
        values=y[shown].tolist(),
        errors=errors,
        entries=count,
        entries_used=min(count, STORED_POINTS),
        note="" if count <= STORED_POINTS else f"the first {STORED_POINTS:,} of {count:,} points",
    )


def efficiency_preview(key: Any) -> Preview:
    """Passed over total of a TEfficiency with one axis, with Clopper-Pearson intervals, which ROOT draws unless told.

    Bins without any entry have no efficiency and are left out, which the note says.
    """
    check_size(key)
    stored = key.get()
    total, passed = (stored.member(name) for name in ("fTotalHistogram", "fPassedHistogram"))
    if not total.classname.startswith("TH1"):
        raise FileError(f"{key.fName!r} is a TEfficiency of more than one axis, which has no preview")
    check_bins(total, total.classname)
    check_bins(passed, passed.classname)
    edges = edges_of(total, 0)
    if len(edges) - 1 > STORED_BINS:
        raise FileError(f"{key.fName!r} has {len(edges) - 1:,} bins, more than the {STORED_BINS:,} that are drawn")
    tried, good = (np.asarray(h.values(), dtype=np.float64) for h in (total, passed))
    if len(good) != len(tried):
        raise FileError(f"{key.fName!r} is damaged: it has {len(tried):,} bins in all and {len(good):,} that passed")
    seen = tried > 0
    good, tried = np.clip(good[seen], 0, tried[seen]), tried[seen]
    low, high = clopper_pearson(good, tried, float(stored.member("fConfLevel")))
    centres, halves = (edges[:-1] + edges[1:])[seen] / 2, np.diff(edges)[seen] / 2
    return Preview(
        kind="graph",
        title=str(stored.member("fTitle"))[:TEXT],
        x_label=axis_title(total, "fXaxis"),
        y_label="efficiency",
        edges=centres.tolist(),
        values=(good / tried).tolist(),
        errors={
            "x_low": halves.tolist(),
            "x_high": halves.tolist(),
            "y_low": (good / tried - low).tolist(),
            "y_high": (high - good / tried).tolist(),
        },
        entries=round(float(total.member("fEntries"))),
        entries_used=round(float(total.member("fEntries"))),
        note=unfilled(int(np.count_nonzero(~seen))),
    )
