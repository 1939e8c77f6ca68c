"""Workers that died and the tasks that they had, as the scheduler tells its clients.

Dask alone would run these tasks again elsewhere, and end several more workers with the one that ends its worker.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from .hearing import listen

_TOPIC = "all"  # that of a worker would be heard too late: a new one may die before it is known


def on_death(client: Any, listener: Callable[[str, Collection[Any]], None]) -> Callable[[], None]:
    """Call `listener` with every worker that is lost without notice, and the keys of its tasks.

    In the thread of the client: it must not wait. Returns a function that ends this.
    """

    def hear(message: Any) -> None:
        if isinstance(message, dict) and message.get("action") == "remove-worker" and not message.get("expected"):
            listener(str(message.get("worker", "")), message.get("processing-tasks") or ())

    return listen(client, _TOPIC, hear)
