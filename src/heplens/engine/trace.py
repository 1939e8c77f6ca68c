"""What each step did to one event: for the question that every analyst is asked, why did this event fail?"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..analysis.bind import Bound, BoundStep
from ..analysis.show import describe_step
from ..analysis.steps import Cut, Define, Keep, kind
from ..columns.demand import demand
from ..columns.evaluate import Evaluator
from ..columns.fields import field
from ..columns.nodes import Node
from ..errors import AnalysisError
from .chunk import quiet
from .plan import plan

if TYPE_CHECKING:
    from ..analysis.value import Analysis

_SHOWN_FIELDS = ("pt", "eta", "phi", "mass", "charge")


@dataclass(frozen=True)
class TraceRow:
    """One step: `outcome` is "passed", "failed", "missing" (could not be decided) or "" for what cannot fail."""

    name: str
    kind: str
    expression: str
    outcome: str
    values: str


@dataclass(frozen=True)
class Trace:
    """The steps in order for event number `event` of `file`; `passed` is whether it survives them all."""

    event: int
    file: str
    entry: int
    rows: tuple[TraceRow, ...]

    @property
    def passed(self) -> bool:
        return all(row.outcome in ("", "passed") for row in self.rows)

    @property
    def failed_at(self) -> str:
        """The first step that it fails; "" when it passes."""
        return next((row.name for row in self.rows if row.outcome not in ("", "passed")), "")

    def __repr__(self) -> str:
        verdict = "passes" if self.passed else f"fails at {self.failed_at!r}"
        lines = [f"event {self.event} ({self.file}, entry {self.entry}) {verdict}"]
        columns = ("kind", "name", "outcome")
        widths = [max((len(getattr(row, column)) for row in self.rows), default=0) for column in columns]
        for row in self.rows:
            cells = (row.kind.ljust(widths[0]), row.name.ljust(widths[1]), row.outcome.ljust(widths[2]), row.values)
            lines.append("  " + "  ".join(cells).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        verdict = "passes" if self.passed else f"fails at {self.failed_at}"
        cell = '<td style="text-align: left; padding: 2px 10px{}">{}</td>'

        def row(row: TraceRow) -> str:
            weight = "; font-weight: 600" if row.name == self.failed_at else ""
            texts = (row.kind, row.name, row.outcome, row.values)
            return "<tr>" + "".join(cell.format(weight, html.escape(text)) for text in texts) + "</tr>"

        body = "".join(row(r) for r in self.rows)
        title = html.escape(f"event {self.event} ({self.file}, entry {self.entry}) {verdict}")
        return f"<div><b>{title}</b><table><tbody>{body}</tbody></table></div>"


def trace(analysis: Analysis, event: int) -> Trace:
    """See `Analysis.trace`. Raises AnalysisError when there is no such event."""
    todo = plan(analysis.with_parts(histograms=(), regions=()))
    before = 0
    for block in todo.blocks:
        if event < before + block.events and event >= 0:
            source, bound = todo.of(block)
            entry = block.start + event - before
            needed = demand([*_nodes(bound)], bound.schema)
            arrays = source.read(needed.branches, entry, entry + 1)
            evaluator = Evaluator(arrays, bound.schema, needed, 1)
            with quiet():
                rows = tuple(_row(step, bound, evaluator) for step in bound.steps)
            return Trace(event, block.file, entry, rows)
        before += block.events
    raise AnalysisError(f"there is no event {event}; the data have {before:,}, counted from 0")


def _nodes(bound: Bound) -> list[Node]:
    found: list[Node] = []
    for step in bound.steps:
        shown = [node for _, node in _shown(step, bound)]
        found += shown
        if not isinstance(step.step, Keep | Define):
            found.append(step.node)
    return found


def _shown(step: BoundStep, bound: Bound) -> list[tuple[str, Node]]:
    """What to print of a step: fields of objects, the compared numbers of a cut, the value of anything else."""
    node = step.node
    if node.type.kind == "object":
        fields = [(name, field(node, name, bound.schema)) for name in _SHOWN_FIELDS]
        return [(name, found) for name, found in fields if found is not None]
    if isinstance(step.step, Cut):
        return [("", variable) for variable in step.variables] or _compared(node)
    return [("", node)]


def _compared(node: Node) -> list[tuple[str, Node]]:
    if node.operation != "compare":
        return []
    return [("", child) for child in node.inputs if child.operation != "constant"]


def _row(step: BoundStep, bound: Bound, evaluator: Evaluator) -> TraceRow:
    values = "; ".join(f"{name} {_text(evaluator.column(node)[0])}".strip() for name, node in _shown(step, bound))
    outcome = ""
    if isinstance(step.step, Cut):
        truth = evaluator.column(step.node)[0]
        outcome = "missing" if truth is None else "passed" if truth else "failed"
    if step.node.type.kind == "object" and step.node.type.axes:
        count = _length(step, bound, evaluator)
        number = f"{count} left" if isinstance(step.step, Keep) else str(count)
        values = number + (f": {values}" if values and count else "")
    return TraceRow(step.step.name, kind(step.step), describe_step(step.step), outcome, values)


def _length(step: BoundStep, bound: Bound, evaluator: Evaluator) -> int:
    shown = _shown(step, bound)
    if not shown:
        return len(evaluator.value(step.node)[0])
    return len(evaluator.value(shown[0][1])[0])


def _text(value: Any) -> str:
    if value is None:
        return "missing"
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)
