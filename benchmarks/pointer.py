"""Three seconds of pointer moves in a page, and what the page painted of them; its main thread in CPU time."""

from __future__ import annotations

import json
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import websocket
from playwright.sync_api import Page

RATE = 125
SECONDS = 3.0
PLOTS = 8

Path = Callable[[float], tuple[float, float]]

# What the page notes. `last` is the move that was handled last; a paint belongs to it.
WATCH = """
() => {
    const bench = (window.bench = {last: -1, inputs: [], paints: [], long: 0});
    window.addEventListener('pointermove', event => {
        bench.last += 1;
        bench.inputs.push(event.timeStamp);
    }, true);
    bench.note = plot => bench.paints.push([plot, bench.last, performance.now()]);
    const watch = new MutationObserver(records => {
        for (const record of records) bench.note(record.target.closest('[data-plot]').dataset.plot);
    });
    for (const box of document.querySelectorAll('.heplens-bokeh')) {
        watch.observe(box, {attributes: true, attributeFilter: ['data-painted']});
    }
    new PerformanceObserver(list => (bench.long += list.getEntries().length))
        .observe({type: 'long-animation-frame'});
    bench.clear = () => Object.assign(bench, {last: -1, inputs: [], paints: [], long: 0});
}
"""

# The floor: as many positions as there are moves, the numbers of each made before.
FLOOR = """
() => {
    const boxes = [...document.querySelectorAll('.heplens-bokeh')];
    const POSITIONS = 200;
    const made = boxes.map(box => {
        const values = [...box.heplensValues()];
        return Array.from({length: POSITIONS}, (_, k) => {
            const share = 0.6 + 0.4 * Math.abs(Math.sin(k / 9));
            const counts = Float64Array.from([0, ...values.map(v => Math.round(v * share)), 0]);
            return {values: counts, variances: counts};
        });
    });
    const cover = document.createElement('div');
    cover.style = 'position: fixed; inset: 0; z-index: 10000';
    document.body.append(cover);
    let k = 0;
    let frame = 0;
    const paint = () => {
        frame = 0;
        boxes.forEach((box, i) => {
            const note = () => window.bench.note(box.closest('[data-plot]').dataset.plot);
            box.heplensPaint(made[i][k % POSITIONS]).then(note);
        });
    };
    const move = () => {
        k += 1;
        frame ||= requestAnimationFrame(paint);
    };
    cover.addEventListener('pointermove', move);
    window.endFloor = () => cover.remove();
}
"""


@dataclass
class Run:
    """Figures of three seconds."""

    sent: int
    painted: int
    cpu: float
    delays: list[float]
    long: int
    messages: int

    @property
    def share(self) -> float:
        """Of the positions sent, those painted in all plots."""
        return self.painted / self.sent

    @property
    def per_position(self) -> float:
        return self.cpu / max(1, self.painted)

    def delay(self, q: int) -> float:
        return statistics.quantiles(self.delays, n=100)[q - 1] if len(self.delays) > 1 else float("nan")


@dataclass
class Frames:
    """Websocket frames of the page."""

    count: int = 0

    def watch(self, page: Page) -> None:
        def opened(socket: Any) -> None:
            socket.on("framesent", lambda _: self._add())
            socket.on("framereceived", lambda _: self._add())

        page.on("websocket", opened)

    def _add(self) -> None:
        self.count += 1


class Driver:
    """Sends pointer events on a socket of its own, without waiting for answers."""

    def __init__(self, port: int) -> None:
        targets = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
        url = next(t["webSocketDebuggerUrl"] for t in targets if t["type"] == "page" and "127.0.0.1" in t["url"])
        self._socket = websocket.create_connection(url, suppress_origin=True)
        self._number = 0
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        try:
            while self._socket.recv():
                pass
        except Exception:
            return

    def mouse(self, kind: str, x: float, y: float, pressed: bool) -> None:
        self._number += 1
        params = {"type": kind, "x": x, "y": y, "button": "left" if pressed else "none", "buttons": int(pressed)}
        if kind != "mouseMoved":
            params |= {"button": "left", "clickCount": 1}
        message = {"id": self._number, "method": "Input.dispatchMouseEvent", "params": params}
        self._socket.send(json.dumps(message))

    def sweep(self, path: Path, pressed: bool) -> int:
        """Moves along a path of time for SECONDS, at RATE; how many."""
        begin = time.perf_counter()
        total = int(SECONDS * RATE)
        for k in range(total):
            wait = begin + k / RATE - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            x, y = path(k / RATE)
            # Every move differs from the last, or the browser would not send it.
            self.mouse("mouseMoved", x, y + k % 2, pressed)
        return total


def measure(page: Page, driver: Driver, frames: Frames, path: Path, held: bool) -> Run:
    """One run; the pointer is pressed before and released after when `held`."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("Performance.enable")

    def busy() -> float:
        found = protocol.send("Performance.getMetrics")["metrics"]
        return 1000 * next(m["value"] for m in found if m["name"] == "ThreadTime")

    x, y = path(0.0)
    driver.mouse("mouseMoved", x, y, False)
    page.wait_for_timeout(400)
    if held:
        driver.mouse("mousePressed", x, y, True)
        driver.mouse("mouseMoved", x + 4, y, True)
        page.wait_for_function("document.querySelector('.heplens-root').dataset.source === 'tile'")
    page.evaluate("window.bench.clear()")
    messages, cpu = frames.count, busy()
    thread: list[int] = []
    worker = threading.Thread(target=lambda: thread.append(driver.sweep(path, held)))
    worker.start()
    while worker.is_alive():
        page.wait_for_timeout(100)
    page.wait_for_timeout(100)
    cpu, messages = busy() - cpu, frames.count - messages
    noted = page.evaluate("({inputs: bench.inputs, paints: bench.paints, long: bench.long})")
    if held:
        driver.mouse("mouseReleased", *path(SECONDS), True)
        page.wait_for_function("document.querySelector('.heplens-root').dataset.state === 'ready'")
    protocol.detach()
    times: dict[int, dict[str, float]] = {}
    for plot, number, at in noted["paints"]:
        if number >= 0:
            times.setdefault(number, {})[plot] = at
    everywhere = {number: max(found.values()) for number, found in times.items() if len(found) == PLOTS}
    delays = [at - noted["inputs"][number] for number, at in everywhere.items()]
    return Run(thread[0], len(everywhere), cpu, delays, noted["long"], messages)
