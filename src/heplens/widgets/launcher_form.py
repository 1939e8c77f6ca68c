"""The fields of the launcher. They know neither clusters nor files."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from .reachable import Reachable

_LABEL = "92px"
_INDENT = "102px"  # where inputs begin: beyond the label and two margins
_STYLE = {"description_width": _LABEL}


class Text(Reachable, widgets.Text):  # type: ignore[misc]
    pass


class IntText(Reachable, widgets.IntText):  # type: ignore[misc]
    pass


class Dropdown(Reachable, widgets.Dropdown):  # type: ignore[misc]
    pass


class Checkbox(Reachable, widgets.Checkbox):  # type: ignore[misc]
    pass


class Button(Reachable, widgets.Button):  # type: ignore[misc]
    pass


class Sentence(Reachable, widgets.HTML):  # type: ignore[misc]
    """Text below an input. It wraps, which a label's does not; whatever is in it is text, never HTML."""

    def __init__(self, colour: str) -> None:
        self.text = ""
        self._style = f"padding: 2px 0 4px; line-height: 1.35; overflow-wrap: anywhere; color: {colour}"
        super().__init__(layout={"display": "none", "margin": f"0 2px 0 {_INDENT}"})

    def say(self, text: str) -> None:
        self.text = text
        self.value = f'<div style="{self._style}">{html.escape(text)}</div>'
        self.layout.display = "" if text else "none"


class WrongFieldError(ValueError):
    """What is in `field` cannot be used; the message says why."""

    def __init__(self, field: Field, reason: str) -> None:
        self.field = field
        super().__init__(reason)


class Field(widgets.VBox):  # type: ignore[misc]
    """An input, and below it what is wrong with it."""

    def __init__(self, control: Any) -> None:
        self.control = control
        control.layout.width = "auto"
        self._problem = Sentence("var(--jp-error-color1, #d32f2f)")
        control.observe(lambda _: self.tell(""), "value")
        super().__init__([control, self._problem])

    @property
    def problem(self) -> str:
        return self._problem.text

    def tell(self, problem: str) -> None:
        self._problem.say(problem)


class Form(widgets.VBox):  # type: ignore[misc]
    """Where to run, over what, and where to keep it. A new cluster has a worker for each of the `cores` at first."""

    def __init__(self, cores: int) -> None:
        def text(label: str, hint: str) -> Field:
            control = Text("", description=label, placeholder=hint, continuous_update=False, style=_STYLE)
            control.tooltip = hint
            return Field(control)

        def number(value: int, label: str) -> Field:
            return Field(IntText(value, description=label, continuous_update=False, style=_STYLE))

        self.place = Field(Dropdown(description="Where", style=_STYLE))
        self.workers = number(cores, "Workers")
        self.threads = number(1, "threads each")
        self.memory = text("memory each", "its share")
        self.address = text("Address", "tcp://host:8786")
        self.dataset = text("Dataset", "as it is; or a file, a pattern (data/*.root:Events), a fileset (.json)")
        self.directory = text("Keep in", "nowhere; or a folder, to go on after anything died")
        self.tiles = Checkbox(False, description="Move its cuts afterwards, over all files", indent=False)
        self.tiles.tooltip = "Makes tiles of every step, which takes more work and memory: see docs/jobs.md"
        self.tiles.layout.margin = f"0 0 0 {_INDENT}"
        self.tiles.layout.width = "auto"
        self.start = Button(description="Start", button_style="primary")
        self._outlook = Sentence("var(--jp-ui-font-color2, #757575)")
        self._local = widgets.HBox([self.workers, self.threads, self.memory], layout={"flex_flow": "row wrap"})
        for field, share in ((self.workers, "4 1 150px"), (self.threads, "3 1 150px"), (self.memory, "4 1 170px")):
            field.layout.flex = share
        self.start.layout.margin = f"2px 0 6px {_INDENT}"
        self._kinds: list[str] = []
        self.place.control.observe(lambda _: self._arrange(), "value")
        rows = [self.place, self._local, self.address, self.dataset, self._outlook, self.directory]
        super().__init__([*rows, self.tiles, self.start], layout={"width": "min(640px, 100%)"})

    @property
    def outlook(self) -> str:
        """What is said of what will be read."""
        return self._outlook.text

    def tell_outlook(self, text: str) -> None:
        self._outlook.say(text)

    def offer(self, labels: Sequence[str], kinds: Sequence[str]) -> None:
        """Places to choose from; the one that was chosen stays chosen when it is among them."""
        self._kinds = list(kinds)
        choice = self.place.control
        before = choice.label
        choice.options = [(label, i) for i, label in enumerate(labels)]
        choice.value = next((i for i, label in enumerate(labels) if label == before), 0)
        self._arrange()

    def busy(self, busy: bool) -> None:
        self.start.disabled = busy
        self.start.description = "Starting …" if busy else "Start"

    def _arrange(self) -> None:
        kind = self._kinds[self.place.control.value or 0]
        self._local.layout.display = "" if kind == "local" else "none"
        self.address.layout.display = "" if kind == "address" else "none"
