"""The state of a script being written: lines, names, helpers, and how expressions nest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...columns.demand import IDENTITY, Demand
from ...columns.nodes import Node
from ...columns.schema import Schema
from ...errors import AnalysisError
from .names import Names
from .presence import Presence

# What binds how tightly; lower binds tighter.
ATOM, UNARY, PRODUCT, SUM, AND, OR, COMPARE = range(7)


#: Fields of these names are components to the vector library, which takes no more of them than make a vector.
_VECTOR_NAMES = {
    "x", "y", "z", "t", "rho", "phi", "theta", "eta", "tau",
    "px", "py", "pz", "E", "e", "energy", "pt", "M", "m", "mass",
}  # fmt: skip


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

    table: Mapping[str, Callable[[Writer, Node], Code]]
    schema: Schema
    demand: Demand
    uses: Mapping[bytes, int]
    names: Names
    lines: list[Line] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    named: dict[bytes, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    presence: Presence = field(default_factory=Presence)

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
            return constant_code(node.parameters[0])
        if node.identity in self.named:
            return self.use(self.named[node.identity])
        if node.operation == "variable":
            return self.variable(node)
        if node.operation == "group":
            return self.use(self.group(node))
        saved, self.touched = self.touched, set()
        made = self.table[node.operation](self, node)
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
        entries = [f"    {quote(f) + ':':<{width + 1}} events[{quote(branch)}]," for f, branch in fields.items()]
        if group in self.demand.identified:
            first = next(iter(fields.values()))
            order = sorted(self.demand.identified).index(group) << 32
            entries.append(f"    {quote(IDENTITY)}: ak.local_index(events[{quote(first)}]) + {order},")
        coordinates = self.coordinates(group)
        options = f", depth_limit={2 if listed else 1}"
        if self.demand.vectors.get(group, 0) and not _VECTOR_NAMES & (set(fields) - set(coordinates)):
            options += f', with_name="Momentum{len(coordinates)}D"'
        name = self.names.new(group)
        self.line("\n".join([f"{name} = ak.zip({{", *entries, f"}}{options})"]), defines=name)
        self.named[node.identity] = name
        self.touched = saved
        return name

    def coordinates(self, group: str) -> list[str]:
        """The components of a stored vector that are read, as many as make one."""
        fields = self.demand.groups[group]
        found = [component for component, _ in self.schema.groups[group].coordinates]
        read = next((i for i, component in enumerate(found) if component not in fields), len(found))
        return found[:read]

    def vector(self, node: Node) -> Code:
        """A value as a vector. Fields beside its coordinates, such as x beside px, py, would contradict them."""
        code = self.code(node)
        bases = node.type.shape.bases if node.type.shape else ()
        if not any(_VECTOR_NAMES & (set(self.demand.groups[b]) - set(self.coordinates(b))) for b in bases):
            return code
        shortest = min((self.coordinates(base) for base in bases), key=len)
        names = ", ".join(quote(name) for name in shortest)
        return Code(f"{self.helper('momentum')}({code.text}, [{names}])")

    def aligned(self, node: Node, write: Callable[[Node], Code] | None = None) -> list[Code]:
        """The inputs of an element-wise operation; per-event ones that may be missing are repeated per object."""
        write = write or self.code
        deepest = max(node.inputs, key=lambda child: len(child.type.axes))
        codes = []
        for child in node.inputs:
            if deepest.type.axes and not child.type.axes and not self.presence.is_certain(child):
                if len(deepest.type.axes) > 1:
                    raise AnalysisError(
                        "a script cannot be written for this analysis: a value that may be missing meets lists of lists"
                    )
                like = self.code(deepest).text
                codes.append(Code(f"{self.helper('spread')}({write(child).text}, {like})"))
            else:
                codes.append(write(child))
        return codes

    def known(self, node: Node) -> str:
        """A mask with what is missing counted as false."""
        certain = self.presence.is_certain(node)
        code = self.code(node)
        return code.text if certain else f"ak.fill_none({code.text}, False, axis=-1)"


def constant_code(value: Any) -> Code:
    if isinstance(value, str):
        return Code(quote(value))
    return Code(
        repr(value), UNARY if isinstance(value, int | float) and not isinstance(value, bool) and value < 0 else ATOM
    )


def quote(text: str) -> str:
    """A double-quoted literal that is safe for any text."""
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
