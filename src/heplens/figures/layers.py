"""How several datasets share one plot: backgrounds stacked, signals as lines over them, data as points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Style = Literal["single", "stack", "band", "line", "points"]

LINE = "#1f5fa8"  # of a histogram alone; the page takes the colour of its theme
INK = "#222222"  # of data points; the page takes the colour of its text
# Petroff's sequence for colour-vision deficiencies (arXiv:2107.02270), which CMS and ATLAS plots use.
CYCLE = ("#5790fc", "#f89c20", "#964a8b", "#9c9ca1", "#7a21dd", "#86c8dd", "#b9ac70", "#e76300", "#92dadd", "#717581")
# Lines are seen on a light page as on a dark one: at least 3 to 1 against either.
SIGNALS = ("#e42536", "#009e73", "#b557a8")


@dataclass(frozen=True)
class Layer:
    """One thing that is drawn: the sum of the datasets `of`, on top of those `below`.

    single: a filled outline with error bars; stack: a filled area; band: the uncertainty of the whole stack; line: an
    outline; points: data with error bars.
    """

    name: str
    style: Style
    of: tuple[int, ...]
    below: tuple[int, ...] = ()
    colour: str = LINE


def layers_of(datasets: Sequence[str], roles: Mapping[str, str]) -> list[Layer]:
    """The layers of a plot, from the back to the front. A dataset without a role is a background."""
    if not datasets:
        return [Layer("", "single", (0,))]
    by_role: dict[str, list[int]] = {"background": [], "signal": [], "data": []}
    for index, name in enumerate(datasets):
        by_role[roles.get(name) or "background"].append(index)
    stacked, lines, data = by_role["background"], by_role["signal"], by_role["data"]
    layers = [
        Layer(datasets[i], "stack", (i,), tuple(stacked[place + 1 :]), CYCLE[place % len(CYCLE)])
        for place, i in enumerate(stacked)
    ]
    if stacked:
        layers.append(Layer("uncertainty", "band", tuple(stacked), (), INK))
    layers += [Layer(datasets[i], "line", (i,), (), SIGNALS[n % len(SIGNALS)]) for n, i in enumerate(lines)]
    if data:
        layers.append(Layer(" + ".join(datasets[i] for i in data), "points", tuple(data), (), INK))
    return layers


def main_layer(layers: Sequence[Layer]) -> int:
    """The layer whose numbers a caption gives: the whole stack, else the first."""
    return next((i for i, layer in enumerate(layers) if layer.style == "band"), 0)
