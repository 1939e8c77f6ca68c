"""Arrays side by side: per-event values repeated for each object, vectors of their coordinates alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .nodes import Node


def vectors(array: Any) -> Any:
    """The array with vector's behaviours, without registering them for the whole process."""
    import awkward as ak
    import vector

    return ak.Array(array, behavior=vector.backends.awkward.behavior)


def as_vector(node: Node, array: Any) -> Any:
    """The value of `node` as a vector of its coordinates alone.

    Stored fields beside them (x of a vertex that also has pt, an energy beside a mass) would contradict them.
    """
    shape = node.type.shape
    if shape is None or not shape.bases:
        return array  # computed, hence a vector already
    names: list[str] = []
    for name, _ in shape.coordinates:
        if name not in array.fields:
            break
        names.append(name)
    import awkward as ak

    return vectors(ak.with_name(array[names], f"Momentum{len(names)}D"))


def lengths(array: Any) -> Any:
    """How many elements each of the outermost lists has (0 for a missing list), as a NumPy array."""
    import awkward as ak
    import numpy as np

    layout = array.layout
    if layout.is_list and not layout.is_regular:
        return np.asarray(layout.stops) - np.asarray(layout.starts)  # ak.num would make a pass over the array
    return ak.to_numpy(ak.fill_none(ak.num(array, axis=1), 0))


def may_miss(array: Any) -> bool:
    """Whether there is room for missing values in an array; where nothing can be missing nothing has to be replaced."""
    layout = array.layout
    while not layout.is_option:
        if not (layout.is_list or layout.is_indexed):
            return False
        layout = layout.content
    return True


def has_nan(array: Any) -> bool:
    import awkward as ak
    import numpy as np

    flat = ak.to_numpy(ak.drop_none(ak.flatten(array, axis=None)), allow_missing=False)
    return flat.dtype.kind == "f" and bool(np.isnan(flat).any())


def align(nodes: Sequence[Node], values: list[Any]) -> list[Any]:
    """Per-event values that may be missing, repeated for each object: awkward would else lose whole lists."""
    deepest = max(range(len(nodes)), key=lambda i: len(nodes[i].type.axes))
    if not nodes[deepest].type.axes:
        return values
    return [
        spread(value, values[deepest], len(nodes[deepest].type.axes))
        if not node.type.axes and node.type.optional and node.operation != "constant"
        else value
        for node, value in zip(nodes, values, strict=True)
    ]


def spread(value: Any, like: Any, depth: int) -> Any:
    """A per-event array repeated for every element of `like`, missing staying missing."""
    import awkward as ak
    import numpy as np

    place = np.arange(len(value))
    index = ak.broadcast_arrays(place, ak.local_index(like, axis=depth))[0]
    flat = value[ak.to_numpy(ak.flatten(index, axis=None))]
    for level in range(depth, 0, -1):
        counts = ak.num(like, axis=level)
        flat = ak.unflatten(flat, ak.to_numpy(ak.flatten(counts, axis=None)) if level > 1 else counts)
    return flat
