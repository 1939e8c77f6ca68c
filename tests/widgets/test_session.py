"""The protocol: one writer, one answer per request, nothing stale."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import awkward as ak
import numpy as np

from heplens.analysis import Analysis
from heplens.figures import bins_of
from heplens.widgets.compute import Compute
from heplens.widgets.protocol import PROTOCOL

from .conftest import Page


def test_an_accepted_edit_is_a_revision_with_undo(page: Page) -> None:
    before = page.session.analysis
    assert page.edit(op="set_window", name="window", low=30, high=80)["kind"] == "accepted"
    state = page.states[-1]
    assert (state["revision"], state["can_undo"], state["can_redo"]) == (2, True, False)
    assert state["analysis"]["steps"][1]["low"] == 30
    assert page.ask("undo")["revision"] == 3
    assert page.session.analysis == before
    assert page.states[-1]["can_redo"]
    assert page.ask("redo")["revision"] == 4
    assert page.session.analysis.steps[1].low == 30


def test_an_edit_that_changes_nothing_is_no_step_of_undo(page: Page) -> None:
    reply = page.edit(op="set_window", name="window", low=20, high=80)
    assert (reply["kind"], reply["revision"]) == ("accepted", 1)
    assert not page.session.state()["can_undo"]


def test_a_refusal_says_why_and_where(page: Page) -> None:
    reply = page.edit(op="set_expression", name="some", expression="n >= 1 & yy > 2")
    assert reply["kind"] == "refused"
    assert reply["position"] == 9
    assert "'yy'" in reply["reason"]
    assert "\n" not in reply["reason"]
    assert page.session.revision == 1
    assert page.edit(op="set_window", name="nothing", low=1, high=2)["kind"] == "refused"
    assert page.edit(op="explode")["kind"] == "refused"


def test_edits_of_different_steps_on_a_stale_base_both_hold(page: Page) -> None:
    assert page.edit(base=1, op="set_window", name="window", low=30, high=80)["kind"] == "accepted"
    assert page.edit(base=1, op="set_enabled", name="some", enabled=False)["kind"] == "accepted"
    assert page.session.analysis.steps[1].low == 30
    assert not page.session.analysis.steps[0].enabled


def test_an_edit_of_what_changed_meanwhile_is_refused(page: Page) -> None:
    page.edit(base=1, op="set_window", name="window", low=30, high=80)
    reply = page.edit(base=1, op="set_window", name="window", low=40, high=80)
    assert reply["kind"] == "refused"
    assert "meanwhile" in reply["reason"]
    page.edit(op="remove", name="low y")
    assert page.edit(base=1, op="move", name="some", index=1)["kind"] == "refused"
    assert page.edit(base=-5, op="set_enabled", name="some", enabled=False)["kind"] == "refused"


def test_python_and_page_edit_one_state(page: Page, analysis: Analysis) -> None:
    page.session.assign(analysis.enable("some", False))
    assert page.states[-1]["revision"] == 2
    assert page.edit(base=1, op="set_window", name="window", low=30, high=80)["kind"] == "accepted"
    assert page.session.undo()
    assert not page.session.analysis.steps[0].enabled
    assert page.session.undo()
    assert page.session.analysis == analysis
    assert not page.session.undo()


def test_pages_and_python_choose_scales_and_the_region_together(
    make_page: Callable[..., Page], analysis: Analysis
) -> None:
    page = make_page(analysis.region("SR", ["some"]).region("CR", ["!some"]))
    assert page.ask("set_log", name="x", log=True)["kind"] == "accepted"
    page.session.set_log(["x", "y"])
    page.ask("set_log", name="x", log=False)
    page.ask("show_region", region="CR")
    assert (page.states[-1]["log"], page.states[-1]["region"], page.states[-1]["revision"]) == (["y"], "CR", 1)
    reply = page.ask("set_log", name="z", log=True)
    assert (reply["kind"], reply["reason"]) == ("failed", "there is no histogram 'z'")
    assert page.ask("show_region", region="z")["kind"] == "failed"
    published = len(page.states)
    page.ask("set_log", name="y", log=True)
    assert len(page.states) == published, "what is so already is not told"


def test_counts_are_those_of_run(page: Page, analysis: Analysis) -> None:
    content, buffers = page.answer(page.post("counts", revision=1))
    result = analysis.run()
    assert (content["kind"], content["revision"], content["key"]) == ("counts", 1, "reference")
    for plot in content["plots"]:
        bins = bins_of(result[plot["name"]])
        assert np.array_equal(np.frombuffer(buffers[plot["buffer"]]), bins.values)
        assert np.array_equal(np.frombuffer(buffers[plot["buffer"] + 1]), bins.variances)
    assert [(row["name"], row["passed"]) for row in content["cutflow"]] == [
        (row.name, row.passed) for row in result.cutflow
    ]
    assert {h["id"] for h in content["handles"]} >= {"window/low/0", "window/high/0", "some/literal/0"}
    assert all(h["tile"] for h in content["handles"])


def test_what_histograms_leave_out_is_sent(make_page: Callable[..., Page]) -> None:
    muons = {"Muon": ak.Array([[{"pt": 30.0}], []]), "x": np.array([np.nan, 1.0])}
    a = Analysis(muons).hist("x", bins=2, range=(0, 2), name="x")
    a = a.hist("Muon[0].pt", bins=2, range=(0, 50), name="first").hist("count(Muon)", bins=2, range=(0, 2), name="n")
    left_out = make_page(a).ask("counts", revision=1)["left_out"]
    assert left_out == {"x": {"missing": 0, "nan": 1}, "first": {"missing": 1, "nan": 0}}


def test_a_preview_commits_nothing(page: Page, analysis: Analysis) -> None:
    edit = {"op": "set_window", "name": "window", "low": 40, "high": 80}
    content, buffers = page.answer(page.post("counts", revision=1, edit=edit))
    expected = bins_of(analysis.replace_step("window", low=40).run()["x"])
    assert content["key"] == "preview"
    assert np.array_equal(np.frombuffer(buffers[content["plots"][0]["buffer"]]), expected.values)
    assert page.session.analysis == analysis
    assert "handles" not in content


def test_numbers_of_an_old_revision_are_not_sent(page: Page) -> None:
    page.edit(op="set_window", name="window", low=30, high=80)
    assert page.ask("counts", revision=1)["kind"] == "stale"
    assert page.ask("tile", revision=1, handle="window/low/0")["kind"] == "stale"


def test_a_late_view_gets_a_snapshot_of_now(page: Page) -> None:
    page.edit(op="set_window", name="window", low=30, high=80)
    content, buffers = page.answer(page.post("snapshot"))
    assert content["revision"] == 2
    assert [plot["name"] for plot in content["plots"]] == ["x", "y"]
    assert len(np.frombuffer(buffers[content["plots"][0]["buffer"]])) == 51
    assert content["shape"] == page.ask("counts", revision=2)["shape"]


def test_bokehjs_comes_from_the_installed_wheel(page: Page) -> None:
    import bokeh

    content, [script] = page.answer(page.post("bokeh", version=bokeh.__version__))
    assert (content["version"], content["encoding"]) == (bokeh.__version__, "deflate")
    assert b"Bokeh" in zlib.decompress(script)
    assert len(script) < 500_000


def test_the_script_is_that_of_the_analysis(page: Page, analysis: Analysis) -> None:
    reply = page.ask("script")
    # An analysis of arrays in memory may have no script: then the answer is a sentence.
    assert reply["kind"] in ("script", "failed")
    if reply["kind"] == "script":
        assert reply["text"] == analysis.to_script()


def test_whatever_is_sent_is_answered_and_nothing_breaks(page: Page) -> None:
    for hostile in (None, [], "x", {}, {"protocol": PROTOCOL, "kind": "edit", "id": "h"}, {"protocol": 1, "id": "i"}):
        page.session.handle(hostile)
    assert all(content["kind"] == "failed" for content, _ in page.sent)
    assert page.ask("tile", revision=1, handle="no such step/low/0")["kind"] == "failed"
    assert page.edit(op="set_window", name="window", low=30, high=80)["kind"] == "accepted"


def test_everything_slow_runs_in_threads_of_its_own(page: Page) -> None:
    page.ask("counts", revision=1)
    page.ask("snapshot")
    assert page.threads == {"heplens-explorer", "heplens-figures"}


def test_edits_from_many_threads_are_all_counted(page: Page) -> None:
    def change(i: int) -> str:
        return page.edit(op="add", step={"step": "cut", "expression": f"x != {i}", "name": f"c{i}"})["kind"]

    with ThreadPoolExecutor(8) as pool:
        kinds = list(pool.map(change, range(40)))
    accepted = kinds.count("accepted")
    assert accepted > 0
    assert page.session.revision == 1 + accepted
    assert len(page.session.analysis.steps) == 3 + accepted
    assert [s["revision"] for s in page.states] == sorted(s["revision"] for s in page.states)


class Gate(Compute):
    """Counts only while the gate is open, and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.entered = threading.Event()
        self.windows: list[Any] = []

    def run(self, analysis: Analysis, *how: Any) -> Any:
        self.windows.append(analysis.steps[1].low)
        self.entered.set()
        assert self.open.wait(60)
        return super().run(analysis, *how)


def test_the_latest_position_wins_and_earlier_work_is_cancelled(
    make_page: Callable[..., Page], analysis: Analysis
) -> None:
    gate = Gate()
    page = make_page(analysis, gate)

    def preview(low: float) -> str:
        edit = {"op": "set_window", "name": "window", "low": low, "high": 80}
        return page.post("counts", revision=1, edit=edit)

    running = preview(21)
    assert gate.entered.wait(60)
    skipped = [preview(low) for low in (22, 23, 24)]
    latest = preview(25)
    assert [page.answer(id)[0]["kind"] for id in skipped] == ["stale"] * 3
    gate.open.set()
    assert page.answer(running)[0]["kind"] == "stale"
    assert page.answer(latest)[0]["kind"] == "counts"
    assert gate.windows == [21, 25]


def test_two_pages_of_one_kernel_both_get_their_numbers(make_page: Callable[..., Page], analysis: Analysis) -> None:
    gate = Gate()
    page = make_page(analysis, gate)
    for client in ("one", "two"):
        page.session.handle({"protocol": PROTOCOL, "id": f"{client}.0", "kind": "counts", "revision": 1})
    gate.open.set()
    assert page.answer("one.0")[0]["kind"] == "counts"
    assert page.answer("two.0")[0]["kind"] == "counts"
    assert len(gate.windows) == 1, "the second is answered from memory"


def test_an_analysis_that_fails_is_a_sentence_and_the_session_lives(
    make_page: Callable[..., Page], analysis: Analysis
) -> None:
    class Broken(Compute):
        def run(self, analysis: Analysis, *how: Any) -> Any:
            if analysis.steps[1].low == 30:
                raise RuntimeError("chunk 7 of 10")
            return super().run(analysis, *how)

    page = make_page(analysis, Broken())
    page.edit(op="set_window", name="window", low=30, high=80)
    reply = page.ask("counts", revision=2)
    assert (reply["kind"], reply["reason"]) == ("failed", "RuntimeError: chunk 7 of 10")
    page.ask("undo")
    assert page.ask("counts", revision=3)["kind"] == "counts"


def test_a_long_count_shows_its_blocks_as_they_come(make_page: Callable[..., Page], monkeypatch: Any) -> None:
    monkeypatch.setattr("heplens.engine.plan.blocks", lambda edges, entries: [(0, 400), (400, entries)])
    page = make_page(
        Analysis({"x": np.arange(1000.0)}).cut("x >= 100", name="c").hist("x", bins=[0, 500, 2000], name="x")
    )
    edit = {"op": "set_literal", "name": "c", "index": 0, "value": 200}
    id = page.post("counts", revision=1, edit=edit)
    whole, buffers = page.answer(id)
    (part, cells) = next((content, cells) for content, cells in page.sent if content["kind"] == "partial")
    assert (part["id"], part["done"], part["total"], part["numbers"]["complete"]) == (id, 400, 1000, False)
    assert np.frombuffer(cells[part["numbers"]["plots"][0]["buffer"]])[1] == 200
    assert np.frombuffer(buffers[whole["plots"][0]["buffer"]])[1] == 300
    assert whole["complete"]
    id = page.post("tile", revision=1, handle="c/literal/0")
    page.answer(id)
    assert [(c["done"], c["numbers"]) for c, _ in page.sent if c["kind"] == "partial" and c["id"] == id] == [
        (400, None)
    ]


def test_a_newer_position_cancels_the_count_of_an_older_one(make_page: Callable[..., Page], monkeypatch: Any) -> None:
    monkeypatch.setattr("heplens.engine.plan.blocks", lambda edges, entries: [(0, 400), (400, entries)])
    page = make_page(Analysis({"x": np.arange(1000.0)}).cut("x >= 100", name="c"))
    ids: list[str] = []

    def send(content: dict[str, Any], buffers: Any) -> None:
        Page._send(page, content, buffers)
        if content["kind"] == "partial" and len(ids) < 3:
            ids.append(page.post("counts", revision=1, edit={**edit, "value": 300 + len(ids)}))

    page.session._send = send
    edit = {"op": "set_literal", "name": "c", "index": 0}
    first = page.post("counts", revision=1, edit={**edit, "value": 200})
    assert page.answer(first)[0]["kind"] == "stale"
    while len(ids) < 3:
        page.answer(ids[-1])
    assert page.answer(ids[-1])[0]["cutflow"][-1]["passed"] == 1000 - 302


def test_tiles_are_made_once_and_their_memory_is_told_and_given_back(page: Page) -> None:
    first, buffers = page.answer(page.post("tile", revision=1, handle="window/low/0"))
    again, same = page.answer(page.post("tile", revision=1, handle="window/high/0"))
    assert (first["key"], buffers) == (again["key"], same)
    assert all(a is b for a, b in zip(buffers, same, strict=True))
    assert first["memory"]["tiles"] >= sum(map(len, buffers))
    assert first["memory"]["columns"] == 0, "arrays in memory are not held a second time"
    page.session.close()
    assert page.session._compute.memory() | {"budget": 0} == {"columns": 0, "budget": 0, "tiles": 0}
