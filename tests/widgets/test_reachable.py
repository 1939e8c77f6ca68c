"""In a real kernel: what a page sends to a widget comes where the page sends it, whoever was answered last."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from heplens.widgets.protocol import PROTOCOL
from support import find

PATIENCE = 60  # seconds

BROWSER = f"""
import heplens as hl
browser = hl.browse({find("uproot-Zmumu.root")!r})
"""

FORM = """
from heplens.widgets.launcher_form import Form
form = Form(1)
seen = []
form.memory.control.observe(lambda change: seen.append(change.new), "value")
form.start.on_click(lambda _: seen.append("start"))
"""


class Page:
    """The page's end of a kernel's channels."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.comms: dict[str, str] = {}  # ids by the class of the widget

    def execute(self, code: str) -> None:
        """Run a cell to its end."""
        self.finish(self.start(code))

    def start(self, code: str) -> str:
        """Run a cell; it is running now."""
        asked = str(self.client.execute(code))
        for message in self.heard():
            if message["msg_type"] == "execute_input" and message["parent_header"]["msg_id"] == asked:
                break
        return asked

    def finish(self, cell: str) -> None:
        for message in self.heard():
            content = message["content"]
            if message["msg_type"] == "comm_open":
                state = content["data"]["state"]
                name = state.get("description") or state.get("_model_name", "")
                self.comms[name] = content["comm_id"]
            assert message["msg_type"] != "error", content
            if message["parent_header"].get("msg_id") == cell and content.get("execution_state") == "idle":
                return

    def heard(self) -> Iterator[Any]:
        end = time.monotonic() + PATIENCE
        while (rest := end - time.monotonic()) > 0:
            yield self.client.get_iopub_msg(timeout=rest)
        raise TimeoutError("nothing more was heard")

    def subshell(self) -> str:
        created = self._control("create_subshell_request", {})
        assert created["status"] == "ok"
        return str(created["subshell_id"])

    def drop(self, subshell: str) -> None:
        assert self._control("delete_subshell_request", {"subshell_id": subshell})["status"] == "ok"

    def send(self, comm: str, data: dict[str, Any], subshell: str | None) -> str:
        message = self.client.session.msg("comm_msg", {"comm_id": self.comms[comm], "data": data})
        message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def ask(self, number: int, subshell: str | None) -> None:
        """List the file, and wait for the answer."""
        content = {"protocol": PROTOCOL, "id": f"page.{number}", "kind": "listing", "file": "", "node": ""}
        self.send("AnyModel", {"method": "custom", "content": content}, subshell)
        for message in self.heard():
            data = message["content"].get("data", {})
            if message["msg_type"] == "comm_msg" and data.get("content", {}).get("id") == f"page.{number}":
                return

    def _control(self, kind: str, content: dict[str, Any]) -> Any:
        message = self.client.session.msg(kind, content)
        self.client.control_channel.send(message)
        return self.client.get_control_msg(timeout=PATIENCE)["content"]


@pytest.fixture
def page() -> Iterator[Page]:
    manager, client = start_new_kernel()
    try:
        yield Page(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_subshell_of_an_earlier_request_may_be_gone(page: Page) -> None:
    page.execute(BROWSER)
    first, second = page.subshell(), page.subshell()
    page.ask(0, first)
    page.drop(first)
    page.ask(1, second)
    page.ask(2, None)


def test_a_widget_answers_while_a_cell_runs(page: Page, tmp_path: Path) -> None:
    page.execute(BROWSER)
    subshell = page.subshell()
    go = tmp_path / "go"
    page.start(f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)")
    page.ask(0, subshell)
    page.ask(1, subshell)
    go.touch()


def test_what_was_typed_comes_before_the_click(page: Page) -> None:
    page.execute(FORM)
    subshell = page.subshell()
    # The button changes while a request of the subshell is answered, the field of the memory does not.
    change = page.send("Start", {"method": "update", "state": {"tooltip": "now"}, "buffer_paths": []}, subshell)
    for message in page.heard():
        if message["content"].get("data", {}).get("method") == "echo_update":
            assert message["parent_header"]["msg_id"] == change  # or the page would take it for another page's change
            break
    cell = page.start("import time\nwhile len(seen) < 2: time.sleep(0.01)\nassert seen == ['lots', 'start'], seen")
    page.send("memory each", {"method": "update", "state": {"value": "lots"}, "buffer_paths": []}, subshell)
    page.send("Start", {"method": "custom", "content": {"event": "click"}}, subshell)
    page.finish(cell)
