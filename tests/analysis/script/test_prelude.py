"""What scripts say for themselves, on the data that awkward finds hard."""

from __future__ import annotations

import awkward as ak
import numpy as np

from heplens.analysis.script import prelude

NAN = float("nan")
LISTS = ak.Array([[1.0, None, NAN], [2.0], [], [None, 3.0, NAN]])
CUT = LISTS[[3, 1]]  # lists that are not one after the other


def test_extremes_of_lists_cut_out_of_others_pass_over_nan_and_missing() -> None:
    assert ak.max(prelude.numbers(CUT), axis=-1).to_list() == [3.0, 2.0]
    assert prelude.extreme_place(CUT, ak.argmax, -np.inf).to_list() == [1, 0]


def test_the_nearest_of_lists_cut_out_of_others_passes_over_nan_and_missing() -> None:
    others = ak.Array([[0.0, NAN], [5.0], [], [2.0, NAN]])[[3, 1]]
    assert prelude.nearest_distance(CUT, CUT * 0, others, others * 0).to_list() == [[None, 1.0, None], [3.0]]
