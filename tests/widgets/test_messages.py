"""The list of messages: the same on both ends, and readable when it is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from heplens.widgets import messages as m

TWIN = Path(__file__).parents[2] / "js" / "widgets" / "messages.ts"


def test_both_twins_list_the_same_messages_and_version() -> None:
    text = TWIN.read_text(encoding="utf-8")

    def kinds(name: str) -> set[str]:
        after = text[text.index(f"export type {name} =") :]
        return set(re.findall(r"kind: '(\w+)'", after[: after.index(";\n\n")]))

    assert kinds("Request") == set(m.REQUESTS)
    assert kinds("Reply") == set(m.REPLIES)
    assert f"PROTOCOL = {m.PROTOCOL};" in text


def test_a_request_is_read_into_its_class() -> None:
    content = {"protocol": m.PROTOCOL, "kind": "edit", "id": "a.1", "base_revision": 3, "edit": {"op": "remove"}}
    assert m.parse(content) == m.Edit("a.1", 3, {"op": "remove"})
    assert m.parse({"protocol": m.PROTOCOL, "kind": "counts", "id": "a", "revision": 1}) == m.AskCounts("a", 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "not an object"),
        ({"protocol": 99, "kind": "undo", "id": "x"}, "version 99"),
        ({"kind": "undo", "id": "x"}, "version None"),
        ({"protocol": m.PROTOCOL, "kind": "exec", "id": "x"}, "unknown kind 'exec'"),
        ({"protocol": m.PROTOCOL, "kind": ["edit"], "id": "x"}, "unknown kind"),
        ({"protocol": m.PROTOCOL, "kind": "tile", "id": "x", "revision": "1", "handle": "a"}, "'revision'"),
        ({"protocol": m.PROTOCOL, "kind": "tile", "id": "x", "revision": True, "handle": "a"}, "'revision'"),
        ({"protocol": m.PROTOCOL, "kind": "edit", "id": "x", "base_revision": 1, "edit": None}, "'edit'"),
        ({"protocol": m.PROTOCOL, "kind": "undo", "id": 7}, "'id'"),
    ],
)
def test_what_cannot_be_understood_is_a_sentence(content: Any, said: str) -> None:
    with pytest.raises(m.MessageError) as caught:
        m.parse(content)
    assert said in caught.value.reason
    assert caught.value.reason.endswith(".")
