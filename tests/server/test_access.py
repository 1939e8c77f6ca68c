"""Who may ask, and which files can be reached: every way out, one by one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError

ENDPOINTS = [
    ("listing", {"path": "uproot-HZZ.root"}),
    ("preview", {"path": "uproot-HZZ.root", "object": "events/NMuon"}),
    ("figure", {"path": "uproot-HZZ.root", "object": "events/NMuon"}),
    ("version", {}),
    ("bokeh/3.9.2.js", {}),
]


async def refused(fetch: Any, part: str, params: dict[str, str], **options: Any) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPClientError) as caught:
        await fetch("heplens", *part.split("/"), params=params, **options)
    assert caught.value.response is not None
    return caught.value.code, json.loads(caught.value.response.body)


@pytest.mark.parametrize(("part", "params"), ENDPOINTS)
async def test_without_a_token(jp_fetch: Any, root: Path, desk: Any, part: str, params: dict[str, str]) -> None:
    code, body = await refused(jp_fetch, part, params, headers={"Authorization": ""})
    assert (code, body["protocol"]) == (403, 1)
    assert "not logged in" in body["message"]
    code, _ = await refused(jp_fetch, part, params, headers={"Authorization": "token wrong"})
    assert code == 403


@pytest.mark.parametrize(("part", "params"), ENDPOINTS)
async def test_an_authorizer_that_says_no(
    jp_fetch: Any, jp_serverapp: Any, root: Path, desk: Any, part: str, params: dict[str, str]
) -> None:
    asked = []

    class No(Authorizer):
        def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
            asked.append((action, resource))
            return False

    jp_serverapp.web_app.settings["authorizer"] = No()
    code, body = await refused(jp_fetch, part, params)
    assert (code, body["protocol"]) == (403, 1)
    assert asked == [("read", "contents")]


async def log_in(jp_fetch: Any, jp_serverapp: Any) -> dict[str, str]:
    """The headers that a browser sends after a login."""
    response = await jp_fetch("api", "me", params={"token": jp_serverapp.identity_provider.token})
    cookies = "; ".join(item.split(";")[0] for item in response.headers.get_list("Set-Cookie"))
    return {"Authorization": "", "Cookie": cookies}


@pytest.mark.parametrize(("part", "params"), ENDPOINTS[:2])
async def test_a_page_of_another_origin_with_the_cookie(
    jp_fetch: Any, jp_serverapp: Any, root: Path, desk: Any, part: str, params: dict[str, str]
) -> None:
    user = await log_in(jp_fetch, jp_serverapp)
    here = f"http://127.0.0.1:{jp_serverapp.port}"
    # Its own page: the browser says where from.
    host = {"Host": f"127.0.0.1:{jp_serverapp.port}"}
    response = await jp_fetch("heplens", part, params=params, headers=user | host | {"Referer": f"{here}/lab"})
    assert response.code == 200
    for elsewhere in (
        {"Origin": "http://evil.example"},
        {"Referer": "http://evil.example/page"},
        {"Origin": "null"},
        {},
    ):
        code, body = await refused(jp_fetch, part, params, headers=user | host | elsewhere)
        assert code in (403, 404), elsewhere
        assert body["protocol"] == 1


async def test_the_xsrf_header_of_jupyterlab_is_enough(jp_fetch: Any, jp_serverapp: Any, root: Path, desk: Any) -> None:
    user = await log_in(jp_fetch, jp_serverapp)
    found = re.search("_xsrf=([^;]+)", user["Cookie"])
    token = found[1] if found else ""
    if not token:
        response = await jp_fetch("login", params={"next": "/api"}, headers={"Authorization": ""})
        cookies = [item.split(";")[0] for item in response.headers.get_list("Set-Cookie")]
        token = next(item for item in cookies if item.startswith("_xsrf=")).partition("=")[2]
        user["Cookie"] += f"; _xsrf={token}"
    response = await jp_fetch(
        "heplens", "listing", params={"path": "uproot-HZZ.root"}, headers=user | {"X-XSRFToken": token}
    )
    assert response.code == 200


@pytest.fixture
def outside(root: Path, data: Path) -> Path:
    """Files that must not be reached, around and inside the server's folder."""
    content = (data / "uproot-HZZ.root").read_bytes()
    for path in (
        root.parent / "secret.root",
        root.parent / (root.name + "-secret") / "x.root",
        root / ".hidden.root",
        root / ".hidden" / "x.root",
        root / "sub folder" / ".deep" / "x.root",
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (root / "link.root").symlink_to(root.parent / "secret.root")
    (root / "linked").symlink_to(root.parent / (root.name + "-secret"))
    (root / "to-hidden.root").symlink_to(root / ".hidden" / "x.root")
    (root / "loop.root").symlink_to(root / "loop.root")
    (root / "inside.root").symlink_to(root / "uproot-HZZ.root")
    (root / "C:").mkdir()
    return root.parent


ESCAPES = {
    "empty": "",
    "missing": "none.root",
    "parent": "../secret.root",
    "parent in the middle": "sub folder/../../secret.root",
    "parent that comes back": "sub folder/../uproot-HZZ.root",
    "encoded parent": "%2e%2e/secret.root",
    "encoded slash": "..%2fsecret.root",
    "doubly encoded": "%252e%252e%252fsecret.root",
    "overlong dots": "..../secret.root",
    "backslash": "..\\secret.root",
    "dot": "./uproot-HZZ.root",
    "absolute": "{parent}/secret.root",
    "absolute inside": "{root}/uproot-HZZ.root",
    "two slashes": "//{parent}/secret.root",
    "trailing slash": "uproot-HZZ.root/",
    "sibling prefix": "../{name}-secret/x.root",
    "sibling prefix, absolute": "{root}-secret/x.root",
    "link to a file outside": "link.root",
    "link to a folder outside": "linked/x.root",
    "link to a hidden file": "to-hidden.root",
    "link to itself": "loop.root",
    "hidden file": ".hidden.root",
    "hidden folder": ".hidden/x.root",
    "hidden further down": "sub folder/.deep/x.root",
    "null byte": "uproot-HZZ.root\0",
    "null byte in the middle": "uproot-HZZ.root\0/../../secret.root",
    "drive": "C:/secret.root",
    "drive and backslash": "C:\\secret.root",
    "Jupyter drive": "RTC:uproot-HZZ.root",
    "network path": "\\\\server\\share\\x.root",
    "home": "~/secret.root",
    "variable": "$HOME/secret.root",
    "URL": "file://{parent}/secret.root",
    "remote URL": "root://eos.example//x.root",
    "object behind a colon": "uproot-HZZ.root:events",
    "glob": "*.root",
    "below a file": "uproot-HZZ.root/x",
    "very long": "a/" * 3000 + "x.root",
    "very long name": "a" * 3000,
    "surrounding space": " uproot-HZZ.root ",
}


@pytest.mark.parametrize("path", list(ESCAPES.values()), ids=list(ESCAPES))
@pytest.mark.parametrize("part", ["listing", "preview", "figure"])
async def test_no_way_out(ask: Any, desk: Any, root: Path, outside: Path, part: str, path: str) -> None:
    asked = path.format(parent=outside, root=root, name=root.name)
    params = {"path": asked, "object": "events/NMuon"}
    code, body = await ask(part, params=params)
    assert code == 404, body
    assert body["message"].startswith("there is no file ")
    assert str(root.parent) not in body["message"].replace(repr(asked[:200]), "")


async def test_a_link_that_stays_inside_is_followed(ask: Any, outside: Path) -> None:
    code, body = await ask("listing", params={"path": "inside.root"})
    assert (code, body["path"]) == (200, "inside.root")


async def test_hidden_files_where_the_server_shows_them(ask: Any, jp_serverapp: Any, outside: Path) -> None:
    jp_serverapp.contents_manager.allow_hidden = True
    for path in (".hidden.root", ".hidden/x.root", "to-hidden.root"):
        assert (await ask("listing", params={"path": path}))[0] == 200
    assert (await ask("listing", params={"path": "link.root"}))[0] == 404


async def test_a_root_that_is_itself_a_link(ask: Any, jp_serverapp: Any, root: Path, tmp_path: Path) -> None:
    (tmp_path / "way in").symlink_to(root)
    jp_serverapp.contents_manager.root_dir = str(tmp_path / "way in")
    assert (await ask("listing", params={"path": "uproot-HZZ.root"}))[0] == 200
