"""Several datasets are one stack, regions are chosen, two variables are a map; logarithmic or not."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from browser.test_explore import HZZ, TALL, OpenNotebook, drag, in_kernel, painted, ready

pytestmark = [TALL, pytest.mark.files(HZZ)]

STACK = f"""
import heplens as hl

def sample(role, **more):
    return {{"files": ["{HZZ}:events"], "metadata": {{"role": role, "sumw": 2421, **more}}}}

a = (hl.Analysis({{"tt": sample("background", xsec=0.03), "DY": sample("background", xsec=0.4),
                  "H": sample("signal", xsec=0.1), "run 2016": sample("data")}}, lumi=2, energy_unit="GeV")
     .keep("Muon", "pt > 20", name="good muons")
     .cut("count(Muon) >= 2", name="two muons")
     .define("Z", "Muon[0] + Muon[1]")
     .cut("Z.mass", low=60, high=120, name="Z window")
     .cut("count(Jet) >= 1", name="a jet")
     .region("SR", ["two muons", "Z window", "a jet"])
     .region("no jet", ["two muons", "Z window", "!a jet"])
     .hist("Z.mass", bins=60, range=(60, 120), name="mass")
     .hist(("Z.pt", "Z.mass"), bins=(15, 12), range=((0, 150), (60, 120)), name="map"))
w = a.explore()
"""


def of_run(page: Page, plot: str, region: str) -> list[float]:
    """The sum of what a caption is about, the stack, or of what a map shows, all that is not data."""
    datasets = 2 if plot == "mass" else 3
    place = ["SR", "no jet"].index(region)
    return json.loads(
        in_kernel(page, f'w.analysis.run()["{plot}"].values()[:{datasets}, {place}].sum(axis=0).ravel().tolist()')
    )


def test_datasets_and_regions(
    open_notebook: OpenNotebook, run_all: Callable[..., None], screenshot: Callable[[str], None]
) -> None:
    page = open_notebook([STACK, "w"])
    run_all()
    view = ready(page, 1)
    legend = view.locator(".heplens-legend li")
    assert legend.all_inner_texts() == ["tt", "DY", "uncertainty", "H", "run 2016"]
    for plot in ("mass", "map"):
        np.testing.assert_allclose(painted(page, plot), of_run(page, plot, "SR"), rtol=1e-12)
    before = painted(page, "mass")
    view.get_by_label("Region").select_option("no jet")
    values = "document.querySelector('[data-plot=mass] .heplens-bokeh').heplensValues()"
    expected = of_run(page, "mass", "no jet")
    page.wait_for_function(f"total => Math.abs({values}.reduce((a, b) => a + b) - total) < 1e-9", arg=sum(expected))
    np.testing.assert_allclose(painted(page, "mass"), expected, rtol=1e-12)
    assert before != painted(page, "mass")
    np.testing.assert_allclose(painted(page, "map"), of_run(page, "map", "no jet"), rtol=1e-12)

    # What the region applies of the cuts is said beside it, as the cutflow applies them all.
    expect(view.locator(".heplens-region-cuts")).to_have_text("two muons, Z window, not a jet")
    # Every dataset and region follows a handle, without the kernel.
    edge = view.locator('[data-edge="Z window/low/0"]')
    edge.hover()
    drag(page, edge, 40)
    expect(view).to_have_attribute("data-source", "tile")
    page.mouse.up()
    ready(page, 2)
    np.testing.assert_allclose(painted(page, "mass"), of_run(page, "mass", "no jet"), rtol=1e-9)

    plot = view.locator('figure[data-plot="mass"]')
    plot.focus()
    page.keyboard.press("l")
    expect(plot.get_by_role("button", name="Logarithmic axis")).to_have_attribute("aria-pressed", "true")
    np.testing.assert_allclose(painted(page, "mass"), of_run(page, "mass", "no jet"), rtol=1e-9)
    screenshot("explore-datasets")

    # A reloaded page shows the same region and scale, and what Python says of them.
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
    ready(page, 2)
    expect(view.get_by_label("Region").locator("option:checked")).to_have_text("no jet")
    expect(plot.get_by_role("button", name="Logarithmic axis")).to_have_attribute("aria-pressed", "true")
    np.testing.assert_allclose(painted(page, "mass"), of_run(page, "mass", "no jet"), rtol=1e-9)
    assert json.loads(in_kernel(page, "[sorted(w.log), w.region]")) == [["mass"], "no jet"]
    in_kernel(page, "(setattr(w, 'log', {'map'}), setattr(w, 'region', 'SR'))")
    expect(view.get_by_label("Region").locator("option:checked")).to_have_text("SR")
    expect(plot.get_by_role("button", name="Logarithmic axis")).to_have_attribute("aria-pressed", "false")
    expect(view.get_by_role("button", name="Logarithmic colours")).to_have_attribute("aria-pressed", "true")
