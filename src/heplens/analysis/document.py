"""The analysis as a JSON document, version 1. Opening one reads no file and executes nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..columns.dataset import Dataset, Sample
from ..columns.parse import parse
from ..errors import AnalysisError, nearest
from .axes import Axis, Histogram
from .steps import Cut, Define, Keep, Region, Step, Weight, kind

if TYPE_CHECKING:
    from .value import Analysis

VERSION = 1
_MAX_CHARACTERS = 10_000_000
_STEPS: dict[str, type[Keep] | type[Define] | type[Cut] | type[Weight]] = {
    "keep": Keep, "define": Define, "cut": Cut, "weight": Weight,
}  # fmt: skip
_AXIS_DEFAULTS = Axis("x", "boolean")


def to_json(analysis: Analysis, indent: int | None = 2) -> str:
    return json.dumps(to_document(analysis), indent=indent, ensure_ascii=False, allow_nan=False)


def to_document(analysis: Analysis) -> dict[str, Any]:
    return {
        "heplens": VERSION,
        "dataset": None if analysis.dataset is None else _dataset_out(analysis.dataset),
        "steps": [_step_out(step) for step in analysis.steps],
        "regions": [{"name": region.name, "cuts": list(region.cuts)} for region in analysis.regions],
        "histograms": [_histogram_out(histogram) for histogram in analysis.histograms],
    }


def from_json(text: str) -> Analysis:
    """Raises AnalysisError for what is no analysis document, or one of another version; the message names the place."""
    if len(text) > _MAX_CHARACTERS:
        raise AnalysisError("the document is longer than any analysis")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AnalysisError(f"this is not JSON: {error}") from error
    return from_document(document)


def from_document(document: Any) -> Analysis:
    from .value import Analysis

    _expect(document, "the document", {"heplens", "dataset", "steps", "regions", "histograms"}, {"heplens", "steps"})
    if document["heplens"] != VERSION or isinstance(document["heplens"], bool):
        raise AnalysisError(
            f"this analysis is of version {document['heplens']!r}; this heplens reads version {VERSION}: update heplens"
        )
    data = document.get("dataset")
    return Analysis.make(
        None if data is None else _dataset_in(data),
        [step_in(step, f"step {i + 1}") for i, step in enumerate(_list(document["steps"], "steps"))],
        [
            _region_in(region, f"region {i + 1}")
            for i, region in enumerate(_list(document.get("regions", []), "regions"))
        ],
        [
            histogram_in(histogram, f"histogram {i + 1}")
            for i, histogram in enumerate(_list(document.get("histograms", []), "histograms"))
        ],
    )


# --- steps and regions ------------------------------------------------------------------------------------------------


def _step_out(step: Step) -> dict[str, Any]:
    out = {"step": kind(step), **asdict(step)}
    return {name: _number_out(value) if name in ("low", "high") else value for name, value in out.items()}


def step_in(value: Any, where: str) -> Step:
    """A step from its document form."""
    shown = value.get("step") if isinstance(value, Mapping) else value
    if not isinstance(value, Mapping) or not isinstance(shown, str) or shown not in _STEPS:
        raise AnalysisError(f"{where} is of no known kind: {shown!r}; it is keep, define, cut or weight")
    cls = _STEPS[value["step"]]
    fields = {name: v for name, v in value.items() if name != "step"}
    names = set(cls.__dataclass_fields__)
    required = {"expression", "name"} | ({"collection"} if cls is Keep else set())
    _expect(fields, where, names, required)
    for name in ("expression", "name", "collection"):
        if name in fields:
            _name(fields[name], f"{name} of {where}")
    if not isinstance(fields.get("enabled", True), bool):
        raise AnalysisError(f"enabled of {where} is true or false")
    if fields.get("on") not in (None, "mc", "data"):
        raise AnalysisError(f"{where} acts on 'mc' or 'data', not on {fields['on']!r}")
    quantifier = fields.get("quantifier")
    if quantifier not in (None, "any", "all") and (isinstance(quantifier, bool) or not isinstance(quantifier, int)):
        raise AnalysisError(f"the quantifier of {where} is 'any', 'all' or a number, not {quantifier!r}")
    for side in ("low", "high"):
        if isinstance(fields.get(side), str):
            fields[side] = _number(fields[side], f"{side} of {where}")
    parse(fields["expression"])
    return cls(**fields)


def _region_in(value: Any, where: str) -> Region:
    _expect(value, where, {"name", "cuts"}, {"name", "cuts"})
    cuts = [_name(cut, f"a cut of {where}") for cut in _list(value["cuts"], f"cuts of {where}")]
    return Region(_name(value["name"], f"name of {where}"), tuple(cuts))


# --- histograms -------------------------------------------------------------------------------------------------------


def _histogram_out(histogram: Histogram) -> dict[str, Any]:
    return {
        "name": histogram.name,
        "axes": [_axis_out(axis) for axis in histogram.axes],
        "weight": histogram.weight,
        "at": histogram.at,
    }


def _axis_out(axis: Axis) -> dict[str, Any]:
    """Bins, range and edges as they are given to hist(…); the rest only where it differs from the usual."""
    ranged = axis.kind in ("regular", "integer")
    out: dict[str, Any] = {
        "expression": axis.expression,
        "label": axis.label,
        "bins": axis.bins if axis.kind == "regular" else None,
        "range": [axis.low, axis.high] if ranged else None,
        "edges": [_number_out(edge) for edge in axis.edges] if axis.kind == "variable" else None,
    }
    if axis.kind not in ("regular", "variable"):
        out["kind"] = axis.kind
    for name in ("values", "growth", "underflow", "overflow", "transform"):
        value = getattr(axis, name)
        if value != getattr(_AXIS_DEFAULTS, name):
            out[name] = list(value) if isinstance(value, tuple) else value
    return out


def histogram_in(value: Any, where: str) -> Histogram:
    _expect(value, where, {"name", "axes", "weight", "at"}, {"name", "axes"})
    axes = _list(value["axes"], f"axes of {where}")
    if not axes:
        raise AnalysisError(f"{where} has no axes")
    weight = value.get("weight")
    if isinstance(weight, str):
        parse(weight)
    elif weight is not None and (weight != 1 or isinstance(weight, bool)):
        raise AnalysisError(f"the weight of {where} is null, 1 or an expression")
    at = value.get("at")
    made = tuple(_axis_in(axis, f"axis {i + 1} of {where}") for i, axis in enumerate(axes))
    return Histogram(
        _name(value["name"], f"name of {where}"), made, weight, None if at is None else _name(at, f"at of {where}")
    )


def _axis_in(value: Any, where: str) -> Axis:
    known = {
        "expression",
        "label",
        "bins",
        "range",
        "edges",
        "kind",
        "values",
        "growth",
        "underflow",
        "overflow",
        "transform",
    }
    _expect(value, where, known, {"expression"})
    expression = _text(value["expression"], f"expression of {where}")
    parse(expression)
    edges = value.get("edges")
    usual = "variable" if edges is not None else "regular"
    kind_: Any = usual if value.get("kind") is None else value["kind"]
    if kind_ not in ("regular", "variable", "integer", "boolean", "int_category", "str_category"):
        raise AnalysisError(f"{where} is of no known kind: {kind_!r}")
    options = {name: value[name] for name in ("growth", "underflow", "overflow", "transform") if name in value}
    for name in ("growth", "underflow", "overflow"):
        if not isinstance(options.get(name, True), bool):
            raise AnalysisError(f"{name} of {where} is true or false")
    low = high = 0.0
    if kind_ in ("regular", "integer"):
        pair = _numbers(value.get("range"), f"range of {where}")
        if len(pair) != 2:
            raise AnalysisError(f"range of {where} is two numbers")
        low, high = pair
    bins = value.get("bins") if kind_ == "regular" else 0
    if isinstance(bins, bool) or not isinstance(bins, int):
        raise AnalysisError(f"bins of {where} is a whole number, not {bins!r}")
    values = tuple(_list(value.get("values", []), f"values of {where}"))
    if not all(isinstance(v, str | int) and not isinstance(v, bool) for v in values):
        raise AnalysisError(f"values of {where} are text or whole numbers")
    return Axis(
        expression,
        kind_,
        bins,
        low,
        high,
        tuple(_numbers(edges, f"edges of {where}")) if kind_ == "variable" else (),
        values,
        label=_text(value.get("label", ""), f"label of {where}"),
        **options,
    )


# --- datasets ---------------------------------------------------------------------------------------------------------


def _dataset_out(dataset: Dataset) -> dict[str, Any] | None:
    """Coffea's fileset form, with what it does not have beside it. Arrays in memory cannot be written down."""
    if dataset.memory is not None:
        return None
    samples = {}
    for sample in dataset.samples:
        metadata = {"role": sample.role, "xsec": sample.cross_section, "sumw": sample.sumw}
        kept = {name: value for name, value in metadata.items() if value not in (None, "")}
        samples[sample.name] = {"files": [[path, tree] for path, tree in sample.files], "metadata": kept}
    return {
        "samples": samples,
        "named": dataset.named,
        "lumi": dataset.luminosity,
        "energy_unit": dataset.energy_unit,
    }


def _dataset_in(value: Any) -> Dataset:
    _expect(value, "the dataset", {"samples", "named", "lumi", "energy_unit"}, {"samples"})
    if not isinstance(value["samples"], Mapping):
        raise AnalysisError("samples of the dataset is an object of named samples")
    samples = []
    for name, sample in value["samples"].items():
        where = f"sample {name!r}"
        _expect(sample, where, {"files", "metadata"}, {"files"})
        listed = sample["files"]
        pairs = list(listed.items()) if isinstance(listed, Mapping) else _list(listed, f"files of {where}")
        files = []
        for pair in pairs:
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise AnalysisError(f"files of {where} are pairs of path and tree")
            files.append((_text(pair[0], f"a path of {where}"), _text(pair[1] or "", f"a tree of {where}")))
        metadata = sample.get("metadata") or {}
        _expect(metadata, f"metadata of {where}", {"role", "xsec", "sumw"}, set())
        role = metadata.get("role", "")
        if role not in ("data", "background", "signal", ""):
            raise AnalysisError(f"the role of {where} is data, background or signal, not {role!r}")
        xsec, sumw = (_number(metadata.get(key), f"{key} of {where}") for key in ("xsec", "sumw"))
        samples.append(Sample(_text(name, "the name of a sample"), tuple(files), role, xsec, sumw))
    named = value.get("named", True)
    if not isinstance(named, bool):
        raise AnalysisError("named of the dataset is true or false")
    lumi = _number(value.get("lumi"), "lumi of the dataset")
    return Dataset(tuple(samples), named, lumi, _text(value.get("energy_unit", ""), "energy_unit"))


# --- checks -----------------------------------------------------------------------------------------------------------


def _expect(value: Any, where: str, known: set[str], required: set[str]) -> None:
    if not isinstance(value, Mapping):
        raise AnalysisError(f"{where} is no object with fields")
    for name in value:
        if name not in known:
            raise AnalysisError(
                f"{where} has a field {name!r} that this version does not know{nearest(str(name), known)}"
            )
    for name in sorted(required):
        if name not in value:
            raise AnalysisError(f"{where} lacks the field {name!r}")


def _list(value: Any, where: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise AnalysisError(f"{where} is a list")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise AnalysisError(f"{where} is text, not {value!r}")
    return value


def _name(value: Any, where: str) -> str:
    if not _text(value, where):
        raise AnalysisError(f"{where} is empty")
    return str(value)


def _number_out(value: float | int | None) -> float | int | str | None:
    """JSON has no infinities: they are written as text, "inf" and "-inf"."""
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def _number(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, str) and value in ("inf", "-inf"):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise AnalysisError(f"{where} is a number, not {value!r}")
    try:
        return float(value)
    except OverflowError:
        raise AnalysisError(f"{where} is too large a number") from None


def _numbers(value: Any, where: str) -> list[float]:
    numbers = [_number(item, where) for item in _list(value, where)]
    if None in numbers:
        raise AnalysisError(f"{where} are numbers, not null")
    return [number for number in numbers if number is not None]
