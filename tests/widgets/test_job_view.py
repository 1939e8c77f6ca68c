"""The widget of a job: what its page is told from the moment at which there is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

from cluster.conftest import LIMIT, close, make_client, muons, poll, standing
from heplens.widgets.job_view import job_view
from support import HZZ


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    made = make_client(1)
    yield made
    close(made)


class Wire(BaseComm):
    """Keeps what the page knows of a widget: what came when it was opened, and what was sent since."""

    def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:
        if msg_type == "comm_open":
            self.known = dict(data["state"])
        elif data and data.get("method") == "update":
            self.known |= data["state"]


def test_a_job_that_ends_while_its_view_is_opened_is_seen_to_have_ended(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    views: list[Wire] = []
    held = ExitStack()
    job = muons(HZZ).submit(client)
    held.enter_context(standing(job, after=0))

    def create(**opened: Any) -> Wire:
        wire = Wire(**opened)
        if opened["data"]["state"].get("_anywidget_id", "").endswith("JobView"):
            views.append(wire)
            held.close()
            job.result(LIMIT)
            for thread in threading.enumerate():  # whoever tells views of their jobs has told what there was
                if thread.name == "heplens-job-view":
                    thread.join(LIMIT)
        return wire

    monkeypatch.setattr(comm, "create_comm", create)
    view = job_view(job)
    poll(lambda: views[0].known["state"]["progress"]["state"] == "finished", "the view of a job that has ended")
    assert views[0].known["state"]["progress"]["done"] == 1
    view.close()
