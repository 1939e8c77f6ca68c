"""Where a job can run: the clients of this process, a new cluster on this machine, an address, registered factories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import JobError, first_line
from ..jobs.cluster import local_cluster
from .launcher_form import Form, WrongFieldError

#: Seconds that a scheduler has to answer; whoever types an address is waiting.
PATIENCE = 10
#: Bytes; with less the nanny of a worker kills it before it has imported anything.
LEAST_MEMORY = 200_000_000

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


def start(place: Place, form: Form) -> Any:
    """What a job runs on at `place`: a client, or what a factory returned. Waits for it.

    Raises
    ------
    WrongFieldError : what is in a field of `form` cannot be used, or nothing answers there.
    """
    if place.kind == "client":
        return place.what
    if place.kind == "address":
        return _connect(form)
    if place.kind == "local":
        return _new_cluster(form)
    made = place.what()
    if made is None:
        reason = f"the factory of {place.label!r} returned None instead of a client or a cluster"
        raise WrongFieldError(form.place, reason)
    return made


def _connect(form: Form) -> Any:
    from distributed import Client

    address = form.address.control.value.strip()
    if not address:
        raise WrongFieldError(form.address, "give the address of a Dask scheduler, such as tcp://host:8786")
    try:
        return Client(address, timeout=PATIENCE)
    except Exception as error:  # whatever the transport raises
        first = first_line(error) or type(error).__name__
        reason = f"no Dask scheduler answers at {address} within {PATIENCE} s: {first}"
        raise WrongFieldError(form.address, reason) from error


def _new_cluster(form: Form) -> Any:
    from dask.utils import parse_bytes

    for field in (form.workers, form.threads):
        if field.control.value < 1:
            raise WrongFieldError(field, "at least 1")
    text = form.memory.control.value.strip()
    try:
        memory = parse_bytes(text) if text else "auto"
    except ValueError:
        raise WrongFieldError(form.memory, "give a number of bytes, such as 4 GB") from None
    if isinstance(memory, int) and memory < LEAST_MEMORY:
        raise WrongFieldError(form.memory, "at least 200 MB: a worker needs that much to start")
    return local_cluster(form.workers.control.value, form.threads.control.value, memory)


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
