"""Every message between the page of a `hl.browse` and the kernel; `js/widgets/browseMessages.ts` is the twin.

Listings and figures are the documents that the Jupyter server gives as well, with their own version.
"""

from __future__ import annotations

from dataclasses import dataclass

from .messages import AskBokeh


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
class Choose:
    """The user chose this; with an empty file, nothing."""

    id: str
    file: str
    path: str


@dataclass(frozen=True)
class Cancel:
    """Nobody waits for the answer to `id` any more."""

    id: str


Request = AskListing | AskFigure | AskBokeh | Choose | Cancel

REQUESTS: dict[str, type[Request]] = {
    "listing": AskListing,
    "figure": AskFigure,
    "bokeh": AskBokeh,
    "choose": Choose,
    "cancel": Cancel,
}
REPLIES = frozenset(("listing", "figure", "bokeh", "accepted", "stale", "failed"))
# listing   {document}           what `heplens.files.listing.Listing.to_json` gives
# figure    {document}           what `heplens.figures.preview.figure_document` gives
# bokeh     {version, encoding}  buffer: the script
# accepted  {}                   of a choice
# stale     {}                   something newer was asked for
# failed    {reason, position}   a sentence; of a tree there is no position
