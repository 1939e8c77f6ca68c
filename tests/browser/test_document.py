"""A `.root` file opened as a document: nothing is downloaded, nothing is copied, no kernel runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Response, expect

from browser.lab import Lab
from browser.test_explore import at_rest
from browser.test_sidebar import DRAWN, HZZ, NANO, open_sidebar, row

GEANT = "uproot-from-geant4.root"


def double_click(page: Page, name: str) -> None:
    page.locator("#filebrowser .jp-DirListing-item").filter(has_text=name).first.dblclick()


@pytest.mark.files(HZZ)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_double_click_opens_the_file_without_fetching_it(
    open_lab: Callable[..., Page], folder: Path, lab: Lab, theme: str, screenshot: Callable[[str], None]
) -> None:
    page = open_lab(theme=theme)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    double_click(page, HZZ)
    document = page.locator(".jp-Document .heplens-Browser")
    document.locator('[data-kind="tree"]').click()
    expect(document.locator(".heplens-row", has_text="Muon_Px")).to_be_visible()
    document.locator(".heplens-row", has_text="Muon_Px").click()
    expect(document.locator(DRAWN)).to_be_visible()
    screenshot(f"document-{theme}")

    about = [request for request in asked if HZZ in urlsplit(request.url).path]
    assert about, "the contents manager is asked about the file"
    for request in about:
        assert request.method == "GET", request.url
        assert "content=0" in request.url or "/checkpoints" in request.url, request.url
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [HZZ], "no copy of it anywhere"
    assert lab.api("kernels") == []
    assert lab.api("sessions") == []


@pytest.mark.files(GEANT)
@pytest.mark.parametrize("name", ["run.root.1", "DAOD.pool.root.1", "UPPER.ROOT"])
def test_other_names_of_root_files_open_too(open_lab: Callable[..., Page], folder: Path, name: str) -> None:
    (folder / GEANT).rename(folder / name)
    page = open_lab()
    double_click(page, name)
    expect(page.locator('.jp-Document .heplens-row[data-kind="histogram"]').first).to_be_visible()


@pytest.mark.files(GEANT)
@pytest.mark.parametrize("context", [{"viewport": {"width": 720, "height": 700}}], indirect=True)
def test_a_narrow_window_and_a_map(open_lab: Callable[..., Page], screenshot: Callable[[str], None]) -> None:
    page = open_lab()
    double_click(page, GEANT)
    document = page.locator(".jp-Document .heplens-Browser")
    document.locator(".heplens-row", has_text="TH2D").first.click()
    expect(document.locator(DRAWN)).to_be_visible()
    screenshot("document-narrow")


@pytest.mark.files(HZZ)
def test_it_is_open_again_after_a_reload(open_lab: Callable[..., Page], page: Page) -> None:
    stored: list[str] = []

    def listen(response: Response) -> None:
        if "/api/workspaces" in response.url and response.request.method == "PUT":
            data = response.request.post_data_json["data"]
            kept = [value for key, value in data.items() if key.startswith("heplens:plugin:document:")]
            stored.append(json.dumps([data.get("layout-restorer:data", {}).get("main", {}), kept]))

    page.on("response", listen)
    open_lab(HZZ)
    page.locator(".jp-Document [data-kind=tree]").click()
    while not any(HZZ in layout and "\\u0000events" in layout for layout in stored):
        page.wait_for_timeout(100)
    page.reload()
    expect(page.locator('.jp-Document [data-path="events/NJet"]')).to_be_visible()


def test_a_file_that_is_not_root(
    open_lab: Callable[..., Page], folder: Path, screenshot: Callable[[str], None]
) -> None:
    (folder / "broken.root").write_text("no ROOT file, whatever its name says\n" * 20)
    page = open_lab()
    double_click(page, "broken.root")
    message = page.locator(".jp-Document .heplens-sentence[role=alert]")
    expect(message).to_contain_text("broken.root")
    screenshot("document-bad-file")


@pytest.mark.files(HZZ, NANO)
def test_opened_by_menu_searched_whole_and_dragged_beside_another(
    open_lab: Callable[..., Page], folder: Path, screenshot: Callable[[str], None]
) -> None:
    (folder / HZZ).rename(folder / "DAOD.pool.root.1")
    page = open_lab()
    for name in ("DAOD.pool.root.1", NANO):
        page.locator("#filebrowser .jp-DirListing-item").filter(has_text=name).first.click(button="right")
        page.locator(".lm-Menu-item", has_text="Open With").hover()
        page.locator(".lm-Menu-item", has_text="ROOT Viewer").click()
        expect(page.locator(".lm-DockPanel-tabBar .lm-mod-current", has_text=name[:12])).to_be_visible()
        document = page.locator(".jp-Document:not(.lm-mod-hidden) .heplens-Browser")
        expect(document.locator('[data-kind="tree"]').first).to_be_visible()

    # The filter covers what was never opened: the groups of a tree that is not read yet. Names as typed come first.
    search = document.get_by_role("searchbox")
    expect(search).to_have_attribute("placeholder", "Filter this file")
    search.fill("muon pt")
    expect(row(document, "Muon")).to_have_attribute("aria-expanded", "true")
    below = document.locator('[data-path^="Events/Muon_"] .heplens-row-name')
    expect(below.nth(0)).to_have_text("pt")
    expect(below.nth(1)).to_have_text("ptErr")
    search.fill("mupt")
    expect(row(document, "pt").first).to_be_visible()

    # Dragged to the right half it stands beside the other, as it was.
    tab = at_rest(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=NANO[:12]))
    dock = at_rest(page.locator("#jp-main-dock-panel"))
    page.mouse.move(tab["x"] + 40, tab["y"] + 10)
    page.mouse.down()
    page.mouse.move(tab["x"] + 60, tab["y"] + 80, steps=5)
    page.mouse.move(dock["x"] + dock["width"] - 60, dock["y"] + dock["height"] / 2, steps=8)
    page.mouse.up()
    documents = page.locator(".jp-Document:not(.lm-mod-hidden) .heplens-Browser")
    expect(documents).to_have_count(2)
    moved = documents.filter(has=page.locator('[data-path="Events/Muon_pt"]'))
    expect(moved.get_by_role("searchbox")).to_have_value("mupt")
    moved.locator('[data-path="Events/Muon_pt"]').click()
    expect(moved.locator(DRAWN)).to_be_visible()
    screenshot("document-beside-another")


@pytest.mark.files(HZZ)
def test_a_path_opens_a_file(open_lab: Callable[..., Page], folder: Path, lab: Lab) -> None:
    page = open_lab()
    panel = open_sidebar(page)

    def ask(path: str) -> None:
        panel.locator("[data-jp-item-name=open] jp-button, [data-jp-item-name=open] button").first.click()
        page.locator(".jp-Dialog input").fill(path)
        page.locator(".jp-Dialog button", has_text="Open").click()

    ask(f"{folder.name}/missing.root")
    expect(page.locator(".jp-Dialog")).to_contain_text("missing.root")
    page.locator(".jp-Dialog button").last.click()
    document = page.locator(".jp-Document .heplens-Browser")
    expect(document).to_have_count(0)
    # From the root of the server, or as the machine names it.
    for path in (f"{folder.name}/{HZZ}", str(folder / HZZ)):
        ask(path)
        expect(document.locator('[data-path="events"]')).to_be_visible()
        expect(document).to_have_count(1)
