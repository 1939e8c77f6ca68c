"""What the browser does when the world changes: reloads, files written anew or deleted, a server in trouble."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import uproot
from playwright.sync_api import Page, Request, Response, Route, expect

import heplens as hl
from browser.conftest import DATA
from browser.test_document import double_click
from browser.test_sidebar import DRAWN, HZZ, expand, open_sidebar, row, sidebar_again

ZMUMU = "uproot-Zmumu.root"


@pytest.mark.files(HZZ)
def test_what_was_open_is_open_after_a_reload(open_lab: Callable[..., Page], page: Page) -> None:
    stored: list[str] = []

    def listen(response: Response) -> None:
        if "/api/workspaces" in response.url and response.request.method == "PUT":
            stored.append(response.request.post_data or "")

    page.on("response", listen)
    panel = open_sidebar(open_lab())
    expand(panel, HZZ, "events")
    row(panel, "Jet_Px").click()
    expect(panel.locator(DRAWN)).to_be_visible()
    while not any("events/Jet_Px" in kept for kept in stored):
        page.wait_for_timeout(100)
    page.reload()
    sidebar_again(page)
    expect(row(panel, "Jet_Px")).to_have_attribute("aria-selected", "true")
    expect(panel.locator(DRAWN)).to_be_visible()


@pytest.mark.files(HZZ)
def test_a_document_follows_its_file(open_lab: Callable[..., Page], folder: Path) -> None:
    page = open_lab()
    double_click(page, HZZ)
    document = page.locator(".jp-Document .heplens-Browser")
    expect(document.locator('[data-path="events"]')).to_contain_text("2,421")
    shutil.copy(DATA / ZMUMU, folder / HZZ)
    expect(document.locator('[data-path="events"]')).to_contain_text("2,304")
    (folder / HZZ).unlink()
    expect(document.locator(".heplens-sentence[role=alert]")).to_contain_text("no longer there")
    shutil.copy(DATA / HZZ, folder / HZZ)
    expect(document.locator('[data-path="events"]')).to_contain_text("2,421")


@pytest.mark.files(HZZ)
def test_a_large_file_is_neither_fetched_nor_copied(open_lab: Callable[..., Page], folder: Path) -> None:
    with (folder / HZZ).open("r+b") as file:
        file.truncate(600_000_000)  # sparse: it takes no room, and every byte of it would be sent
    page = open_lab()
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))
    double_click(page, HZZ)
    document = page.locator(".jp-Document .heplens-Browser")
    document.locator('[data-kind="tree"]').click()
    document.locator(".heplens-row", has_text="Muon_Px").click()
    expect(document.locator(DRAWN)).to_be_visible()
    about = [request for request in asked if HZZ in urlsplit(request.url).path]
    assert about
    for request in about:
        assert request.method == "GET", request.url
        assert "content=0" in request.url or "/checkpoints" in request.url, request.url
    assert sum(request.sizes()["responseBodySize"] for request in asked) < 20_000_000
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [HZZ], "no checkpoint, no copy"


@pytest.mark.files(HZZ, ZMUMU)
def test_a_server_in_trouble_says_so_and_can_be_asked_again(
    open_lab: Callable[..., Page], page: Page, screenshot: Callable[[str], None]
) -> None:
    busy = {"protocol": 1, "message": "the server is reading many files at the moment; try again in a few seconds"}
    page.route("**/heplens/listing*", lambda route: route.fulfill(status=429, json=busy))
    panel = open_sidebar(open_lab())
    row(panel, HZZ).click()
    note = panel.locator(".heplens-row-note.heplens-mod-error").first
    expect(note).to_contain_text("The server is reading many files")
    page.unroute("**/heplens/listing*")
    page.route("**/heplens/listing*", lambda route: route.fulfill(status=500, body="<html>oops</html>"))
    note.get_by_role("button", name="Try again").click()
    expect(note).to_contain_text("status 500")
    screenshot("sidebar-trouble")

    # One that takes its time: it can be stopped, and the request is.
    page.unroute("**/heplens/listing*")
    held: list[Route] = []
    page.route("**/heplens/listing*", lambda route: held.append(route))
    note.get_by_role("button", name="Try again").click()
    panel.get_by_role("button", name="Stop").click()
    expect(note).to_contain_text("Stopped.")
    assert held
    page.unroute("**/heplens/listing*")
    note.get_by_role("button", name="Try again").click()
    expect(row(panel, "events")).to_be_visible()


def test_html_in_names_is_text_and_long_lists_stay_short_in_the_page(
    open_lab: Callable[..., Page], page: Page, folder: Path, screenshot: Callable[[str], None]
) -> None:
    hostile = "<img src=x onerror=window.hacked=1>"
    with uproot.recreate(folder / "wide.root") as file:
        tree = file.mktree("Events", {hostile: "float32"}, title=hostile)
        tree.extend({hostile: np.zeros(2, "f4")})
    [branch] = hl.inspect(folder / "wide.root", "Events").to_json()["rows"]

    def widen(route: Route) -> None:
        """The real answer, with 5,000 branches more; to write them would take minutes."""
        answer = route.fetch()
        body = answer.json()
        if body["node"] == "Events":
            names = (f"v{number}" for number in range(5000))
            body["rows"] += [branch | {"name": name, "path": f"Events/{name}"} for name in names]
        route.fulfill(response=answer, json=body)

    page.route("**/heplens/listing*", widen)
    panel = open_sidebar(open_lab())
    expand(panel, "wide.root", "Events")
    row(panel, hostile).click()
    expect(panel.locator(DRAWN)).to_be_visible()
    screenshot("sidebar-hostile")
    tree_list = panel.get_by_role("tree")
    tree_list.press("End")
    expect(row(panel, "v4999")).to_be_visible()
    assert panel.locator(".heplens-row").count() < 120
    panel.get_by_role("searchbox").fill("v49?9")
    expect(panel.locator('.heplens-row[data-kind="branch"]')).to_have_count(10)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0
