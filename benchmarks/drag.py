"""Drag a cut in a real page and compare with the floor: the same figures, repainted from ready-made numbers.

    python benchmarks/drag.py --events 1000000 10000000 --pairs 5

A driver sends pointer moves through the browser's debugging protocol at 125 Hz and waits for none of them. Each move
has a number; whenever a plot is painted, the number of the last move that the page had handled is noted. Dashboard and
floor take turns in the same page (ABBA), each for three seconds. Gates are ratios; the absolute figures beside them
belong to this machine.

The other use, `--first FILE`, times the first dashboard over a file, from the run of its cell: until a first plot is
painted with numbers of some of the events, and until all plots are painted with the numbers of all events.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from pointer import FLOOR, PLOTS, SECONDS, WATCH, Driver, Frames, Run, measure

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser.conftest import CHROMIUM_ARGUMENTS  # noqa: E402
from browser.lab import Lab, start_lab, write_notebook  # noqa: E402

CELL = """
import numpy as np
import heplens as hl
rng = np.random.default_rng(1)
n = {events}
data = {{"x0": rng.normal(50, 20, n)}}
data |= {{f"x{{i}}": 0.5 * data["x0"] + rng.normal(25, 12 + i, n) for i in range(1, {plots})}}
a = hl.Analysis(data).cut("x0", low=20, high=90, name="window")
for i in range({plots}):
    a = a.hist(f"x{{i}}", bins=100, range=(0, 100), name=f"x{{i}}")
w = a.explore()
"""

FIRST = """
import heplens as hl
a = (hl.Analysis("{path}:Events")
     .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
     .cut("count(Muon) >= 2", name="two muons")
     .define("Z", "Muon[0] + Muon[1]")
     .cut("Z.mass", low=60, high=120, name="Z window")
     .hist("Z.mass", bins=60, range=(60, 120), name="mass")
     .hist("Muon.pt", bins=50, range=(0, 200), name="pt")
     .hist("count(Jet)", bins=8, range=(-0.5, 7.5), name="jets")
     .hist("MET.pt", bins=50, range=(0, 200), name="met"))
"""


@contextmanager
def browser(lab: Lab, cells: list[str], port: int) -> Iterator[tuple[Page, Frames]]:
    """A page with a notebook of these cells, not yet run."""
    write_notebook(lab.root / "drag.ipynb", cells)
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or _found()
        chromium = playwright.chromium.launch(
            executable_path=path, args=[*CHROMIUM_ARGUMENTS, f"--remote-debugging-port={port}"]
        )
        page = chromium.new_context(viewport={"width": 1600, "height": 1200}).new_page()
        frames = Frames()
        frames.watch(page)
        page.goto(lab.url("lab/workspaces/drag/tree/drag.ipynb"))
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady", timeout=60_000)
        page.evaluate("window.jupyterapp.commands.execute('filebrowser:hide-main')")
        yield page, frames
        chromium.close()
        lab.shut_kernels()


def _found() -> str:
    return subprocess.run(
        ["sh", "tools/find-chromium.sh"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def run_cells(page: Page) -> tuple[float, float]:
    """Run everything; seconds from the start of the last cell to the first painted numbers, and to all of them."""
    run = """async () => {
        window.painted = 0;
        const seen = new MutationObserver(() => (window.painted ||= performance.now()));
        seen.observe(document.body, {subtree: true, attributeFilter: ['data-painted']});
        const {commands, shell} = window.jupyterapp;
        const notebook = shell.currentWidget.content;
        for (let i = 0; i < notebook.widgets.length; i++) {
            notebook.activeCellIndex = i;
            window.begun = performance.now();
            await commands.execute('notebook:run-cell');
        }
    }"""
    page.evaluate(run)
    page.wait_for_selector('.heplens-root[data-state="ready"]', timeout=600_000)
    page.wait_for_function("[...document.querySelectorAll('.heplens-bokeh')].every(box => box.dataset.painted)")
    first, whole = page.evaluate("[window.painted, performance.now()].map(at => (at - window.begun) / 1000)")
    return first, whole


def compare(lab: Lab, events: int, pairs: int, port: int) -> dict[str, list[Run]]:
    cells = [CELL.format(events=events, plots=PLOTS), "w"]
    found: dict[str, list[Run]] = {"dashboard": [], "floor": []}
    with browser(lab, cells, port) as (page, frames):
        run_cells(page)
        page.evaluate("document.querySelector('.heplens-root').scrollIntoView()")
        page.evaluate(WATCH)
        driver = Driver(port)

        def dashboard() -> None:
            edge = page.locator('[data-plot="x0"] [data-edge="window/low/0"]').bounding_box()
            frame = page.locator('[data-plot="x0"] .heplens-brush').bounding_box()
            assert edge is not None
            assert frame is not None
            x, y = edge["x"] + edge["width"] / 2, edge["y"] + 40
            reach = 0.45 * frame["width"]
            found["dashboard"].append(measure(page, driver, frames, _path(x, y, reach), True))
            _check(page)

        def floor() -> None:
            page.evaluate(FLOOR)
            found["floor"].append(measure(page, driver, frames, _path(400, 500, 400), False))
            page.evaluate("window.endFloor()")

        for pair in range(pairs):
            for part in (dashboard, floor) if pair % 2 == 0 else (floor, dashboard):
                part()
    return found


def _path(x: float, y: float, reach: float) -> Callable[[float], tuple[float, float]]:
    """To and fro, once a second, beginning at x."""

    def at(seconds: float) -> tuple[float, float]:
        phase = seconds % 1.0
        return x + reach * (2 * phase if phase < 0.5 else 2 - 2 * phase), y

    return at


def _check(page: Page) -> None:
    """The bins that are painted are those of `Analysis.run`."""
    code = f"""
import json
result = w.analysis.run()
print(json.dumps([result[f"x{{i}}"].values().tolist() for i in range({PLOTS})]))
"""
    text = page.evaluate(
        """async code => {
            const session = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const future = session.kernel.requestExecute({code, store_history: false});
            let text = '';
            future.onIOPub = m => { if (m.header.msg_type === 'stream') text += m.content.text; };
            await future.done;
            return text;
        }""",
        code,
    )
    painted = page.evaluate("[...document.querySelectorAll('.heplens-bokeh')].map(b => [...b.heplensValues()])")
    if json.loads(text) != painted:
        raise SystemExit("the bins that are painted are not those of Analysis.run")


def report(events: int, found: dict[str, list[Run]]) -> dict[str, float]:
    def middle(kind: str, value: Callable[[Run], float]) -> float:
        return statistics.median(value(run) for run in found[kind])

    rows: list[tuple[str, Callable[[Run], float], str]] = [
        ("share of positions painted", lambda r: r.share, ">= 0.95"),
        ("main-thread ms per position", lambda r: r.per_position, "<= 1.2"),
        ("input to paint, p50 ms", lambda r: r.delay(50), ""),
        ("input to paint, p95 ms", lambda r: r.delay(95), "<= 1.3"),
    ]
    print(f"\n{events:,} events, {PLOTS} histograms of 100 bins, {len(found['floor'])} pairs of {SECONDS:g} s")
    print(f"{'':32}{'dashboard':>11}{'floor':>9}{'ratio':>8}   gate")
    values = {}
    for name, value, gate in rows:
        ours, floor = middle("dashboard", value), middle("floor", value)
        values[name] = ours
        print(f"{name:32}{ours:11.3f}{floor:9.3f}{ours / floor:8.2f}   {gate}")
    for name, count in (("frames over 50 ms", "long"), ("websocket frames", "messages")):
        ours, floor_ = ([getattr(run, count) for run in found[kind]] for kind in ("dashboard", "floor"))
        print(f"{name:32}{sum(ours):11d}{sum(floor_):9d}")
    return values


def first(lab: Lab, path: Path, port: int) -> None:
    cell = FIRST.format(path=str(path.resolve()))
    times = []
    for _ in range(3):
        with browser(lab, [cell, "w = a.explore()\nw"], port) as (page, _):
            times.append(run_cells(page))
    for what, found in zip(
        ("first numbers painted", "all numbers painted, aim 3 s"), zip(*times, strict=True), strict=True
    ):
        shown = ", ".join(f"{seconds:.2f}" for seconds in found)
        print(f"{path.name}, {what}: {statistics.median(found):.2f} s ({shown})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--first", type=Path, help="a file of benchmarks/generate.py")
    parser.add_argument("--port", type=int, default=9333, help="of the browser's debugging protocol")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, start_lab(Path(folder)) as lab:
        if options.first:
            first(lab, options.first, options.port)
            return
        made = [report(events, compare(lab, events, options.pairs, options.port)) for events in options.events]
        if len(made) > 1:
            print(f"\nmost over least, {', '.join(f'{events:,}' for events in options.events)} events (gate 1.2)")
            for name in made[0]:
                values = [row[name] for row in made]
                print(f"{name:32}{max(values) / min(values):11.2f}")


if __name__ == "__main__":
    main()
