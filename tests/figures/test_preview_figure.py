"""Previews as figures: what is drawn of real files, and that their text stays text."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from bokeh.models import LogColorMapper, LogScale, PlainText, Title

from heplens.figures.preview import draw_preview, figure_document
from heplens.files.opening import OpenFile
from heplens.files.preview import Preview, preview
from support import find


def stored(file: str, node: str) -> dict[str, Any]:
    """The preview as it travels: through JSON."""
    document: dict[str, Any] = json.loads(json.dumps(preview(OpenFile(find(file)), node).to_json()))
    return document


def data(plot: Any, name: str = "rows") -> dict[str, Any]:
    [source] = {r.data_source for r in plot.renderers if r.data_source.name == name}
    return dict(source.data)


def titles(plot: Any) -> list[Any]:
    return [model.text for model in plot.select(Title) if model.text]


@pytest.mark.parametrize("log", [False, True])
def test_a_branch_is_bins_with_errors(log: bool) -> None:
    found = stored("uproot-HZZ.root", "events/Muon_Px")
    plot = draw_preview(found, log)
    rows = data(plot)
    assert rows["c3"].tolist() == found["values"]
    assert rows["c0"].tolist() == found["edges"][:-1]
    np.testing.assert_allclose(rows["c4"], np.sqrt(found["values"]))
    assert isinstance(plot.y_scale, LogScale) is log
    assert (plot.y_range.start > 0) is log
    if log:
        outline = next(dict(r.data_source.data) for r in plot.renderers if "c3" not in r.data_source.data)
        assert min(outline["c1"]) == plot.y_range.start, "a logarithm of zero would leave a gap"


def test_text_of_files_is_text() -> None:
    hostile = "<img src=x onerror=alert(1)> $$x$$ @{c0}"
    found = Preview("histogram", hostile, hostile, hostile, [0, 1, 2], [1, 2], [1, 2], [hostile, "b"]).to_json()
    plot = draw_preview(found)
    texts = [*titles(plot), *plot.xaxis.major_label_overrides.values()]
    assert len(texts) == 4
    assert all(isinstance(text, PlainText) for text in texts)
    assert titles(plot)[0].text == hostile
    assert set(data(plot)) == {f"c{i}" for i in range(8)}, "columns have names of ours"
    assert all("<" not in pair and "@{" not in pair for tool in plot.hover for row in tool.tooltips for pair in row)


def test_category_labels_stand_under_their_bins() -> None:
    found = stored("uproot-issue33.root", "cutflow")
    plot = draw_preview(found)
    overrides = plot.xaxis.major_label_overrides
    assert [t.text[:8] for t in overrides.values()] == [label[:8] for label in found["labels"]]
    middles = (np.array(found["edges"])[1:] + np.array(found["edges"])[:-1]) / 2
    assert list(overrides) == middles.tolist()


@pytest.mark.parametrize("log", [False, True])
def test_a_map_shows_the_filled_cells(log: bool) -> None:
    found = stored("uproot-from-geant4.root", "p_phi_diff")
    plot = draw_preview(found, log)
    values = np.array(found["values"])
    cells = data(plot, "rectangles")
    assert len(cells["c4"]) == np.count_nonzero(values)
    assert cells["c4"].sum() == values.sum()
    x, y = (np.array(edges) for edges in found["edges"])
    for left, bottom, value in zip(cells["c0"], cells["c2"], cells["c4"], strict=True):
        assert values[np.flatnonzero(x == left)[0], np.flatnonzero(y == bottom)[0]] == value
    [bar] = [bar for bar in plot.right if bar.visible]
    assert isinstance(bar.color_mapper, LogColorMapper) is log
    assert plot.renderers[0].glyph.fill_color.transform == bar.color_mapper


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("value", [0.0, 5.0, -1.0, None])
def test_any_bins_can_be_drawn(value: float | None, log: bool) -> None:
    one = Preview("histogram", "", "x", edges=[0, 1], values=[value], variances=None).to_json()
    two = Preview("histogram2d", "", edges=[[0, 1], [0, 1]], values=[[value]], variances=None).to_json()
    for found in (one, two):
        assert figure_document(found, log)["document"]


def test_profiles_and_graphs_are_points() -> None:
    profile = Preview("profile", "", "x", "y", [0, 1, 2], [3.0, None], [4.0, 0.0]).to_json()
    rows = data(draw_preview(profile))
    assert (rows["c2"].tolist(), rows["c3"][0], rows["c5"][0], rows["c6"][0]) == ([0.5, 1.5], 3.0, 1.0, 5.0)
    graph = Preview("graph", "", edges=[5.0], values=[7.0]).to_json()
    plot = draw_preview(graph)
    assert plot.x_range.start < 5 < plot.x_range.end
    assert data(plot)["c2"].tolist() == [5.0]
    ends = {"x_low": [1.0], "x_high": [2.0], "y_low": [3.0], "y_high": [4.0]}
    rows = data(draw_preview(Preview("graph", "", edges=[5.0], values=[7.0], errors=ends).to_json()))
    assert [rows[name][0] for name in ("c0", "c2", "c1", "c5", "c3", "c6")] == [4, 5, 7, 4, 7, 11]
    empty = Preview("graph", "").to_json()
    assert figure_document(empty)["document"]


def test_categories_of_a_map() -> None:
    found = Preview(
        "histogram2d", "", edges=[[0, 1, 2], [0, 1]], values=[[1.0], [2.0]], labels=["a", "<b>"], y_labels=["c"]
    )
    plot = draw_preview(found.to_json())
    assert [label.text for label in plot.xaxis[0].major_label_overrides.values()] == ["a", "<b>"]
    assert [label.text for label in plot.yaxis[0].major_label_overrides.values()] == ["c"]
    assert not {"labels", "y_labels", "errors"} & set(figure_document(found.to_json()))


def test_a_table_is_passed_on() -> None:
    found = stored("uproot-HZZ.root", "events")
    document = figure_document(found)
    assert document["document"] is None
    assert (document["columns"], document["rows"]) == (found["columns"], found["rows"])
    assert "edges" not in document
