"""Figures of histograms: what is drawn, and that text stays text."""

from __future__ import annotations

import json

import hist
import numpy as np
import pytest

from heplens.figures import (
    bins_of,
    counts_of,
    draw,
    draw_columns,
    layers_of,
    numbers_of,
    snapshot,
)
from heplens.figures.histogram import per_bin


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
    [drawn] = drawing.layers
    assert drawn.rows is not None
    assert drawn.outline is not None
    assert set(drawn.rows.data) | set(drawn.outline.data) == {f"c{i}" for i in range(8)}
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
    two = hist.Hist.new.Reg(3, 0, 3).Reg(2, 0, 2, flow=False).Int64().fill([-1, 0.5, 2.5], [0.5, 0.5, 1.5])
    three = hist.Hist.new.Reg(3, 0, 3).Reg(2, 0, 2).Reg(2, 0, 2).Int64()
    headers, buffers = counts_of({"h": h, "two": two, "three": three})
    assert headers[2] == {"name": "three", "drawn": False, "axes": 3}
    assert np.frombuffer(buffers[headers[0]["buffer"]]).tolist() == [0, 0, 1, 0, 0]
    flat = np.frombuffer(buffers[headers[1]["buffer"]]).reshape(5, 4)
    assert np.argwhere(flat).tolist() == [[0, 1], [1, 1], [3, 2]]
    assert len(buffers) == 4


def stacked() -> hist.Hist:
    """Three datasets and two regions, as `Result` holds them; the value tells the place."""
    h = hist.Hist(
        hist.axis.StrCategory(["tt", "DY", "run"], name="dataset"),
        hist.axis.StrCategory(["SR", "CR"], name="region"),
        hist.axis.Regular(2, 0, 2, name="x"),
        storage=hist.storage.Weight(),
    )
    for d in range(3):
        for r in range(2):
            h.fill(["tt", "DY", "run"][d], ["SR", "CR"][r], [0.5, 5], weight=100 * d + 10 * r + 1)
    return h


def test_datasets_and_regions_are_told_apart() -> None:
    numbers = numbers_of(stacked())
    assert (numbers.datasets, numbers.regions, numbers.size) == (("tt", "DY", "run"), ("SR", "CR"), 4)
    assert numbers.values.reshape(3, 2, 4)[1, 1].tolist() == [0, 111, 0, 111]
    assert numbers.bins([0, 1], 1).values.tolist() == [0, 11 + 111, 0, 11 + 111]
    assert numbers.bins([0, 1], 1).variances.tolist() == [0, 11**2 + 111**2, 0, 11**2 + 111**2]


def test_backgrounds_are_stacked_signals_are_lines_data_are_points() -> None:
    layers = layers_of(["tt", "H", "DY", "run"], {"H": "signal", "run": "data", "tt": "background"})
    shown = [(layer.name, layer.style, layer.of, layer.below) for layer in layers]
    assert shown == [
        ("tt", "stack", (0,), (2,)),
        ("DY", "stack", (2,), ()),
        ("uncertainty", "band", (0, 2), ()),
        ("H", "line", (1,), ()),
        ("run", "points", (3,), ()),
    ]
    assert len({layer.colour for layer in layers if layer.style == "stack"}) == 2
    drawing = draw(stacked(), roles={"run": "data"}, region=1)
    tops = [d.outline.data["c1"].tolist() for d in drawing.layers if d.outline is not None]
    assert tops == [[0, 122, 0, 0], [0, 111, 0, 0]]
    band, points = (d.rows.data for d in drawing.layers if d.rows is not None)
    assert points["c7"][0] == 211
    assert band["c4"][0] == np.sqrt(11**2 + 111**2)


@pytest.mark.parametrize(
    ("edges", "label", "said"),
    [
        ([60, 62, 64], "m(μμ) [GeV]", "entries / 2 GeV"),
        ([60, 61, 62], "m(μμ) [GeV]", "entries / 1 GeV"),
        ([0, 0.5, 1], "time [µs] ", "entries / 0.5 µs"),
        ([0, 4e9, 8e9], "energy [eV]", "entries / 4×10⁹ eV"),
        ([0, 0.00001, 0.00002], "x", "entries / 1×10⁻⁵"),
        ([-0.5, 0.5, 1.5], "number of jets", "entries"),
        ([0, 4, 8], "Muon.pt[0]", "entries / 4"),
        ([0, 4, 8], "Jet [pt > 30]", "entries / 4"),
        ([0, 1, 10], "m [GeV]", "entries"),
    ],
)
def test_what_was_counted_is_said_per_width_of_a_bin(edges: list[float], label: str, said: str) -> None:
    assert per_bin("entries", np.array(edges, dtype=float), label) == said


def test_between_whole_numbers_there_are_no_ticks() -> None:
    jets = draw(hist.Hist.new.Reg(8, -0.5, 7.5).Int64()).figure.xaxis[0].ticker
    mass = draw(hist.Hist.new.Reg(60, 60, 120).Int64()).figure.xaxis[0].ticker
    assert (jets.num_minor_ticks, jets.min_interval) == (0, 1)
    assert mass.num_minor_ticks > 0


def test_a_map_says_which_models_change() -> None:
    h = hist.Hist.new.Reg(2, 0, 2, label="a").Var([0, 1, 5], label="b").Int64().fill([0.5, 9], [2, 2])
    made = snapshot({"map": h})
    [plot] = made.plots
    assert (plot["kind"], plot["of"]) == ("map", [0])
    ids = {model["id"] for model in _objects(made.document)}
    assert {plot["figure"], plot["cells"], *plot["linear"].values(), *plot["log"].values()} <= ids
    assert [np.frombuffer(made.buffers[plot["buffer"] + i]).tolist() for i in (0, 1)] == [[0, 1, 2], [0, 1, 5]]


def _objects(value: object) -> list[dict[str, str]]:
    """All models of a document."""
    if isinstance(value, dict):
        own = [value] if value.get("type") == "object" and "id" in value else []
        return own + [model for inner in value.values() for model in _objects(inner)]
    return [model for inner in value for model in _objects(inner)] if isinstance(value, list) else []


def test_windows_are_drawn_on_whole_numbers_where_bins_are() -> None:
    counting = snapshot({"n": hist.Hist.new.Reg(8, -0.5, 7.5).Int64(), "m": hist.Hist.new.Reg(60, 60, 120).Int64()})
    jets, mass = (plot["grid"] for plot in counting.plots)
    assert (jets["unit"], jets["exponent"]) == (1, 0)
    assert mass["exponent"] < 0
    letters = snapshot({"c": hist.Hist.new.StrCat(["a"]).Int64()})
    assert letters.plots[0]["grid"] is None


def test_two_axes_are_refused_as_one() -> None:
    with pytest.raises(ValueError, match="one axis"):
        bins_of(hist.Hist.new.Reg(3, 0, 3).Reg(2, 0, 2).Int64())
