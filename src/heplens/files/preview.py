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

PreviewKind = Literal["histogram", "histogram2d", "profile", "graph", "table"]


@dataclass(frozen=True)
class Preview:
    """What is drawn of one object.

    Attributes
    ----------
    kind : ``histogram`` and ``profile`` have one axis, ``histogram2d`` two, ``graph`` has points, ``table`` the first
        entries of a tree.
    title, x_label, y_label : text from the file, to be shown as text.
    edges : bin edges, one more than values; for two axes a pair of such lists; for a graph its x values.
    values, variances : per bin; nested ``[x][y]`` for two axes; for a graph the y values and None.
    labels : one per bin of a category axis, or None; `y_labels` the same for the second of two axes.
    errors : of a graph, how far its errors reach from each point: ``x_low``, ``x_high``, ``y_low``, ``y_high``, those
        that are stored.
    flow : ``underflow`` and ``overflow`` (for two axes ``outside``).
    entries : of the branch, or as stored in the histogram.
    entries_used : how many of them were read.
    summary : counts and moments (values, nan, inf, min, max, mean, std; for lists also multiplicity).
    columns : of a table: ``{"name", "type", "error"}`` for each branch; ``error`` is None or why its cells are empty.
    rows : of a table: one list of texts per entry, one text per column.
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
    y_labels: list[str] | None = None
    errors: dict[str, list[float]] = field(default_factory=dict)
    flow: dict[str, float] = field(default_factory=dict)
    entries: int | None = None
    entries_used: int | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
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
    node : ``row.path`` of a branch, histogram, graph, tree or split object; or of a tree, with `branch` below it.
    branch : path of a branch relative to `node`, or its name as it stands, or "".

    Raises
    ------
    FileError : there is no such object, it has no preview, it is too large, or it cannot be read.
    """
    with file.lock:
        return _look(file, node, branch)


def _look(file: OpenFile, node: str, branch: str) -> Preview:
    path, found = _find(file, node, branch)
    with reading(file.path, path):
        look = _LOOKS.get(found.kind)
        if look is not None:
            return look(found)
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


def _branch(node: Node) -> Preview:
    from .records import real
    from .sampling import sample_branch
    from .table import tree_table

    branch = real(node.what)
    if len(branch.branches) > 0:
        return tree_table(branch, node.path, branch.title or "", int(branch.num_entries))
    return sample_branch(branch, node.path)


def _field(node: Node) -> Preview:
    from .sampling import sample_field
    from .table import field_table

    ntuple, fields_of = node.what
    if node.field is None or fields_of.members(node.field):
        title = "" if node.field is None else fields_of.records[node.field].field_desc or ""
        return field_table(ntuple, fields_of, node.field, node.path, title)
    return sample_field(ntuple, fields_of, node.field, node.path)


def _tree(node: Node) -> Preview:
    from .records import real
    from .table import tree_table

    tree = real(node.what)
    return tree_table(tree, node.path, tree.title or "", int(tree.num_entries))


_LOOKS = {"branch": _branch, "field": _field, "tree": _tree, "ntuple": _field}


def _stored(file: OpenFile, node: Node) -> Preview:
    from .points import efficiency_preview, graph_preview
    from .stored import histogram_preview

    class_name = node.what.stored.fClassName
    if is_histogram(class_name):
        return histogram_preview(node.what.stored)
    if class_name == "TEfficiency":
        return efficiency_preview(node.what.stored)
    if kind_of(class_name) == "graph" and class_name.startswith("TGraph") and not class_name.startswith("TGraph2D"):
        return graph_preview(node.what.stored)
    raise NodeError(f"{node.path!r} of {file.path!r} is a {class_name}, which has no preview")
