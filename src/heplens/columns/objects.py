"""Functions that make objects: leading, closest, pairs, sort, p4 … and what relates two of them."""

from __future__ import annotations

from . import fields
from . import syntax as s
from .functions import Function, arguments
from .nodes import Node
from .operators import join_axes, number
from .resolve import Resolver, reaxed
from .types import Axis, Shape, Type


def _collection(resolver: Resolver, argument: s.Syntax, function: str) -> Node:
    value = resolver.node(argument)
    if value.type.kind != "object" or len(value.type.axes) != 1:
        raise resolver.context.error(f"{function} takes a collection; this is {value.type}", argument.start)
    return value


def _object(resolver: Resolver, argument: s.Syntax, function: str) -> Node:
    value = resolver.node(argument)
    if value.type.kind != "object":
        raise resolver.context.error(f"{function} takes objects; this is {value.type}", argument.start)
    return value


def _key(resolver: Resolver, collection: Node, argument: s.Syntax | None, call: s.Call) -> Node:
    """What objects are ordered by: an expression whose bare names are their fields, or their pt."""
    if argument is None:
        key = fields.field(collection, "pt", resolver.scope.schema)
        if key is None:
            raise resolver.context.error(
                f"{call.function} orders by pt, which these objects do not have; give a key as second argument",
                call.arguments[0].start,
            )
        return key
    inside = Resolver(resolver.scope, resolver.context, collection)
    key = number(resolver.context, inside.node(argument), argument.start, f"the key of {call.function}")
    if key.type.axes != collection.type.axes:
        raise resolver.context.error(f"the key of {call.function} needs one value per object", argument.start)
    return key


def _single(collection: Node) -> Type:
    return Type("object", (), True, collection.type.shape)


def _leading(resolver: Resolver, call: s.Call) -> Node:
    args = arguments(resolver, call, OBJECTS["leading"].usage, 1, 2)
    collection = _collection(resolver, args[0], "leading")
    key = _key(resolver, collection, args[1] if len(args) > 1 else None, call)
    return Node("pick", (collection, key), ("max",), _single(collection))


def _closest(resolver: Resolver, call: s.Call) -> Node:
    args = arguments(resolver, call, OBJECTS["closest"].usage, 3)
    collection = _collection(resolver, args[0], "closest")
    key = _key(resolver, collection, args[1], call)
    target = number(resolver.context, resolver.node(args[2]), args[2].start, "closest")
    if target.type.axes:
        raise resolver.context.error("closest needs one target per event", args[2].start)
    optional = key.type.optional or target.type.optional
    difference = Node("arithmetic", (key, target), ("-",), Type("float", key.type.axes, optional))
    distance = Node("call", (difference,), ("abs",), difference.type)
    return Node("pick", (collection, distance), ("min",), _single(collection))


def _combination_type(bare: Node, label: str, parts: tuple[Shape, ...], optional: bool) -> Type:
    return Type("object", (Axis(bare.identity.hex(), label),), optional, Shape(label, parts=parts))


def _combine(resolver: Resolver, call: s.Call, argument: s.Syntax, count: int) -> Node:
    collection = _collection(resolver, argument, call.function)
    shape = collection.type.shape
    assert shape is not None
    bare = Node("combinations", (collection,), (count,))
    label = f"{shape.label} {'pair' if count == 2 else 'combination'}"
    return Node(
        "combinations",
        (collection,),
        (count,),
        _combination_type(bare, label, (shape,) * count, collection.type.optional),
    )


def _pairs(resolver: Resolver, call: s.Call) -> Node:
    (argument,) = arguments(resolver, call, OBJECTS["pairs"].usage, 1)
    return _combine(resolver, call, argument, 2)


def _combinations(resolver: Resolver, call: s.Call) -> Node:
    first, second = arguments(resolver, call, OBJECTS["combinations"].usage, 2)
    if not isinstance(second, s.Number) or second.value not in (2, 3, 4):
        raise resolver.context.error("combinations are made of 2, 3 or 4 objects", second.start)
    return _combine(resolver, call, first, int(second.value))


def _cartesian(resolver: Resolver, call: s.Call) -> Node:
    args = arguments(resolver, call, OBJECTS["cartesian"].usage, 2)
    left, right = (_collection(resolver, argument, "cartesian") for argument in args)
    assert left.type.shape is not None and right.type.shape is not None
    bare = Node("cartesian", (left, right))
    label = f"{left.type.shape.label} {right.type.shape.label} pair"
    optional = left.type.optional or right.type.optional
    return Node(
        "cartesian", (left, right), (), _combination_type(bare, label, (left.type.shape, right.type.shape), optional)
    )


def _disjoint(resolver: Resolver, call: s.Call) -> Node:
    args = arguments(resolver, call, OBJECTS["disjoint"].usage, 2)
    collection = _collection(resolver, args[0], "disjoint")
    other = _object(resolver, args[1], "disjoint")
    if other.type.axes:
        raise resolver.context.error(
            f"disjoint compares with one object per event; this is {other.type}", args[1].start
        )
    for value, argument in ((collection, args[0]), (other, args[1])):
        shape = value.type.shape
        if shape is None or any(not leaf.bases for leaf in shape.leaves()):
            raise resolver.context.error("disjoint needs stored objects, not computed four-vectors", argument.start)
    return reaxed("disjoint", collection, (other,), ())


def _concat(resolver: Resolver, call: s.Call) -> Node:
    args = arguments(resolver, call, OBJECTS["concat"].usage, 2, 4)
    values = [_collection(resolver, argument, "concat") for argument in args]
    shapes = [value.type.shape for value in values if value.type.shape is not None]
    for shape, argument in zip(shapes, args, strict=True):
        if shape.parts or not shape.bases:
            raise resolver.context.error(
                "concat takes stored objects, not pairs or computed four-vectors", argument.start
            )
    common = [name for name, _ in shapes[0].fields if all(shape.branches(name) for shape in shapes)]
    merged = tuple((name, sum((shape.branches(name) or () for shape in shapes), ())) for name in common)
    coordinates = shapes[0].coordinates if all(s.coordinates == shapes[0].coordinates for s in shapes) else ()
    bases = sum((shape.bases for shape in shapes), ())
    label = " and ".join(shape.label for shape in shapes)
    bare = Node("concat", tuple(values))
    optional = any(value.type.optional for value in values)
    kind = Type("object", (Axis(bare.identity.hex(), label),), optional, Shape(label, bases, merged, coordinates))
    return Node("concat", tuple(values), (), kind)


def _sort(resolver: Resolver, call: s.Call) -> Node:
    args = arguments(resolver, call, OBJECTS["sort"].usage, 1, 2)
    collection = _collection(resolver, args[0], "sort")
    key = _key(resolver, collection, args[1] if len(args) > 1 else None, call)
    return reaxed("sort", collection, (key,), ())


def _p4(resolver: Resolver, call: s.Call) -> Node:
    named: dict[str, s.Syntax] = {}
    if call.arguments:
        names = ("pt", "eta", "phi", "mass")
        if len(call.arguments) > len(names):
            raise resolver.context.error(f"p4 takes four components: {OBJECTS['p4'].usage}", call.arguments[4].start)
        named.update(zip(names, call.arguments, strict=False))
    for keyword, argument in call.keywords:
        name = {"m": "mass", "e": "E", "energy": "E"}.get(keyword.casefold(), keyword.casefold())
        if name in named:
            raise resolver.context.error(f"{keyword} is given twice", argument.start)
        named[name] = argument
    systems = (
        ("pt", "eta", "phi", "mass"),
        ("pt", "eta", "phi", "E"),
        ("px", "py", "pz", "E"),
        ("px", "py", "pz", "mass"),
    )
    system = next((system for system in systems if set(system) == set(named)), None)
    if system is None:
        raise resolver.context.error(f"p4 takes four components: {OBJECTS['p4'].usage}", call.start)
    values = [number(resolver.context, resolver.node(named[name]), named[name].start, name) for name in system]
    axes = join_axes(resolver.context, values, call.start)
    if len(axes) > 1:
        raise resolver.context.error("p4 makes one object per event or per object, not lists in objects", call.start)
    optional = any(value.type.optional for value in values)
    shape = Shape("four-vector", coordinates=tuple((name, name) for name in system))
    return Node("p4", tuple(values), system, Type("object", axes, optional, shape))


def _components(resolver: Resolver, value: Node, names: tuple[str, ...], argument: s.Syntax) -> list[Node]:
    found = []
    for name in names:
        node = fields.field(value, name, resolver.scope.schema)
        if node is None:
            raise resolver.context.error(fields.explain(value, name), argument.start)
        found.append(node)
    return found


def _relation(resolver: Resolver, call: s.Call, names: tuple[str, ...]) -> Node:
    """A number from the components of two objects (deltaR, deltaPhi, mT)."""
    args = arguments(resolver, call, OBJECTS[call.function].usage, 2)
    values = [_object(resolver, argument, call.function) for argument in args]
    inputs: list[Node] = []
    for value, argument in zip(values, args, strict=True):
        inputs += _components(resolver, value, names, argument)
    axes = join_axes(resolver.context, inputs, args[1].start)
    optional = any(node.type.optional for node in inputs)
    quantity = "energy" if call.function == "mT" else ""
    return Node(call.function, tuple(inputs), (), Type("float", axes, optional, None, quantity))


def _delta_r(resolver: Resolver, call: s.Call) -> Node:
    return _relation(resolver, call, ("eta", "phi"))


def _delta_phi(resolver: Resolver, call: s.Call) -> Node:
    if len(call.arguments) == 2:
        values = [resolver.node(argument) for argument in call.arguments]
        if all(value.type.is_number for value in values):
            axes = join_axes(resolver.context, values, call.arguments[1].start)
            return Node("deltaPhi", tuple(values), (), Type("float", axes, any(v.type.optional for v in values)))
    return _relation(resolver, call, ("phi",))


def _m_t(resolver: Resolver, call: s.Call) -> Node:
    return _relation(resolver, call, ("pt", "phi"))


def _delta_r_min(resolver: Resolver, call: s.Call) -> Node:
    args = arguments(resolver, call, OBJECTS["deltaR_min"].usage, 2)
    left, right = (_collection(resolver, argument, "deltaR_min") for argument in args)
    inputs = (
        *_components(resolver, left, ("eta", "phi"), args[0]),
        *_components(resolver, right, ("eta", "phi"), args[1]),
    )
    return Node("deltaR_min", inputs, (), Type("float", left.type.axes, True))


OBJECTS: dict[str, Function] = {
    "leading": Function(
        _leading, "leading(Muon), leading(Jet, btag)", "the object with the largest pt (or key); first on a tie"
    ),
    "closest": Function(
        _closest, "closest(pairs(Muon), mass, 91.1876)", "the object whose key is closest to the value"
    ),
    "pairs": Function(_pairs, "pairs(Muon)", "all pairs, in stored order; each is the sum of .first and .second"),
    "combinations": Function(_combinations, "combinations(Jet, 3)", "all combinations of 2, 3 or 4 objects"),
    "cartesian": Function(_cartesian, "cartesian(Muon, Jet)", "every object of the one with every object of the other"),
    "disjoint": Function(_disjoint, "disjoint(Z, Z1)", "those that share no object with the other"),
    "concat": Function(_concat, "concat(Electron, Muon)", "both collections as one, with the fields they share"),
    "sort": Function(
        _sort, "sort(Jet), sort(Jet, btag)", "ordered by pt (or key), largest first, stored order on a tie"
    ),
    "p4": Function(_p4, "p4(pt, eta, phi, mass=0.106) or p4(px=…, py=…, pz=…, E=…)", "a four-vector from numbers"),
    "deltaR": Function(_delta_r, "deltaR(Muon[0], Jet[0])", "sqrt(Δη² + Δφ²)"),
    "deltaPhi": Function(_delta_phi, "deltaPhi(Muon[0], MET)", "difference of azimuth, in [-π, π)"),
    "mT": Function(_m_t, "mT(Muon[0], MET)", "transverse mass of two massless objects, sqrt(2 pt₁ pt₂ (1 - cos Δφ))"),
    "deltaR_min": Function(
        _delta_r_min, "deltaR_min(Jet, Muon)", "for each of the first, ΔR to the nearest of the second"
    ),
}
