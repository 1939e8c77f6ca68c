"""A `.root` file opened as a document: nothing is downloaded, nothing is copied, no kernel runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Response, expect

from browser.lab import Lab

HZZ = "uproot-HZZ.root"
GEANT = "uproot-from-geant4.root"
DRAWN = '.heplens-preview-plot[data-state="drawn"]'


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
    expect(document.locator(DRAWN)).to_be_visible(timeout=30_000)
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
    expect(document.locator(DRAWN)).to_be_visible(timeout=30_000)
    screenshot("document-narrow")


@pytest.mark.files(HZZ)
def test_it_is_open_again_after_a_reload(open_lab: Callable[..., Page], page: Page) -> None:
    stored: list[str] = []

    def listen(response: Response) -> None:
        if "/api/workspaces" in response.url and response.request.method == "PUT":
            data = response.request.post_data_json["data"]
            stored.append(json.dumps(data.get("layout-restorer:data", {}).get("main", {})))

    page.on("response", listen)
    open_lab(HZZ)
    page.locator(".jp-Document [data-kind=tree]").click()
    while not any(HZZ in layout for layout in stored):
        page.wait_for_timeout(100)
    page.reload()
    expect(page.locator('.jp-Document [data-kind="tree"]')).to_be_visible()


def test_a_file_that_is_not_root(
    open_lab: Callable[..., Page], folder: Path, screenshot: Callable[[str], None]
) -> None:
    (folder / "broken.root").write_text("no ROOT file, whatever its name says\n" * 20)
    page = open_lab()
    double_click(page, "broken.root")
    message = page.locator(".jp-Document .heplens-sentence[role=alert]")
    expect(message).to_contain_text("broken.root")
    screenshot("document-bad-file")
