"""Four-vectors, and what relates two objects: angles, distances, transverse mass."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .broadcast import align, as_vector, has_nan, vectors
from .nodes import Node


def component(node: Node, inputs: list[Any]) -> Any:
    name = str(node.parameters[0])
    return _vector_properties()[name](as_vector(node.inputs[0], inputs[0]))


def _vector_properties() -> dict[str, Callable[[Any], Any]]:
    # Spelt out, so that no name from an expression ever reaches getattr.
    return {
        "pt": lambda v: v.pt, "phi": lambda v: v.phi, "px": lambda v: v.px, "py": lambda v: v.py,
        "eta": lambda v: v.eta, "theta": lambda v: v.theta, "pz": lambda v: v.pz, "p": lambda v: v.p,
        "mass": lambda v: v.mass, "E": lambda v: v.E, "et": lambda v: v.Et, "mt": lambda v: v.Mt,
        "rapidity": lambda v: v.rapidity, "beta": lambda v: v.beta, "gamma": lambda v: v.gamma,
    }  # fmt: skip


def add(node: Node, inputs: list[Any]) -> Any:
    left, right = align(
        node.inputs, [as_vector(child, value) for child, value in zip(node.inputs, inputs, strict=True)]
    )
    return left + right


def p4(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    aligned = align(node.inputs, inputs)
    components = {str(name): value * 1.0 for name, value in zip(node.parameters, aligned, strict=True)}
    zipped = ak.zip(components, with_name="Momentum4D")
    if isinstance(zipped, ak.Record):  # of plain numbers: the same for every event
        import vector

        return ak.Record(zipped, behavior=vector.backends.awkward.behavior)
    return vectors(zipped)


def delta_phi(first: Any, second: Any) -> Any:
    """Difference of azimuth in [-pi, pi)."""
    difference = (first - second + math.pi) % (2 * math.pi) - math.pi
    return difference - 2 * math.pi * (difference >= math.pi)  # the remainder may round up to the divisor


def azimuth(node: Node, inputs: list[Any]) -> Any:
    first, second = align(node.inputs, inputs)
    return delta_phi(first, second)


def distance(node: Node, inputs: list[Any]) -> Any:
    import numpy as np

    eta1, phi1, eta2, phi2 = align(node.inputs, inputs)
    return np.sqrt((eta1 - eta2) ** 2 + delta_phi(phi1, phi2) ** 2)


def transverse_mass(node: Node, inputs: list[Any]) -> Any:
    import numpy as np

    pt1, phi1, pt2, phi2 = align(node.inputs, inputs)
    return np.sqrt(2 * pt1 * pt2 * (1 - np.cos(delta_phi(phi1, phi2))))


def nearest_distance(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak
    import numpy as np

    eta1, phi1, eta2, phi2 = inputs
    first, second = ak.zip({"eta": eta1, "phi": phi1}), ak.zip({"eta": eta2, "phi": phi2})
    both = ak.cartesian({"a": first, "b": second}, axis=1, nested=True)
    distance = np.sqrt((both.a.eta - both.b.eta) ** 2 + delta_phi(both.a.phi, both.b.phi) ** 2)
    if has_nan(distance):
        distance = ak.drop_none(ak.to_packed(ak.nan_to_none(distance)), axis=-1)
    return ak.min(distance, axis=-1)
