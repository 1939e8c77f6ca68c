"""What can be computed from a stored vector: names that users type, and what the vector library calls them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Property:
    """`attribute` of the vector library; needs a vector of at least `dimension` components."""

    attribute: str
    dimension: int
    quantity: str = ""


PROPERTIES: dict[str, Property] = {
    "pt": Property("pt", 2, "energy"),
    "phi": Property("phi", 2),
    "px": Property("px", 2, "energy"),
    "py": Property("py", 2, "energy"),
    "eta": Property("eta", 3),
    "theta": Property("theta", 3),
    "pz": Property("pz", 3, "energy"),
    "p": Property("p", 3, "energy"),
    "mass": Property("mass", 4, "energy"),
    "E": Property("E", 4, "energy"),
    "et": Property("et", 4, "energy"),
    "mt": Property("mt", 4, "energy"),
    "rapidity": Property("rapidity", 4),
    "beta": Property("beta", 4),
    "gamma": Property("gamma", 4),
}

_OTHER_NAMES = {"m": "mass", "energy": "E", "e": "E"}


def canonical(name: str) -> str:
    """The property that `name` spells, in any capitalisation; "" when it is none."""
    if name in PROPERTIES:
        return name
    folded = name.casefold()
    folded = _OTHER_NAMES.get(folded, folded)
    return next((known for known in PROPERTIES if known.casefold() == folded), "")
