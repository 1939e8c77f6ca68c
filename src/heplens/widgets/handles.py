"""A handle as the page knows it; `js/widgets/messages.ts` has its twin."""

from __future__ import annotations

from typing import Any

from ..engine.handles import Handle


def to_json(handle: Handle) -> dict[str, Any]:
    sign = {">=": "≥", "<=": "≤"}.get(handle.operator, handle.operator)
    return {
        "id": handle.moved.id,
        "step": handle.moved.step,
        "edge": handle.moved.edge,
        "index": handle.moved.index,
        "operator": handle.operator,
        "value": handle.value,
        "label": f"{handle.variable} {sign}{f' ({handle.unit})' if handle.unit else ''}",
        "variable": handle.variable,
        "grid": handle.grid.to_json(),
        "tile": handle.tile,
        "reason": handle.reason,
        "needs_job": False,
        "plots": list(handle.plots),
    }
