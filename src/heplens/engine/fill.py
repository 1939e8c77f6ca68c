"""From awkward arrays to flat numpy columns that a histogram can be filled with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..columns.nodes import Node
from ..columns.operations import align, spread
from ..errors import FileError
from .partial import Counters


def flat_columns(
    nodes: Sequence[Node], values: Sequence[Any], weight: tuple[Node, Any] | None, mask: Any | None
) -> tuple[list[Any], Any | None, Counters]:
    """Flat columns of equal length, their weights, and the count of what was left out.

    Parameters
    ----------
    nodes, values : of the axes; per-event values are repeated for each object of an object-level one.
    weight : node and value of the weight, or None.
    mask : boolean numpy array of the events to use, or None for all of them.

    Missing and NaN values are left out and counted; so are values whose weight is missing or NaN.
    """
    import numpy as np

    everything = [*zip(nodes, values, strict=True), *([weight] if weight is not None else [])]
    depth = max(len(node.type.axes) for node, _ in everything)
    if mask is not None:
        everything = [(node, value[mask]) for node, value in everything]
    deepest = next(value for node, value in everything if len(node.type.axes) == depth)
    kinds = [node for node, _ in everything]
    arrays = align(kinds, [value for _, value in everything])
    _check_lengths(kinds, [value for _, value in everything], depth)
    columns: list[Any] = []
    missing = None
    bad = None
    for index, (node, array) in enumerate(zip(kinds, arrays, strict=True)):
        column, absent = _flat(node, array, deepest, depth)
        is_weight = weight is not None and index == len(kinds) - 1
        nan = np.isnan(column) if getattr(column, "dtype", None) is not None and column.dtype.kind == "f" else None
        if is_weight:
            bad = _either(absent, nan)
        else:
            missing = _either(missing, absent)
            columns.append((column, nan))
        if is_weight:
            weights = column
    nans = None
    for _, nan in columns:
        nans = _either(nans, nan)
    count = len(columns[0][0])
    counters = Counters(filled=count)
    wrong = _either(_either(missing, nans), bad)
    if wrong is not None and wrong.any():
        zero = np.zeros(count, bool)
        m, n, b = (zero if x is None else x for x in (missing, nans, bad))
        counters = Counters(int((~wrong).sum()), int(m.sum()), int((n & ~m).sum()), int((b & ~m & ~n).sum()))
        good = np.flatnonzero(~wrong)
        return [column[good] for column, _ in columns], weights[good] if weight is not None else None, counters
    return [column for column, _ in columns], weights if weight is not None else None, counters


def _check_lengths(nodes: Sequence[Node], values: Sequence[Any], depth: int) -> None:
    """Lists that no counter ties together must be equally long in each event, not only in sum."""
    import awkward as ak

    loose = [
        value
        for node, value in zip(nodes, values, strict=True)
        if depth and len(node.type.axes) == depth and not node.type.axes[0].identity.startswith("counter ")
    ]
    if len(loose) < 2:
        return
    lengths = [ak.num(value, axis=1) for value in loose]
    if not all(ak.array_equal(lengths[0], other) for other in lengths[1:]):
        raise FileError("the axes of a histogram do not have the same number of values in each event")


def _either(a: Any | None, b: Any | None) -> Any | None:
    if a is None or b is None:
        return b if a is None else a
    return a | b


def _flat(node: Node, array: Any, deepest: Any, depth: int) -> tuple[Any, Any | None]:
    """One flat numpy column, and where it was missing (None: nowhere)."""
    import awkward as ak
    import numpy as np

    if depth and len(node.type.axes) < depth and not (node.type.optional and not node.type.axes):
        array = spread(array, deepest, depth) if not node.type.axes else ak.broadcast_arrays(array, deepest)[0]
    absent = None
    if node.type.optional:
        absent = _numpy(ak.is_none(array, axis=-1))
        if node.type.kind == "str":
            array = ak.fill_none(array, "", axis=-1)
        else:
            array = ak.fill_none(array, {"bool": False, "int": 0, "float": 0.0}[node.type.kind], axis=-1)
    if node.type.kind == "str":
        return np.asarray(
            ak.to_list(ak.flatten(array, axis=depth)) if depth else ak.to_list(array), dtype=object
        ), absent
    return _numpy(array), absent


def _numpy(array: Any) -> Any:
    import awkward as ak

    return ak.to_numpy(ak.flatten(array, axis=None), allow_missing=False)
