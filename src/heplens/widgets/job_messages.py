"""Every message of the view of a job; `js/widgets/jobMessages.ts` is the twin.

As in `messages`: the kernel is the only writer of the one synced trait, every request is answered once, by its `id`.
The trait holds what is small and changes often; histograms and failures are asked for when their number has changed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from .messages import PROTOCOL, AskBokeh, AskSnapshot, Json, MessageError, mismatch


@dataclass(frozen=True)
class JobState:
    """The one synced trait.

    `revision` counts up with everything that changes the histograms, `failures` with the list of failures. `job` is
    who the job is, `progress` how far it is (`heplens.jobs.Progress.as_dict`), `cluster` the sums over its workers.
    """

    revision: int
    failures: int
    job: Json
    progress: Json
    cluster: Json

    def to_json(self) -> Json:
        return {"protocol": PROTOCOL, **asdict(self)}


@dataclass(frozen=True)
class AskPartial:
    """The histograms and the cutflow of what is done by now."""

    id: str


@dataclass(frozen=True)
class AskFailures:
    """The files and ranges that are not in the result."""

    id: str


@dataclass(frozen=True)
class Act:
    """Cancel the job, or retry or skip `files`; to retry none of them by name is to retry all that failed."""

    id: str
    action: Literal["cancel", "retry", "skip"]
    files: list[str]


JobRequest = AskSnapshot | AskBokeh | AskPartial | AskFailures | Act
# snapshot  {bokeh, shape, document, plots}                 buffers: edges
# bokeh     {version, encoding}                             buffer: the script
# counts    {revision, done, total, total_events, seconds,  buffers: values, variances; `seconds` is what it cost
#            shape, plots, cutflow, problems, …}            to add up, so that the page does not ask too often
# failures  {number, failures, failed}                      the first of them, and how many there are in all
# accepted  {} or refused {reason}                          of an action, when it is done


def parse(content: object) -> JobRequest:
    """The request in a message.

    Raises
    ------
    MessageError : unknown kind, missing or wrong field, or another protocol version, each as a readable sentence.
    """
    if not isinstance(content, dict):
        raise MessageError("", "The page sent a message that is not an object.")
    id = content.get("id")
    if not isinstance(id, str):
        raise MessageError("", "The page sent a message without an id.")
    if content.get("protocol") != PROTOCOL:
        raise MessageError(id, mismatch(content.get("protocol")))
    match content.get("kind"):
        case "snapshot":
            return AskSnapshot(id)
        case "bokeh":
            return AskBokeh(id, str(content.get("version")))
        case "counts":
            return AskPartial(id)
        case "failures":
            return AskFailures(id)
        case "cancel" | "retry" | "skip" as action:
            files = content.get("files", [])
            if not isinstance(files, list) or not all(isinstance(file, str) for file in files):
                raise MessageError(id, f"The page sent a {action!r} message whose files are no list of names.")
            return Act(id, action, files)
        case kind:
            raise MessageError(id, f"The page sent a message of unknown kind {kind!r}.")
