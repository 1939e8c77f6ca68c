"""The list of messages: the same on both ends, and readable when it is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from heplens.widgets import browser_messages, job_messages
from heplens.widgets import messages as m
from heplens.widgets.protocol import PROTOCOL, MessageError, parse

TWINS = Path(__file__).parents[2] / "js" / "widgets"


@pytest.mark.parametrize(
    ("module", "twin", "prefix"),
    [(m, "messages", ""), (job_messages, "jobMessages", "Job"), (browser_messages, "browseMessages", "")],
)
def test_both_twins_list_the_same_messages(module: Any, twin: str, prefix: str) -> None:
    text = (TWINS / f"{twin}.ts").read_text(encoding="utf-8")
    shared = {
        "Ending": {"refused", "stale", "failed"},
        "BokehReply": {"bokeh"},
        "LookRequest": {"set_log", "show_region"},
    }

    def kinds(name: str) -> set[str]:
        after = text[text.index(f"export type {prefix}{name} =") :]
        union = after[: after.index(";\n\n")]
        named = [shared[alias] for alias in re.findall(r"\| (\w+)\b", union) if alias in shared]
        return set(re.findall(r"kind: '(\w+)'", union)).union(*named)

    assert kinds("Request") == set(module.REQUESTS)
    assert kinds("Reply") | {"refused"} == module.REPLIES | {"refused"}


def test_both_twins_speak_the_same_version() -> None:
    assert f"PROTOCOL = {PROTOCOL};" in (TWINS / "protocol.ts").read_text(encoding="utf-8")


def test_a_request_is_read_into_its_class() -> None:
    content = {"protocol": PROTOCOL, "kind": "edit", "id": "a.1", "base_revision": 3, "edit": {"op": "remove"}}
    assert parse(content, m.REQUESTS) == m.Edit("a.1", 3, {"op": "remove"})
    assert parse({"protocol": PROTOCOL, "kind": "counts", "id": "a", "revision": 1}, m.REQUESTS) == m.AskCounts("a", 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "not an object"),
        ({"protocol": 99, "kind": "undo", "id": "x"}, "version 99"),
        ({"kind": "undo", "id": "x"}, "version None"),
        ({"protocol": PROTOCOL, "kind": "exec", "id": "x"}, "unknown kind 'exec'"),
        ({"protocol": PROTOCOL, "kind": ["edit"], "id": "x"}, "unknown kind"),
        ({"protocol": PROTOCOL, "kind": "tile", "id": "x", "revision": "1", "handle": "a"}, "'revision'"),
        ({"protocol": PROTOCOL, "kind": "tile", "id": "x", "revision": True, "handle": "a"}, "'revision'"),
        ({"protocol": PROTOCOL, "kind": "edit", "id": "x", "base_revision": 1, "edit": None}, "'edit'"),
        ({"protocol": PROTOCOL, "kind": "undo", "id": 7}, "'id'"),
    ],
)
def test_what_cannot_be_understood_is_a_sentence(content: Any, said: str) -> None:
    with pytest.raises(MessageError) as caught:
        parse(content, m.REQUESTS)
    assert said in caught.value.reason
    assert caught.value.reason.endswith(".")
