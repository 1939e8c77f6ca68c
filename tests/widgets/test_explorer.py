"""The widget without a page: one state for Python, events, files and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from heplens.analysis import Analysis
from heplens.errors import AnalysisError, HeplensError
from heplens.widgets.explorer import Explorer, explorer
from heplens.widgets.picture import text_of


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


def test_what_does_not_travel_to_dask_is_a_sentence(widget: Explorer) -> None:
    submission = widget._session.submit()
    submission.wait()
    job = widget.state["job"]
    assert job["phase"] == "failed"
    assert "arrays in memory" in job["text"]
    assert "\n" not in job["text"]
    assert widget.job is None


def test_one_job_at_a_time(widget: Explorer) -> None:
    from heplens.widgets.messages import JobState

    widget._session._set_job(JobState("running", "Dask: connecting"))
    with pytest.raises(AnalysisError, match="running already"):
        widget.submit()


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
