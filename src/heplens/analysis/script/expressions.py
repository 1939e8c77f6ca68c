"""Nodes to the Python that a colleague would write for them; the same operations as the evaluator's, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...columns.demand import IDENTITY, Demand
from ...columns.elementwise import NUMPY_NAMES
from ...columns.fields import PART_NAMES
from ...columns.nodes import Node
from ...columns.vectors import PROPERTIES
from ...errors import AnalysisError
from .names import Names

# What binds how tightly; lower binds tighter.
ATOM, UNARY, PRODUCT, SUM, AND, OR, COMPARE = range(7)

_VECTOR_ATTRIBUTES = {"et": "Et", "mt": "Mt"}


@dataclass(frozen=True)
class Code:
    text: str
    binding: int = ATOM

    def within(self, binding: int) -> str:
        return self.text if self.binding <= binding else f"({self.text})"


@dataclass
class Line:
    """One line of the body: what it assigns and what it uses, so that a cut can be applied to what is used later."""

    text: str
    defines: str = ""
    uses: frozenset[str] = frozenset()
    narrows: str = ""


@dataclass
class Writer:
    """Writes expressions into the body of ``process``; equal nodes that are used again get a name."""

    demand: Demand
    uses: Mapping[bytes, int]
    names: Names
    lines: list[Line] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    named: dict[bytes, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    # --- lines ----------------------------------------------------------------------------------------------------

    def line(self, text: str, defines: str = "", narrows: str = "") -> None:
        self.lines.append(Line(text, defines, frozenset(self.touched), narrows))
        self.touched = set()

    def comment(self, text: str) -> None:
        self.lines.append(Line(f"# {text}" if text else ""))

    def helper(self, name: str) -> str:
        self.helpers.add(name)
        return name

    def assign(self, name: str, code: Code) -> str:
        self.line(f"{name} = {code.text}", defines=name)
        return name

    def use(self, name: str) -> Code:
        self.touched.add(name)
        return Code(name)

    # --- nodes ----------------------------------------------------------------------------------------------------

    def code(self, node: Node) -> Code:
        """The expression of a node; assigns variables on the way for what is used more than once."""
        if node.operation == "constant":
            return _constant(node.parameters[0])
        if node.identity in self.named:
            return self.use(self.named[node.identity])
        if node.operation == "variable":
            return self.variable(node)
        if node.operation == "group":
            return self.use(self.group(node))
        saved, self.touched = self.touched, set()
        made = _TABLE[node.operation](self, node)
        if self.uses.get(node.identity, 0) > 1 and node.operation in _WORTH_A_NAME:
            name = self.names.new(_wish(node))
            self.assign(name, made)
            self.named[node.identity] = name
            made, self.touched = Code(name), {name}
        self.touched |= saved
        return made

    def variable(self, node: Node) -> Code:
        saved, self.touched = self.touched, set()
        inner = self.code(node.inputs[0])
        name = self.names.new(str(node.parameters[0]))
        self.assign(name, inner)
        self.named[node.identity] = name
        self.named.setdefault(node.inputs[0].identity, name)
        self.touched = saved
        return self.use(name)

    def named_input(self, node: Node) -> str:
        """The name of a value that is needed twice in one expression."""
        code = self.code(node)
        if code.text.isidentifier():
            return code.text
        before = self.touched
        name = self.names.new(_wish(node))
        self.assign(name, code)
        self.named[node.identity] = name
        self.touched = before & {line.defines for line in self.lines}
        return self.use(name).text

    def group(self, node: Node) -> str:
        """A stored collection or record, put together from its branches."""
        group = str(node.parameters[0])
        saved, self.touched = self.touched, {"events"}
        listed = bool(node.type.axes)
        fields = self.demand.groups[group]
        width = max(len(f) for f in fields) + 2
        entries = [f'    {_quote(f) + ":":<{width + 1}} events[{_quote(branch)}],' for f, branch in fields.items()]
        if group in self.demand.identified:
            first = next(iter(fields.values()))
            order = sorted(self.demand.identified).index(group) << 32
            entries.append(f'    {_quote(IDENTITY)}: ak.local_index(events[{_quote(first)}]) + {order},')
        dimension = self.demand.vectors.get(group, 0)
        options = f", depth_limit={2 if listed else 1}" + (f', with_name="Momentum{dimension}D"' if dimension else "")
        name = self.names.new(group)
        self.line("\n".join([f"{name} = ak.zip({{", *entries, f"}}{options})"]), defines=name)
        self.named[node.identity] = name
        self.touched = saved
        return name

    def aligned(self, node: Node) -> list[Code]:
        """The inputs of an element-wise operation; per-event ones that may be missing are repeated per object."""
        deepest = max(node.inputs, key=lambda child: len(child.type.axes))
        codes = []
        for child in node.inputs:
            if deepest.type.axes and not child.type.axes and child.type.optional and child.operation != "constant":
                if len(deepest.type.axes) > 1:
                    raise AnalysisError(
                        "a script cannot be written for this analysis: a value that may be missing meets lists of lists"
                    )
                like = self.code(deepest).text
                codes.append(Code(f"{self.helper('spread')}({self.code(child).text}, {like})"))
            else:
                codes.append(self.code(child))
        return codes

    def known(self, node: Node) -> str:
        """A mask with what is missing counted as false."""
        code = self.code(node)
        return f"ak.fill_none({code.text}, False, axis=-1)" if node.type.optional else code.text


def _constant(value: Any) -> Code:
    if isinstance(value, str):
        return Code(_quote(value))
    return Code(repr(value), UNARY if isinstance(value, int | float) and not isinstance(value, bool) and value < 0 else ATOM)


def _quote(text: str) -> str:
    """A double-quoted literal that is safe for any text."""
    import json

    return json.dumps(text, ensure_ascii=True) if "\x7f" not in text else repr(text)


_WORTH_A_NAME = {
    "vector", "add", "p4", "select", "item", "slice", "pick", "sort", "combinations", "cartesian", "concat", "disjoint",
    "reduce", "count", "deltaR", "deltaPhi", "mT", "deltaR_min", "call", "arithmetic", "where", "default",
}  # fmt: skip


def _wish(node: Node) -> str:
    """What a value would be called."""
    shape = node.type.shape
    match node.operation:
        case "vector" | "get":
            inner = node.inputs[0]
            return f"{_wish(inner)}_{node.parameters[0]}"
        case "variable" | "group":
            return str(node.parameters[0])
        case "item":
            return f"{_wish(node.inputs[0])}_{node.parameters[0]}".replace("-", "last_")
        case "add" if node.inputs[0].operation == "part":
            return _wish(node.inputs[0].inputs[0])
        case "add" | "p4":
            return "total" if node.operation == "add" else "four_vector"
        case "combinations" | "cartesian":
            return f"{shape.label if shape else 'object'}s"
        case "pick":
            return f"{'leading' if node.parameters[0] == 'max' else 'closest'} {shape.label if shape else 'object'}"
        case "reduce":
            return f"{node.parameters[0]}_{_wish(node.inputs[0])}"
        case "count":
            return f"n_{_wish(node.inputs[0])}"
        case "deltaR" | "deltaPhi" | "mT" | "deltaR_min":
            return node.operation
    return shape.label if shape else "value"


def _attribute(name: str, coordinates: bool) -> str:
    """``.pt`` where that means the stored field, else ``["pt"]``."""
    import awkward as ak

    taken = hasattr(ak.Array, name) or (name in PROPERTIES and not coordinates)
    return f".{name}" if name.isidentifier() and name.isascii() and not taken else f"[{_quote(name)}]"


def _get(w: Writer, node: Node) -> Code:
    inner = node.inputs[0]
    name = str(node.parameters[0])
    shape = inner.type.shape
    stored = shape is not None and any(component == name for component, _ in shape.coordinates)
    return Code(w.code(inner).within(ATOM) + _attribute(name, stored))


def _vector(w: Writer, node: Node) -> Code:
    name = str(node.parameters[0])
    return Code(f"{w.code(node.inputs[0]).within(ATOM)}.{_VECTOR_ATTRIBUTES.get(name, name)}")


def _add(w: Writer, node: Node) -> Code:
    left, right = w.aligned(node)
    return Code(f"{left.within(SUM)} + {right.within(PRODUCT)}", SUM)


def _p4(w: Writer, node: Node) -> Code:
    parts = [
        f"{_quote(str(name))}: {float(child.parameters[0]) if child.operation == 'constant' else code.within(PRODUCT) + ' * 1.0'}"  # type: ignore[arg-type]
        if child.type.kind == "int"
        else f"{_quote(str(name))}: {code.text}"
        for name, child, code in zip(node.parameters, node.inputs, w.aligned(node), strict=True)
    ]
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
    names = ", ".join(_quote(name) for name in PART_NAMES[:count])
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
    if symbol == "%" and node.type.kind == "int":
        return Code(f"{w.helper('remainder')}({left.text}, {right.text})")
    binding = _BINDINGS[symbol]
    return Code(f"{left.within(binding)} {symbol} {right.within(binding - 1)}", binding)


def _compare(w: Writer, node: Node) -> Code:
    left, right = w.aligned(node)
    return Code(f"{left.within(SUM)} {node.parameters[0]} {right.within(SUM)}", COMPARE)


def _logic(w: Writer, node: Node) -> Code:
    values = w.aligned(node)
    result, optional = values[0], node.inputs[0].type.optional
    binding, symbol = (AND, "&") if node.operation == "and" else (OR, "|")
    for child, code in zip(node.inputs[1:], values[1:], strict=True):
        optional = optional or child.type.optional
        if optional:
            helper = w.helper("both" if node.operation == "and" else "either")
            result = Code(f"{helper}({result.text}, {code.text})")
        else:
            result = Code(f"{result.within(binding)} {symbol} {code.within(binding - 1 if binding == AND else AND)}", binding)
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
    text = w.code(value)
    if node.type.kind == "float" and value.type.kind == "int":
        text = Code(f"{text.within(PRODUCT)} * 1.0", PRODUCT)
    shown = repr(float(fallback.parameters[0])) if node.type.kind == "float" else _constant(fallback.parameters[0]).text  # type: ignore[arg-type]
    return Code(f"ak.fill_none({text.text}, {shown}, axis=-1)")


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
    return Code(f"events[{_quote(str(node.parameters[0]))}]")


_TABLE: dict[str, Callable[[Writer, Node], Code]] = {
    "column": _column, "get": _get, "part": _get, "vector": _vector, "add": _add, "p4": _p4, "select": _select,
    "item": _item, "slice": _slice, "pick": _pick, "sort": _sort, "combinations": _combinations, "cartesian": _cartesian,
    "concat": _concat, "disjoint": _disjoint, "count": _count, "reduce": _reduce, "arithmetic": _arithmetic,
    "compare": _compare, "and": _logic, "or": _logic, "call": _call, "default": _default, "where": _where, "bit": _bit,
    "not": lambda w, node: Code(f"~{w.code(node.inputs[0]).within(ATOM)}", UNARY),
    "deltaPhi": _function("delta_phi"), "deltaR": _function("delta_r"), "mT": _function("transverse_mass"),
    "deltaR_min": _function("nearest_distance"),
}  # fmt: skip
