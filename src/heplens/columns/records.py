"""Vectors stored as objects (TLorentzVector and the like): which of their members is which component."""

from __future__ import annotations

from typing import Any

# ROOT's classes, by what uproot calls the record, to (component, path of members).
_CLASSES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "TVector2": (("px", ("fX",)), ("py", ("fY",))),
    "TVector3": (("px", ("fX",)), ("py", ("fY",)), ("pz", ("fZ",))),
    "TLorentzVector": (("px", ("fP", "fX")), ("py", ("fP", "fY")), ("pz", ("fP", "fZ")), ("E", ("fE",))),
}
_GENVECTOR = {
    "PxPyPzE4D": (("px", "fX"), ("py", "fY"), ("pz", "fZ"), ("E", "fT")),
    "PxPyPzM4D": (("px", "fX"), ("py", "fY"), ("pz", "fZ"), ("mass", "fM")),
    "PtEtaPhiE4D": (("pt", "fPt"), ("eta", "fEta"), ("phi", "fPhi"), ("E", "fE")),
    "PtEtaPhiM4D": (("pt", "fPt"), ("eta", "fEta"), ("phi", "fPhi"), ("mass", "fM")),
}


def members(form: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(field name, path of members) of what a record form holds, with ROOT's vectors spelt as components."""
    record = form
    while not record.is_record:
        record = record.content
    name = record.parameter("__record__") or ""
    if name in _CLASSES:
        return _CLASSES[name]
    for system, components in _GENVECTOR.items():
        if system in name and "LorentzVector" in name:
            return tuple((component, ("fCoordinates", member)) for component, member in components)
    return tuple((str(field), (str(field),)) for field in record.fields if not str(field).startswith("@"))


def paths(form: Any) -> dict[str, tuple[str, ...]]:
    """Name of every column of a table (``Muon.pt`` for what lies inside records) to the way to it."""
    found: dict[str, tuple[str, ...]] = {}
    while not form.is_record:  # rows that were selected from others
        form = form.content
    for field in form.fields:
        inner = form.content(field)
        record = inner
        while not record.is_record and hasattr(record, "content") and not callable(record.content):
            record = record.content
        if record.is_record and record.fields:
            found.update({f"{field}.{name}": (field, *path) for name, path in members(inner)})
        else:
            found[field] = (field,)
    return found


def descend(value: Any, path: tuple[str, ...]) -> Any:
    """The member at `path` of an array or of a form that may lie inside lists."""
    for member in path:
        value = value[member]
    return value


def descend_form(form: Any, path: tuple[str, ...]) -> Any:
    """As `descend`, for a form: the lists around the record stay."""
    if not path:
        return form
    if form.is_record:
        return descend_form(form.content(path[0]), path[1:])
    return form.copy(content=descend_form(form.content, path))
