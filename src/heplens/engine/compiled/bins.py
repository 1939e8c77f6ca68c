"""In which bin of a histogram each value falls, by the rule of the hist library, a byte or two each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...analysis.axes import Axis
from ..chunk import fitted
from .boundaries import Edges, plain
from .flat import Column


def key_of(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """The same for axes that have the same bins, whatever is filled and however it is called."""
    return tuple(replace(axis, expression="", label="") for axis in axes)


def size_of(axes: Sequence[Axis]) -> int:
    """Bins with an underflow and an overflow on every axis."""
    return math.prod(len(axis.make("x")) + 2 for axis in axes)


def bins_of(axes: Sequence[Axis], columns: Sequence[Column]) -> Any:
    """The flat index that the hist library would fill for each row; `size_of` the axes where it would not fill."""
    total: Any = None
    wrong: Any = None
    size = 1
    for axis, column in zip(axes, columns, strict=True):
        places, own = _places(axis, column)
        size *= own
        if len(axes) == 1:
            return places
        bad = places == own
        wrong = bad if wrong is None else wrong | bad
        total = places.astype(np.int64) if total is None else total * own + places
    return np.where(wrong, size, total).astype(_kind(size))


def _places(axis: Axis, column: Column) -> tuple[Any, int]:
    """The bin of each value on one axis, its underflow 0, and `size` for what is not filled; and `size`."""
    made = axis.make("x")
    size = len(made) + 2
    values = column.values
    out = np.empty(len(values), _kind(size))
    plotted = made.traits.underflow and made.traits.overflow and values.dtype.kind in "fiu"
    if plotted and axis.kind == "regular" and not axis.transform:
        from .coding import regular

        regular(plain(values), axis.low, axis.high - axis.low, float(axis.bins), size, out)
    elif plotted and axis.kind == "variable":
        edges = Edges.of(axis.edges, False)
        out[:] = edges.below(values)
        if values.dtype.kind == "f" and np.isnan(np.min(values, initial=0.0)):
            out[np.isnan(values)] = size
    else:
        out[:] = _by_the_library(made, fitted(axis, column.wide().values))
    if column.valid is not None:
        out[~column.valid] = size
    return out, size


def _by_the_library(made: Any, values: Any) -> Any:
    places = np.asarray(made.index(values)) + 1
    size = len(made) + 2
    if not made.traits.underflow:
        places[places < 1] = size
    if not made.traits.overflow:
        places[places > len(made)] = size
    if values.dtype.kind == "f" and np.isnan(np.min(values, initial=0.0)):
        places[np.isnan(values)] = size
    return places


def _kind(size: int) -> type[np.unsignedinteger[Any]]:
    """`size` itself has to fit."""
    return np.uint8 if size < 2**8 else np.uint16 if size < 2**16 else np.uint32
