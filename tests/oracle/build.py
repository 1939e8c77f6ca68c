"""Short ways to write the steps of a document."""

from __future__ import annotations

from typing import Any

Step = dict[str, Any]


def keep(collection: str, expression: str, name: str | None = None, enabled: bool = True) -> Step:
    return {
        "step": "keep",
        "collection": collection,
        "expression": expression,
        "name": name or f"good {collection}",
        "enabled": enabled,
    }


def define(name: str, expression: str) -> Step:
    return {"step": "define", "name": name, "expression": expression}


def cut(
    expression: str,
    name: str | None = None,
    low: float | None = None,
    high: float | None = None,
    quantifier: str | int | None = None,
    enabled: bool = True,
) -> Step:
    return {
        "step": "cut",
        "expression": expression,
        "name": name or expression,
        "low": low,
        "high": high,
        "quantifier": quantifier,
        "enabled": enabled,
    }


def weight(expression: str, name: str | None = None, on: str | None = None) -> Step:
    return {"step": "weight", "expression": expression, "name": name or expression, "on": on, "enabled": True}


def axis(
    expression: str, bins: int | None = None, low: float = 0, high: float = 0, edges: Any = None
) -> dict[str, Any]:
    return {
        "expression": expression,
        "bins": bins,
        "range": None if bins is None else [low, high],
        "edges": edges,
        "label": expression,
    }


def hist(name: str, *axes: dict[str, Any], weight: int | str | None = None, at: str | None = None) -> dict[str, Any]:
    return {"name": name, "axes": list(axes), "weight": weight, "at": at}


def region(name: str, *cuts: str) -> dict[str, Any]:
    return {"name": name, "cuts": list(cuts)}


def document(*steps: Step, hists: Any = (), regions: Any = ()) -> dict[str, Any]:
    """An analysis document, version 1, without a dataset."""
    return {"heplens": 1, "dataset": None, "steps": list(steps), "regions": list(regions), "histograms": list(hists)}
