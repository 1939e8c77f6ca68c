"""Tiles that are made before anybody asks for them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from heplens.analysis import Analysis
from heplens.widgets.compute import Compute
from heplens.widgets.warming import Warming
from heplens.widgets.worker import Worker

Cancel = Callable[[], bool]


def test_a_warm_tile_needs_no_work(analysis: Analysis) -> None:
    compute = Compute()
    compute.warm(analysis, lambda: False)
    ids = [handle["id"] for handle in compute.handles(analysis)["handles"] if handle["tile"]]
    assert ids
    for id in ids:
        fields, buffers = compute.tile(analysis, id, lambda: True)  # whatever it still had to do would be cancelled
        assert fields["key"] and buffers


def test_any_request_stops_it_and_what_fails_leaves_the_worker_alive() -> None:
    worker = Worker()
    warming = Warming(worker, patience=0)
    begun, ended = threading.Event(), threading.Event()

    def long(cancel: Cancel) -> None:
        begun.set()
        while not cancel():
            pass
        ended.set()
        raise ValueError("of no interest")

    warming.later(long)
    assert begun.wait(60)
    warming.stop()
    answered = threading.Event()
    worker.submit("tile", lambda task: answered.set(), lambda: None)
    assert answered.wait(60) and ended.is_set()
    worker.close()


def test_it_does_not_begin_when_something_is_asked_before() -> None:
    worker = Worker()
    warming = Warming(worker, patience=60)
    begun, answered = threading.Event(), threading.Event()
    warming.later(lambda cancel: begun.set())
    warming.stop()
    worker.submit("tile", lambda task: answered.set(), lambda: None)
    assert answered.wait(30) and not begun.is_set()
    worker.close()
