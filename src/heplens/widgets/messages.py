"""Every message between the page of a dashboard and the kernel; `js/widgets/messages.ts` is the twin.

The kernel is the only writer of state. It publishes `State` in one trait; the page sends requests, as `protocol` has
them. Numbers travel as raw little-endian buffers beside a reply, and every such reply says for which revision it was
made, so that the page can drop what is out of date.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

from .protocol import PROTOCOL, Json

Phase = Literal["idle", "running", "failed"]


@dataclass(frozen=True)
class Status:
    """What the kernel is doing. `message` is a sentence for people; `events` is how many the last result used."""

    phase: Phase = "idle"
    message: str = ""
    events: int | None = None


@dataclass(frozen=True)
class State:
    """The one synced trait, written by Python only."""

    revision: int
    analysis: Json
    can_undo: bool = False
    can_redo: bool = False
    status: Status = field(default_factory=Status)
    log: list[str] = field(default_factory=list)  # histograms with a logarithmic scale
    region: str = ""  # the one shown, "" when there are none
    over: Json | None = None  # of the dashboard of a job: how far it is; `counted` counts up with its numbers

    def to_json(self) -> Json:
        return {"protocol": PROTOCOL, **asdict(self)}


# --- page to kernel ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edit:
    """Apply `edit`, an operation of `heplens.analysis.edits`, to the analysis that the page knew as `base_revision`."""

    id: str
    base_revision: int
    edit: Json


@dataclass(frozen=True)
class Undo:
    id: str


@dataclass(frozen=True)
class Redo:
    id: str


@dataclass(frozen=True)
class Reset:
    """Back to the analysis that was explored first; a change like any other."""

    id: str


@dataclass(frozen=True)
class SetLog:
    """Show the histogram of that name with a logarithmic scale, or a linear one."""

    id: str
    name: str
    log: bool


@dataclass(frozen=True)
class ShowRegion:
    id: str
    region: str


@dataclass(frozen=True)
class AskSnapshot:
    """The document of all plots, without numbers. Any view that starts asks for it, however late."""

    id: str


@dataclass(frozen=True)
class AskCounts:
    """The numbers of all plots and the cutflow at `revision`, or `edit` applied to it without committing anything."""

    id: str
    revision: int
    edit: Json | None = None


@dataclass(frozen=True)
class AskTile:
    """The tile with which the handle of that id moves without the kernel."""

    id: str
    revision: int
    handle: str


@dataclass(frozen=True)
class AskBokeh:
    """BokehJS of the installed wheel, compressed; once per page and version."""

    id: str
    version: str


@dataclass(frozen=True)
class AskScript:
    """The analysis as plain code."""

    id: str


@dataclass(frozen=True)
class AskCompletions:
    """What could be typed at `cursor` of `text`, an expression that stands before step `place`.

    `collection` is the one being filtered. `edit` is what the text would become: the answer tells what is wrong with
    it, and nothing is committed.
    """

    id: str
    place: int
    text: str
    cursor: int
    collection: str = ""
    edit: Json | None = None


@dataclass(frozen=True)
class AskRange:
    """An axis for an expression that stands before step `place`: what its values span, rounded to nice numbers."""

    id: str
    place: int
    expression: str


@dataclass(frozen=True)
class Launch:
    """Show the launcher, which runs the current analysis on Dask."""

    id: str


@dataclass(frozen=True)
class Picture:
    """What the plots look like at `revision`, for the saved notebook; the buffer is a PNG."""

    id: str
    revision: int


@dataclass(frozen=True)
class Recount:
    """Run the analysis as it is now as another job, where the one of this dashboard ran."""

    id: str


Request = (
    Recount | Edit | Undo | Redo | Reset | SetLog | ShowRegion | Launch | Picture
    | AskSnapshot | AskCounts | AskTile | AskBokeh | AskScript | AskCompletions | AskRange
)  # fmt: skip

REQUESTS: dict[str, type[Request]] = {
    "edit": Edit,
    "recount": Recount,
    "undo": Undo,
    "redo": Redo,
    "reset": Reset,
    "set_log": SetLog,
    "show_region": ShowRegion,
    "launch": Launch,
    "picture": Picture,
    "snapshot": AskSnapshot,
    "counts": AskCounts,
    "tile": AskTile,
    "bokeh": AskBokeh,
    "script": AskScript,
    "completions": AskCompletions,
    "range": AskRange,
}

REPLIES = frozenset(
    ("accepted", "refused", "stale", "failed",
     "partial", "snapshot", "counts", "tile", "bokeh", "script", "completions", "range")
)  # fmt: skip
# accepted  {revision}                                       the edit is committed; plots are looked at as asked
# refused   {reason, position, revision}                     it is not; position: offending character or null
# stale     {revision}                                       a newer request or revision made the answer useless
# failed    {reason, position, needs_job}                    the request could not be answered; only a job can
# partial   {revision, done, total, numbers}                 not the answer yet: the events that were read; `numbers`
#                                                            are null, or the fields of counts until then with buffers
# snapshot  {revision, bokeh, document, plots}               buffers: edges per drawn plot
# counts    {revision, key, plots, cutflow, problems, ...}   buffers: values, variances per drawn plot
# tile      {revision, key, form, rows, plots, cutflow, ...} buffers: boundaries, kinds, cells; see packing.py
# bokeh     {version, encoding}                              buffer: the script
# script    {text}
# completions {start, options, problem}                      problem: {reason, position, instead} of the edit, or null
# range     {axis}                                           as in a document
