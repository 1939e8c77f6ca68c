"""The type of one entry of a branch, as text: ``float32``, ``var * float32``, ``3 * float64``, or the C++ class."""

from __future__ import annotations

import re
from functools import singledispatch
from typing import Any

import numpy as np
import uproot
from uproot.containers import AsArray, AsMap, AsSet, AsString, AsVector
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDouble32, AsDtype, AsFloat16
from uproot.interpretation.objects import AsObjects, AsStridedObjects
from uproot.interpretation.strings import AsStrings

_CPP = {
    "float": "float32",
    "double": "float64",
    "bool": "bool",
    "char": "int8",
    "short": "int16",
    "int": "int32",
    "long": "int64",
    "std::string": "string",
    "std::byte": "uint8",
    "std::size_t": "uint64",
    "Double32_t": "float64",
    "Float16_t": "float32",
}
_FIXED = re.compile(r"^(?:std::)?(u?int\d+)_t$")


@singledispatch
def type_text(what: Any) -> str:
    """The type that an interpretation, container or dtype of uproot stands for."""
    name = getattr(what, "typename", None)
    return str(name) if name else str(getattr(what, "__name__", what))


@type_text.register
def _(what: np.dtype) -> str:
    base, shape = what.subdtype or (what, ())
    return "".join(f"{length} * " for length in shape) + ("bool" if base == np.dtype(bool) else base.name)


@type_text.register
def _(what: AsDtype) -> str:
    return type_text(what.to_dtype) if what.to_dtype.names is None else _record(what.to_dtype)


@type_text.register(AsDouble32)
@type_text.register(AsFloat16)
def _(what: Any) -> str:
    number = "float64" if isinstance(what, AsDouble32) else "float32"
    return "".join(f"{length} * " for length in what.to_dims) + number


@type_text.register
def _(what: AsJagged) -> str:
    return f"var * {type_text(what.content)}"


@type_text.register
def _(what: AsStridedObjects) -> str:
    return class_text(what.model)


@type_text.register
def _(what: AsObjects) -> str:
    return type_text(what.model)


@type_text.register(AsStrings)
@type_text.register(AsString)
def _(what: Any) -> str:
    return "string"


@type_text.register(AsVector)
@type_text.register(AsSet)
def _(what: Any) -> str:
    return f"var * {type_text(what.values if isinstance(what, AsVector) else what.keys)}"


@type_text.register
def _(what: AsArray) -> str:
    return f"var * {type_text(what.values)}"


@type_text.register
def _(what: AsMap) -> str:
    return f"map[{type_text(what.keys)}, {type_text(what.values)}]"


@type_text.register
def _(what: type) -> str:
    return class_text(what)


def class_text(model: Any) -> str:
    """The C++ name of one of uproot's generated classes."""
    name, _ = uproot.model.classname_decode(model.__name__)
    return str(name)


def cpp_text(name: str) -> str:
    """A C++ fundamental type in our spelling; other names as they are."""
    if match := _FIXED.match(name):
        return match[1]
    if name.startswith("ROOT::RNTupleCardinality<"):
        return cpp_text(name[len("ROOT::RNTupleCardinality<") : -1])
    return _CPP.get(name, name)


def _record(dtype: Any) -> str:
    return "{" + ", ".join(f"{name}: {type_text(dtype[name])}" for name in dtype.names) + "}"
