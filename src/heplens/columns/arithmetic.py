"""What the operators and the functions of single values do to arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from . import logic
from .broadcast import align
from .elementwise import NUMPY_NAMES
from .nodes import Node

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


def arithmetic(node: Node, inputs: list[Any]) -> Any:
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


def compare(node: Node, inputs: list[Any]) -> Any:
    left, right = align(node.inputs, inputs)
    operate = _COMPARISON[str(node.parameters[0])]
    if all(child.type.kind == "int" for child in node.inputs) and (_is_wide(left) or _is_wide(right)):
        return _compare_exactly(operate, left, right)
    return operate(left, right)


def _is_wide(value: Any) -> bool:
    """Whether whole numbers do not all fit into int64; Awkward would compare them as float64 then, or not at all."""
    return not -(2**63) <= value < 2**63 if isinstance(value, int) else "uint64" in str(value.layout.form.type)


def _compare_exactly(operate: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """NumPy compares whole numbers of any signs and sizes exactly, also with Python's."""
    import awkward as ak

    arrays = [value for value in (left, right) if not isinstance(value, int)]

    def action(layouts: Any, **_: Any) -> Any:
        parts = layouts if isinstance(layouts, tuple | list) else (layouts,)
        if not all(layout.is_numpy for layout in parts):
            return None
        data = iter(layout.data for layout in parts)
        sides = [value if isinstance(value, int) else next(data) for value in (left, right)]
        return ak.contents.NumpyArray(operate(*sides))

    return ak.transform(action, *arrays) if arrays else operate(left, right)


def combine(node: Node, inputs: list[Any]) -> Any:
    values = align(node.inputs, inputs)
    result, optional = values[0], node.inputs[0].type.optional
    for child, value in zip(node.inputs[1:], values[1:], strict=True):
        optional = optional or child.type.optional
        if optional:
            result = (logic.both if node.operation == "and" else logic.either)(result, value)
        else:
            result = result & value if node.operation == "and" else result | value
    return result


def call(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak
    import numpy as np

    name = str(node.parameters[0])
    if name == "negative":
        return -inputs[0]
    if name == "int":
        return inputs[0] * 1 if not isinstance(inputs[0], bool) else int(inputs[0])
    if name == "abs":
        return abs(inputs[0])
    function = getattr(np, NUMPY_NAMES.get(name, name))  # of the table of functions, never a typed name
    values = align(node.inputs, inputs)
    result = function(*values)
    return result if isinstance(result, ak.Array) else result.item()


def default(node: Node, inputs: list[Any]) -> Any:
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


def where(node: Node, inputs: list[Any]) -> Any:
    import awkward as ak

    condition, left, right = align(node.inputs, inputs)
    if isinstance(condition, bool):
        condition = _like(condition, left, right)
        if isinstance(condition, bool):
            return left if condition else right
    choose = _where_text if node.type.kind == "str" else ak.where
    result = choose(logic.known(condition), left, right)
    return ak.mask(result, ~ak.is_none(condition, axis=-1)) if node.inputs[0].type.optional else result


def bit(node: Node, inputs: list[Any]) -> Any:
    import numpy as np

    place = node.parameters[0]
    assert isinstance(place, int)
    return np.right_shift(inputs[0], place) % 2 == 1
