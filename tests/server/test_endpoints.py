"""What the endpoints answer on a real server."""

from __future__ import annotations

import gzip
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

import heplens as hl


async def test_listing(ask: Any, data: Path) -> None:
    status, body = await ask("listing", params={"path": "uproot-HZZ.root"})
    assert status == 200
    assert body["protocol"] == 1
    assert (body["path"], body["node"], body["error"]) == ("uproot-HZZ.root", "", None)
    assert body["rows"][0]["entries"] == 2421
    status, body = await ask("listing", params={"path": "uproot-HZZ.root", "node": "events"})
    assert body["rows"] == hl.inspect(data / "uproot-HZZ.root", "events").to_json()["rows"]


async def test_names_that_need_quoting(ask: Any) -> None:
    status, body = await ask("listing", params={"path": "sub folder/#1 100%.root", "node": "events"})
    assert status == 200
    assert len(body["rows"]) == 51


async def test_preview(ask: Any) -> None:
    status, body = await ask("preview", params={"path": "uproot-HZZ.root", "object": "events", "branch": "Muon_Px"})
    assert status == 200
    assert {"protocol", "kind", "title", "x_label", "edges", "values", "variances", "flow"} <= set(body)
    assert {"entries", "entries_used", "summary"} <= set(body)
    assert body["summary"]["values"] == 3825
    assert (await ask("preview", params={"path": "uproot-HZZ.root", "object": "events/Muon_Px"}))[1] == body


async def test_figure(ask: Any) -> None:
    query = {"path": "uproot-HZZ.root", "object": "events", "branch": "Muon_Px"}
    status, body = await ask("figure", params=query)
    assert status == 200
    assert (body["protocol"], body["kind"], body["bokeh"]) == (1, "histogram", version("bokeh"))
    assert (body["summary"]["values"], body["entries"]) == (3825, 2421)
    assert len(body["document"]["roots"]) == 1
    assert "LogScale" in json.dumps((await ask("figure", params=query | {"log": "1"}))[1]["document"])
    status, body = await ask("figure", params=query | {"branch": "Muon_P"})
    assert (status, set(body)) == (404, {"protocol", "message"})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"this is text, not a ROOT file at all", "'bad.root' is not a ROOT file: it does not begin with 'root'"),
        (b"", "'bad.root' is empty, not a ROOT file"),
        (None, "'bad.root' is truncated: it has 109 kB of the 218 kB that its header announces"),
    ],
    ids=["text", "empty", "truncated"],
)
async def test_bad_files_are_sentences(ask: Any, root: Path, content: bytes | None, sentence: str) -> None:
    whole = (root / "uproot-HZZ.root").read_bytes()
    (root / "bad.root").write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert await ask("listing", params={"path": "bad.root"}) == (422, {"protocol": 1, "message": sentence})


async def test_what_is_no_file_is_not_opened(ask: Any, root: Path) -> None:
    os.mkfifo(root / "pipe.root")
    status, body = await ask("listing", params={"path": "pipe.root"})
    assert (status, body["message"]) == (
        422,
        "'pipe.root' is not a regular file but a named pipe, so it is not opened",
    )
    status, body = await ask("listing", params={"path": "sub folder"})
    assert (status, body["message"]) == (422, "'sub folder' is a folder, not a ROOT file")


async def test_unknown_nodes_name_the_nearest(ask: Any) -> None:
    status, body = await ask("listing", params={"path": "uproot-HZZ.root", "node": "event"})
    assert (status, body["message"]) == (404, "'uproot-HZZ.root' has no 'event'; did you mean 'events'?")
    status, body = await ask("preview", params={"path": "uproot-HZZ.root", "object": "events", "branch": "Muon_px"})
    assert status == 404
    assert "did you mean 'Muon_Px'" in body["message"]


async def test_missing_and_unreadable_arguments(ask: Any) -> None:
    assert await ask("listing") == (400, {"protocol": 1, "message": "the argument 'path' is missing"})
    assert (await ask("preview", params={"path": "uproot-HZZ.root"}))[0] == 400
    status, body = await ask("listing", params={"path": b"\xff.root"})
    assert (status, body["message"]) == (400, "the argument 'path' is not valid UTF-8")


async def test_other_methods_and_addresses(ask: Any) -> None:
    status, body = await ask("listing", method="POST", body="{}", params={"path": "uproot-HZZ.root"})
    assert (status, body) == (405, {"protocol": 1, "message": "this address answers GET only"})


async def test_a_changed_file_is_listed_anew(ask: Any, root: Path, data: Path) -> None:
    path = root / "changing.root"
    path.write_bytes((data / "uproot-HZZ.root").read_bytes())
    assert (await ask("listing", params={"path": "changing.root"}))[1]["rows"][0]["name"] == "events"
    path.write_bytes((data / "uproot-issue33.root").read_bytes())
    assert (await ask("listing", params={"path": "changing.root"}))[1]["rows"][0]["name"] == "cutflow"
    path.unlink()
    assert (await ask("listing", params={"path": "changing.root"}))[0] == 404


async def test_an_unchanged_listing_is_not_sent_again(jp_fetch: Any, root: Path, desk: Any) -> None:
    first = await jp_fetch("heplens", "listing", params={"path": "uproot-HZZ.root"})
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Content-Type"].startswith("application/json")
    headers = {"If-None-Match": first.headers["Etag"]}
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("heplens", "listing", params={"path": "uproot-HZZ.root"}, headers=headers)
    assert caught.value.code == 304
    (root / "uproot-HZZ.root").touch()
    assert (await jp_fetch("heplens", "listing", params={"path": "uproot-HZZ.root"}, headers=headers)).code == 200


async def test_what_a_page_holds_is_not_even_read(jp_fetch: Any, root: Path, jp_serverapp: Any, desk: Any) -> None:
    preview = {"path": "uproot-HZZ.root", "object": "events/NMuon"}
    held = (await jp_fetch("heplens", "preview", params=preview)).headers["Etag"]
    jp_serverapp.web_app.settings["heplens_desk"] = None
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("heplens", "preview", params=preview, headers={"If-None-Match": held})
    assert caught.value.code == 304
    jp_serverapp.web_app.settings["heplens_desk"] = desk
    other = await jp_fetch("heplens", "preview", params=preview | {"object": "events/NJet"})
    assert other.headers["Etag"] != held


async def test_long_listings_are_sent_compressed(jp_fetch: Any, root: Path, desk: Any) -> None:
    asked = {"path": "uproot-HZZ.root", "node": "events"}
    packed = await jp_fetch(
        "heplens", "listing", params=asked, headers={"Accept-Encoding": "gzip"}, decompress_response=False
    )
    plain = await jp_fetch("heplens", "listing", params=asked, decompress_response=False)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 5
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


async def test_bokehjs_from_the_installed_wheel(jp_fetch: Any, ask: Any) -> None:
    installed = version("bokeh")
    status, body = await ask("version")
    assert (status, body) == (200, {"protocol": 1, "heplens": hl.__version__, "bokeh": installed})
    response = await jp_fetch("heplens", "bokeh", f"{installed}.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in response.headers["Cache-Control"]
    assert installed.encode() in response.body
    assert len(response.body) > 500_000
    status, body = await ask("bokeh", "1.0.0.js")
    assert (status, body["message"]) == (404, f"this server has BokehJS {installed}, not 1.0.0")


async def test_a_server_without_local_files(ask: Any, jp_serverapp: Any) -> None:
    class Elsewhere:
        allow_hidden = False

    jp_serverapp.web_app.settings["contents_manager"] = Elsewhere()
    status, body = await ask("listing", params={"path": "uproot-HZZ.root"})
    assert (status, body["message"]) == (404, "this server keeps its files where heplens cannot read them")


async def test_every_reply_has_the_protocol(ask: Any) -> None:
    for part, params in (("listing", {"path": "uproot-HZZ.root"}), ("listing", {"path": "no"}), ("version", {})):
        _, body = await ask(part, params=params)
        assert body["protocol"] == 1
        json.dumps(body, allow_nan=False)
