"""Where a job can run: the clients of this process, a new cluster on this machine, an address, registered factories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import JobError

_factories: dict[str, Callable[[], Any]] = {}


def register_cluster(name: str, factory: Callable[[], Any]) -> None:
    """Offer a kind of cluster in the launcher under `name`.

    `factory` is called without arguments, in a thread, when a job is started there. It returns a `distributed.Client`,
    a cluster of dask-jobqueue or dask-gateway, or the address of a scheduler. A second one of that name replaces the
    first. `docs/jobs.md` has examples.

    Raises
    ------
    JobError : `name` is empty, or `factory` cannot be called.
    """
    if not name or not isinstance(name, str):
        raise JobError("a cluster is registered under a name")
    if not callable(factory):
        raise JobError(f"the factory of {name!r} must be a function, not a {type(factory).__name__}")
    _factories[name] = factory


@dataclass(frozen=True)
class Place:
    """One choice of the launcher."""

    kind: str  # client, local, address or factory
    label: str
    what: Any = None


def places() -> list[Place]:
    """The choices there are now, the clients of this process first."""
    clients = [Place("client", _label(client), client) for client in _clients()]
    factories = [Place("factory", name, factory) for name, factory in _factories.items()]
    return [*clients, Place("local", "a new cluster on this machine"), Place("address", "an address"), *factories]


def _clients() -> list[Any]:
    """Those that were made here and are alive; none when distributed is not even imported."""
    import sys

    if "distributed" not in sys.modules:
        return []
    from distributed import Client

    alive = [client for client in list(Client._instances) if client.status == "running" and not client.asynchronous]
    return sorted(alive, key=lambda client: str(client.id))


def _label(client: Any) -> str:
    address = getattr(client.scheduler, "address", "")
    return f"client of {address}" if address else "a client"
