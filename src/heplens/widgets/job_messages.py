"""Every message of the view of a job; `js/widgets/jobMessages.ts` is the twin.

As in `messages`: the kernel is the only writer of the one synced trait, every request is answered once, by its `id`.
The trait holds what is small and changes often; histograms and failures are asked for when their number has changed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .messages import AskBokeh, AskSnapshot, Picture, SetLog, ShowRegion
from .protocol import PROTOCOL, Json


@dataclass(frozen=True)
class JobState:
    """The one synced trait.

    `revision` counts up with everything that changes the histograms, `failures` with the list of failures. `job` is
    who the job is, `progress` how far it is (`heplens.jobs.Progress.as_dict`), `cluster` the sums over its workers.
    `log` names the histograms with a logarithmic scale, `region` the one that all of them show.
    """

    revision: int
    failures: int
    job: Json
    progress: Json
    cluster: Json
    log: list[str]
    region: str

    def to_json(self) -> Json:
        return {"protocol": PROTOCOL, **asdict(self)}


@dataclass(frozen=True)
class AskPartial:
    """The histograms and the cutflow of what is done by now."""

    id: str


@dataclass(frozen=True)
class AskFailures:
    """The files and ranges that are not in the result, the first ones: `most` at most."""

    id: str
    most: int


@dataclass(frozen=True)
class Cancel:
    """Stop; what is done is kept."""

    id: str


@dataclass(frozen=True)
class Retry:
    """Try these files again; with none named, all that failed or was not reached."""

    id: str
    files: list[str]


@dataclass(frozen=True)
class Skip:
    """Leave out what is not done of these files."""

    id: str
    files: list[str]


Act = Cancel | Retry | Skip
JobRequest = AskSnapshot | AskBokeh | AskPartial | AskFailures | Act | SetLog | ShowRegion | Picture

REQUESTS: dict[str, type[JobRequest]] = {
    "snapshot": AskSnapshot,
    "bokeh": AskBokeh,
    "counts": AskPartial,
    "failures": AskFailures,
    "cancel": Cancel,
    "retry": Retry,
    "skip": Skip,
    "set_log": SetLog,
    "show_region": ShowRegion,
    "picture": Picture,
}

REPLIES = frozenset(("snapshot", "bokeh", "counts", "failures", "accepted", "refused", "stale", "failed"))
# snapshot  {bokeh, shape, document, plots}                 buffers: edges
# bokeh     {version, encoding}                             buffer: the script
# counts    {revision, done, total, total_events, unseen,   buffers: values, variances; `seconds` is what it cost
#            seconds, shape, plots, cutflow, problems, …}   to add up, so that the page does not ask too often
# failures  {number, failures, failed}                      the first of them, and how many there are in all
# accepted  {} or refused {reason}                          of an action, when it is done; of a look; of a picture
