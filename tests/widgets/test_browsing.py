"""What a kernel answers to the pages of a browser, and what Python sees of them."""

from __future__ import annotations

import functools
import http.server
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import heplens as hl
from heplens.widgets.browsing import Browsing, roots_of
from heplens.widgets.protocol import PROTOCOL
from ranges import Ranges
from support import find

HZZ = find("uproot-HZZ.root")


class Page:
    """The other end of the wire."""

    def __init__(self, path: object) -> None:
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        self.changes = 0
        self._arrived = threading.Condition()
        self._next = 0
        self.browsing = Browsing(roots_of(path), self._send, self._changed)

    def _send(self, content: dict[str, Any], buffers: Sequence[bytes]) -> None:
        with self._arrived:
            self.sent.append((content, list(buffers)))
            self._arrived.notify_all()

    def _changed(self) -> None:
        self.changes += 1

    def post(self, kind: str, **fields: Any) -> str:
        self._next += 1
        id = f"page.{self._next}"
        self.browsing.handle({"protocol": PROTOCOL, "id": id, "kind": kind} | fields)
        return id

    def answer(self, id: str) -> tuple[dict[str, Any], list[bytes]]:
        deadline = time.monotonic() + 60
        with self._arrived:
            while not (found := [m for m in self.sent if m[0]["id"] == id]):
                assert self._arrived.wait(deadline - time.monotonic()), f"no answer to {id}"
            return found[0]

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        return self.answer(self.post(kind, **fields))[0]


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page(HZZ)
    yield page
    page.browsing.close()


def test_listings_and_figures_are_those_of_the_server(page: Page) -> None:
    top = page.ask("listing", file=HZZ, node="")
    assert top["document"] == hl.inspect(HZZ).to_json()
    assert page.ask("listing", file=HZZ, node="events")["document"] == hl.inspect(HZZ, "events").to_json()
    figure = page.ask("figure", file=HZZ, object="events/Muon_Px", log=True)
    assert figure["document"]["summary"]["values"] == 3825
    assert figure["document"]["document"]["roots"]
    reply, [script] = page.answer(page.post("bokeh", version=figure["document"]["bokeh"]))
    assert reply["version"] == figure["document"]["bokeh"]
    assert b"Bokeh" in zlib.decompress(script)


def test_folders_patterns_and_lists(tmp_path: Path) -> None:
    for name in ("b.root", "a.root"):
        (tmp_path / name).symlink_to(HZZ)
    page = Page(tmp_path)
    rows = page.ask("listing", file=str(tmp_path), node="")["document"]["rows"]
    assert [(row["name"], row["kind"]) for row in rows] == [("a.root", "file"), ("b.root", "file")]
    assert page.ask("listing", file=rows[0]["path"], node="")["document"]["rows"][0]["name"] == "events"
    page.ask("choose", file=rows[1]["path"], path="")
    assert page.browsing.selected is not None
    assert (page.browsing.selected.name, page.browsing.selected.kind) == ("b.root", "file")
    page.browsing.close()
    assert roots_of([HZZ, tmp_path]) == [HZZ, str(tmp_path)]
    assert roots_of("no/such/*.root") == ["no/such/*.root"], "looked at when it is listed"
    with pytest.raises(hl.FileError, match=r"there is no file .*missing\.root"):
        roots_of(tmp_path / "missing.root")


def test_what_is_chosen_is_known_in_python(page: Page) -> None:
    page.ask("listing", file=HZZ, node="events")
    page.ask("choose", file=HZZ, path="events/NJet")
    chosen = page.browsing.selected
    assert chosen is not None
    assert (chosen.file, chosen.path, chosen.kind, chosen.type, chosen.entries) == (
        HZZ, "events/NJet", "branch", "int32", 2421,
    )  # fmt: skip
    assert page.browsing.state()["selected"] == {"file": HZZ, "path": "events/NJet"}
    page.ask("choose", file=HZZ, path="events/NJet")
    assert page.changes == 1, "the same again is no change"
    page.ask("choose", file="", path="")
    assert page.browsing.selected is None


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (None, "not an object"),
        ({"kind": "listing", "id": "p.1", "protocol": 99}, "version 99"),
        ({"kind": "eval", "id": "p.1", "protocol": PROTOCOL}, "unknown kind"),
        ({"kind": "listing", "id": "p.1", "protocol": PROTOCOL, "file": 3, "node": ""}, "'file'"),
        ({"kind": "figure", "id": "p.1", "protocol": PROTOCOL, "file": HZZ, "object": "", "log": 1}, "'log'"),
        ({"kind": "listing", "id": "p.1", "protocol": PROTOCOL, "file": "/none.root", "node": ""}, "there is no file"),
        ({"kind": "listing", "id": "p.1", "protocol": PROTOCOL, "file": HZZ, "node": "event"}, "did you mean"),
        ({"kind": "figure", "id": "p.1", "protocol": PROTOCOL, "file": HZZ, "object": "x", "log": False}, "has no 'x'"),
    ],
)
def test_whatever_goes_wrong_is_a_sentence(page: Page, message: Any, sentence: str) -> None:
    page.browsing.handle(message)
    content, _ = page.answer("p.1" if message else "")
    assert content["kind"] == "failed"
    assert sentence in content["reason"]


def test_a_file_that_is_deleted_while_it_is_open(tmp_path: Path) -> None:
    file = tmp_path / "a.root"
    file.write_bytes(Path(HZZ).read_bytes())
    page = Page(file)
    assert page.ask("listing", file=str(file), node="")["kind"] == "listing"
    file.unlink()
    assert "there is no file" in page.ask("listing", file=str(file), node="events")["reason"]
    page.browsing.close()


class Held(Ranges):
    """A server that answers for `held` when the test lets it."""

    hold: threading.Event

    def translate_path(self, path: str) -> str:
        if "held" in path:
            assert self.hold.wait(60)
        return super().translate_path(path)


def test_a_slow_file_far_away_holds_up_no_other(tmp_path: Path) -> None:
    for name in ("held.root", "a.root"):
        (tmp_path / name).symlink_to(HZZ)
    handler = type("Handler", (Held,), {"hold": threading.Event()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    held, other = (f"http://127.0.0.1:{server.server_port}/{name}" for name in ("held.root", "a.root"))
    page = Page([held, other])
    assert [root["path"] for root in page.browsing.state()["roots"]] == [held, other]
    waiting = page.post("listing", file=held, node="")
    listing = page.ask("listing", file=other, node="events")["document"]
    assert listing["rows"] == hl.inspect(HZZ, "events").to_json()["rows"]
    for file in (other, HZZ):
        figure = page.ask("figure", file=file, object="events/NJet", log=False)["document"]
        assert figure["summary"]["values"] == 2421
    page.ask("choose", file=other, path="events/NJet")
    assert page.browsing.selected is not None
    assert (page.browsing.selected.file, page.browsing.selected.entries) == (other, 2421)
    assert not any(content["id"] == waiting for content, _ in page.sent)
    handler.hold.set()
    assert page.answer(waiting)[0]["document"]["rows"][0]["name"] == "events"
    page.browsing.close()
    server.shutdown()
    server.server_close()


def test_what_nobody_waits_for_is_not_read(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    from heplens.widgets import browsing

    hold, asked = threading.Event(), []

    def slow(file: Any, node: str) -> Any:
        asked.append(node)
        hold.wait(30)
        return hl.inspect(HZZ, node)

    monkeypatch.setattr(browsing, "list_node", slow)
    first = page.post("listing", file=HZZ, node="")
    second = page.post("listing", file=HZZ, node="events")
    page.browsing.handle({"protocol": PROTOCOL, "id": second, "kind": "cancel"})
    third = page.post("listing", file=HZZ, node="events")
    hold.set()
    assert page.answer(first)[0]["kind"] == page.answer(third)[0]["kind"] == "listing"
    assert asked.count("events") == 1
