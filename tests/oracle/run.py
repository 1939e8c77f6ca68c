"""The steps of a document, one event after the other."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from .evaluate import Event
from .histogram import Axis, Histogram
from .logic import boolean, number
from .result import OracleResult, Row
from .schema import Schema
from .values import Items, Obj, OracleError, Value

Document = dict[str, Any]
Step = dict[str, Any]


def run(
    document: Document, events: list[dict[str, Any]], collections: Schema, unit: str = "GeV", sample: str = "mc"
) -> OracleResult:
    """Process every event. `sample`: "mc" or "data", for weights that act on one of them."""
    runner = Runner(document, sample)
    for branches in events:
        runner.process(Event(branches, collections, unit))
    return runner.result


def without(document: Document, name: str) -> Document:
    """N-1: the same document with one named step switched off."""
    other = copy.deepcopy(document)
    for step in other["steps"]:
        if step.get("name") == name and step["step"] != "define":
            step["enabled"] = False
    return other


@dataclass
class State:
    """One event on its way down the chain."""

    event: Event
    alive: bool = True
    weight: float | None = 1.0
    outcomes: dict[str, bool | None] = field(default_factory=dict)


class Runner:
    def __init__(self, document: Document, sample: str) -> None:
        self.steps: list[Step] = [step for step in document["steps"] if active(step, sample)]
        self.histograms: list[dict[str, Any]] = document.get("histograms", [])
        self.regions: list[dict[str, Any]] = document.get("regions", [])
        rows = [Row(step["step"], step["name"]) for step in self.steps if step["step"] != "define"]
        dropped = {step["name"]: 0 for step in self.steps if step["step"] == "define"}
        regions = {region["name"]: (Row("region", region["name"]), self.empty()) for region in self.regions}
        self.result = OracleResult([Row("all", "all"), *rows], self.empty(), regions, dropped)
        self.rows = {id(step): row for step, row in zip(self.row_steps(), rows, strict=True)}

    def row_steps(self) -> list[Step]:
        return [step for step in self.steps if step["step"] != "define"]

    def empty(self) -> dict[str, Histogram]:
        return {one["name"]: Histogram(tuple(map(Axis.from_document, one["axes"]))) for one in self.histograms}

    def process(self, event: Event) -> None:
        state = State(event)
        self.result.cutflow[0].passes(1.0)
        for step in self.steps:
            before = event.counters.dropped_objects
            getattr(self, step["step"])(state, step)
            dropped = event.counters.dropped_objects - before
            if step["step"] == "define":
                self.result.dropped[step["name"]] += dropped if state.alive else 0
                continue
            self.rows[id(step)].dropped += dropped if state.alive else 0
            if state.alive:
                self.rows[id(step)].passes(state.weight)
            self.fill(state, step["name"])
        self.fill(state, None)
        for region in self.regions:
            if in_region(region, state.outcomes):
                self.result.regions[region["name"]][0].passes(state.weight)

    def keep(self, state: State, step: Step) -> None:
        event, name = state.event, step["collection"]
        items = event.definitions.get(name) if name in event.definitions else event.collection(name)
        if not isinstance(items, Items) or items.kind is None:
            raise OracleError(f"{name} is not a collection")
        mask = event.evaluate(step["expression"], items)
        flags = mask.values if isinstance(mask, Items) else [mask] * len(items.values)
        if isinstance(mask, Items) and mask.axis is not items.axis and mask.axis != items.axis:
            raise OracleError(f"the condition runs over other objects than {name}")
        survivors = items.chosen([i for i, flag in enumerate(flags) if boolean(flag) is True])
        if name in event.definitions:
            event.definitions[name] = survivors
        else:
            event.survivors[name] = survivors
            event.filtered.add(name)
        if state.alive:
            row = self.rows[id(step)]
            row.missing += flags.count(None)
            row.objects_in += len(items.values)
            row.objects_out += len(survivors.values)

    def define(self, state: State, step: Step) -> None:
        if state.event.known(step["name"]):
            raise OracleError(f"{step['name']} exists already")
        state.event.definitions[step["name"]] = state.event.evaluate(step["expression"])

    def cut(self, state: State, step: Step) -> None:
        value = state.event.evaluate(step["expression"])
        outcome = decide(value, step)
        state.outcomes[step["name"]] = outcome
        if state.alive:
            row, values = self.rows[id(step)], value.values if isinstance(value, Items) else [value]
            row.missing += outcome is None
            row.nan += any(one is not None and one != one for one in values)
        state.alive = state.alive and outcome is True

    def weight(self, state: State, step: Step) -> None:
        value = state.event.evaluate(step["expression"])
        if isinstance(value, (Items, Obj)):
            raise OracleError(f"{step['name']}: a weight is one number per event")
        state.weight = None if value is None or state.weight is None else state.weight * number(value)
        if state.alive:
            row = self.rows[id(step)]
            row.missing += value is None
            row.nan += value is not None and value != value

    def fill(self, state: State, at: str | None) -> None:
        """Histograms of the whole chain (at None) or of the point right after a named step."""
        for one in self.histograms:
            if one.get("at") != at:
                continue
            targets = [self.result.histograms[one["name"]]] if state.alive else []
            for region in self.regions:
                if in_region(region, state.outcomes):
                    targets.append(self.result.regions[region["name"]][1][one["name"]])
            if targets:
                values = tuple(state.event.evaluate(axis["expression"]) for axis in one["axes"])
                weight = self.fill_weight(state, one.get("weight"))
                for target in targets:
                    target.fill(values, weight)

    def fill_weight(self, state: State, weight: int | float | str | None) -> Value:
        if weight is None:
            return state.weight
        return state.event.evaluate(weight) if isinstance(weight, str) else float(weight)


def active(step: Step, sample: str) -> bool:
    on = step.get("on")
    return step.get("enabled", True) is not False and on in (None, sample)


def decide(value: Value, step: Step) -> bool | None:
    """Whether the event passes a cut; None when that is missing."""
    low, high, quantifier = step.get("low"), step.get("high"), step.get("quantifier")
    if value is None:
        return None
    if not isinstance(value, Items):
        if quantifier is not None:
            raise OracleError(f"{step['name']}: a quantifier needs an object-level variable")
        return inside(value, low, high)
    outcomes = [inside(one, low, high) for one in value.values]
    if quantifier == "any":
        return True in outcomes
    if quantifier == "all":
        return False not in outcomes
    if isinstance(quantifier, int):
        return outcomes.count(True) >= quantifier
    raise OracleError(f"{step['name']}: an object-level cut needs at_least, any or all")


def inside(value: Value, low: float | None, high: float | None) -> bool | None:
    """low <= value < high; without a window the value is itself the condition."""
    if value is None or (low is None and high is None):
        return boolean(value)
    x = number(value)
    return (low is None or x >= low) and (high is None or x < high) and x == x


def in_region(region: dict[str, Any], outcomes: dict[str, bool | None]) -> bool:
    """Every named cut as it is or inverted; a missing outcome is in neither."""
    for name in region["cuts"]:
        wanted = not name.startswith("!")
        if outcomes.get(name.lstrip("!"), wanted) is not wanted:
            return False
    return True
