"""The widget without a page: one state for Python, events, files and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heplens.analysis import Analysis
from heplens.errors import HeplensError
from heplens.widgets.explorer import Explorer, explorer
from heplens.widgets.picture import text_of
from heplens.widgets.protocol import PROTOCOL


@pytest.fixture
def widget(analysis: Analysis) -> Iterator[Explorer]:
    made = explorer(analysis)
    yield made
    made.close()


def test_every_change_is_an_event(widget: Explorer, analysis: Analysis) -> None:
    seen: list[Analysis] = []
    widget.observe(lambda change: seen.append(change.new), "analysis")
    changed = analysis.enable("some", False)
    widget.analysis = changed
    assert widget.analysis == changed
    assert widget.undo()
    assert widget.redo()
    assert widget.reset()
    assert seen == [changed, analysis, changed, analysis]
    widget.analysis = analysis
    assert len(seen) == 4, "what is there already is no change"
    assert widget.state["revision"] == 5
    with pytest.raises(TypeError, match="Analysis is needed"):
        widget.analysis = "x"
    assert widget.analysis == analysis


def test_scales_and_the_region_follow_the_analysis_and_are_no_part_of_it(analysis: Analysis) -> None:
    analysis = analysis.region("SR", ["some", "window"]).region("CR", ["some", "!window"])
    widget = explorer(analysis)
    seen: list[Any] = []
    widget.observe(lambda change: seen.append(change.new), ["log", "region"])
    assert (widget.log, widget.region) == (frozenset(), "SR")
    widget.log = {"x"}
    widget.region = "CR"
    assert seen == [{"x"}, "CR"]
    assert (widget.state["log"], widget.state["region"]) == (["x"], "CR")
    assert widget.state["revision"] == 1
    assert not widget.undo()
    with pytest.raises(HeplensError, match="no histogram 'xx'; did you mean 'x'"):
        widget.log = ["xx", "y"]
    with pytest.raises(HeplensError, match="no region 'C'"):
        widget.region = "C"
    assert (widget.log, widget.region) == ({"x"}, "CR")

    # A histogram is renamed, with other bins; its place is what tells.
    x, y = analysis.histograms
    renamed = replace(x, name="mass", axes=(replace(x.axes[0], bins=10),))
    widget.analysis = analysis.with_parts(histograms=(renamed, y))
    assert widget.log == {"mass"}
    widget.undo()
    assert widget.log == {"x"}
    # What is removed is not shown, and comes back as it was.
    widget.analysis = analysis.remove("x").remove("CR")
    assert (widget.log, widget.region) == (frozenset(), "SR")
    widget.undo()
    assert (widget.log, widget.region) == ({"x"}, "CR")
    # Another variable in the same place is another plot; places may change.
    widget.analysis = analysis.with_parts(histograms=(replace(y, name="new"), y))
    assert widget.log == frozenset()
    widget.analysis = analysis.with_parts(histograms=(y, x), regions=analysis.regions[::-1])
    assert (widget.log, widget.region) == ({"x"}, "CR")
    widget.close()


def test_the_result_is_that_of_run(widget: Explorer, analysis: Analysis) -> None:
    assert widget.result["x"] == analysis.run()["x"]
    assert widget.result is widget.result
    widget.analysis = analysis.replace_step("window", low=40)
    assert widget.result["x"] == widget.analysis.run()["x"]


def test_documents_go_to_files_and_come_back(widget: Explorer, analysis: Analysis, tmp_path: Path) -> None:
    file = tmp_path / "analysis.json"
    widget.save(file)
    widget.analysis = analysis.remove("window")
    widget.load(file)
    assert widget.analysis == analysis
    assert widget.undo()
    file.write_text('{"heplens": 99}')
    with pytest.raises(HeplensError):
        widget.load(file)
    assert widget.analysis == analysis.remove("window")


def test_the_launcher_is_of_the_current_analysis(widget: Explorer, analysis: Analysis) -> None:
    assert widget.job is None
    assert widget.launcher is widget.launcher
    changed = analysis.remove("window")
    widget.analysis = changed
    assert widget.launcher.analysis == changed
    # What does not travel to Dask is a sentence.
    widget.launcher.wait()
    assert "arrays in memory" in widget.launcher.form.dataset.problem


def test_a_dashboard_inside_of_another_widget_says_where_the_launcher_is(widget: Explorer) -> None:
    sent: list[dict[str, Any]] = []
    widget._session._send = lambda content, buffers: sent.append(content)
    widget._session.handle({"protocol": PROTOCOL, "id": "a.1", "kind": "launch"})
    assert sent[0]["kind"] == "failed"
    assert "w.launcher" in sent[0]["reason"]


def test_text_in_a_saved_notebook_is_text(analysis: Analysis) -> None:
    hostile = analysis.cut("n >= 0", name="<script>alert(1)</script>")
    made = text_of(hostile, hostile.run())["text/html"]
    assert "<script" not in made
    assert "&lt;script&gt;" in made
    assert 'class="heplens-saved"' in made


def test_a_closed_widget_does_nothing_more(analysis: Analysis) -> None:
    made = explorer(analysis)
    assert made.result.complete
    made.close()
    assert made._session._compute.memory()["columns"] == 0
    assert made.analysis == analysis
