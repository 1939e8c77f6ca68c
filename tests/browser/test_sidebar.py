"""The left sidebar: the ROOT files of the folder, and what is in them, without a kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.lab import Lab
from browser.test_explore import at_rest

HZZ = "uproot-HZZ.root"
NANO = "nanoAOD_2015_CMS_Open_Data_ttbar.root"
NTUPLE = "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root"

# A plot that BokehJS has painted.
DRAWN = '.heplens-preview-plot[data-state="drawn"]'

OpenLab = Callable[..., Page]


def open_sidebar(page: Page) -> Locator:
    """The heplens panel, in front and done with looking at its folder."""
    page.locator('.jp-SideBar [data-id="heplens-sidebar"]').click()
    panel = page.locator("#heplens-sidebar")
    panel.locator('.heplens-Browser[data-state="ready"]').wait_for()
    return panel


def sidebar_again(page: Page) -> None:
    """After a reload: in front, whether the layout of before was kept in time or not."""
    page.wait_for_function("window.jupyterapp?.restored.then(() => true)")
    page.evaluate("window.jupyterapp.shell.activateById('heplens-sidebar')")


def widen_sidebar(page: Page, width: int) -> None:
    """Drag the edge of the left area."""
    box = at_rest(page.locator("#jp-left-stack"))
    edge, middle = box["x"] + box["width"] + 2, box["y"] + box["height"] / 2
    page.mouse.move(edge, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + width, middle, steps=3)
    page.mouse.up()


def row(panel: Locator, name: str) -> Locator:
    """The line of exactly this name."""
    name_cell = panel.page.locator(".heplens-row-name").get_by_text(name, exact=True)
    return panel.locator(".heplens-row").filter(has=name_cell)


def expand(panel: Locator, *names: str) -> None:
    """Open these lines, one below the other."""
    for name in names:
        row(panel, name).click()
        expect(row(panel, name)).to_have_attribute("aria-expanded", "true")
        panel.locator('.heplens-Browser[data-state="ready"]').wait_for()


@pytest.mark.files(HZZ, NANO, NTUPLE, "uproot-histograms.root")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_files_expand_to_branches_with_types_and_entries(
    open_lab: OpenLab, folder: Path, lab: Lab, theme: str, screenshot: Callable[[str], None]
) -> None:
    (folder / "notes.txt").write_text("not a ROOT file")
    panel = open_sidebar(open_lab(theme=theme))
    expect(panel.locator(".heplens-row")).to_have_count(4)
    expect(row(panel, "notes.txt")).to_have_count(0)

    expand(panel, HZZ, "events")
    expect(row(panel, "events").locator(".heplens-row-entries")).to_have_text("2,421")
    expect(row(panel, "NJet").locator(".heplens-row-type")).to_have_text("int32")
    expect(row(panel, "NJet").locator(".heplens-row-entries")).to_have_text("2,421")
    expect(row(panel, "Jet_Px").locator(".heplens-row-type")).to_have_text("var * float32")

    row(panel, "Jet_Px").click()
    details = panel.locator('.heplens-details[data-state="ready"]')
    expect(details.locator(DRAWN)).to_be_visible()
    expect(details).to_contain_text("jagged")
    expect(details.locator("figcaption")).to_contain_text("2,421 entries")
    screenshot(f"sidebar-{theme}")
    details.get_by_role("checkbox", name="log y").check()
    row(panel, "Muon_Px").click()
    expect(details.get_by_role("checkbox", name="log y")).to_be_checked()
    expect(panel.locator(DRAWN)).to_be_visible()
    assert panel.page.evaluate("globalThis[Symbol.for('heplens.bokeh')].loads") == 1, "BokehJS comes once per page"
    assert panel.page.evaluate("globalThis.Bokeh === undefined")

    row(panel, "events").click(button="right")
    panel.page.keyboard.press("Escape")
    expect(details.get_by_role("table")).to_contain_text("NJet")
    expect(details.locator("figcaption")).to_contain_text("first 20 of 2,421 entries")
    assert lab.api("kernels") == []
    assert lab.api("sessions") == []


@pytest.mark.files(NTUPLE, "uproot-histograms.root", "uproot-nesteddirs.root")
def test_ntuples_histograms_and_directories(open_lab: OpenLab) -> None:
    panel = open_sidebar(open_lab())
    expand(panel, NTUPLE, "Events")
    expect(panel.locator('.heplens-row[data-kind="ntuple"]')).to_have_count(1)
    expect(row(panel, "nMuon").locator(".heplens-row-entries")).to_have_text("1,000")

    expand(panel, "uproot-histograms.root")
    expect(panel.locator('.heplens-row[data-kind="histogram"]')).to_have_count(3)
    panel.locator('.heplens-row[data-kind="histogram"]').first.click()
    expect(panel.locator(DRAWN)).to_be_visible()
    row(panel, "uproot-histograms.root").click()

    expand(panel, "uproot-nesteddirs.root", "one", "two")
    panel.locator('.heplens-row[data-path="one/two/tree"]').click()
    expect(panel.locator('.heplens-row[aria-level="5"]').first).to_be_visible()


@pytest.mark.files(NANO)
def test_long_lists_are_grouped_filtered_and_walked_with_keys(
    open_lab: OpenLab, screenshot: Callable[[str], None]
) -> None:
    page = open_lab()
    panel = open_sidebar(page)
    expand(panel, NANO, "Events")
    assert panel.locator(".heplens-row").count() < 120, "only what is in sight is in the page"

    panel.get_by_role("searchbox").fill("muon_pt type:float")
    expect(row(panel, "pt")).to_be_visible()
    expect(row(panel, "ptErr")).to_be_visible()
    expect(row(panel, "phi")).to_have_count(0)
    widen_sidebar(page, 500)
    row(panel, "pt").click()
    details = panel.locator('.heplens-details[data-state="ready"]')
    expect(details.get_by_role("heading", name="Muon_pt")).to_be_visible()
    screenshot("sidebar-wide")
    panel.get_by_role("searchbox").press("Escape")
    expect(panel.get_by_role("searchbox")).to_have_value("")

    tree = panel.get_by_role("tree")
    tree.focus()
    tree.press("Home")
    expect(row(panel, NANO)).to_have_attribute("aria-selected", "true")
    tree.press("ArrowDown")
    expect(row(panel, "Events")).to_have_attribute("aria-selected", "true")
    tree.press("ArrowLeft")
    expect(row(panel, "Events")).to_have_attribute("aria-expanded", "false")
    tree.press("Enter")
    expect(row(panel, "Events")).to_have_attribute("aria-expanded", "true")
    tree.press("End")
    expect(panel.locator('.heplens-row[aria-selected="true"]')).to_be_visible()
    assert tree.evaluate("tree => tree.scrollTop") > 0


@pytest.mark.files(HZZ)
def test_it_follows_the_file_browser(open_lab: OpenLab, folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / HZZ).rename(folder / "below" / "moved.root")
    page = open_lab()
    panel = open_sidebar(page)
    expect(panel).to_contain_text("No ROOT files in this folder.")
    page.evaluate(
        "path => window.jupyterapp.commands.execute('filebrowser:go-to-path', {path})", f"{folder.name}/below"
    )
    open_sidebar(page)
    expect(row(panel, "moved.root")).to_be_visible()
    expect(panel.locator(".heplens-folder")).to_have_text("below")


@pytest.mark.files(HZZ)
def test_files_that_cannot_be_read_say_so(open_lab: OpenLab, folder: Path, screenshot: Callable[[str], None]) -> None:
    whole = (folder / HZZ).read_bytes()
    (folder / "truncated.root").write_bytes(whole[:5000])
    (folder / "text.root").write_text("this is not a ROOT file, whatever its name says\n" * 20)
    (folder / "nothing.root").touch()
    panel = open_sidebar(open_lab())
    for name in ("truncated.root", "text.root", "nothing.root"):
        expand(panel, name)
    notes = panel.locator(".heplens-row-note.heplens-mod-error")
    expect(notes).to_have_count(3)
    for note in notes.all():
        assert ".root" in (note.get_attribute("title") or ""), "the sentence names the file"
    expand(panel, HZZ)
    expect(row(panel, "events")).to_be_visible()
    row(panel, "truncated.root").click()
    expect(panel.locator(".heplens-details [role=alert]")).to_contain_text("truncated.root")
    screenshot("sidebar-bad-files")


@pytest.mark.files(HZZ)
def test_a_server_without_the_extension_and_one_of_another_version(open_lab: OpenLab, page: Page) -> None:
    page.route("**/heplens/listing*", lambda route: route.fulfill(status=404, body="<html>404</html>"))
    panel = open_sidebar(open_lab())
    expand(panel, HZZ)
    expect(panel.locator(".heplens-mod-error").first).to_contain_text("does not have the heplens server extension")

    page.unroute("**/heplens/listing*")
    page.route("**/heplens/listing*", lambda route: route.fulfill(json={"protocol": 99, "rows": []}))
    panel.locator("[data-jp-item-name=refresh] jp-button, [data-jp-item-name=refresh] button").first.click()
    expect(panel.locator(".heplens-mod-error").first).to_contain_text("version 99")


@pytest.mark.files(HZZ)
def test_inserting_makes_a_cell_and_runs_nothing(open_notebook: Callable[..., Page]) -> None:
    page = open_notebook(["1 + 1"])
    panel = open_sidebar(page)
    expand(panel, HZZ)
    row(panel, "events").click()
    panel.get_by_role("button", name="Insert in notebook").click()
    cell = page.locator(".jp-NotebookPanel .jp-CodeCell").nth(1)
    expect(cell.locator(".cm-content")).to_contain_text(f'analysis = hl.Analysis("{HZZ}:events")')
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[ ]:")
    assert cell.locator(".jp-OutputArea-output").count() == 0


@pytest.mark.files(HZZ)
def test_context_menu_and_palette(open_lab: OpenLab, context: object) -> None:
    page = open_lab()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel = open_sidebar(page)
    expand(panel, HZZ, "events")
    row(panel, "NJet").click(button="right")
    page.locator(".lm-Menu-item", has_text="Copy as uproot Expression").click()
    page.wait_for_function(
        "text => navigator.clipboard.readText().then(found => found === text)",
        arg=f'uproot.open("{page_folder(page)}/{HZZ}")["events"]["NJet"]',
    )


def page_folder(page: Page) -> str:
    """The folder that the file browser shows, from the server's root."""
    return str(page.evaluate("document.querySelector('#heplens-sidebar .heplens-folder').title")).strip("/")
