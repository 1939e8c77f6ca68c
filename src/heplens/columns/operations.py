"""What each operation does to awkward arrays. Every function here is total: missing and NaN have defined results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import arithmetic, geometry, logic
from .arithmetic import is_nonzero as is_nonzero
from .broadcast import align as align
from .broadcast import has_nan, lengths
from .broadcast import spread as spread
from .demand import IDENTITY
from .fields import PART_NAMES
from .nodes import Node

Operation = Callable[[Node, list[Any]], Any]


def _get(node: Node, inputs: list[Any]) -> Any:
    return inputs[0][str(node.parameters[0])]


def _select(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    value, mask = inputs
    if not node.inputs[1].type.axes:
        mask = spread(ak.Array(mask) if not isinstance(mask, bool) else ak.Array([mask])[[0] * len(value)], value, 1)
    return value[logic.known(mask)]


def _place(level: int, item: slice) -> tuple[slice, ...]:
    return (*(slice(None) for _ in range(level + 1)), item)


def _item(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak
    import numpy as np

    index, level = node.parameters
    assert isinstance(index, int) and isinstance(level, int)
    if level == 0 and index >= 0 and np.min(lengths(inputs[0]), initial=index + 1) > index:
        return inputs[0][:, index]  # nothing is missing, as after a cut on the count: no need to make room for it
    one = inputs[0][_place(level, slice(index, index + 1 if index != -1 else None))]
    return ak.firsts(one, axis=level + 1)


def _slice(node: Node, inputs: list[Any]) -> Any:
    low, high, level = node.parameters
    assert isinstance(level, int)
    return inputs[0][_place(level, slice(low, high))]


def _pick(node: Node, inputs: list[Any]) -> Any:
    """The object with the largest or smallest key, first on a tie; NaN and missing keys are passed over."""
    import awkward as ak
    import numpy as np

    value, key = inputs
    if has_nan(key):
        number = ~np.isnan(ak.fill_none(key, np.nan, axis=-1))
        value, key = value[number], key[number]
    place = (ak.argmax if node.parameters[0] == "max" else ak.argmin)(key, axis=1, keepdims=True)
    return ak.firsts(value[place], axis=1)


def _sort(node: Node, inputs: list[Any]) -> Any:
    """Largest key first, in stored order on a tie; what has no key, missing or NaN, comes last."""
    import awkward as ak
    import numpy as np

    value, key = inputs
    if node.inputs[1].type.optional or has_nan(key):
        keyless = ak.is_none(key, axis=-1) | ak.fill_none(np.isnan(key), True, axis=-1)
        by_key = ak.argsort(-ak.where(keyless, 0, ak.fill_none(key, 0, axis=-1)), axis=1, stable=True)
        return value[by_key][ak.argsort(keyless[by_key] * 1, axis=1, stable=True)]
    return value[ak.argsort(-key, axis=1, stable=True)]


def _combinations(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    count = node.parameters[0]
    assert isinstance(count, int)
    return ak.combinations(inputs[0], count, axis=1, fields=list(PART_NAMES[:count]))


def _cartesian(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    return ak.cartesian({"first": inputs[0], "second": inputs[1]}, axis=1)


def _concat(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    common = [field for field in inputs[0].fields if all(field in value.fields for value in inputs)]
    fields = {field: ak.concatenate([value[field] for value in inputs], axis=1) for field in common}
    return ak.zip(fields, depth_limit=2)


def _disjoint(node: Node, inputs: list[Any]) -> Any:
    mine, others = (list(_identities(child, value)) for child, value in zip(node.inputs, inputs, strict=True))
    mask: Any = True
    for left in mine:
        for right in others:
            mask = (left != spread(right, left, 1)) & mask
    return inputs[0][logic.known(mask)]


def _identities(node: Node, value: Any) -> Any:
    shape = node.type.shape
    assert shape is not None

    def visit(array: Any, parts: int, inner: Sequence[Any]) -> Any:
        if not parts:
            yield array[IDENTITY]
        for index in range(parts):
            yield from visit(array[PART_NAMES[index]], len(inner[index].parts), inner[index].parts)

    yield from visit(value, len(shape.parts), shape.parts)


def _count(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    if node.parameters[0] == "bool":
        return ak.sum(inputs[0], axis=-1)
    return ak.num(inputs[0], axis=len(node.inputs[0].type.axes))


def _reduce(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    name, (value,) = node.parameters[0], inputs
    if name in ("min", "max"):
        if has_nan(value):
            value = ak.drop_none(ak.to_packed(ak.nan_to_none(value)), axis=-1)  # it fails on lists cut out of others
        return (ak.max if name == "max" else ak.min)(value, axis=-1)
    if name in ("argmin", "argmax"):
        if has_nan(value):
            value = ak.nan_to_none(value)
        return (ak.argmax if name == "argmax" else ak.argmin)(value, axis=-1)
    if name == "mean":
        count = ak.count(value, axis=-1)
        return ak.mask(ak.sum(value * 1.0, axis=-1) / count, count > 0)
    return {"sum": ak.sum, "prod": ak.prod, "any": ak.any, "all": ak.all}[str(name)](value, axis=-1)


TABLE: dict[str, Operation] = {
    "get": _get,
    "part": _get,
    "vector": geometry.component,
    "add": geometry.add,
    "p4": geometry.p4,
    "select": _select,
    "item": _item,
    "slice": _slice,
    "pick": _pick,
    "sort": _sort,
    "combinations": _combinations,
    "cartesian": _cartesian,
    "concat": _concat,
    "disjoint": _disjoint,
    "count": _count,
    "reduce": _reduce,
    "arithmetic": arithmetic.arithmetic,
    "compare": arithmetic.compare,
    "and": arithmetic.combine,
    "or": arithmetic.combine,
    "not": lambda node, inputs: logic.inverse(inputs[0]),
    "moved": lambda node, inputs: inputs[0],
    "call": arithmetic.call,
    "default": arithmetic.default,
    "where": arithmetic.where,
    "bit": arithmetic.bit,
    "deltaPhi": geometry.azimuth,
    "deltaR": geometry.distance,
    "mT": geometry.transverse_mass,
    "deltaR_min": geometry.nearest_distance,
}
