"""What a worker tells of a task that goes on: the outcomes of some of its blocks, as an event of Dask.

A task has its price on the scheduler, whatever its length, and so has fetching its result: together several times that
of an event. Long tasks that tell what they have done cost less than short ones, and what was told is not lost when the
worker dies. Dask keeps the last events of a topic; those under the id of a client go when it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .hearing import listen
from .orders import Done, Outcome
from .packed import Packed

MOST = 32_000  # bytes of an event: the scheduler keeps a thousand of them


def topic_of(client: Any) -> str:
    return str(client.id)


def size_of(outcomes: Sequence[Outcome]) -> int:
    """Bytes, about."""
    return sum(len(packed.numbers) + len(packed.tile) + 100 for o in outcomes if (packed := o.packed) is not None)


def tell(worker: Any, topic: str, done: Done) -> bool:
    """Send it, from a thread of the worker that runs a task; whether it was small enough to be sent.

    Its outcomes are those of blocks; they have no tiles.
    """
    if size_of(done.outcomes) > MOST:
        return False
    layouts: dict[str, int] = {}
    told = [_plain(outcome, layouts) for outcome in done.outcomes]
    message = {
        "heplens": str(worker.get_current_task()),
        "first": done.first,
        "layouts": list(layouts),
        "outcomes": told,
        "worker": done.worker,
        "mark": done.mark,
        "seconds": done.seconds,
    }
    worker.log_event(topic, message)
    return True


def on_told(client: Any, prefix: str, listener: Callable[[str, Done], None]) -> Callable[[], None]:
    """Call `listener` with the key of a task and what it tells, for the tasks of this client whose keys begin so.

    In the thread of the client: it must not wait. Returns a function that ends this.
    """

    def hear(message: Any) -> None:
        if isinstance(message, dict) and message.get("heplens", "").startswith(prefix):
            outcomes = [_outcome(plain, message["layouts"]) for plain in message["outcomes"]]
            rest = (message["worker"], message["mark"], message["seconds"], message["first"])
            listener(message["heplens"], Done(outcomes, *rest))

    return listen(client, topic_of(client), hear)


def _plain(outcome: Outcome, layouts: dict[str, int]) -> list[Any]:
    packed = outcome.packed
    if packed is None:
        # It may name a file whose name is no text: an event that cannot be encoded would end the worker's connection.
        return [outcome.error.encode(errors="backslashreplace").decode(), outcome.transient]
    layout = layouts.setdefault(packed.layout, len(layouts))
    faults = [[name, int(nan), int(infinite)] for name, (nan, infinite) in (packed.faults or {}).items()]
    sumw = None if packed.sumw is None else float(packed.sumw)
    return [layout, packed.numbers, sumw, int(packed.file_events), int(packed.bytes_read), faults]


def _outcome(plain: Sequence[Any], layouts: Sequence[str]) -> Outcome:
    if len(plain) == 2:
        return Outcome(error=plain[0], transient=plain[1])
    layout, numbers, sumw, file_events, bytes_read, faults = plain
    found = {name: (nan, infinite) for name, nan, infinite in faults}
    return Outcome(Packed(layouts[layout], bytes(numbers), sumw, file_events, bytes_read, found or None))
