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
from ..errors import AnalysisError, HeplensError
from .launcher_form import Button, Form, WrongFieldError
from .launcher_outlook import Looking
from .launcher_places import Place, places, start
from .picture import JOB, Picture

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..jobs import Job
    from .explorer import Explorer


class Launcher(widgets.VBox):  # type: ignore[misc]
    """Starts `analysis`, which may be assigned, on a cluster that is chosen.

    `job` is the last one that was started, None before.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.job: Job | None = None
        self.form = Form(_cores())
        self._analysis = analysis
        self._places: list[Place] = []
        self._clusters: list[Any] = []  # made here: they must not be closed while a job runs on them
        self._busy = threading.Lock()
        self._picture = Picture(JOB)
        self._looking = Looking(self.form.tell_outlook)
        self._where = widgets.Label(layout={"flex": "1 1 260px", "min_width": "0"})
        again = Button(description="Another job …", tooltip="Show the form; the job that is shown goes on")
        again.layout.width = "auto"
        again.on_click(lambda _: self._unfold())
        self._dashboard: Explorer | None = None  # of the job, once somebody has asked for it
        self._other = Button(layout={"width": "auto"})
        self._other.on_click(lambda _: self._show_other())
        buttons = widgets.HBox([self._other, again], layout={"flex": "none"})  # where there is no room, below together
        self._folded = widgets.HBox([self._where, buttons], layout={"width": "100%", "flex_flow": "row wrap"})
        self.form.start.on_click(lambda _: self._start())
        self.form.dataset.control.observe(lambda _: self._look(), "value")
        super().__init__([self.form])
        self.add_class("heplens-launcher")
        self.refresh()
        self._look()

    @property
    def analysis(self) -> Analysis:
        return self._analysis

    @analysis.setter
    def analysis(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._look()

    def refresh(self) -> None:
        """Offer the places that there are now."""
        self._places = places()
        self.form.offer([place.label for place in self._places], [place.kind for place in self._places])

    def _ipython_display_(self, **_: Any) -> None:
        """The form and the job, and beside them what the saved notebook shows without a kernel."""
        from IPython.display import display

        bundle = self._repr_mimebundle_()
        display(bundle[0] if isinstance(bundle, tuple) else bundle, raw=True)  # type: ignore[no-untyped-call]
        self._picture.show(None)

    def close(self) -> None:
        """The job goes on."""
        self._looking.stop()
        self._drop_dashboard()
        super().close()

    def submit(self, client: Any = None) -> None:
        """Start a job on `client`, whatever the form says; see `Analysis.submit`. Returns at once.

        Raises
        ------
        AnalysisError : the last job is still running, or is being started.
        """
        if self._busy.locked() or (self.job is not None and self.job.running):
            raise AnalysisError("a job is running already; cancel it or wait for it")
        self._in_thread(lambda: self._submit(self._analysis, client, "the given cluster"))

    def wait(self) -> None:
        """Until what was begun, a job that is started or a look at the files, is done."""
        with self._busy:
            self._looking.wait()

    # --- the form ---------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self.form.dataset.tell("")
        self._looking.at(self._chosen_analysis, self.form.dataset.tell)

    def _chosen_analysis(self) -> Analysis:
        """With the chosen data."""
        data = self.form.dataset.control.value.strip()
        return self._analysis.with_parts(dataset=self._dataset(data)) if data else self._analysis

    def _dataset(self, data: str) -> Dataset:
        """Other files, with the luminosity and the unit of energy of the ones before."""
        old = self._analysis.dataset
        return make_dataset(data, *((None, "") if old is None else (old.luminosity, old.energy_unit)))

    def _unfold(self) -> None:
        self.refresh()
        self._look()
        self.children = (self.form, self.job._view) if self.job is not None else (self.form,)

    # --- starting, in a thread --------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._in_thread(self._start_chosen)

    def _start_chosen(self) -> None:
        analysis = self._looking.result()
        if analysis is None:  # what is wrong was told at its field
            return
        place = self._places[self.form.place.control.value or 0]
        try:
            made = start(place, self.form)
        except WrongFieldError as error:
            error.field.tell(str(error))
            return
        self._submit(analysis, made, place.label if place.kind != "address" else str(made))

    def _submit(self, analysis: Analysis, client: Any, place: str) -> None:
        from .job_view import job_view

        directory = self.form.directory.control.value.strip() or None
        try:
            self.job = analysis.submit(client, directory=directory, tiles=self.form.tiles.value)
        except HeplensError as error:
            at_directory = directory is not None and "kept in" in str(error)
            (self.form.directory if at_directory else self.form.place).tell(str(error))
            return
        self._clusters.append(client)
        self.job._view = job_view(self.job, self._picture)
        # The form has done its work, and the job needs the room.
        self._where.value = self._where.tooltip = " · ".join(filter(None, (place, self._looking.short)))
        self._drop_dashboard()
        self._other.layout.display = "" if self.job.wanted else "none"
        self._show(self.job._view)

    def _show(self, view: Any) -> None:
        dashboard = view is self._dashboard
        self._other.description = "Progress" if dashboard else "Move cuts"
        self._other.tooltip = "The job: workers, what failed" if dashboard else "The dashboard of what the job has done"
        self.children = (self._folded, view)

    def _show_other(self) -> None:
        """From the view of the job to the dashboard that its tiles move, and back."""
        if self.job is None:
            return
        if self._dashboard is None:
            self._dashboard = self.job.explore()
        self._show(self.job._view if self._dashboard in self.children else self._dashboard)

    def _drop_dashboard(self) -> None:
        """It belongs to the job before."""
        dashboard, self._dashboard = self._dashboard, None
        if dashboard is not None:
            dashboard.close()

    def _in_thread(self, work: Callable[[], None]) -> None:
        if not self._busy.acquire(blocking=False):
            return

        def run() -> None:
            self.form.busy(True)
            try:
                work()
            except Exception as error:  # a cluster may raise anything; it ends in a sentence
                told = str(error) if isinstance(error, HeplensError) else f"{type(error).__name__}: {error}"
                self.form.place.tell(told)
            finally:
                self._busy.release()  # first: a button that can be pressed must do something
                self.form.busy(False)

        threading.Thread(target=run, name="heplens-launcher", daemon=True).start()


def _cores() -> int:
    from dask.system import CPU_COUNT

    cores: int = CPU_COUNT
    return cores
