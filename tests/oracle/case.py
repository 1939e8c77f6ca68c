"""One document with the file it runs on and the lines of the rules it touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .build import document
from .read import load
from .result import OracleResult
from .run import run

FILES = {
    "hzz": ("uproot-HZZ.root", "events", "GeV"),
    "ttbar": ("nanoAOD_2015_CMS_Open_Data_ttbar.root", "Events", "GeV"),
    "nano40": ("uproot-issue121.root", "Events", "GeV"),
    "zmumu": ("uproot-Zmumu.root", "events", "GeV"),
    "dimuon": ("Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root", "Events", "GeV"),
    "emu": ("uproot-issue-750.root", "tout", "GeV"),
    "hh": ("uproot-issue243-new.root", "fullmassplane", "GeV"),
    "staff": ("ntpl001_staff_rntuple_v1-0-1-0.root", "Staff", "GeV"),
    "xenon": ("uproot-issue64.root", "events/events", "GeV"),
    "truth": ("uproot-issue-589.root", "events", "GeV"),
    "physlite": ("uproot-issue-798.root", "CollectionTree", "MeV"),
}


@dataclass(frozen=True)
class Case:
    """`note` says what in the document rests on a choice rather than on a written rule."""

    name: str
    sample: str  # a key of FILES
    lines: tuple[int, ...]
    document: dict[str, Any]
    note: str = ""

    @property
    def file(self) -> str:
        return FILES[self.sample][0]

    @property
    def tree(self) -> str:
        return FILES[self.sample][1]

    @property
    def unit(self) -> str:
        return FILES[self.sample][2]

    def expected(self) -> OracleResult:
        events, schema = load(self.file, self.tree)
        return run(self.document, events, schema, self.unit)


def case(name: str, sample: str, lines: tuple[int, ...], *steps: Any, note: str = "", **rest: Any) -> Case:
    """A case from its steps; `hists` and `regions` by name."""
    return Case(name, sample, lines, document(*steps, **rest), note)
