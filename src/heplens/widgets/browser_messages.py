"""Every message between the page of a `hl.browse` and the kernel; `js/widgets/browseMessages.ts` is the twin.

The page asks, each time with an `id` of its own, and is answered once, with that id. Listings and figures are the
documents that the Jupyter server gives as well.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from ..files import PROTOCOL
from .messages import MessageError, mismatch

Json = dict[str, Any]


@dataclass(frozen=True)
class AskListing:
    """What is below `node` of a file; of a folder or pattern, its files."""

    id: str
    file: str
    node: str


@dataclass(frozen=True)
class AskFigure:
    """A bounded look at one object, drawn."""

    id: str
    file: str
    object: str
    log: bool


@dataclass(frozen=True)
class AskScript:
    """BokehJS of the installed wheel, compressed."""

    id: str
    version: str


@dataclass(frozen=True)
class Choose:
    """The user chose this; with an empty file, nothing."""

    id: str
    file: str
    path: str


@dataclass(frozen=True)
class Cancel:
    """Nobody waits for the answer to `id` any more."""

    id: str


Request = AskListing | AskFigure | AskScript | Choose | Cancel

REQUESTS: dict[str, type[Request]] = {
    "listing": AskListing,
    "figure": AskFigure,
    "bokeh": AskScript,
    "choose": Choose,
    "cancel": Cancel,
}
# listing  {document}                what `heplens.files.listing.Listing.to_json` gives
# figure   {document}                what `heplens.figures.preview.figure_document` gives
# bokeh    {version}                 buffer: the script, compressed by zlib
# chosen   {}
# failed   {reason}                  a sentence


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
    if content.get("protocol") != PROTOCOL:
        raise MessageError(id, mismatch(content.get("protocol")))
    kind = content.get("kind")
    cls = REQUESTS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise MessageError(id, f"The page sent a message of unknown kind {kind!r}.")
    values: dict[str, Any] = {f.name: content.get(f.name) for f in fields(cls)}
    for name, value in values.items():
        if not isinstance(value, bool if name == "log" else str):
            raise MessageError(id, f"The page sent a {kind!r} message whose field {name!r} is missing or wrong.")
    return cls(**values)


def reply(kind: str, id: str, **fields: Any) -> Json:
    """The content of one answer."""
    return {"protocol": PROTOCOL, "kind": kind, "id": id, **fields}
