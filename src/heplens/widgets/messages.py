"""Every message that crosses between a page and the kernel; `js/widgets/messages.ts` is the twin.

The kernel is the only writer of state. It publishes `State` in one trait. The page sends requests, each with an `id`
of its own, and the kernel answers each exactly once, with that `id`, after as many `partial` replies as there is to
tell. Numbers travel as raw little-endian buffers beside a reply, and every such reply says for which revision it was
made, so that the page can drop what is out of date.
"""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, field
from typing import Any, Literal, get_args

PROTOCOL = 2

Json = dict[str, Any]
Phase = Literal["idle", "running", "failed"]


@dataclass(frozen=True)
class Status:
    """What the kernel is doing. `message` is a sentence for people; `events` is how many the last result used."""

    phase: Phase = "idle"
    message: str = ""
    events: int | None = None


@dataclass(frozen=True)
class JobState:
    """The analysis on Dask: a line about it, and how much is done, from 0 to 1."""

    phase: Literal["running", "done", "failed"]
    text: str
    share: float | None = None


@dataclass(frozen=True)
class State:
    """The one synced trait, written by Python only."""

    revision: int
    analysis: Json
    can_undo: bool = False
    can_redo: bool = False
    status: Status = field(default_factory=Status)
    job: JobState | None = None

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
class Submit:
    """Hand the current analysis over to Dask."""

    id: str


@dataclass(frozen=True)
class CancelJob:
    id: str


@dataclass(frozen=True)
class Picture:
    """What the plots look like at `revision`, for the saved notebook; the buffer is a PNG."""

    id: str
    revision: int


Request = (
    Edit | Undo | Redo | Reset | Submit | CancelJob | Picture
    | AskSnapshot | AskCounts | AskTile | AskBokeh | AskScript | AskCompletions | AskRange
)  # fmt: skip

REQUESTS: dict[str, type[Request]] = {
    "edit": Edit,
    "undo": Undo,
    "redo": Redo,
    "reset": Reset,
    "submit": Submit,
    "cancel_job": CancelJob,
    "picture": Picture,
    "snapshot": AskSnapshot,
    "counts": AskCounts,
    "tile": AskTile,
    "bokeh": AskBokeh,
    "script": AskScript,
    "completions": AskCompletions,
    "range": AskRange,
}

ReplyKind = Literal[
    "accepted", "refused", "stale", "failed",
    "partial", "snapshot", "counts", "tile", "bokeh", "script", "completions", "range",
    "failures",
]  # fmt: skip
REPLIES: tuple[str, ...] = get_args(ReplyKind)
# accepted  {revision}                                       the edit is committed
# refused   {reason, position, revision}                     it is not; position: offending character or null
# stale     {revision}                                       a newer request or revision made the answer useless
# failed    {reason, position}                               the request could not be answered
# partial   {revision, done, total, numbers}                 not the answer yet: the events that were read; `numbers`
#                                                            are null, or the fields of counts until then with buffers
# snapshot  {revision, bokeh, document, plots}               buffers: edges per drawn plot
# counts    {revision, key, plots, cutflow, problems, ...}   buffers: values, variances per drawn plot
# tile      {revision, key, form, rows, plots, cutflow, ...} buffers: boundaries, kinds, cells; see packing.py
# bokeh     {version, encoding}                              buffer: the script
# script    {text}
# completions {start, options, problem}                      problem: {reason, position, instead} of the edit, or null
# range     {axis}                                           as in a document
# failures  see `job_messages`: views of jobs speak with the same requests

_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "base_revision": (int,),
    "revision": (int,),
    "edit": (dict,),
    "handle": (str,),
    "version": (str,),
    "place": (int,),
    "text": (str,),
    "cursor": (int,),
    "collection": (str,),
    "expression": (str,),
}


class MessageError(ValueError):
    """A message that this kernel does not understand; `id` is the request's, as far as it could be read."""

    def __init__(self, id: str, reason: str) -> None:
        self.id = id
        self.reason = reason
        super().__init__(reason)


def parse(content: object) -> Request:
    """The request in a message.

    Raises
    ------
    MessageError : unknown kind, missing or wrong field, or another protocol version, each as a readable sentence.
    """
    if not isinstance(content, dict):
        raise MessageError("", "The page sent a message that is not an object.")
    id = content.get("id")
    id = id if isinstance(id, str) else ""
    protocol = content.get("protocol")
    if protocol != PROTOCOL:
        raise MessageError(id, mismatch(protocol))
    kind = content.get("kind")
    cls = REQUESTS.get(kind) if isinstance(kind, str) else None
    if cls is None or not isinstance(kind, str):
        raise MessageError(id, f"The page sent a message of unknown kind {kind!r}.")
    fields: Json = {}
    for name, known in cls.__dataclass_fields__.items():
        value = content.get(name)
        if value is None and known.default is not MISSING:
            continue
        if value is None or not _fits(name, value):
            raise MessageError(id, f"The page sent a {kind!r} message whose field {name!r} is missing or wrong.")
        fields[name] = value
    return cls(**fields)


def _fits(name: str, value: object) -> bool:
    return isinstance(value, _TYPES[name]) and not isinstance(value, bool)


def mismatch(protocol: object) -> str:
    """What to tell someone whose page and kernel come from different versions of heplens."""
    return (
        f"The page speaks version {protocol!r} of the heplens protocol and the kernel version {PROTOCOL}: "
        "install the same version of heplens in the kernel's environment and reload the page."
    )


def reply(kind: ReplyKind, id: str, **fields: Any) -> Json:
    """The content of one answer."""
    return {"protocol": PROTOCOL, "kind": kind, "id": id, **fields}
