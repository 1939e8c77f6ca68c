"""What each operation does to awkward arrays. Every function here is total: missing and NaN have defined results."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from . import logic
from .demand import IDENTITY
from .elementwise import NUMPY_NAMES
from .fields import PART_NAMES
from .nodes import Node

Operation = Callable[[Node, list[Any]], Any]


def vectors(array: Any) -> Any:
    """The array with vector's behaviours, without registering them for the whole process."""
    import awkward as ak
    import vector

    return ak.Array(array, behavior=vector.backends.awkward.behavior)


def as_vector(node: Node, array: Any) -> Any:
    """The value of `node` as a vector of its coordinates alone.

    Stored fields beside them (x of a vertex that also has pt, an energy beside a mass) would contradict them.
    """
    shape = node.type.shape
    if shape is None or not shape.bases:
        return array  # computed, hence a vector already
    names: list[str] = []
    for name, _ in shape.coordinates:
        if name not in array.fields:
            break
        names.append(name)
    import awkward as ak

    return vectors(ak.with_name(array[names], f"Momentum{len(names)}D"))


def has_nan(array: Any) -> bool:
    import awkward as ak
    import numpy as np

    flat = ak.to_numpy(ak.drop_none(ak.flatten(array, axis=None)), allow_missing=False)
    return flat.dtype.kind == "f" and bool(np.isnan(flat).any())


def align(nodes: Sequence[Node], values: list[Any]) -> list[Any]:
    """Per-event values that may be missing, repeated for each object: awkward would else lose whole lists."""
    deepest = max(range(len(nodes)), key=lambda i: len(nodes[i].type.axes))
    if not nodes[deepest].type.axes:
        return values
    return [
        spread(value, values[deepest], len(nodes[deepest].type.axes))
        if not node.type.axes and node.type.optional and node.operation != "constant"
        else value
        for node, value in zip(nodes, values, strict=True)
    ]


def spread(value: Any, like: Any, depth: int) -> Any:
    """A per-event array repeated for every element of `like`, missing staying missing."""
    import awkward as ak
    import numpy as np

    place = np.arange(len(value))
    index = ak.broadcast_arrays(place, ak.local_index(like, axis=depth))[0]
    flat = value[ak.to_numpy(ak.flatten(index, axis=None))]
    for level in range(depth, 0, -1):
        counts = ak.num(like, axis=level)
        flat = ak.unflatten(flat, ak.to_numpy(ak.flatten(counts, axis=None)) if level > 1 else counts)
    return flat


def _get(node: Node, inputs: list[Any]) -> Any:
    return inputs[0][str(node.parameters[0])]


def _vector(node: Node, inputs: list[Any]) -> Any:
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


def _add(node: Node, inputs: list[Any]) -> Any:
    left, right = align(
        node.inputs, [as_vector(child, value) for child, value in zip(node.inputs, inputs, strict=True)]
    )
    return left + right


def _p4(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    aligned = align(node.inputs, inputs)
    components = {str(name): value * 1.0 for name, value in zip(node.parameters, aligned, strict=True)}
    zipped = ak.zip(components, with_name="Momentum4D")
    if isinstance(zipped, ak.Record):  # of plain numbers: the same for every event
        import vector

        return ak.Record(zipped, behavior=vector.backends.awkward.behavior)
    return vectors(zipped)


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

    index, level = node.parameters
    assert isinstance(index, int) and isinstance(level, int)
    if level == 0 and index >= 0 and ak.all(ak.num(inputs[0], axis=1) > index, axis=None):
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
            value = ak.drop_none(ak.nan_to_none(value), axis=-1)
        return (ak.max if name == "max" else ak.min)(value, axis=-1)
    if name in ("argmin", "argmax"):
        if has_nan(value):
            value = ak.nan_to_none(value)
        return (ak.argmax if name == "argmax" else ak.argmin)(value, axis=-1)
    if name == "mean":
        count = ak.count(value, axis=-1)
        return ak.mask(ak.sum(value * 1.0, axis=-1) / count, count > 0)
    return {"sum": ak.sum, "prod": ak.prod, "any": ak.any, "all": ak.all}[str(name)](value, axis=-1)


_ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "**": operator.pow,
}
_COMPARISON = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def is_nonzero(node: Node) -> bool:
    return node.operation == "constant" and bool(node.parameters[0])


def _arithmetic(node: Node, inputs: list[Any]) -> Any:
    symbol = str(node.parameters[0])
    left, right = align(node.inputs, inputs)
    if isinstance(left, int | float) and isinstance(right, int | float):
        # Python's own numbers raise where an array gives inf or NaN.
        return _ARITHMETIC[symbol](_as_ieee(left), _as_ieee(right))
    if symbol == "%" and node.type.kind == "int" and not is_nonzero(node.inputs[1]):
        import awkward as ak

        if ak.any(left * 0 + right == 0, axis=None):
            right = right * 1.0  # a remainder of a division by zero is NaN, not 0
    if symbol == "**" and isinstance(right, int) and right < 0:
        right = float(right)
    return _ARITHMETIC[symbol](left, right)


def _as_ieee(value: float) -> Any:
    import numpy as np

    return np.float64(value)


def _compare(node: Node, inputs: list[Any]) -> Any:
    left, right = align(node.inputs, inputs)
    compare = _COMPARISON[str(node.parameters[0])]
    if all(child.type.kind == "int" for child in node.inputs) and (_is_wide(left) or _is_wide(right)):
        return _compare_exactly(compare, left, right)
    return compare(left, right)


def _is_wide(value: Any) -> bool:
    """Whether whole numbers do not all fit into int64; Awkward would compare them as float64 then, or not at all."""
    return not -(2**63) <= value < 2**63 if isinstance(value, int) else "uint64" in str(value.layout.form.type)


def _compare_exactly(compare: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """NumPy compares whole numbers of any signs and sizes exactly, also with Python's."""
    import awkward as ak

    arrays = [value for value in (left, right) if not isinstance(value, int)]

    def action(layouts: Any, **_: Any) -> Any:
        parts = layouts if isinstance(layouts, tuple | list) else (layouts,)
        if not all(layout.is_numpy for layout in parts):
            return None
        data = iter(layout.data for layout in parts)
        sides = [value if isinstance(value, int) else next(data) for value in (left, right)]
        return ak.contents.NumpyArray(compare(*sides))

    return ak.transform(action, *arrays) if arrays else compare(left, right)


def _logic(node: Node, inputs: list[Any]) -> Any:
    values = align(node.inputs, inputs)
    result, optional = values[0], node.inputs[0].type.optional
    for child, value in zip(node.inputs[1:], values[1:], strict=True):
        optional = optional or child.type.optional
        if optional:
            result = (logic.both if node.operation == "and" else logic.either)(result, value)
        else:
            result = result & value if node.operation == "and" else result | value
    return result


def _call(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak
    import numpy as np

    name = str(node.parameters[0])
    if name == "negative":
        return -inputs[0]
    if name == "int":
        return inputs[0] * 1 if not isinstance(inputs[0], bool) else int(inputs[0])
    if name == "abs":
        return abs(inputs[0])
    function = getattr(np, NUMPY_NAMES.get(name, name))
    values = align(node.inputs, inputs)
    result = function(*values)
    return result if isinstance(result, ak.Array) else result.item()


def _default(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    value, fallback = inputs
    if node.type.kind == "float":
        value, fallback = value * 1.0, float(fallback)
    if not isinstance(value, ak.Array):  # a plain number is never missing
        return value
    return ak.fill_none(value, fallback, axis=-1)


def _like(value: bool, *others: Any) -> Any:
    """A constant as an array of the shape of the deepest of `others`; itself when they are constants too."""
    import awkward as ak

    arrays = [other for other in others if isinstance(other, ak.Array)]
    if not arrays:
        return value
    deepest = max(arrays, key=lambda array: array.ndim)
    return ak.full_like(ak.fill_none(deepest, 0, axis=-1), value, dtype=bool)


def _where_text(condition: Any, left: Any, right: Any) -> Any:
    """Awkward would compare the lengths of the texts."""
    import awkward as ak
    import numpy as np

    count = len(condition)
    sides = [ak.Array([side] * count) if isinstance(side, str) else side for side in (left, right)]
    place = np.arange(count)
    return ak.concatenate(sides)[np.where(ak.to_numpy(condition), place, place + count)] if count else condition


def _where(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    condition, left, right = align(node.inputs, inputs)
    if isinstance(condition, bool):
        condition = _like(condition, left, right)
        if isinstance(condition, bool):
            return left if condition else right
    choose = _where_text if node.type.kind == "str" else ak.where
    result = choose(logic.known(condition), left, right)
    return ak.mask(result, ~ak.is_none(condition, axis=-1)) if node.inputs[0].type.optional else result


def _bit(node: Node, inputs: list[Any]) -> Any:
    import numpy as np

    place = node.parameters[0]
    assert isinstance(place, int)
    return np.right_shift(inputs[0], place) % 2 == 1


def delta_phi(first: Any, second: Any) -> Any:
    """Difference of azimuth in [-pi, pi)."""
    difference = (first - second + math.pi) % (2 * math.pi) - math.pi
    return difference - 2 * math.pi * (difference >= math.pi)  # the remainder may round up to the divisor


def _delta_phi(node: Node, inputs: list[Any]) -> Any:
    first, second = align(node.inputs, inputs)
    return delta_phi(first, second)


def _delta_r(node: Node, inputs: list[Any]) -> Any:
    import numpy as np

    eta1, phi1, eta2, phi2 = align(node.inputs, inputs)
    return np.sqrt((eta1 - eta2) ** 2 + delta_phi(phi1, phi2) ** 2)


def _transverse_mass(node: Node, inputs: list[Any]) -> Any:
    import numpy as np

    pt1, phi1, pt2, phi2 = align(node.inputs, inputs)
    return np.sqrt(2 * pt1 * pt2 * (1 - np.cos(delta_phi(phi1, phi2))))


def _delta_r_min(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak
    import numpy as np

    eta1, phi1, eta2, phi2 = inputs
    first, second = ak.zip({"eta": eta1, "phi": phi1}), ak.zip({"eta": eta2, "phi": phi2})
    both = ak.cartesian({"a": first, "b": second}, axis=1, nested=True)
    distance = np.sqrt((both.a.eta - both.b.eta) ** 2 + delta_phi(both.a.phi, both.b.phi) ** 2)
    if has_nan(distance):
        distance = ak.drop_none(ak.nan_to_none(distance), axis=-1)
    return ak.min(distance, axis=-1)


TABLE: dict[str, Operation] = {
    "get": _get, "part": _get, "vector": _vector, "add": _add, "p4": _p4,
    "select": _select, "item": _item, "slice": _slice,
    "pick": _pick, "sort": _sort, "combinations": _combinations, "cartesian": _cartesian, "concat": _concat,
    "disjoint": _disjoint, "count": _count, "reduce": _reduce, "arithmetic": _arithmetic, "compare": _compare,
    "and": _logic, "or": _logic, "not": lambda node, inputs: logic.inverse(inputs[0]), "call": _call,
    "default": _default, "where": _where, "bit": _bit, "deltaPhi": _delta_phi, "deltaR": _delta_r,
    "mT": _transverse_mass, "deltaR_min": _delta_r_min,
}  # fmt: skip
