"""Figures of histograms: what is drawn, and that text stays text."""

from __future__ import annotations

import json

import hist
import numpy as np
import pytest

from heplens.figures import bins_of, counts_of, draw, draw_columns, snapshot


def test_counts_come_with_flow_and_poisson_variance() -> None:
    h = hist.Hist.new.Reg(2, 0, 2).Int64().fill([-1, 0.5, 0.6, 1.5, 7, 8])
    bins = bins_of(h)
    assert bins.values.tolist() == [1, 2, 1, 2]
    assert bins.variances.tolist() == [1, 2, 1, 2]
    assert (bins.underflow, bins.overflow) == (1, 2)


def test_weights_keep_their_variance() -> None:
    h = hist.Hist.new.Reg(1, 0, 1).Weight().fill([0.5, 0.5], weight=[2, -1])
    bins = bins_of(h)
    assert bins.values.tolist() == [0, 1, 0]
    assert bins.variances.tolist() == [0, 5, 0]


def test_axes_without_flow_have_zeros_there() -> None:
    h = hist.Hist.new.Reg(2, 0, 2, flow=False).Int64().fill([0.5])
    assert bins_of(h).values.tolist() == [0, 1, 0, 0]
    letters = hist.Hist.new.StrCat(["a", "b"]).Int64().fill(["b", "b", "a"])
    assert bins_of(letters).values.tolist() == [0, 1, 2, 0]
    assert bins_of(letters).edges.tolist() == [-0.5, 0.5, 1.5]


def test_an_empty_bin_has_no_error_bar() -> None:
    h = hist.Hist.new.Reg(2, 0, 2).Int64().fill([0.5])
    _, rows = draw_columns(bins_of(h))
    assert np.isnan(rows["c5"][1])
    assert (rows["c5"][0], rows["c6"][0]) == (0, 2)


def test_text_from_a_file_is_never_a_column_a_template_or_markup() -> None:
    hostile = '@{c0}<img src=x onerror="alert(1)">$$\\href{x}$$'
    h = hist.Hist.new.Reg(2, 0, 2, name="x", label=hostile).Int64()
    made = snapshot({hostile: h})
    document = json.dumps(made.document)
    models = _models(made.document)
    for kind in ("Div", "CustomJS", "CustomJSHover", "MathText", "TeX", "Paragraph", "PreText"):
        assert kind not in models
    assert "PlainText" in models
    drawing = draw(h, name=hostile)
    assert set(drawing.rows.data) | set(drawing.outline.data) == {f"c{i}" for i in range(7)}
    tooltips = [tool.tooltips for tool in drawing.figure.tools]
    assert all(isinstance(t, list) and hostile not in str(t) for t in tooltips)
    assert document


def _models(value: object) -> set[str]:
    """Names of all Bokeh models in a document."""
    if isinstance(value, dict):
        own = {value["name"]} if value.get("type") == "object" and isinstance(value.get("name"), str) else set()
        return own.union(*(_models(v) for v in value.values()))
    if isinstance(value, list):
        return set().union(*(_models(v) for v in value))
    return set()


def test_a_snapshot_holds_no_numbers_and_names_its_models() -> None:
    h = hist.Hist.new.Reg(1000, 0, 1).Int64().fill(np.linspace(0, 1, 5000))
    made = snapshot({"a": h, "b": h})
    assert len(json.dumps(made.document)) < 60_000
    ids = {model["id"] for model in made.document["roots"]}
    assert {plot["figure"] for plot in made.plots} == ids
    assert np.frombuffer(made.buffers[made.plots[1]["buffer"]]).tolist() == h.axes[0].edges.tolist()


def test_counts_of_all_plots_are_one_list_of_buffers() -> None:
    h = hist.Hist.new.Reg(3, 0, 3).Int64().fill([1.5])
    two = hist.Hist.new.Reg(3, 0, 3).Reg(2, 0, 2).Int64()
    headers, buffers = counts_of({"h": h, "two": two})
    assert headers[1] == {"name": "two", "drawn": False, "axes": 2}
    assert np.frombuffer(buffers[headers[0]["buffer"]]).tolist() == [0, 0, 1, 0, 0]
    assert len(buffers) == 2


def test_two_axes_are_refused_as_one() -> None:
    with pytest.raises(ValueError, match="one axis"):
        bins_of(hist.Hist.new.Reg(3, 0, 3).Reg(2, 0, 2).Int64())
