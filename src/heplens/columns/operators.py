"""How the types of operands combine: axes that pair, kinds that compare, missing that propagates."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ExpressionError
from .exact import exact
from .nodes import Node
from .types import Axis, Type

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge,
    "==": operators.eq, "!=": operators.ne,
}  # fmt: skip


class Context:
    """The text being checked, for messages that point at a character.

    `moved` is where a number starts whose comparisons are to be found again in the tree: they are marked.
    """

    def __init__(self, text: str, energy_unit: str = "GeV", moved: int | None = None) -> None:
        self.text = text
        self.energy_unit = energy_unit
        self.moved = moved
        self.warnings: list[str] = []

    def error(self, message: str, position: int | None = None) -> ExpressionError:
        return ExpressionError(message, self.text, position)


def constant(value: bool | int | float | str, quantity: str = "") -> Node:
    kind = {bool: "bool", int: "int", float: "float", str: "str"}[type(value)]
    return Node("constant", (), (value,), Type(kind, quantity=quantity))  # type: ignore[arg-type]


def join_axes(context: Context, values: Sequence[Node], position: int) -> tuple[Axis, ...]:
    """The axes of an element-wise operation: an event-level value goes with every object of its event."""
    longest: tuple[Axis, ...] = ()
    for value in values:
        axes = value.type.axes
        shorter, longer = sorted((axes, longest), key=len)
        if longer[: len(shorter)] != shorter:
            first, second = longest[len(_common(axes, longest))].label, axes[len(_common(axes, longest))].label
            same = f"two different selections of {first}" if first == second else f"{first} and {second}"
            raise context.error(
                f"{same} cannot be paired element by element; reduce one (max, count, any …), index it, "
                "or pair them with cartesian or deltaR_min",
                position,
            )
        longest = longer
    return longest


def _common(a: tuple[Axis, ...], b: tuple[Axis, ...]) -> tuple[Axis, ...]:
    count = 0
    while count < min(len(a), len(b)) and a[count] == b[count]:
        count += 1
    return a[:count]


def number(context: Context, value: Node, position: int, what: str) -> Node:
    """`value` as a number; booleans count 0 and 1."""
    if value.type.kind == "bool":
        return Node("call", (value,), ("int",), Type("int", value.type.axes, value.type.optional))
    if not value.type.is_number:
        hint = "; take one of its fields" if value.type.kind == "object" else ""
        raise context.error(f"{what} needs numbers; this is {value.type}{hint}", position)
    return value


def boolean(context: Context, value: Node, position: int, operator: str) -> Node:
    if value.type.kind == "bool":
        return value
    if value.type.kind == "int":
        raise context.error(
            f"{operator} takes true/false values; this is {value.type}: write bit(x, n) to test bit n, or x != 0",
            position,
        )
    raise context.error(
        f"{operator} takes true/false values; this is {value.type}: compare it with something", position
    )


def arithmetic(context: Context, operator: str, left: Node, right: Node, positions: tuple[int, int]) -> Node:
    what = f"'{operator}'"
    left = number(context, left, positions[0], what)
    right = number(context, right, positions[1], what)
    if left.operation == right.operation == "constant":
        return fold(context, operator, left, right, positions[1])
    for value, position in zip((left, right), positions, strict=True):
        if value.operation == "constant" and isinstance(v := value.parameters[0], int) and v >= 2**63:
            raise context.error(f"{v} is too large to be computed with in whole numbers; write {v}.0", position)
    axes = join_axes(context, (left, right), positions[1])
    negative = right.operation == "constant" and isinstance(v := right.parameters[0], int | float) and v < 0
    whole = left.type.kind == right.type.kind == "int" and operator != "/" and not (operator == "**" and negative)
    quantities = {left.type.quantity, right.type.quantity} - {""}
    keeps = operator in "+-" or (operator == "*" and len(quantities) == 1)
    quantity = quantities.pop() if keeps and len(quantities) == 1 else ""
    kind = Type("int" if whole else "float", axes, left.type.optional or right.type.optional, None, quantity)
    return Node("arithmetic", (left, right), (operator,), kind)


def fold(context: Context, operator: str, left: Node, right: Node, position: int) -> Node:
    """Arithmetic of two literals, so that ``20*GeV`` is one number in every engine and in the script."""
    a, b = left.parameters[0], right.parameters[0]
    assert isinstance(a, int | float)
    assert isinstance(b, int | float)
    folds: dict[str, Callable[[], Any]] = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "%": lambda: a % b,
        "**": lambda: a**b,
    }
    try:
        value = folds[operator]()
    except (ZeroDivisionError, OverflowError):
        raise context.error(f"{a} {operator} {b} has no value", position) from None
    if isinstance(value, complex):
        raise context.error(f"{a} {operator} {b} has no real value", position)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        value = float(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 and operator == "*":
        value = int(value)  # 20*GeV is 20, not 20.0
    return constant(value, left.type.quantity or right.type.quantity)


def compare(context: Context, operator: str, left: Node, right: Node, positions: tuple[int, int]) -> Node:
    kinds = {left.type.kind, right.type.kind}
    if "object" in kinds:
        raise context.error(
            f"objects have no order; compare one of their fields (this is {left.type})",
            positions[0] if left.type.kind == "object" else positions[1],
        )
    if "str" in kinds:
        if kinds != {"str"} or operator not in ("==", "!="):
            raise context.error("text can only be compared with text, by == or !=", positions[1])
    elif kinds != {"bool"}:
        left = number(context, left, positions[0], f"'{operator}'")
        right = number(context, right, positions[1], f"'{operator}'")
    elif operator not in ("==", "!="):
        raise context.error(f"true/false values have no order; '{operator}' needs numbers", positions[0])
    if left.operation == right.operation == "constant":
        return constant(bool(_COMPARISONS[operator](left.parameters[0], right.parameters[0])))
    axes = join_axes(context, (left, right), positions[1])
    _warn_of_units(context, left, right)
    return Node("compare", (left, right), (operator,), Type("bool", axes, left.type.optional or right.type.optional))


def marked(comparison: Node) -> Node:
    """A comparison that is to be decided by whoever moves its number; by itself it is what it was."""
    return Node("moved", (comparison,), (), comparison.type)


def _warn_of_units(context: Context, left: Node, right: Node) -> None:
    """A bare 20 is 20 MeV in a file in MeV, which is hardly ever meant."""
    if context.energy_unit != "MeV":
        return
    for value, bare in ((left, right), (right, left)):
        literal = bare.parameters[0] if bare.operation == "constant" else 0
        if value.type.quantity == "energy" and not bare.type.quantity and isinstance(literal, int | float) and literal:
            number = exact(literal)
            context.warnings.append(f"{number} means {number} MeV in this file; write {number}*GeV if you mean that")


def logic(context: Context, operator: str, values: Sequence[Node], positions: Sequence[int]) -> Node:
    shown = {"and": "'&'", "or": "'|'"}[operator]
    checked = [boolean(context, value, position, shown) for value, position in zip(values, positions, strict=True)]
    axes = join_axes(context, checked, positions[-1])
    neutral = operator == "and"
    constants = [value.parameters[0] for value in checked if value.operation == "constant"]
    if not axes and (not neutral) in constants:
        return constant(not neutral)
    left = [value for value in checked if value.operation != "constant" or value.parameters[0] is not neutral]
    if len(left) < 2:
        return left[0] if left else constant(neutral)
    optional = any(value.type.optional for value in left)
    return Node(operator, tuple(left), (), Type("bool", axes, optional))


def inverse(value: Node) -> Node:
    """``!``, of a truth."""
    if value.operation == "constant":
        return constant(not value.parameters[0])
    return Node("not", (value,), (), value.type)
