"""A bounded look at the data of one branch, histogram or graph, as plain numbers that a page can draw."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from .keys import Key, is_histogram, kind_of
from .listing import PROTOCOL
from .naming import join
from .opening import NodeError, OpenFile, reading
from .walking import Node, find_node

PreviewKind = Literal["histogram", "histogram2d", "profile", "graph"]


@dataclass(frozen=True)
class Preview:
    """What is drawn of one object.

    Attributes
    ----------
    kind : ``histogram`` and ``profile`` have one axis, ``histogram2d`` two, ``graph`` has points.
    title, x_label, y_label : text from the file, to be shown as text.
    edges : bin edges, one more than values; for two axes a pair of such lists; for a graph its x values.
    values, variances : per bin; nested ``[x][y]`` for two axes; for a graph the y values and None.
    labels : one per bin of a category axis, or None.
    flow : ``underflow`` and ``overflow`` (for two axes ``outside``).
    entries : of the branch, or as stored in the histogram.
    entries_used : how many of them were read.
    summary : counts and moments (values, nan, inf, min, max, mean, std; for lists also multiplicity).
    note : "" or a sentence about what was left out or merged.
    """

    kind: PreviewKind
    title: str
    x_label: str = ""
    y_label: str = ""
    edges: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    variances: list[Any] | None = None
    labels: list[str] | None = None
    flow: dict[str, float] = field(default_factory=dict)
    entries: int | None = None
    entries_used: int | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values for `json.dumps`; NaN and infinities, which JSON does not have, become None."""
        return {"protocol": PROTOCOL} | {f.name: finite(getattr(self, f.name)) for f in fields(self)}


def finite(value: Any) -> Any:
    """The same value with every number that JSON cannot express replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [finite(item) for item in value]
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return value


def preview(file: OpenFile, node: str, branch: str = "") -> Preview:
    """Look at one object of an open file.

    Parameters
    ----------
    file : an open file.
    node : ``row.path`` of a branch, histogram or graph; or of a tree, with `branch` below it.
    branch : path of a branch relative to `node`, or its name as it stands, or "".

    Raises
    ------
    FileError : there is no such object, it has no preview, it is too large, or it cannot be read.
    """
    path, found = _find(file, node, branch)
    with reading(file.path, path):
        if found.kind == "branch":
            from .sampling import sample_branch

            return sample_branch(found.what, found.path)
        if found.kind == "field":
            from .sampling import sample_field

            ntuple, fields_of = found.what
            return sample_field(ntuple, fields_of, found.field or 0, found.path)
        if isinstance(found.what, Key):
            return _stored(file, found)
    raise NodeError(f"{path or 'the top'!r} of {file.path!r} is a {found.kind}; choose something inside it")


def _find(file: OpenFile, node: str, branch: str) -> tuple[str, Node]:
    path = f"{node}/{branch}" if branch else node
    try:
        return path, find_node(file, path)
    except NodeError:
        if not branch or join(node, branch) == path:
            raise
        return path, find_node(file, join(node, branch))


def _stored(file: OpenFile, node: Node) -> Preview:
    from .stored import graph_preview, histogram_preview

    class_name = node.what.stored.fClassName
    if is_histogram(class_name):
        return histogram_preview(node.what.stored)
    if kind_of(class_name) == "graph" and class_name.startswith("TGraph"):
        return graph_preview(node.what.stored)
    raise NodeError(f"{node.path!r} of {file.path!r} is a {class_name}, which has no preview")
