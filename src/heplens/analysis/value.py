"""The analysis: one immutable value that views edit, jobs run and files keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ..columns.dataset import Dataset, make_dataset
from ..columns.parse import parse
from ..errors import AnalysisError, nearest
from . import building, names
from .axes import Histogram
from .bind import Bound, bind
from .checks import check_parts
from .steps import Cut, Define, Region, Step, Weight

if TYPE_CHECKING:
    from ..engine.result import Result
    from ..engine.trace import Trace


@dataclass(frozen=True, init=False)
class Analysis:
    """What to select and what to fill, in order, over a dataset.

    Every method returns a new analysis; nothing is read until `run`, `submit`, `arrays` or `trace`, except that names
    are checked against the branches of the first file as they are written.

    Parameters
    ----------
    data : ``"nano.root:Events"``, a list of these, a pattern, a fileset (a dict such as
        ``{"ttbar": {"files": {"a.root": "Events"}, "metadata": {"xsec": 831.76}}}`` or the path of a .json file), an
        awkward array, or a dict of arrays.
    lumi : integrated luminosity in fb⁻¹; samples with a cross section (pb) are normalised to it.
    energy_unit : "MeV", "GeV" or "TeV", when the files do not tell.

    Raises
    ------
    FileError, TreeError : a file cannot be opened or has no such tree.
    """

    dataset: Dataset | None
    steps: tuple[Step, ...] = ()
    regions: tuple[Region, ...] = ()
    histograms: tuple[Histogram, ...] = ()
    _check: bool = field(default=True, compare=False, repr=False)

    def __init__(self, data: Any = None, *, lumi: float | None = None, energy_unit: str = "") -> None:
        dataset = None if data is None else make_dataset(data, lumi, energy_unit)
        self._set(dataset, (), (), (), True)
        if dataset is not None:
            dataset.first()  # a wrong path or tree is told here, not at the first cut

    def _set(
        self,
        dataset: Dataset | None,
        steps: tuple[Step, ...],
        regions: tuple[Region, ...],
        histograms: tuple[Histogram, ...],
        check: bool,
    ) -> None:
        for name, value in (("dataset", dataset), ("steps", steps), ("regions", regions), ("histograms", histograms)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_check", check)

    @classmethod
    def make(
        cls,
        dataset: Dataset | None,
        steps: Sequence[Step],
        regions: Sequence[Region] = (),
        histograms: Sequence[Histogram] = (),
        check: bool = False,
    ) -> Analysis:
        """An analysis from its parts; with ``check=False`` no file is opened (a document from someone else)."""
        analysis = cls.__new__(cls)
        analysis._set(dataset, tuple(steps), tuple(regions), tuple(histograms), check)
        check_parts(analysis)
        return analysis._checked() if check else analysis

    def with_parts(self, **parts: Any) -> Analysis:
        """A copy with other `steps`, `regions`, `histograms` or `dataset`, checked."""
        values = {"dataset": self.dataset, "steps": self.steps, "regions": self.regions, "histograms": self.histograms}
        return Analysis.make(**{**values, **parts}, check=self._check)

    def on(self, data: Any, *, lumi: float | None = None, energy_unit: str = "") -> Analysis:
        """The same analysis over other data."""
        return Analysis.make(
            make_dataset(data, lumi, energy_unit), self.steps, self.regions, self.histograms, check=True
        )

    def _checked(self) -> Analysis:
        if self.dataset is not None and self.dataset.samples:
            self.bound  # noqa: B018 - binding is the check
        return self

    @cached_property
    def bound(self) -> Bound:
        """The analysis bound to the first file of its dataset.

        Raises
        ------
        AnalysisError : there is no dataset.
        """
        pair = next(iter(self.dataset.sources()), None) if self.dataset is not None else None
        if pair is None:
            raise AnalysisError("the analysis has no data; give them with on(…)")
        sample, source = pair
        return bind(self, source.schema, sample.is_data)

    # --- building -------------------------------------------------------------------------------------------------

    def keep(self, collection: str, expression: str, *, name: str | None = None) -> Analysis:
        """Keep the objects of a collection for which `expression` is true; bare names are their fields first."""
        return self._add(building.make_keep(self, collection, expression, name))

    def define(self, name: str, expression: str) -> Analysis:
        """Bind a new name to an expression as it stands here; later filters do not reach back into it."""
        parse(expression)
        return self._add(Define(name, expression))

    def cut(
        self,
        expression: str,
        *,
        low: float | None = None,
        high: float | None = None,
        at_least: int | None = None,
        any: bool = False,
        all: bool = False,
        name: str | None = None,
    ) -> Analysis:
        """Keep the events for which `expression` is true, or for which ``low <= expression < high``.

        For a variable with one value per object say how many must lie in the window: ``at_least=k``, ``any=True`` or
        ``all=True``.
        """
        return self._add(building.make_cut(self, expression, low, high, at_least, any, all, name))

    def weight(self, expression: str, *, on: Literal["mc", "data"] | None = None, name: str | None = None) -> Analysis:
        """Multiply the event weight by an expression, everywhere or only in simulation ("mc") or in "data"."""
        return self._add(building.make_weight(self, expression, on, name))

    def region(self, name: str, cuts: Sequence[str]) -> Analysis:
        """A set of named cuts, each as it is or inverted (``"!Z window"``); histograms are filled once per region.

        Cuts that it does not name are not applied in it; filters are.
        """
        return self.with_parts(regions=(*self.regions, building.make_region(self, name, cuts)))

    def hist(
        self,
        expression: str | Sequence[str],
        *,
        bins: Any = None,
        range: Any = None,
        axes: Sequence[Any] | None = None,
        name: str | None = None,
        label: str | Sequence[str] = "",
        weight: str | Literal[1] | None = None,
        at: str | None = None,
    ) -> Analysis:
        """A histogram of one expression, or of two for a 2-D one, filled at the end of the chain or ``at`` a step.

        Parameters
        ----------
        bins, range : 60 and (60, 120), or a sequence of edges as bins; for 2-D a pair of each.
        axes : instead, axes of the hist library, one per expression.
        weight : None for the analysis weight, 1 for none, or an expression that replaces it.
        """
        made = building.make_histogram(self, expression, bins, range, axes, name, label, weight, at)
        return self.with_parts(histograms=(*self.histograms, made))

    def _add(self, step: Step) -> Analysis:
        return self.with_parts(steps=(*self.steps, step))

    # --- by name --------------------------------------------------------------------------------------------------

    def index(self, name: str) -> int:
        """The place of a step. Raises AnalysisError with the nearest names."""
        names = [step.name for step in self.steps]
        if name not in names:
            raise AnalysisError(f"there is no step {name!r}{nearest(name, names)}")
        return names.index(name)

    def terms(self, region: Region) -> tuple[tuple[str, bool], ...]:
        """The cuts of a region by name, and whether each is inverted. A cut may itself be called ``!HLT.Mu``."""
        return region.terms([step.name for step in self.steps if isinstance(step, Cut)])

    def replace_step(self, name: str, **changes: Any) -> Analysis:
        """The analysis with fields of one step changed."""
        at = self.index(name)
        steps = list(self.steps)
        steps[at] = replace(steps[at], **changes)
        return self.with_parts(steps=tuple(steps))

    def enable(self, name: str, on: bool = True) -> Analysis:
        """Switch a filter, cut or weight on or off."""
        if isinstance(self.steps[self.index(name)], Define):
            raise AnalysisError(f"{name!r} is a definition; it cannot be switched off, only removed")
        return self.replace_step(name, enabled=on)

    def remove(self, name: str) -> Analysis:
        """Without a step, or without a histogram or region of that name."""
        return self.with_parts(**names.without(self, name))

    def rename(self, name: str, to: str) -> Analysis:
        """Rename a filter, cut or weight; regions and histograms that name it follow."""
        return self.with_parts(**names.renamed(self, name, to))

    def move(self, name: str, index: int) -> Analysis:
        """Put a step at another place; order is meaning."""
        steps = list(self.steps)
        step = steps.pop(self.index(name))
        steps.insert(index, step)
        return self.with_parts(steps=tuple(steps))

    # --- running --------------------------------------------------------------------------------------------------

    def run(
        self, progress: Callable[[int, int], None] | None = None, cancel: Callable[[], bool] | None = None
    ) -> Result:
        """Fill everything here and now, block by block: the memory is that of one block, a million events at most.

        Parameters
        ----------
        progress : called with (events done, events in all) after each block.
        cancel : asked before each block; when it says True, what is done so far is returned with complete=False.
        """
        from ..engine.run import run

        return run(self, progress, cancel)

    def n_minus_one(self, name: str) -> Result:
        """The result without one cut or filter; everything downstream is recomputed."""
        if isinstance(self.steps[self.index(name)], Define | Weight):
            raise AnalysisError(f"{name!r} is neither a cut nor a filter")
        return self.enable(name, False).run()

    def arrays(self, *expressions: str, selected: bool = True) -> Any:
        """The values of expressions at the end of the chain, as one awkward array (a record of several).

        With ``selected`` only the events that pass every cut; otherwise all, with filters and definitions applied.
        """
        from ..engine.arrays import arrays

        return arrays(self, expressions, selected)

    def trace(self, event: int) -> Trace:
        """What each step did to one event (its number in the dataset, from 0)."""
        from ..engine.trace import trace

        return trace(self, event)

    def submit(self, client: Any = None, **options: Any) -> Any:
        """Run on a Dask cluster; see `heplens.jobs.submit`."""
        from ..jobs import submit

        return submit(self, client, **options)

    def explore(self, **options: Any) -> Any:
        """The live dashboard of this analysis, for a notebook."""
        from ..widgets import explore

        return explore(self, **options)

    def launch(self) -> Any:
        """Choose where to run this, over which files, and start it, in a notebook; see `heplens.register_cluster`."""
        from ..widgets import launch

        return launch(self)

    # --- leaving --------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The analysis as a JSON document; see `heplens.analysis.document` for its schema."""
        from .document import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Analysis:
        """The analysis of a JSON document. Reads no file and runs nothing."""
        from .document import from_json

        return from_json(text)

    def to_script(self) -> str:
        """A script with uproot, awkward, vector and hist alone that fills the same bins."""
        from .script import to_script

        return to_script(self)

    def __hash__(self) -> int:
        return hash((self.dataset, self.steps, self.regions, self.histograms))

    def __repr__(self) -> str:
        from .show import text

        return text(self)

    def _repr_html_(self) -> str:
        from .show import html

        return html(self)


def is_weighted(analysis: Analysis) -> bool:
    """Whether histograms carry weights: a weight step, a weight of their own, or a normalisation to a luminosity."""
    steps = any(isinstance(step, Weight) and step.enabled for step in analysis.steps)
    own = any(isinstance(histogram.weight, str) for histogram in analysis.histograms)
    dataset = analysis.dataset
    return steps or own or (dataset is not None and any(dataset.is_normalised(sample) for sample in dataset.samples))
