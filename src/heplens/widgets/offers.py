"""What was perhaps meant by an edit that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..analysis.edits import apply
from ..columns.resolve import resolve
from ..errors import HeplensError

if TYPE_CHECKING:
    from ..analysis import Analysis


def instead(analysis: Analysis, edit: dict[str, Any]) -> dict[str, Any] | None:
    """An object filter in the place of a new event cut whose condition has one value per object: `label` and `edit`."""
    step = edit.get("step")
    if edit.get("op") != "add" or not isinstance(step, dict) or step.get("step") != "cut":
        return None
    expression = str(step.get("expression"))
    try:
        place = edit.get("index", len(analysis.steps))
        before = analysis.with_parts(steps=analysis.steps[:place], histograms=(), regions=())
        node, _ = resolve(expression, before.bound.scope)
        if node.type.kind != "bool" or len(node.type.axes) != 1:
            return None
        collection = node.type.axes[0].label
        offered = {**edit, "step": {**step, "step": "keep", "collection": collection}}
        apply(analysis, offered)
    except (HeplensError, TypeError):
        return None
    return {"label": f"Keep the {collection} objects that pass", "edit": offered}
