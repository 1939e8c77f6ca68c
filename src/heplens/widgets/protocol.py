"""What all conversations between a page and the kernel have in common; `js/widgets/protocol.ts` is the twin.

A page sends requests, each with an `id` of its own, and the kernel answers each exactly once, with that `id`, after as
many `partial` replies as there is to tell. A list of requests is a table from the kind of a message to the dataclass
that it is read into, whose annotations say what its fields must be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

PROTOCOL = 2

Json = dict[str, Any]
Request = TypeVar("Request")


class MessageError(ValueError):
    """A message that this kernel does not understand; `id` is the request's, as far as it could be read."""

    def __init__(self, id: str, reason: str) -> None:
        self.id = id
        self.reason = reason
        super().__init__(reason)


def parse(content: object, requests: Mapping[str, type[Request]]) -> Request:
    """The request in a message, of those that `requests` lists by kind.

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
    cls: Any = requests.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise MessageError(id, f"The page sent a message of unknown kind {kind!r}.")
    fields: Json = {}
    for name, expected in _expected(cls).items():
        value = content.get(name)
        if value is None and expected.optional:
            continue
        if not expected.fits(value):
            raise MessageError(id, f"The page sent a {kind!r} message whose field {name!r} is missing or wrong.")
        fields[name] = value
    request: Request = cls(**fields)
    return request


@dataclass(frozen=True)
class _Expected:
    """The types of a field's value, of a list that of its members, and whether it may be left out."""

    types: tuple[type, ...]
    members: type | None
    optional: bool

    def fits(self, value: Any) -> bool:
        # Not isinstance: True is no number.
        fits = type(value) in self.types
        return fits and (self.members is None or all(type(member) is self.members for member in value))


@cache
def _expected(cls: Any) -> dict[str, _Expected]:
    expected = {}
    for name, hint in get_type_hints(cls).items():
        options = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        members = next((get_args(option)[0] for option in options if get_origin(option) is list), None)
        optional = cls.__dataclass_fields__[name].default is not MISSING
        expected[name] = _Expected(tuple(get_origin(option) or option for option in options), members, optional)
    return expected


def mismatch(protocol: object) -> str:
    """What to tell someone whose page and kernel come from different versions of heplens."""
    return (
        f"The page speaks version {protocol!r} of the heplens protocol and the kernel version {PROTOCOL}: "
        "install the same version of heplens in the kernel's environment and reload the page."
    )


def reply(kind: str, id: str, **fields: Any) -> Json:
    """The content of one answer."""
    return {"protocol": PROTOCOL, "kind": kind, "id": id, **fields}
