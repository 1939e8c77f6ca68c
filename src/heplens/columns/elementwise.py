"""Functions of single values: mathematics, default, where, bit, raw, pdg."""

from __future__ import annotations

from ..errors import nearest
from . import fields
from . import syntax as s
from .functions import Function, arguments
from .nodes import Node
from .operators import boolean, constant, join_axes, number
from .resolve import Resolver
from .types import Type

# numpy's names where they differ from ours
NUMPY_NAMES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
}  # fmt: skip


def _mathematics(resolver: Resolver, call: s.Call) -> Node:
    count = 2 if call.function in ("hypot", "atan2") else 1
    args = arguments(resolver, call, ELEMENTWISE[call.function].usage, count)
    values = [number(resolver.context, resolver.node(a), a.start, call.function) for a in args]
    axes = join_axes(resolver.context, values, args[-1].start)
    kind = values[0].type.kind if call.function == "abs" else "float"
    quantity = values[0].type.quantity if call.function == "abs" else ""
    optional = any(value.type.optional for value in values)
    return Node("call", tuple(values), (call.function,), Type(kind, axes, optional, None, quantity))


def _isnan(resolver: Resolver, call: s.Call) -> Node:
    (argument,) = arguments(resolver, call, ELEMENTWISE["isnan"].usage, 1)
    value = number(resolver.context, resolver.node(argument), argument.start, "isnan")
    return Node("call", (value,), ("isnan",), Type("bool", value.type.axes, value.type.optional))


def _default(resolver: Resolver, call: s.Call) -> Node:
    first, second = arguments(resolver, call, ELEMENTWISE["default"].usage, 2)
    fallback = resolver.node(second)
    if fallback.operation != "constant":
        raise resolver.context.error("default takes a plain value as its second argument", second.start)
    absent = _absent_branch(resolver, first)
    if absent:
        shown = resolver.context.text[first.start : first.stop]
        resolver.context.warnings.append(
            f"there is no {shown} in this file; {fallback.parameters[0]!r} is used instead"
        )
        return constant(fallback.parameters[0], fallback.type.quantity)  # type: ignore[arg-type]
    value = resolver.node(first)
    if value.type.kind == "object":
        raise resolver.context.error("default takes a field, not an object", first.start)
    numbers = value.type.is_number and fallback.type.is_number
    if value.type.kind != fallback.type.kind and not numbers:
        raise resolver.context.error(f"the default of {value.type} cannot be {fallback.parameters[0]!r}", second.start)
    kind = "float" if numbers and "float" in (value.type.kind, fallback.type.kind) else value.type.kind
    return Node("default", (value, fallback), (), Type(kind, value.type.axes, False, None, value.type.quantity))


def _absent_branch(resolver: Resolver, argument: s.Syntax) -> bool:
    """Whether the argument names a branch that this file lacks: trigger paths come and go with the era."""
    schema = resolver.scope.schema
    if isinstance(argument, s.Name):
        known = resolver.scope.known()
        if resolver.collection is not None and fields.field(resolver.collection, argument.name, schema) is not None:
            return False
        return argument.name not in known and argument.name not in schema.name_set
    if isinstance(argument, s.Field) and isinstance(argument.value, s.Name) and resolver.collection is None:
        group = argument.value.name
        if group in resolver.scope.definitions:
            return False
        if group in schema.groups:
            flat = not schema.groups[group].coordinates and not schema.groups[group].counter
            return flat and argument.name not in schema.groups[group].fields
        return f"{group}.{argument.name}" not in schema.name_set
    return False


def _where(resolver: Resolver, call: s.Call) -> Node:
    args = arguments(resolver, call, ELEMENTWISE["where"].usage, 3)
    condition = boolean(resolver.context, resolver.node(args[0]), args[0].start, "where")
    left, right = (resolver.node(argument) for argument in args[1:])
    numbers = left.type.is_number and right.type.is_number
    if left.type.kind == "object" or (left.type.kind != right.type.kind and not numbers):
        raise resolver.context.error(
            f"where chooses between two values of one kind, not {left.type} and {right.type}", args[2].start
        )
    axes = join_axes(resolver.context, (condition, left, right), args[2].start)
    if axes and left.type.kind == "str":
        raise resolver.context.error("where chooses between texts of the event, not of its objects", args[1].start)
    kind = "float" if numbers and "float" in (left.type.kind, right.type.kind) else left.type.kind
    optional = condition.type.optional or left.type.optional or right.type.optional
    return Node("where", (condition, left, right), (), Type(kind, axes, optional, None, left.type.quantity))


def _bit(resolver: Resolver, call: s.Call) -> Node:
    first, second = arguments(resolver, call, ELEMENTWISE["bit"].usage, 2)
    value = resolver.node(first)
    if value.type.kind != "int":
        raise resolver.context.error(f"bit takes a whole number; this is {value.type}", first.start)
    if not isinstance(second, s.Number) or not isinstance(second.value, int) or not 0 <= second.value < 64:
        raise resolver.context.error("the number of a bit is 0 (the lowest) to 63", second.start)
    return Node("bit", (value,), (second.value,), Type("bool", value.type.axes, value.type.optional))


def _raw(resolver: Resolver, call: s.Call) -> Node:
    (argument,) = arguments(resolver, call, ELEMENTWISE["raw"].usage, 1)
    name = resolver.context.text[argument.start : argument.stop].strip("`")
    if not isinstance(argument, s.Name | s.Field) or name not in resolver.scope.schema.name_set:
        raise resolver.context.error(
            f"raw takes the name of a branch{nearest(name, resolver.scope.schema.names)}", argument.start
        )
    return resolver.column(name, argument.start)


def _pdg(resolver: Resolver, call: s.Call) -> Node:
    (argument,) = arguments(resolver, call, ELEMENTWISE["pdg"].usage, 1)
    if not isinstance(argument, s.Text):
        raise resolver.context.error("pdg takes the name of a particle in quotes, such as 'mu-'", argument.start)
    try:
        from particle import Particle
    except ImportError:
        raise resolver.context.error("pdg needs the package 'particle': pip install particle", call.start) from None
    found = Particle.findall(name=argument.value)
    if not found:
        names = [str(p.name) for p in Particle.all()]
        raise resolver.context.error(
            f"there is no particle {argument.value!r}{nearest(argument.value, names)}", argument.start
        )
    return constant(int(found[0].pdgid))


_MATHEMATICS = (
    ("abs", "abs(x)", "absolute value"),
    ("sqrt", "sqrt(x)", "square root, NaN of a negative number"),
    ("exp", "exp(x)", "exponential"),
    ("log", "log(x)", "natural logarithm"),
    ("log10", "log10(x)", "decimal logarithm"),
    ("sin", "sin(x)", "sine of an angle in radians"),
    ("cos", "cos(x)", "cosine"),
    ("tan", "tan(x)", "tangent"),
    ("asin", "asin(x)", "inverse sine"),
    ("acos", "acos(x)", "inverse cosine"),
    ("atan", "atan(x)", "inverse tangent"),
    ("atan2", "atan2(y, x)", "angle of the point (x, y)"),
    ("sinh", "sinh(x)", "hyperbolic sine"),
    ("cosh", "cosh(x)", "hyperbolic cosine"),
    ("tanh", "tanh(x)", "hyperbolic tangent"),
    ("asinh", "asinh(x)", "inverse hyperbolic sine"),
    ("acosh", "acosh(x)", "inverse hyperbolic cosine"),
    ("atanh", "atanh(x)", "inverse hyperbolic tangent"),
    ("hypot", "hypot(x, y)", "sqrt(x² + y²)"),
    ("floor", "floor(x)", "the largest whole number not above x"),
    ("ceil", "ceil(x)", "the smallest whole number not below x"),
)

ELEMENTWISE: dict[str, Function] = {
    **{name: Function(_mathematics, usage, meaning) for name, usage, meaning in _MATHEMATICS},
    "isnan": Function(_isnan, "isnan(x)", "whether it is not a number"),
    "default": Function(_default, "default(Muon[0].pt, -1)", "the value, or the second argument where it is missing"),
    "where": Function(_where, "where(x > 0, x, -x)", "the second where the first is true, else the third"),
    "bit": Function(_bit, "bit(Jet.jetId, 1)", "whether bit n is set; the lowest is bit 0"),
    "raw": Function(_raw, "raw(nMuon)", "a branch as stored, whatever filters came before"),
    "pdg": Function(_pdg, "pdg('mu-')", "the PDG number of a particle"),
}
