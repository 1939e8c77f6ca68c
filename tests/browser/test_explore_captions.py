"""Beside the plots and in the cutflow: nothing that was filled, left out or dropped is out of sight."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.test_explore import HZZ, TALL, OpenNotebook, drag, in_kernel, ready

pytestmark = [TALL, pytest.mark.files(HZZ)]

ANALYSIS = f"""
import heplens as hl

a = (hl.Analysis("{HZZ}:events")
     .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
     .cut("count(Muon) >= 1", name="a muon")
     .hist("(Muon[0] + Muon[1]).mass", bins=50, range=(0, 100), name="mass")
     .hist(("Muon.pt", "Muon.eta"), bins=[20, 12], range=[(0, 60), (-2.4, 2.4)], name="map"))
w = a.explore()
w
"""


def told(page: Page, plot: str) -> list[float]:
    """Of what `run` gives: inside, outside, missing."""
    made = f"(lambda r: [r['{plot}'].sum(), r['{plot}'].sum(flow=True), r.counters['{plot}'].missing])"
    inside, filled, missing = json.loads(in_kernel(page, f"[float(n) for n in {made}(w.analysis.run())]"))
    return [inside, filled - inside, missing]


def test_captions(open_notebook: OpenNotebook, run_all: Callable[..., None]) -> None:
    page = open_notebook([ANALYSIS])
    run_all()
    view = ready(page, 1)
    mass, chart = (view.locator(f'[data-plot="{name}"] .heplens-flow') for name in ("mass", "map"))
    inside, above, missing = told(page, "mass")
    assert missing > 0
    expect(mass).to_have_text(f"{inside:,.0f}\u2002{above:,.0f} ▸\u2002{missing:,.0f} missing")
    inside, outside, _ = told(page, "map")
    expect(chart).to_have_text(f"{inside:,.0f}\u2002{outside:,.0f} outside")
    objects = view.locator('[data-row="good muons"] .heplens-objects')
    expect(objects).to_have_text("3,825 → 3,649")

    # While a handle moves, what is in no tile is not shown; after it is.
    drag(page, view.get_by_role("slider", name="good muons: pt >"), 40)
    expect(mass).not_to_contain_text("missing")
    expect(objects).not_to_have_text("3,825 → 3,649")
    page.mouse.up()
    ready(page, 2)
    expect(mass).to_contain_text(f"{told(page, 'mass')[2]:,.0f} missing")
