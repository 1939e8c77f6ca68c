"""Nodes to the Python that a colleague would write for them; the same operations as the evaluator's, as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...columns.demand import IDENTITY
from ...columns.elementwise import NUMPY_NAMES
from ...columns.fields import PART_NAMES
from ...columns.nodes import Node
from ...columns.operations import is_nonzero
from ...columns.vectors import PROPERTIES
from .writer import AND, ATOM, COMPARE, OR, PRODUCT, SUM, UNARY, Code, Writer, constant_code, quote

_VECTOR_ATTRIBUTES = {"et": "Et", "mt": "Mt"}


def _attribute(name: str, coordinates: bool) -> str:
    """``.pt`` where that means the stored field, else ``["pt"]``."""
    from vector.backends.awkward import MomentumArray4D

    taken = hasattr(MomentumArray4D, name) and not (coordinates and name in PROPERTIES)
    return f".{name}" if name.isidentifier() and name.isascii() and not taken else f"[{quote(name)}]"


def _get(w: Writer, node: Node) -> Code:
    inner = node.inputs[0]
    name = str(node.parameters[0])
    shape = inner.type.shape
    stored = shape is not None and any(component == name for component, _ in shape.coordinates)
    return Code(w.code(inner).within(ATOM) + _attribute(name, stored))


def _vector(w: Writer, node: Node) -> Code:
    name = str(node.parameters[0])
    return Code(f"{w.vector(node.inputs[0]).within(ATOM)}.{_VECTOR_ATTRIBUTES.get(name, name)}")


def _add(w: Writer, node: Node) -> Code:
    left, right = w.aligned(node, w.vector)
    return Code(f"{left.within(SUM)} + {right.within(PRODUCT)}", SUM)


def _p4(w: Writer, node: Node) -> Code:
    parts = []
    for name, child, code in zip(node.parameters, node.inputs, w.aligned(node), strict=True):
        if child.operation == "constant":
            text = repr(float(str(child.parameters[0])))
        else:
            text = f"{code.within(PRODUCT)} * 1.0" if child.type.kind == "int" else code.text
        parts.append(f"{quote(str(name))}: {text}")
    return Code(f'ak.zip({{{", ".join(parts)}}}, with_name="Momentum4D")')


def _select(w: Writer, node: Node) -> Code:
    objects = w.named_input(node.inputs[0])
    mask = node.inputs[1]
    if not mask.type.axes:
        return Code(f"{objects}[ak.broadcast_arrays({w.known(mask)}, ak.local_index({objects}, axis=1))[0]]")
    return Code(f"{objects}[{w.known(mask)}]")


def _item(w: Writer, node: Node) -> Code:
    index, level = node.parameters
    assert isinstance(index, int) and isinstance(level, int)
    if w.presence.has_item(node):
        return Code(f"{w.code(node.inputs[0]).within(ATOM)}[:, {index}]")
    if level == 0 and index >= 0:
        return Code(f"{w.helper('item')}({w.code(node.inputs[0]).text}, {index})")
    piece = f"{index}:" if index == -1 else f"{index or ''}:{index + 1}"
    inside = ", ".join([*[":"] * (level + 1), piece])
    return Code(f"ak.firsts({w.code(node.inputs[0]).within(ATOM)}[{inside}], axis={level + 1})")


def _slice(w: Writer, node: Node) -> Code:
    low, high, level = node.parameters
    assert isinstance(level, int)
    piece = f"{'' if low is None else low}:{'' if high is None else high}"
    return Code(f"{w.code(node.inputs[0]).within(ATOM)}[{', '.join([*[':'] * (level + 1), piece])}]")


def _pick(w: Writer, node: Node) -> Code:
    objects = w.named_input(node.inputs[0])
    place = "ak.argmax" if node.parameters[0] == "max" else "ak.argmin"
    return Code(f"{w.helper('best')}({objects}, {w.code(node.inputs[1]).text}, {place})")


def _sort(w: Writer, node: Node) -> Code:
    objects = w.named_input(node.inputs[0])
    return Code(f"{w.helper('descending')}({objects}, {w.code(node.inputs[1]).text})")


def _combinations(w: Writer, node: Node) -> Code:
    count = node.parameters[0]
    assert isinstance(count, int)
    names = ", ".join(quote(name) for name in PART_NAMES[:count])
    return Code(f"ak.combinations({w.code(node.inputs[0]).text}, {count}, fields=[{names}])")


def _cartesian(w: Writer, node: Node) -> Code:
    first, second = (w.code(child).text for child in node.inputs)
    return Code(f'ak.cartesian({{"first": {first}, "second": {second}}}, axis=1)')


def _concat(w: Writer, node: Node) -> Code:
    return Code(f"{w.helper('joined')}({', '.join(w.code(child).text for child in node.inputs)})")


def _disjoint(w: Writer, node: Node) -> Code:
    objects, other = (w.named_input(child) for child in node.inputs)
    mine = [f'{objects}{path}["{IDENTITY}"]' for path in _leaf_paths(node.inputs[0])]
    others = [f'{other}{path}["{IDENTITY}"]' for path in _leaf_paths(node.inputs[1])]
    tests = [f"{w.helper('differ')}({a}, {b})" for a in mine for b in others]
    joined = " & ".join(tests)
    w.touched |= {objects, other}
    return Code(f"{objects}[ak.fill_none({joined}, False, axis=-1)]")


def _leaf_paths(node: Node) -> list[str]:
    def visit(parts: Any, path: str) -> list[str]:
        if not parts:
            return [path]
        return [leaf for index, part in enumerate(parts) for leaf in visit(part.parts, f"{path}.{PART_NAMES[index]}")]

    return visit(node.type.shape.parts if node.type.shape else (), "")


def _count(w: Writer, node: Node) -> Code:
    inner = node.inputs[0]
    if node.parameters[0] == "bool":
        return Code(f"ak.sum({w.code(inner).text}, axis=-1)")
    return Code(f"ak.num({w.code(inner).text}, axis={len(inner.type.axes)})")


def _reduce(w: Writer, node: Node) -> Code:
    name, inner = str(node.parameters[0]), node.inputs[0]
    text = w.code(inner).text
    is_float = inner.type.kind == "float"
    if name in ("min", "max"):
        return Code(f"ak.{name}({w.helper('numbers')}({text}), axis=-1)" if is_float else f"ak.{name}({text}, axis=-1)")
    if name in ("argmin", "argmax") and is_float:
        return Code(f"{w.helper('extreme_place')}({text}, ak.{name}, {'-np.inf' if name == 'argmax' else 'np.inf'})")
    if name == "mean":
        return Code(f"{w.helper('mean')}({text})")
    return Code(f"ak.{name}({text}, axis=-1)")


_BINDINGS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "%": PRODUCT}


def _arithmetic(w: Writer, node: Node) -> Code:
    symbol = str(node.parameters[0])
    left, right = w.aligned(node)
    if symbol == "**":
        exponent = node.inputs[1].parameters[0] if node.inputs[1].operation == "constant" else None
        shown = repr(float(exponent)) if isinstance(exponent, int) and exponent < 0 else right.within(ATOM)
        return Code(f"{left.within(ATOM)} ** {shown}", UNARY)
    if symbol == "%" and node.type.kind == "int" and not is_nonzero(node.inputs[1]):
        return Code(f"{w.helper('remainder')}({left.text}, {right.text})")
    binding = _BINDINGS[symbol]
    return Code(f"{left.within(binding)} {symbol} {right.within(binding - 1)}", binding)


def _compare(w: Writer, node: Node) -> Code:
    left, right = w.aligned(node)
    return Code(f"{left.within(SUM)} {node.parameters[0]} {right.within(SUM)}", COMPARE)


def _logic(w: Writer, node: Node) -> Code:
    missing = [not w.presence.is_certain(child) for child in node.inputs]
    values = w.aligned(node)
    result, optional = values[0], missing[0]
    binding, symbol = (AND, "&") if node.operation == "and" else (OR, "|")
    for may_miss, code in zip(missing[1:], values[1:], strict=True):
        optional = optional or may_miss
        if optional:
            helper = w.helper("both" if node.operation == "and" else "either")
            result = Code(f"{helper}({result.text}, {code.text})")
        else:
            result = Code(
                f"{result.within(binding)} {symbol} {code.within(binding - 1 if binding == AND else AND)}", binding
            )
    return result


def _call(w: Writer, node: Node) -> Code:
    name = str(node.parameters[0])
    values = w.aligned(node)
    if name == "negative":
        return Code(f"-{values[0].within(ATOM)}", UNARY)
    if name == "int":
        return Code(f"{values[0].within(PRODUCT)} * 1", PRODUCT)
    function = "abs" if name == "abs" else f"np.{NUMPY_NAMES.get(name, name)}"
    return Code(f"{function}({', '.join(code.text for code in values)})")


def _default(w: Writer, node: Node) -> Code:
    value, fallback = node.inputs
    code = w.code(value)
    shown = constant_code(fallback.parameters[0]).text
    if node.type.kind == "float":
        shown = repr(float(str(fallback.parameters[0])))
        code = Code(f"{code.within(PRODUCT)} * 1.0", PRODUCT) if value.type.kind == "int" else code
    return Code(f"ak.fill_none({code.text}, {shown}, axis=-1)")


def _where(w: Writer, node: Node) -> Code:
    codes = w.aligned(node)
    function = w.helper("choose") if node.inputs[0].type.optional else "ak.where"
    return Code(f"{function}({', '.join(code.text for code in codes)})")


def _bit(w: Writer, node: Node) -> Code:
    return Code(f"np.right_shift({w.code(node.inputs[0]).text}, {node.parameters[0]}) % 2 == 1", COMPARE)


def _function(helper: str) -> Callable[[Writer, Node], Code]:
    def write(w: Writer, node: Node) -> Code:
        return Code(f"{w.helper(helper)}({', '.join(code.text for code in w.aligned(node))})")

    return write


def _column(w: Writer, node: Node) -> Code:
    w.touched.add("events")
    return Code(f"events[{quote(str(node.parameters[0]))}]")


TABLE: dict[str, Callable[[Writer, Node], Code]] = {
    "column": _column, "get": _get, "part": _get, "vector": _vector, "add": _add, "p4": _p4, "select": _select,
    "item": _item, "slice": _slice, "pick": _pick, "sort": _sort, "combinations": _combinations,
    "cartesian": _cartesian,
    "concat": _concat, "disjoint": _disjoint, "count": _count, "reduce": _reduce, "arithmetic": _arithmetic,
    "compare": _compare, "and": _logic, "or": _logic, "call": _call, "default": _default, "where": _where, "bit": _bit,
    "not": lambda w, node: Code(f"~{w.code(node.inputs[0]).within(ATOM)}", UNARY),
    "deltaPhi": _function("delta_phi"), "deltaR": _function("delta_r"), "mT": _function("transverse_mass"),
    "deltaR_min": _function("nearest_distance"),
}  # fmt: skip
