"""Four-vectors with nothing but the math module."""

from __future__ import annotations

import math

from .values import Kind, Obj, OracleError, Value

ALIASES = {"e": "energy", "m": "mass"}
PARTS = ("first", "second", "third", "fourth")


def canonical(name: str) -> str:
    """`Px`, `PX` and `px` are one coordinate; `E` is the energy."""
    return ALIASES.get(name.lower(), name.lower())


def stored(obj: Obj, coordinate: str) -> Value:
    """The value of a coordinate that the object carries, in any capitalisation; None when it does not."""
    for name, value in obj.fields.items():
        if canonical(name) == coordinate:
            return value
    return None


def provides(kind: Kind, name: str) -> bool:
    """Whether objects of this kind have the field, stored or derived."""
    if name in kind.fields or kind.part(name) is not None:
        return True
    have = {canonical(stored_name) for stored_name in kind.fields}
    transverse = {"pt", "phi"} <= have or {"px", "py"} <= have
    space = transverse and ("eta" in have or "pz" in have)
    full = space and ("energy" in have or "mass" in have)
    wanted = canonical(name)
    if wanted in ("pt", "px", "py") or (wanted == "phi" and "phi" not in have):
        return transverse
    if wanted in ("eta", "pz", "p", "theta"):
        return space
    if wanted in ("mass", "energy", "rapidity"):
        return full
    return wanted in ("charge", "phi") and wanted in have


def px(obj: Obj) -> float:
    x = stored(obj, "px")
    return float(x) if x is not None else pt(obj) * math.cos(phi(obj))


def py(obj: Obj) -> float:
    y = stored(obj, "py")
    return float(y) if y is not None else pt(obj) * math.sin(phi(obj))


def pz(obj: Obj) -> float:
    z = stored(obj, "pz")
    return float(z) if z is not None else pt(obj) * math.sinh(need(obj, "eta"))


def pt(obj: Obj) -> float:
    value = stored(obj, "pt")
    if value is not None:
        return float(value)
    x, y = need(obj, "px"), need(obj, "py")
    return math.sqrt(x * x + y * y)


def phi(obj: Obj) -> float:
    value = stored(obj, "phi")
    return float(value) if value is not None else math.atan2(need(obj, "py"), need(obj, "px"))


def eta(obj: Obj) -> float:
    value = stored(obj, "eta")
    if value is not None:
        return float(value)
    z, transverse = need(obj, "pz"), pt(obj)
    if transverse == 0:
        return 0.0 if z == 0 else math.copysign(math.inf, z)
    return math.asinh(z / transverse)


def momentum(obj: Obj) -> float:
    x, y, z = px(obj), py(obj), pz(obj)
    return math.sqrt(x * x + y * y + z * z)


def energy(obj: Obj) -> float:
    value = stored(obj, "energy")
    if value is not None:
        return float(value)
    m = need(obj, "mass")
    x, y, z = px(obj), py(obj), pz(obj)
    return math.sqrt(max(0.0, x * x + y * y + z * z + m * abs(m)))


def mass(obj: Obj) -> float:
    value = stored(obj, "mass")
    if value is not None:
        return float(value)
    t, x, y, z = need(obj, "energy"), px(obj), py(obj), pz(obj)
    square = t * t - (x * x + y * y + z * z)
    return math.copysign(math.sqrt(abs(square)), square)


def rapidity(obj: Obj) -> float:
    t, z = energy(obj), pz(obj)
    return 0.5 * math.log((t + z) / (t - z)) if t > abs(z) else math.copysign(math.inf, z)


def need(obj: Obj, coordinate: str) -> float:
    value = stored(obj, coordinate)
    if value is None:
        raise OracleError(f"{coordinate} is not stored, nor can it be derived: build the vector with p4(...)")
    return float(value)


DERIVED = {
    "px": px,
    "py": py,
    "pz": pz,
    "pt": pt,
    "phi": phi,
    "eta": eta,
    "p": momentum,
    "theta": lambda obj: math.atan2(pt(obj), pz(obj)),
    "energy": energy,
    "mass": mass,
    "rapidity": rapidity,
}


def get(obj: Obj, name: str) -> Value:
    """A field: stored as written, else stored in another capitalisation, else derived."""
    if name in obj.fields:
        return obj.fields[name]
    wanted = canonical(name)
    if wanted == "charge" and stored(obj, "charge") is not None:
        return stored(obj, "charge")
    if wanted in DERIVED:
        return DERIVED[wanted](obj)
    raise OracleError(f"no field {name!r} among {sorted(obj.fields)}")


def kind_of(obj: Obj) -> Kind:
    parts = tuple((name, kind_of(value)) for name, value in obj.fields.items() if isinstance(value, Obj))
    return Kind(frozenset(name for name, value in obj.fields.items() if not isinstance(value, Obj)), parts)


def sum_kind(kinds: list[Kind]) -> Kind:
    """What a sum of such objects carries: the components, and the charge, that all of them have."""
    names = [name for name in ("px", "py", "pz", "energy", "charge") if all(provides(kind, name) for kind in kinds)]
    return Kind(frozenset(names))


def vector_sum(objects: list[Obj]) -> Obj:
    names = sum_kind([kind_of(obj) for obj in objects]).fields
    fields: dict[str, Value] = {}
    for name in sorted(names):
        total = get(objects[0], name)
        for obj in objects[1:]:
            total = total + get(obj, name)
        fields[name] = total
    return Obj(fields, tuple(objects))


def composite(objects: list[Obj]) -> Obj:
    """A pair, triple or quadruple: the sum, and its members by name."""
    total = vector_sum(objects)
    total.fields.update(zip(PARTS, objects, strict=False))
    return total


def composite_kind(kinds: list[Kind]) -> Kind:
    return Kind(sum_kind(kinds).fields, tuple(zip(PARTS, kinds, strict=False)))


def delta_phi(a: Obj, b: Obj) -> float:
    """In [-pi, pi)."""
    wrapped = (phi(a) - phi(b) + math.pi) % (2 * math.pi) - math.pi
    return -math.pi if wrapped >= math.pi else wrapped


def delta_r(a: Obj, b: Obj) -> float:
    dphi, deta = delta_phi(a, b), eta(a) - eta(b)
    return math.sqrt(dphi * dphi + deta * deta)


def transverse_mass(a: Obj, b: Obj) -> float:
    return math.sqrt(max(0.0, 2 * pt(a) * pt(b) * (1 - math.cos(delta_phi(a, b)))))
