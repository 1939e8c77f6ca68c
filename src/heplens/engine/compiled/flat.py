"""Flat columns: one value per event, object or pair, without lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...columns.nodes import Node
from .lift import UnsupportedDataError, UnsupportedError, named

#: What kernels take as it is stored, in the byte order of the machine.
_STORED = frozenset(np.dtype(name) for name in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "f4", "f8"))


@dataclass(frozen=True)
class Column:
    """Flat values, and which of them are not missing (None: all)."""

    values: Any
    valid: NDArray[np.bool_] | None = None

    @property
    def nbytes(self) -> int:
        return int(self.values.nbytes) + (0 if self.valid is None else self.valid.nbytes)

    def wide(self) -> Column:
        """Of 64-bit numbers, as the reference computes with."""
        kind = {"f": np.float64, "i": np.int64, "u": np.int64}.get(self.values.dtype.kind)
        return self if kind is None or self.values.dtype == kind else Column(self.values.astype(kind), self.valid)

    def take(self, places: Any) -> Column:
        return Column(self.values[places], None if self.valid is None else self.valid[places])

    def truth(self) -> NDArray[np.bool_]:
        """True where it is true; missing is not."""
        truth: NDArray[np.bool_] = self.values if self.valid is None else self.values & self.valid
        return truth


def joined(columns: Sequence[Column]) -> Column:
    """Columns one after the other."""
    values = np.concatenate([column.values for column in columns])
    if all(column.valid is None for column in columns):
        return Column(values)
    valid = [np.ones(len(c.values), np.bool_) if c.valid is None else c.valid for c in columns]
    return Column(values, np.concatenate(valid))


def branch_of(node: Node) -> str | None:
    """The one branch that a node has the values of, with no more than one level of lists."""
    node = named(node)
    if len(node.type.axes) > 1 or node.type.kind not in ("bool", "int", "float"):
        return None
    if node.operation == "column":
        return str(node.parameters[0])
    if node.operation == "get" and (group := named(node.inputs[0])).operation == "group":
        branches = group.type.shape.branches(str(node.parameters[0])) if group.type.shape else None
        return branches[0] if branches is not None and len(branches) == 1 else None
    return None


def numbers_of(array: Any) -> tuple[Any, Any] | None:
    """Offsets (None without lists) and the values from the first offset on to the last.

    None where something is missing, or of an unusual type.
    """
    layout, offsets = array.layout, None
    if layout.is_list and not layout.is_regular and hasattr(layout, "offsets"):
        offsets = np.asarray(layout.offsets.data)
        layout = layout.content
    if not layout.is_numpy or layout.inner_shape or layout.data.dtype not in _STORED:
        return None
    return offsets, layout.data if offsets is None else layout.data[offsets[0] : offsets[-1]]


def flat(node: Node, array: Any) -> Column:
    """One value per event or object, without lists."""
    import awkward as ak

    if len(node.type.axes) > 1 or node.type.kind in ("object", "str"):
        raise UnsupportedError(f"flat columns of {node.type}")
    if not isinstance(array, ak.Array):
        return Column(np.asarray(array))
    found = numbers_of(array)
    if found is not None:
        return Column(found[1])
    if node.type.axes:
        if node.type.optional and ak.any(ak.is_none(array, axis=0)):
            raise UnsupportedDataError("lists that are missing")
        array = ak.flatten(array, axis=1)
    return unmasked(array)


def unmasked(array: Any) -> Column:
    """A flat awkward array, which may have missing values, as plain ones and where they are."""
    import awkward as ak

    if not array.layout.is_option and not array.layout.is_indexed:
        return Column(ak.to_numpy(array, allow_missing=False))
    masked = ak.to_numpy(array, allow_missing=True)
    if not isinstance(masked, np.ma.MaskedArray):
        return Column(masked)
    absent = np.ma.getmaskarray(masked)
    return Column(masked.data, ~absent) if absent.any() else Column(masked.data)
