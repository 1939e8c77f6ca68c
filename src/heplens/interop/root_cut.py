"""Cuts in the syntax of TTree::Draw, in and out, through formulate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..analysis.bind import Bound
from ..analysis.steps import Cut, Keep
from ..columns.nodes import Node
from ..errors import ExpressionError, HeplensError, first_line

if TYPE_CHECKING:
    from ..analysis.value import Analysis

_COMPARISONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "eq": "==", "neq": "!="}
_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "pow": "**"}
# What formulate calls a function, where that is not what it is called here.
_RENAMED = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "length": "count",
}  # fmt: skip
_SAME = (
    "abs", "sqrt", "exp", "log", "log10", "sin", "cos", "tan", "sinh", "cosh", "tanh", "floor", "ceil", "sum", "max",
    "min",
)  # fmt: skip
_FUNCTIONS = {**{name: name for name in _SAME}, **_RENAMED}


def from_root_cut(text: str) -> str:
    """An expression of heplens from a cut such as ``Muon_pt[0] > 20 && abs(Muon_eta[0]) < 2.4``.

    Raises
    ------
    ExpressionError : it does not parse, or means something else in ROOT than it would seem to
        (``20 < pt < 30`` is ``(20 < pt) < 30`` there), or has no counterpart here.
    """
    formulate = _formulate()
    try:
        tree = formulate.from_root(text)
    except Exception as error:  # formulate raises what its parser raises
        first = first_line(error)
        raise ExpressionError(f"this is no cut in ROOT's syntax: {first}", text) from error
    return _import(tree, text)


def to_root_cut(analysis: Analysis) -> str:
    """The event cuts of an analysis as one cut for TTree::Draw.

    Raises
    ------
    HeplensError : a part has no counterpart there (filters, combinations, computed four-vectors, a missing value
        beside ``|``); the message says which.
    """
    bound = analysis.bound
    for step in bound.steps:
        if isinstance(step.step, Keep):
            raise HeplensError(f"the filter {step.step.name!r} cannot be written as a cut for TTree::Draw")
    cuts = [(step.step.name, step.node) for step in bound.steps if isinstance(step.step, Cut)]
    parts = []
    for name, node in cuts:
        try:
            parts.append(_export(node, bound))
        except ExpressionError as error:
            raise HeplensError(f"the cut {name!r} cannot be written for TTree::Draw: {error.message}") from error
    text = " && ".join(f"({part})" for part in parts) or "1"
    return str(_formulate().from_root(text).to_root())


def _formulate() -> Any:
    try:
        import formulate
    except ImportError:
        raise HeplensError("ROOT's cut syntax needs the package 'formulate': pip install 'heplens[root-cut]'") from None
    return formulate


# --- in ---------------------------------------------------------------------------------------------------------------


def _import(node: Any, text: str) -> str:
    match type(node).__name__:
        case "Literal":
            return repr(node.value)
        case "Symbol":
            return {"pi": "3.141592653589793", "true": "True", "false": "False"}.get(node.name, str(node.name))
        case "UnaryOperator":
            inner = _import(node.operand, text)
            return {"neg": f"-({inner})", "pos": inner}.get(node.operator, f"!({inner})")
        case "Matrix":
            return _import(node.var, text) + "".join(f"[{_import(index, text)}]" for index in node.indices)
        case "Call":
            return _import_call(node, text)
        case "BinaryOperator":
            return _import_binary(node, text)
    raise ExpressionError(f"{type(node).__name__} has no counterpart here", text)


def _import_call(node: Any, text: str) -> str:
    arguments = [_import(argument, text) for argument in node.arguments]
    if node.function in ("tmath_max", "tmath_min") and len(arguments) == 2:
        sign = ">" if node.function == "tmath_max" else "<"
        return f"where({arguments[0]} {sign} {arguments[1]}, {arguments[0]}, {arguments[1]})"
    if node.function == "pow" and len(arguments) == 2:
        return f"({arguments[0]})**{arguments[1]}"
    if node.function not in _FUNCTIONS:
        raise ExpressionError(f"the function {node.function!r} of ROOT has no counterpart here", text)
    return f"{_FUNCTIONS[node.function]}({', '.join(arguments)})"


def _import_binary(node: Any, text: str) -> str:
    if node.operator in _COMPARISONS:
        for side in (node.left, node.right):
            if type(side).__name__ == "BinaryOperator" and side.operator in _COMPARISONS:
                raise ExpressionError(
                    "a chained comparison compares a truth with a number in ROOT; write a < x && x < b", text
                )
    symbols = {**_COMPARISONS, **_ARITHMETIC, "and": "&", "or": "|"}
    if node.operator not in symbols:
        raise ExpressionError(
            f"the operator {node.operator!r} of ROOT has no counterpart here; for bits use bit(x, n)", text
        )
    left, right = (_wrapped(side, text) for side in (node.left, node.right))
    return f"{left} {symbols[node.operator]} {right}"


def _wrapped(node: Any, text: str) -> str:
    inner = _import(node, text)
    return f"({inner})" if type(node).__name__ == "BinaryOperator" else inner


# --- out --------------------------------------------------------------------------------------------------------------


def _export(node: Node, bound: Bound) -> str:
    match node.operation:
        case "constant":
            value = node.parameters[0]
            if isinstance(value, str):
                raise ExpressionError("text")
            return str(int(value)) if isinstance(value, bool) else repr(value)
        case "variable":
            return _export(node.inputs[0], bound)
        case "column":
            return str(node.parameters[0])
        case "get":
            return _export_field(node, bound)
        case "item" if node.inputs[0].type.kind != "object":
            return f"{_export(node.inputs[0], bound)}[{_index(node)}]"
        case "compare" | "arithmetic":
            left, right = (_export(child, bound) for child in node.inputs)
            return f"({left} {node.parameters[0]} {right})"
        case "and":
            return "(" + " && ".join(_export(child, bound) for child in node.inputs) + ")"
        case "or" | "not":
            return _export_logic(node, bound)
        case "call":
            return _export_call(node, bound)
        case "count" | "reduce":
            return _export_reducer(node, bound)
    raise ExpressionError(f"{node.operation.replace('_', ' ')} of {node.type} has no counterpart there")


def _export_field(node: Node, bound: Bound) -> str:
    inner, name = node.inputs[0], str(node.parameters[0])
    while inner.operation == "variable":
        inner = inner.inputs[0]
    single = inner if inner.operation == "item" else None
    group = single.inputs[0] if single is not None else inner
    if group.operation != "group" or group.type.shape is None:
        raise ExpressionError(f"{name} of {inner.type} is computed, not stored")
    branch = (group.type.shape.branches(name) or ("",))[0]
    return f"{branch}[{_index(single)}]" if single is not None else branch


def _index(node: Node) -> int:
    index = node.parameters[0]
    if not isinstance(index, int) or index < 0:
        raise ExpressionError("an index from the end has no counterpart there")
    return index


def _export_logic(node: Node, bound: Bound) -> str:
    if any(child.type.optional for child in node.inputs):
        raise ExpressionError("a value that may be missing beside | or ! means something else there")
    if node.operation == "not":
        return f"!({_export(node.inputs[0], bound)})"
    return "(" + " || ".join(_export(child, bound) for child in node.inputs) + ")"


def _export_call(node: Node, bound: Bound) -> str:
    name = str(node.parameters[0])
    arguments = [_export(child, bound) for child in node.inputs]
    if name == "negative":
        return f"-({arguments[0]})"
    if name == "int":
        return arguments[0]
    if name in _FUNCTIONS.values() or name == "hypot":
        return f"sqrt({arguments[0]}**2 + {arguments[1]}**2)" if name == "hypot" else f"{name}({', '.join(arguments)})"
    raise ExpressionError(f"{name} has no counterpart there")


def _export_reducer(node: Node, bound: Bound) -> str:
    inner = _export(node.inputs[0], bound)
    if node.operation == "count":
        return f"Sum$({inner})" if node.parameters[0] == "bool" else f"Length$({inner})"
    match node.parameters[0]:
        case "sum":
            return f"Sum$({inner})"
        case "any":
            return f"(Sum$({inner}) > 0)"
        case "all":
            return f"(Sum$(!({inner})) == 0)"
        case "max" | "min":
            return f"{str(node.parameters[0]).capitalize()}$({inner})"
    raise ExpressionError(f"{node.parameters[0]} has no counterpart there")
