"""What the view of a big job costs the page: 10,000 chunks, 300 of them unreadable, in a real browser.

    python benchmarks/job_page.py --chunks 10000

The chunks are one small file under many names, so that the job is quick and the view has much to tell. While the job
runs the pointer moves twenty times per second. Told are: messages of the kernel (how many per second, how big), frames
of more than 50 ms and how much of them went into scripts and rendering (the rest is waiting for a core), also when the
job has ended and there is nothing to do, how late the page hears of the pointer, how often a plot is painted, and what
the page's memory gained from the first to the last number, after garbage collection. `LIMITS` are what must hold.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, WebSocket, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from generate import generate  # noqa: E402

from browser.conftest import CHROMIUM_ARGUMENTS  # noqa: E402
from browser.lab import Lab, start_lab, write_notebook  # noqa: E402

CELLS = [
    """
import heplens as hl
from heplens.jobs.cluster import local_cluster
client = local_cluster()
""",
    """
job = (hl.Analysis("*.root")
    .keep("Muon", "pt > 20 & abs(eta) < 2.4", name="good muons")
    .cut("count(Muon) >= 2", name="two muons")
    .hist("(Muon[0] + Muon[1]).mass", bins=60, range=(60, 120), name="mass")
    .hist("Muon.pt", bins=50, range=(0, 200), name="pt")
    .hist("count(Jet)", bins=8, range=(0, 8), name="jets")
    .submit(client))
job
""",
]
BROKEN = 300
EVENTS = 300  # of each file
REST = 20.0  # seconds that the page is watched after the job

WATCH = """() => {
    window.long = [];
    window.delays = [];
    window.paints = [];
    new PerformanceObserver(list => list.getEntries().forEach(e => window.long.push({
        all: e.duration,
        rendering: e.styleAndLayoutStart ? e.startTime + e.duration - e.styleAndLayoutStart : 0,
        scripts: e.scripts.map(s => [s.invoker, s.duration]),
    }))).observe({type: 'long-animation-frame'});
    document.addEventListener('pointermove', e => window.delays.push(performance.now() - e.timeStamp), {capture: true});
    new MutationObserver(all => all.some(m => m.target.closest('[data-plot="mass"]'))
            && window.paints.push(performance.now()))
        .observe(document.querySelector('.heplens-jobview-root'),
                 {subtree: true, attributes: true, attributeFilter: ['data-painted']});
}"""

#: Of what is measured, the most that may be.
LIMITS = {"messages per second": 30, "biggest message, kB": 200, "input delay p95, ms": 100, "memory gained, MB": 20}


class Frames:
    """What comes over the kernel's socket: seconds and bytes."""

    def __init__(self, page: Page) -> None:
        self.seen: list[tuple[float, int]] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framereceived", lambda data: self.seen.append((time.monotonic(), len(data))))


def measure(lab: Lab, chunks: int, seconds: float) -> dict[str, float]:
    whole, broken = lab.root / "whole", lab.root / "broken"
    generate(whole, EVENTS)
    data = whole.read_bytes()
    broken.write_bytes(data[: len(data) // 2])
    for i in range(chunks):
        # Those that cannot be read are spread over all; the first can be: the analysis is checked against it.
        unreadable = i % (chunks // BROKEN) == 1
        (lab.root / f"{i:05}.root").symlink_to(broken if unreadable else whole)
    write_notebook(lab.root / "job.ipynb", CELLS)
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or _found()
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        page = chromium.new_context(viewport={"width": 1400, "height": 1200}).new_page()
        page.set_default_timeout(120_000)
        frames = Frames(page)
        page.goto(lab.url("lab/workspaces/job/tree/job.ipynb"))
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")
        page.evaluate("window.jupyterapp.commands.execute('filebrowser:hide-main').then(() => null)")
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => null)")
        page.wait_for_selector('.heplens-jobview-root:not([data-done="0"])')
        page.evaluate("document.querySelector('.heplens-jobview-root').scrollIntoView()")
        page.evaluate(WATCH)
        found = _follow(page, frames, seconds)
        found |= _rest(page)
        chromium.close()
        lab.shut_kernels()
    return found


def _follow(page: Page, frames: Frames, most: float) -> dict[str, float]:
    """Until the job has ended, or is cancelled after `most` seconds."""
    before = _heap(page)
    began, first = time.monotonic(), len(frames.seen)
    running = "['planning', 'running'].includes(document.querySelector('.heplens-jobview-root').dataset.job)"
    step = 0
    while time.monotonic() - began < most and page.evaluate(running):
        page.mouse.move(300 + step % 400, 500 + step % 37)
        page.wait_for_timeout(50)
        step += 1
    seconds = time.monotonic() - began
    if page.evaluate(running):
        page.get_by_role("button", name="Cancel").click()
        page.wait_for_function(f"!{running}")
    page.wait_for_selector('.heplens-jobview-root[data-state="ready"]')
    seen = [(at - began, size) for at, size in frames.seen[first:]]
    per_second = Counter(int(at) for at, _ in seen)
    long, delays, paints = (page.evaluate(f"window.{name}") for name in ("long", "delays", "paints"))
    return {
        "seconds": seconds,
        "messages per second": len(seen) / seconds,
        "messages, busiest second": max(per_second.values()),
        "kB per second": sum(size for _, size in seen) / seconds / 1000,
        "biggest message, kB": max(size for _, size in seen) / 1000,
        "paints per second": len(paints) / seconds,
        "frames over 50 ms": len(long),
        "the same, each second": len(long) / seconds,
        "longest frame, ms": max((frame["all"] for frame in long), default=0),
        "of their ms, in scripts": sum(ms for frame in long for _, ms in frame["scripts"]),
        "of their ms, in rendering": sum(frame["rendering"] for frame in long),
        "of their ms, all": sum(frame["all"] for frame in long),
        "input delay p50, ms": statistics.median(delays),
        "input delay p95, ms": _p95(delays),
        "memory gained, MB": (_heap(page) - before) / 1e6,
        "rows of failures": page.locator(".heplens-failures tbody tr").count(),
    }


def _rest(page: Page) -> dict[str, float]:
    """The same page and pointer with nothing to do: frames that take long here are not made by us."""
    page.evaluate("window.long.length = 0")
    began, step = time.monotonic(), 0
    while time.monotonic() - began < REST:
        page.mouse.move(300 + step % 400, 500 + step % 37)
        page.wait_for_timeout(50)
        step += 1
    return {"frames over 50 ms each second, when done": page.evaluate("window.long.length") / REST}


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _heap(page: Page) -> float:
    """Bytes, once what is garbage is collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: dict[str, Any] = session.send("Runtime.getHeapUsage")
    session.detach()
    return float(used["usedSize"])


def _found() -> str:
    return subprocess.run(
        ["sh", "tools/find-chromium.sh"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="then the job is cancelled")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, start_lab(Path(home)) as lab:
        found = measure(lab, arguments.chunks, arguments.seconds)
    wrong = [name for name, most in LIMITS.items() if found[name] > most]
    for name, value in found.items():
        limit = f"  at most {LIMITS[name]}" if name in LIMITS else ""
        print(f"{name:26} {value:10,.1f}{limit}{'  <<<' if name in wrong else ''}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
