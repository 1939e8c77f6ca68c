"""The launcher: where a job runs and over what, what it will read, and then its view.

Its fields are ipywidgets' own, so they look and behave as everything else of the kind does in a notebook. Whatever
asks a cluster or opens files does so in a thread; what is wrong is a sentence below its field.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..columns.dataset import Dataset, make_dataset
from ..errors import HeplensError, JobError
from .launcher_outlook import look
from .launcher_places import Place, places

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..jobs import Job

_WIDTH = widgets.Layout(width="min(560px, 100%)")
_STYLE = {"description_width": "92px"}


class Field(widgets.VBox):  # type: ignore[misc]
    """An input, and below it what is wrong with it."""

    def __init__(self, control: Any) -> None:
        self.control = control
        self._problem = widgets.Label(style={"text_color": "var(--jp-error-color1, #d32f2f)"})
        self._problem.layout.display = "none"
        self._problem.layout.margin = "0 0 4px 98px"
        control.observe(lambda _: self.tell(""), "value")
        super().__init__([control, self._problem])

    def tell(self, problem: str) -> None:
        self._problem.value = self._problem.tooltip = problem
        self._problem.layout.display = "" if problem else "none"

    def show(self, shown: bool) -> None:
        self.layout.display = "" if shown else "none"


class Launcher(widgets.VBox):  # type: ignore[misc]
    """Starts `analysis` on a cluster that is chosen. `job` is the last one that was started, None before."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.job: Job | None = None
        self._places: list[Place] = []
        self._clusters: list[Any] = []  # made here: they must not be closed while a job runs on them
        self._busy = threading.Lock()
        text = {"layout": _WIDTH, "style": _STYLE, "continuous_update": False}
        self.place = Field(widgets.Dropdown(description="Where", layout=_WIDTH, style=_STYLE))
        self.workers = Field(widgets.IntText(2, description="Workers", **text))
        self.threads = Field(widgets.IntText(1, description="Threads each", **text))
        self.memory = Field(widgets.Text("", description="Memory each", placeholder="4 GB; empty: no limit", **text))
        self.address = Field(widgets.Text("", description="Address", placeholder="tcp://host:8786", **text))
        hint = "a file, a pattern (data/*.root:Events) or a fileset (.json); empty: as it is"
        self.dataset = Field(widgets.Text("", description="Dataset", placeholder=hint, **text))
        self.directory = Field(
            widgets.Text("", description="Keep in", placeholder="a folder, to go on after anything died", **text)
        )
        self.look_button = widgets.Button(description="Look", tooltip="See what will be read; nothing is started")
        self.start_button = widgets.Button(description="Start", button_style="primary")
        self.outlook = widgets.Label()
        self.look_button.on_click(lambda _: self._in_thread(self._look))
        self.start_button.on_click(lambda _: self._in_thread(self._start))
        self.place.control.observe(lambda _: self._arrange(), "value")
        fields = [self.place, self.workers, self.threads, self.memory, self.address, self.dataset, self.directory]
        buttons = widgets.HBox([self.look_button, self.start_button, self.outlook])
        buttons.layout.margin = "0 0 6px 96px"
        self._form = (*fields, buttons)
        super().__init__(self._form)
        self.add_class("heplens-launcher")
        self.refresh()

    def refresh(self) -> None:
        """Offer the places that there are now."""
        self._places = places()
        choice = self.place.control
        before = choice.label
        choice.options = [(place.label, i) for i, place in enumerate(self._places)]
        choice.value = next((i for i, place in enumerate(self._places) if place.label == before), 0)
        self._arrange()

    def _chosen(self) -> Place:
        return self._places[self.place.control.value or 0]

    def _arrange(self) -> None:
        kind = self._chosen().kind
        for field in (self.workers, self.threads, self.memory):
            field.show(kind == "local")
        self.address.show(kind == "address")

    # --- work, in a thread ------------------------------------------------------------------------------------------

    def _in_thread(self, work: Callable[[], None]) -> None:
        if not self._busy.acquire(blocking=False):
            return

        def run() -> None:
            self.look_button.disabled = self.start_button.disabled = True
            try:
                work()
            except Exception as error:  # a cluster may raise anything; it ends in a sentence
                self.place.tell(_sentence(error))
                self.outlook.value = ""
            finally:
                self.look_button.disabled = self.start_button.disabled = False
                self._busy.release()

        threading.Thread(target=run, name="heplens-launcher", daemon=True).start()

    def _look(self) -> None:
        analysis = self._analysis()
        if analysis is not None:
            self.outlook.value = "looking into the files …"
            self._outlook(analysis)

    def _start(self) -> None:
        analysis = self._analysis()
        if analysis is None or not self._outlook(analysis):
            return
        self.place.tell("")
        client = self._client()
        if client is None:
            return
        try:
            self.job = analysis.submit(client, directory=self.directory.control.value.strip() or None)
        except JobError as error:
            at_directory = self.directory.control.value and "kept in" in str(error)
            (self.directory if at_directory else self.place).tell(str(error))
            return
        from .job_view import job_view

        self.job._view = job_view(self.job)
        self.children = (*self._form, self.job._view)

    def _analysis(self) -> Analysis | None:
        """With the chosen data; None when something is wrong with them, which is told at the field."""
        self.dataset.tell("")
        data = self.dataset.control.value.strip()
        try:
            return self.analysis.with_parts(dataset=self._dataset(data)) if data else self.analysis
        except HeplensError as error:
            self.dataset.tell(str(error))
            return None

    def _dataset(self, data: str) -> Dataset:
        """Other files, with the luminosity and the unit of energy of the ones before."""
        old = self.analysis.dataset
        return make_dataset(data, *((None, "") if old is None else (old.luminosity, old.energy_unit)))

    def _outlook(self, analysis: Analysis) -> bool:
        try:
            self.outlook.value = look(analysis).text
        except (HeplensError, OSError) as error:
            self.outlook.value = ""
            self.dataset.tell(_sentence(error))
            return False
        return True

    def _client(self) -> Any:
        """What the job runs on; None when a field is wrong."""
        place = self._chosen()
        if place.kind == "client":
            return place.what
        if place.kind == "address":
            address = self.address.control.value.strip()
            if not address:
                self.address.tell("give the address of a Dask scheduler, such as tcp://host:8786")
                return None
            return address
        self.outlook.value += "; starting the cluster …"
        made = place.what() if place.kind == "factory" else self._local()
        self.outlook.value = self.outlook.value.removesuffix("; starting the cluster …")
        if made is None and place.kind == "factory":
            self.place.tell(f"the factory of {place.label!r} returned None instead of a client or a cluster")
        elif made is not None:
            self._clusters.append(made)
        return made

    def _local(self) -> Any:
        from dask.utils import parse_bytes
        from distributed import Client

        for field, least in ((self.workers, 1), (self.threads, 1)):
            if field.control.value < least:
                field.tell("at least 1")
                return None
        try:
            memory = parse_bytes(self.memory.control.value.strip() or "0")
        except ValueError:
            self.memory.tell("give a number of bytes, such as 4 GB")
            return None
        return Client(
            n_workers=self.workers.control.value,
            threads_per_worker=self.threads.control.value,
            memory_limit=memory,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        )


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, HeplensError) else f"{type(error).__name__}: {error}"
