"""What someone else wrote into an analysis stays text when its histograms draw themselves in a notebook."""

from __future__ import annotations

import numpy as np
import pytest

import heplens as hl

HOSTILE = "<img src=x onerror=alert(1)>"


def test_no_label_becomes_a_tag() -> None:
    analysis = hl.Analysis({"x": np.arange(5.0)}).hist("x", bins=5, range=(0, 5), label=HOSTILE, name="h")
    again = hl.Analysis.from_json(analysis.to_json()).on({"x": np.arange(5.0)})
    assert "<img" not in again.run()["h"]._repr_html_()


def test_names_and_problems_are_text_in_a_result() -> None:
    analysis = hl.Analysis({"x": np.arange(5.0)}).cut("x > 1", name=HOSTILE).hist("x", bins=5, range=(0, 5), name="<b>")
    result = analysis.run()
    result.problems.append(HOSTILE)
    shown = result._repr_html_() + analysis._repr_html_() + analysis.trace(0)._repr_html_()
    assert "<img" not in shown
    assert "&lt;img" in shown


@pytest.mark.parametrize("label", ["m(μμ) [GeV]", "p < 5", "a <b", r"$\eta$"])
def test_ordinary_labels_stay_readable(label: str) -> None:
    axis = hl.Analysis({"x": np.arange(5.0)}).hist("x", bins=5, range=(0, 5), label=label).histograms[0].axes[0]
    assert axis.label == label
    assert axis.make("x").label.replace(" ", "") == label.replace(" ", "")
