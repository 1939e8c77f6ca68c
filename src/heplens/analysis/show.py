"""How an analysis shows itself: as text that reads like it, and as a small table in a notebook."""

from __future__ import annotations

import html as escape
from typing import TYPE_CHECKING

from ..columns.dataset import Dataset
from ..columns.exact import exact
from .axes import Axis, Histogram
from .steps import Cut, Define, Keep, Step, Weight, kind

if TYPE_CHECKING:
    from .value import Analysis


_NOTHING = "no steps and no histograms yet: add some with keep, cut and hist, or in explore()"


def text(analysis: Analysis) -> str:
    lines = [f"Analysis of {describe_dataset(analysis.dataset)}"]
    rows = [(kind(step), step.name, describe_step(step)) for step in analysis.steps]
    rows += [("region", region.name, " & ".join(region.cuts)) for region in analysis.regions]
    rows += [("hist", histogram.name, describe_histogram(histogram)) for histogram in analysis.histograms]
    if not rows:
        lines.append(f"  {_NOTHING}")
    width = max((len(subject) for _, subject, _ in rows), default=0)
    lines += [f"  {what:<7} {subject:<{width}}  {description}".rstrip() for what, subject, description in rows]
    return "\n".join(lines)


def html(analysis: Analysis) -> str:
    rows = [(kind(step), step.name, describe_step(step)) for step in analysis.steps]
    rows += [("region", region.name, " & ".join(region.cuts)) for region in analysis.regions]
    rows += [("hist", histogram.name, describe_histogram(histogram)) for histogram in analysis.histograms]
    cell = '<td style="text-align: left; padding: 2px 10px">{}</td>'
    body = "".join(
        "<tr>"
        + cell.format(f'<span style="opacity: 0.7">{escape.escape(what)}</span>')
        + cell.format(escape.escape(subject))
        + cell.format(f"<code>{escape.escape(description)}</code>")
        + "</tr>"
        for what, subject, description in rows
    )
    if not rows:
        body = f"<tr>{cell.format(_NOTHING)}</tr>"
    title = escape.escape(f"Analysis of {describe_dataset(analysis.dataset)}")
    return f'<div class="heplens-analysis"><div><b>{title}</b></div><table><tbody>{body}</tbody></table></div>'


def describe_dataset(dataset: Dataset | None) -> str:
    if dataset is None:
        return "no data yet"
    if dataset.memory is not None:
        return f"{dataset.memory.entries:,} events in memory"
    files = [path for sample in dataset.samples for path, _ in sample.files]
    if dataset.named:
        names = ", ".join(sample.name for sample in dataset.samples[:4]) + (" …" if len(dataset.samples) > 4 else "")
        shown = f"{names} ({len(files)} file{'s' if len(files) != 1 else ''})"
    elif len(files) == 1:
        path, tree = dataset.samples[0].files[0]
        shown = f"{path}:{tree}" if tree else path
    else:
        shown = f"{len(files)} files"
    return shown + (f", {dataset.luminosity:g} fb⁻¹" if dataset.luminosity is not None else "")


def describe_step(step: Step) -> str:
    off = "" if isinstance(step, Define) or step.enabled else "  (off)"
    match step:
        case Cut() if step.is_window:
            left = f"{exact(step.low)} <= " if step.low is not None else ""
            right = f" < {exact(step.high)}" if step.high is not None else ""
            return f"{left}{step.expression}{right}{_quantifier(step)}{off}"
        case Cut():
            return f"{step.expression}{_quantifier(step)}{off}"
        case Keep():
            return f"{step.collection}[{step.expression}]{off}"
        case Weight():
            return f"{step.expression}{f' on {step.on}' if step.on else ''}{off}"
        case Define():
            return step.expression


def _quantifier(step: Cut) -> str:
    if step.quantifier is None:
        return ""
    return f"  for {step.quantifier}" if isinstance(step.quantifier, str) else f"  for at least {step.quantifier}"


def describe_histogram(histogram: Histogram) -> str:
    shown = " vs ".join(_axis(axis) for axis in histogram.axes)
    shown += "" if histogram.weight is None else f", weight {histogram.weight}"
    return shown + (f", at {histogram.at}" if histogram.at else "")


def _axis(axis: Axis) -> str:
    match axis.kind:
        case "regular":
            return f"{axis.expression}: {axis.bins} bins, {exact(axis.low)} to {exact(axis.high)}"
        case "variable":
            return f"{axis.expression}: {len(axis.edges) - 1} bins, {exact(axis.edges[0])} to {exact(axis.edges[-1])}"
        case "integer":
            return f"{axis.expression}: {exact(axis.low)} to {exact(axis.high - 1)}"
        case _:
            return f"{axis.expression}: categories"
